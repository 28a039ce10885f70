//! The languages that mails are written in, and which of them a person gets.

/// A language that the mails are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Locale {
    En,
    De,
    Es,
    Fr,
    Ja,
    Vi,
    PtBr,
}

impl Locale {
    pub const ALL: [Self; 7] = [Self::En, Self::De, Self::Es, Self::Fr, Self::Ja, Self::Vi, Self::PtBr];

    /// The language tag (BCP 47): the name of the folder of its templates, and the `lang` of its HTML.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
            Self::Es => "es",
            Self::Fr => "fr",
            Self::Ja => "ja",
            Self::Vi => "vi",
            Self::PtBr => "pt-BR",
        }
    }

    /// Takes exactly one of the tags, in any case: what a stage names must be what there is.
    #[must_use]
    pub fn parse(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|locale| locale.as_str().eq_ignore_ascii_case(tag))
    }

    /// The first of what the client asks for and what the user's profile says that there is a mail in, else `default`.
    /// Both come from outside and may be anything.
    #[must_use]
    pub fn choose(client: Option<&str>, user: Option<&str>, default: Self) -> Self {
        client.and_then(Self::nearest).or_else(|| user.and_then(Self::nearest)).unwrap_or(default)
    }

    /// The one of the same language: somebody who asked for `de-AT` or `pt_PT` reads it better than the default.
    fn nearest(tag: &str) -> Option<Self> {
        let language = language(tag);
        Self::ALL.into_iter().find(|locale| self::language(locale.as_str()).eq_ignore_ascii_case(language))
    }
}

/// `pt` of `pt-BR`, `pt_br` and `pt_BR.UTF-8`.
fn language(tag: &str) -> &str {
    tag.trim_start().split(|character: char| !character.is_ascii_alphanumeric()).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_taken_only_as_a_whole() {
        for locale in Locale::ALL {
            assert_eq!(Locale::parse(locale.as_str()), Some(locale));
            assert_eq!(Locale::parse(&locale.as_str().to_uppercase()), Some(locale));
        }
        for tag in ["", "xx", "de-AT", "pt", "pt_BR", "english", "en "] {
            assert_eq!(Locale::parse(tag), None, "{tag}");
        }
    }

    #[test]
    fn the_client_is_heard_before_the_user_and_the_user_before_the_stage() {
        use Locale::{De, En, Es, Fr, Ja, PtBr, Vi};
        let long = "x".repeat(1_000_000);
        for (name, client, user, default, chosen) in [
            ("nothing is known", None, None, En, En),
            ("only the stage's", None, None, Vi, Vi),
            ("the user's", None, Some("ja"), En, Ja),
            ("the client's", Some("fr"), Some("ja"), En, Fr),
            ("a country", Some("de-AT"), None, En, De),
            ("a script", Some("es-Latn-MX"), None, En, Es),
            ("as Cognito's attribute may have it", None, Some("pt_br"), En, PtBr),
            ("as the standard has it", None, Some("pt-BR"), En, PtBr),
            ("another Portuguese", Some("pt-PT"), None, En, PtBr),
            ("the language alone", Some("PT"), None, En, PtBr),
            ("as a shell has it", Some("de_DE.UTF-8"), None, En, De),
            ("a list of a browser", Some(" fr-CH, fr;q=0.9, de;q=0.8"), None, En, Fr),
            ("a client's that there is not", Some("it"), Some("de"), En, De),
            ("two that there are not", Some("it"), Some("zh-Hans"), Ja, Ja),
            ("nothing in it", Some(""), Some("  "), De, De),
            ("no tag", Some("deutsch"), Some("../en"), Es, Es),
            ("no ASCII", Some("日本語"), Some("é"), Es, Es),
            ("very long", Some(&long), Some("vi"), En, Vi),
        ] {
            assert_eq!(Locale::choose(client, user, default), chosen, "{name}");
        }
    }
}
