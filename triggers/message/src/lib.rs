//! The mail with the code: subject, text and HTML from `templates/email/<locale>`, compiled in, so that a broken
//! template fails the build and not a sign-in.

use askama::Template;

/// A language that the mail is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Locale {
    En,
}

impl Locale {
    pub const ALL: [Self; 1] = [Self::En];

    /// Takes a language tag that a stage or a user names, or `None` where there is no mail in it.
    #[must_use]
    pub fn parse(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|locale| locale.as_str().eq_ignore_ascii_case(tag))
    }

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::En => "en",
        }
    }
}

/// What the mail says. Not printable: it holds the code.
#[derive(Clone, Copy)]
pub struct Content<'a> {
    pub code: &'a str,
    /// What the user knows the service by.
    pub product: &'a str,
    /// Minutes that the code still works, at least 1.
    pub minutes: u64,
}

impl std::fmt::Debug for Content<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Content")
            .field("product", &self.product)
            .field("minutes", &self.minutes)
            .finish_non_exhaustive()
    }
}

/// A mail that is ready to go out. Not printable: it holds the code.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// One line, without the code: mail systems log subjects.
    pub subject: String,
    pub text: String,
    pub html: String,
}

impl std::fmt::Debug for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Message(…)")
    }
}

/// A mail that could not be written. Its template compiled, so this is a fault of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the mail could not be rendered")]
pub struct RenderError;

#[derive(Template)]
#[template(path = "en/subject.txt")]
struct EnSubject<'a> {
    product: &'a str,
}

#[derive(Template)]
#[template(path = "en/body.txt")]
struct EnText<'a> {
    code: &'a str,
    product: &'a str,
    minutes: u64,
}

#[derive(Template)]
#[template(path = "en/body.html")]
struct EnHtml<'a> {
    code: &'a str,
    product: &'a str,
    minutes: u64,
}

/// Writes the mail.
///
/// # Errors
/// [`RenderError`] when the template engine refuses.
pub fn render(locale: Locale, content: &Content<'_>) -> Result<Message, RenderError> {
    let Content { code, product, minutes } = *content;
    let written = |template: Result<String, askama::Error>| template.map_err(|_| RenderError);
    match locale {
        Locale::En => Ok(Message {
            subject: written(EnSubject { product }.render())?.trim().to_owned(),
            text: written(EnText { code, product, minutes }.render())?,
            html: written(EnHtml { code, product, minutes }.render())?,
        }),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const CONTENT: Content<'_> = Content { code: "012345", product: "Shop & <Co>", minutes: 10 };

    #[test]
    fn the_body_shows_the_code_and_every_part_the_product() {
        for locale in Locale::ALL {
            let message = render(locale, &CONTENT).unwrap();
            for part in [&message.subject, &message.text, &message.html] {
                assert!(part.contains("Shop"), "{locale:?}");
                assert!(!part.contains("{{") && !part.contains("{%"), "{locale:?}");
            }
            assert!(message.text.contains("012345") && message.html.contains("012345"), "{locale:?}");
            assert!(!message.subject.contains("012345"), "mail systems log subjects");
            assert!(message.text.contains("10") && message.html.contains("10"), "{locale:?}");
            assert!(!message.subject.contains('\n'), "a subject is one line");
        }
    }

    #[test]
    fn only_the_html_is_escaped() {
        let message = render(Locale::En, &CONTENT).unwrap();
        assert!(message.subject.contains("Shop & <Co>") && message.text.contains("Shop & <Co>"));
        assert!(!message.html.contains("<Co>"), "{}", message.html);
    }

    #[test]
    fn debug_shows_no_code() {
        assert!(!format!("{CONTENT:?}{:?}", render(Locale::En, &CONTENT).unwrap()).contains("012345"));
    }
}
