//! `email preview`: the mails as the triggers would send them, to be looked at by people.

use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use message::{Content, Locale, Message, Notice, RenderError};

use crate::cli::PreviewArgs;
use crate::outln;
use crate::stage::{self, Stage};

/// Where the mails are written unless somebody names another place, relative to the repository.
const DIRECTORY: &str = "target/email-preview";
/// Made up. It begins with a zero, which whatever takes a code for a number loses.
const CODE: &str = "01234567";

/// Made up as well; a real one is of the challenge.
const REFERENCE: &str = "KXPD";

/// A mail in one language, by the name of its files.
struct Preview {
    name: String,
    locale: Locale,
    mail: Message,
}

/// Writes the mails and prints where the page is that shows them.
///
/// # Errors
/// When the stage is refused or a file cannot be written.
pub fn run(root: &Path, args: &PreviewArgs) -> anyhow::Result<ExitCode> {
    let stage = stage::load(root, args.stage.name())?;
    let directory = args.out.clone().unwrap_or_else(|| root.join(DIRECTORY));
    let previews = previews(&stage).context("failed to render the mails")?;
    let write = |name: &str, text: &str| {
        let path = directory.join(name);
        std::fs::write(&path, text).with_context(|| format!("failed to write `{}`", path.display()))
    };
    std::fs::create_dir_all(&directory).with_context(|| format!("failed to make `{}`", directory.display()))?;
    for Preview { name, mail, .. } in &previews {
        write(&format!("{name}.html"), &mail.html)?;
        write(&format!("{name}.txt"), &format!("Subject: {}\n\n{}\n", mail.subject, mail.text))?;
    }
    write("index.html", &index(&stage, &previews))?;
    outln!("{}", directory.join("index.html").display());
    Ok(ExitCode::SUCCESS)
}

fn previews(stage: &Stage) -> Result<Vec<Preview>, RenderError> {
    let policy = &stage.challenge.policy;
    let product = stage.email.product_name.as_ref();
    let code = &CODE[..CODE.len().min(policy.code_length.get().into())];
    let content = Content { code, reference: REFERENCE, product, minutes: policy.code_life.seconds() / 60 };
    let mut previews = Vec::new();
    for locale in Locale::ALL {
        let mut add = |kind: &str, mail| {
            previews.push(Preview { name: format!("{}.{kind}", locale.as_str()), locale, mail });
        };
        add("code", message::render(locale, &content)?);
        add("locked", message::render_notice(locale, &Notice { product })?);
    }
    Ok(previews)
}

/// A page with all mails on it.
fn index(stage: &Stage, previews: &[Preview]) -> String {
    let title = format!("Mails of stage {}", stage.name);
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n\
         <style>body {{ font-family: system-ui, sans-serif; margin: 24px }} iframe {{ width: 100%; height: 40em; border: 1px solid }}\
         main {{ display: grid; grid-template-columns: repeat(auto-fit, minmax(20em, 1fr)); gap: 24px }} h2 {{ font-size: 16px }}</style>\n\
         </head>\n<body>\n<h1>{title}</h1>\n<main>\n"
    );
    for Preview { name, locale, mail } in previews {
        let (lang, subject) = (locale.as_str(), escaped(&mail.subject));
        // Writing to a string does not fail.
        let _ = writeln!(
            page,
            "<section>\n<h2>{lang}: <span lang=\"{lang}\">{subject}</span></h2>\n\
             <p><a href=\"{name}.html\">HTML</a> · <a href=\"{name}.txt\">text</a></p>\n\
             <iframe src=\"{name}.html\" title=\"{name}\"></iframe>\n</section>"
        );
    }
    page.push_str("</main>\n</body>\n</html>\n");
    page
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
