//! Mails as the tests see them.

use anyhow::Context as _;

/// A mail that was handed over for sending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    pub from: String,
    pub to: Vec<String>,
    pub subject: String,
    pub text: String,
    pub html: String,
}

impl Mail {
    /// The code in the text part.
    ///
    /// # Errors
    /// As [`code_in`].
    pub fn code(&self) -> anyhow::Result<String> {
        code_in(&self.text)
    }
}

/// The code in the text of a mail: the only run of six to eight digits.
///
/// # Errors
/// When there is none, or more than one.
pub fn code_in(text: &str) -> anyhow::Result<String> {
    let runs = text.split(|character: char| !character.is_ascii_digit());
    let mut codes = runs.filter(|digits| (6..=8).contains(&digits.len()));
    let code = codes.next().with_context(|| format!("no code in the mail: {text}"))?;
    anyhow::ensure!(codes.all(|other| other == code), "more than one code in the mail: {text}");
    Ok(code.to_owned())
}
