//! What the user reads when a command ends badly, and the exit code that goes with it.

use std::process::ExitCode;

use crate::github::GitHub;

/// Anything wrong, wrong usage included: clap's own 2 would read as "changes pending".
pub const FAILURE: u8 = 1;
const PREFIX: &str = "error: ";

/// Prints the error with its causes, and the hints after them.
#[must_use]
pub fn failure(error: &anyhow::Error) -> ExitCode {
    let text = text(error);
    eprintln!("{text}");
    if let Some(github) = GitHub::from_environment() {
        github.error(text.strip_prefix(PREFIX).unwrap_or(&text));
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

/// `error: attempted: cause`, then every `hint:` line of the chain, wherever it stood.
fn text(error: &anyhow::Error) -> String {
    let mut causes = Vec::new();
    let mut hints = Vec::new();
    for cause in error.chain() {
        let message = cause.to_string();
        let (hint, words): (Vec<_>, Vec<_>) = message.lines().partition(|line| line.starts_with("hint: "));
        causes.push(words.join("\n"));
        hints.extend(hint.into_iter().map(str::to_owned));
    }
    let mut lines = vec![format!("{PREFIX}{}", causes.join(": "))];
    lines.extend(hints);
    lines.join("\n")
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
            text(&error),
            "error: failed to deploy stage `local`: failed to start it: connection refused\n\
             hint: `cargo xtask local stop` ends the old one"
        );
    }
}
