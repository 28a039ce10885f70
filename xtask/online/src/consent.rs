//! Whether somebody agreed to what is about to change.

use std::io::{BufRead, BufReader, ErrorKind, IsTerminal as _};

use tokio::sync::oneshot;
use xtask::stage::Stage;
use xtask::{err, errln};

use crate::decision::deploy_command;
use crate::interrupt::Interrupts;

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

/// Why there is no consent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Also where the input is at its end.
    #[error("not agreed to")]
    No,
    #[error("interrupted")]
    Interrupted,
    #[error("the answer cannot be read: {0}")]
    Unread(String),
}

impl Consent {
    /// The local AWS is nobody's but the caller's.
    ///
    /// # Errors
    /// [`NobodyToAsk`] when the question would stand in the log of a pipeline.
    pub fn of(stage: &Stage, yes: bool) -> Result<Self, NobodyToAsk> {
        Self::of_command(stage, yes, deploy_command(stage))
    }

    /// The same for another command than `deploy`.
    ///
    /// # Errors
    /// As [`Consent::of`].
    pub fn of_command(stage: &Stage, yes: bool, command: String) -> Result<Self, NobodyToAsk> {
        let terminal = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
        Self::decide(stage.is_local(), yes, terminal)
            .ok_or_else(|| NobodyToAsk { stage: stage.name.to_string(), command })
    }

    fn decide(local: bool, yes: bool, terminal: bool) -> Option<Self> {
        match (local || yes, terminal) {
            (true, _) => Some(Self::Given),
            (false, true) => Some(Self::Ask),
            (false, false) => None,
        }
    }

    /// # Errors
    /// [`Refused`] where nobody agreed.
    pub async fn obtain(self, question: &str) -> Result<(), Refused> {
        if self == Self::Given {
            return Ok(());
        }
        let mut interrupts = Interrupts::listen().map_err(|error| Refused::Unread(format!("{error:#}")))?;
        err!("{question} [y/N] ");
        tokio::select! {
            answer = line(|| BufReader::new(std::io::stdin())) => {
                if !answer.as_ref().is_ok_and(|answer| answer.ends_with('\n')) {
                    errln!();
                }
                judge(answer)
            }
            () = interrupts.next() => {
                errln!();
                Err(Refused::Interrupted)
            }
        }
    }
}

/// The next line of the input, read on a thread of its own: one that the runtime knows would keep the program from ending
/// before somebody presses return.
async fn line<R: BufRead>(open: impl FnOnce() -> R + Send + 'static) -> std::io::Result<String> {
    let (sender, receiver) = oneshot::channel();
    std::thread::spawn(move || {
        let mut line = String::new();
        // Nobody waits for it after an interruption.
        let _ = sender.send(open().read_line(&mut line).map(|_| line));
    });
    receiver.await.unwrap_or_else(|_| Err(ErrorKind::UnexpectedEof.into()))
}

fn judge(answer: std::io::Result<String>) -> Result<(), Refused> {
    match answer {
        Ok(answer) if is_yes(&answer) => Ok(()),
        Ok(_) => Err(Refused::No),
        Err(error) => Err(Refused::Unread(error.to_string())),
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

    #[tokio::test]
    async fn an_input_that_is_at_its_end_agrees_to_nothing() {
        let rows: [(&[u8], _); 4] = [
            (b"", Err(Refused::No)),
            (b"yes\n", Ok(())),
            (b"no\nyes\n", Err(Refused::No)),
            (b"\xff\n", Err(Refused::Unread("stream did not contain valid UTF-8".to_owned()))),
        ];
        for (input, expected) in rows {
            assert_eq!(judge(line(move || input).await), expected, "{input:?}");
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
