//! A password on its way from a person to Cognito: never in an argument, a log or an error.

use std::io::{self, IsTerminal as _};

use anyhow::{Context as _, bail};
use zeroize::Zeroizing;

/// A password that cannot be printed and is overwritten when it is dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(Zeroizing<String>);

impl std::fmt::Debug for Password {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Password(…)")
    }
}

/// Why a text is no password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoPassword {
    #[error("the password is empty")]
    Empty,
    #[error("the two passwords are not the same")]
    NotRepeated,
}

impl Password {
    /// # Errors
    /// When the text is empty. Everything else is for the user pool's policy to judge.
    pub fn new(text: impl Into<String>) -> Result<Self, NoPassword> {
        let text = Zeroizing::new(text.into());
        if text.is_empty() { Err(NoPassword::Empty) } else { Ok(Self(text)) }
    }

    /// The text, for the one call that needs it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Asks once on a terminal, else takes one line from standard input.
    ///
    /// # Errors
    /// When nothing can be read, or nothing was typed.
    pub fn ask(prompt: &str) -> anyhow::Result<Self> {
        if io::stdin().is_terminal() {
            Ok(Self::new(hidden(prompt)?)?)
        } else {
            Self::from_line(&mut io::stdin().lock())
        }
    }

    /// Asks twice on a terminal, else takes one line from standard input.
    ///
    /// # Errors
    /// As [`Password::ask`], and when the second entry differs from the first.
    pub fn ask_twice(prompt: &str) -> anyhow::Result<Self> {
        let password = Self::ask(prompt)?;
        if io::stdin().is_terminal() && Self::new(hidden("Once more: ")?)? != password {
            bail!(NoPassword::NotRepeated);
        }
        Ok(password)
    }

    fn from_line(input: &mut impl io::BufRead) -> anyhow::Result<Self> {
        let mut line = Zeroizing::new(String::new());
        let read = input.read_line(&mut line).context("failed to read the password from standard input")?;
        if read == 0 {
            bail!(
                "failed to read the password: standard input is at its end\nhint: run this in a terminal, or write the password as one line to standard input"
            );
        }
        Ok(Self::new(line.trim_end_matches(['\r', '\n']))?)
    }
}

fn hidden(prompt: &str) -> anyhow::Result<String> {
    rpassword::prompt_password(prompt).context("failed to read the password from the terminal")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_line_is_a_password_without_its_end() {
        let rows: [(&str, &str, Option<&str>); 6] = [
            ("unix line end", "Tr0ub4dor&3\nnext", Some("Tr0ub4dor&3")),
            ("windows line end", "Tr0ub4dor&3\r\n", Some("Tr0ub4dor&3")),
            ("no line end", "Tr0ub4dor&3", Some("Tr0ub4dor&3")),
            ("blanks belong to it", "  a b  \n", Some("  a b  ")),
            ("empty line", "\n", None),
            ("end of input", "", None),
        ];
        for (name, input, expected) in rows {
            let read = Password::from_line(&mut input.as_bytes()).ok();
            assert_eq!(read.as_ref().map(Password::reveal), expected, "{name}");
        }
    }

    #[test]
    fn debug_keeps_the_secret() {
        assert_eq!(format!("{:?}", Password::new("Tr0ub4dor&3").unwrap()), "Password(…)");
    }
}
