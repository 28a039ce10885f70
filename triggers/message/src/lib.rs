//! The mails: the one with the code, and the notice to somebody whose account was locked. Subject, text and HTML of
//! each come from `templates/email/<locale>`.

mod locale;
mod templates;

pub use locale::Locale;

/// What the mail with the code says. Not printable: it holds the code.
#[derive(Clone, Copy)]
pub struct Content<'a> {
    pub code: &'a str,
    /// What tells this mail from another one; the page shows the same.
    pub reference: &'a str,
    /// What the user knows the service by.
    pub product: &'a str,
    /// Minutes that the code still works, at least 1.
    pub minutes: u64,
}

impl std::fmt::Debug for Content<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Content")
            .field("reference", &self.reference)
            .field("product", &self.product)
            .field("minutes", &self.minutes)
            .finish_non_exhaustive()
    }
}

/// What the notice says: somebody with the right password was locked out after wrong codes.
#[derive(Debug, Clone, Copy)]
pub struct Notice<'a> {
    /// What the user knows the service by.
    pub product: &'a str,
}

/// A mail that is ready to go out. Not printable: it may hold a code.
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

/// Writes the mail with the code.
///
/// # Errors
/// [`RenderError`] when the template engine refuses.
pub fn render(locale: Locale, content: &Content<'_>) -> Result<Message, RenderError> {
    templates::code(locale, content)
}

/// Writes the notice.
///
/// # Errors
/// [`RenderError`] when the template engine refuses.
pub fn render_notice(locale: Locale, notice: &Notice<'_>) -> Result<Message, RenderError> {
    templates::locked(locale, notice)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn debug_shows_no_code() {
        let content = Content { code: "012345", reference: "KXPD", product: "Example", minutes: 10 };
        assert!(!format!("{content:?}{:?}", render(Locale::En, &content).unwrap()).contains("012345"));
    }
}
