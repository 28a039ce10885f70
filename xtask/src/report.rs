//! What the user reads when a command ends badly, and the exit code that goes with it.

use std::fmt;
use std::process::ExitCode;

use crate::errln;
use crate::github::GitHub;

/// Anything wrong, wrong usage included: clap's own 2 would read as "changes pending".
pub const FAILURE: u8 = 1;
const HINT: &str = "hint: ";

/// An error as it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// What was attempted, and why it failed.
    pub message: String,
    /// What to do next, each without its `hint: `.
    pub hints: Vec<String>,
}

impl Told {
    /// `attempted: cause`, and every `hint:` line of the chain, wherever it stood.
    #[must_use]
    pub fn of(error: &anyhow::Error) -> Self {
        let mut causes = Vec::new();
        let mut hints = Vec::new();
        for cause in error.chain() {
            let message = cause.to_string();
            let (hint, words): (Vec<_>, Vec<_>) = message.lines().partition(|line| line.starts_with(HINT));
            causes.push(words.join("\n"));
            hints.extend(hint.into_iter().map(|hint| hint[HINT.len()..].to_owned()));
        }
        Self { message: causes.join(": "), hints }
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        self.hints.iter().try_for_each(|hint| write!(f, "\n{HINT}{hint}"))
    }
}

/// Prints the error with its causes, and the hints after them.
#[must_use]
pub fn failure(error: &anyhow::Error) -> ExitCode {
    let told = Told::of(error).to_string();
    errln!("error: {told}");
    if let Some(github) = GitHub::from_environment() {
        github.error(&told);
    }
    ExitCode::from(FAILURE)
}

/// Prints what clap has to say: help and version are no failure.
#[must_use]
pub fn usage(error: &clap::Error) -> ExitCode {
    // Nothing is left to tell when standard output is closed.
    let _ = error.print();
    if error.use_stderr() { ExitCode::from(FAILURE) } else { ExitCode::SUCCESS }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hints_stand_last_on_lines_of_their_own() {
        let error = anyhow::anyhow!("connection refused")
            .context("failed to start it\nhint: `cargo xtask local stop` ends the old one")
            .context("failed to deploy stage `local`");
        assert_eq!(
            Told::of(&error).to_string(),
            "failed to deploy stage `local`: failed to start it: connection refused\n\
             hint: `cargo xtask local stop` ends the old one"
        );
    }
}
