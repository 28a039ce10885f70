//! Whether somebody agreed to what is about to change.

use std::io::{BufRead as _, IsTerminal as _, Write as _};

use anyhow::Context as _;
use xtask::stage::Stage;

use crate::decision::deploy_command;

/// How a change comes to be agreed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consent {
    Given,
    Ask,
}

/// Something would change on AWS, and there is nobody to ask.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the stage `{stage}` would change, and there is no terminal to ask on\nhint: `{command} --yes` applies without asking"
)]
pub struct NobodyToAsk {
    stage: String,
    command: String,
}

impl Consent {
    /// The local AWS is nobody's but the caller's.
    ///
    /// # Errors
    /// [`NobodyToAsk`] when the question would stand in the log of a pipeline.
    pub fn of(stage: &Stage, yes: bool) -> Result<Self, NobodyToAsk> {
        let terminal = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
        Self::decide(stage.is_local(), yes, terminal)
            .ok_or_else(|| NobodyToAsk { stage: stage.name.to_string(), command: deploy_command(stage) })
    }

    fn decide(local: bool, yes: bool, terminal: bool) -> Option<Self> {
        match (local || yes, terminal) {
            (true, _) => Some(Self::Given),
            (false, true) => Some(Self::Ask),
            (false, false) => None,
        }
    }

    /// # Errors
    /// When the terminal cannot be read.
    pub fn obtain(self, question: &str) -> anyhow::Result<bool> {
        if self == Self::Given {
            return Ok(true);
        }
        eprint!("{question} [y/N] ");
        std::io::stderr().flush().context("failed to write to the terminal")?;
        let mut answer = String::new();
        std::io::stdin().lock().read_line(&mut answer).context("failed to read the answer")?;
        Ok(is_yes(&answer))
    }
}

fn is_yes(answer: &str) -> bool {
    matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_asked_without_need_or_without_a_terminal() {
        let rows = [
            ("local", true, false, false, Some(Consent::Given)),
            ("local, on a terminal", true, false, true, Some(Consent::Given)),
            ("on AWS, agreed beforehand", false, true, false, Some(Consent::Given)),
            ("on AWS, agreed, on a terminal", false, true, true, Some(Consent::Given)),
            ("on AWS, on a terminal", false, false, true, Some(Consent::Ask)),
            ("on AWS, in a pipeline", false, false, false, None),
        ];
        for (name, local, yes, terminal, expected) in rows {
            assert_eq!(Consent::decide(local, yes, terminal), expected, "{name}");
        }
    }

    #[test]
    fn only_yes_is_yes() {
        for (answer, expected) in
            [("y\n", true), ("Yes\n", true), ("\n", false), ("", false), ("n\n", false), ("yesterday\n", false)]
        {
            assert_eq!(is_yes(answer), expected, "{answer:?}");
        }
    }
}
