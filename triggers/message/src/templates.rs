//! The templates of each locale, compiled in: a missing or broken one fails the build.

use askama::Template;

use crate::{Content, Locale, Message, Notice, RenderError};

/// Makes a function that writes one mail. Each row names the templates of a locale: subject, text, HTML.
macro_rules! mail {
    (fn $write:ident(&$mail:ident); $($locale:ident: $subject:literal, $text:literal, $html:literal;)+) => {
        pub(crate) fn $write(locale: Locale, mail: &$mail<'_>) -> Result<Message, RenderError> {
            match locale {
                $(Locale::$locale => {
                    #[derive(Template)]
                    #[template(path = $subject)]
                    struct Subject<'a> {
                        mail: &'a $mail<'a>,
                    }
                    #[derive(Template)]
                    #[template(path = $text)]
                    struct Text<'a> {
                        mail: &'a $mail<'a>,
                    }
                    #[derive(Template)]
                    #[template(path = $html)]
                    struct Html<'a> {
                        lang: &'a str,
                        subject: &'a str,
                        mail: &'a $mail<'a>,
                    }
                    let subject = written(&Subject { mail })?.trim().to_owned();
                    let html = written(&Html { lang: locale.as_str(), subject: &subject, mail })?;
                    Ok(Message { subject, text: written(&Text { mail })?, html })
                })+
            }
        }
    };
}

mail! {
    fn code(&Content);
    En: "en/code.subject.txt", "en/code.txt", "en/code.html";
    De: "de/code.subject.txt", "de/code.txt", "de/code.html";
    Es: "es/code.subject.txt", "es/code.txt", "es/code.html";
    Fr: "fr/code.subject.txt", "fr/code.txt", "fr/code.html";
    Ja: "ja/code.subject.txt", "ja/code.txt", "ja/code.html";
    Vi: "vi/code.subject.txt", "vi/code.txt", "vi/code.html";
    PtBr: "pt-BR/code.subject.txt", "pt-BR/code.txt", "pt-BR/code.html";
}

mail! {
    fn locked(&Notice);
    En: "en/locked.subject.txt", "en/locked.txt", "en/locked.html";
    De: "de/locked.subject.txt", "de/locked.txt", "de/locked.html";
    Es: "es/locked.subject.txt", "es/locked.txt", "es/locked.html";
    Fr: "fr/locked.subject.txt", "fr/locked.txt", "fr/locked.html";
    Ja: "ja/locked.subject.txt", "ja/locked.txt", "ja/locked.html";
    Vi: "vi/locked.subject.txt", "vi/locked.txt", "vi/locked.html";
    PtBr: "pt-BR/locked.subject.txt", "pt-BR/locked.txt", "pt-BR/locked.html";
}

fn written(template: &impl Template) -> Result<String, RenderError> {
    template.render().map_err(|_| RenderError)
}
