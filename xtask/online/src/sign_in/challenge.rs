//! The challenge as a client sees it: the public parameters, and what they mean in plain words.

use std::collections::HashMap;

use challenge::CodeLength;
use xtask::terminal::line;

/// What the public parameters of a `CUSTOM_CHALLENGE` say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    pub state: State,
    /// The masked address that the code went to.
    pub destination: Option<String>,
    /// What stands in the mail as well, so that it can be told from another one.
    pub mail_reference: Option<String>,
    /// Digits of the code.
    pub code_length: Option<CodeLength>,
    pub seconds_left: Option<u64>,
    pub attempts_left: Option<u32>,
    /// Seconds until another mail may be asked for.
    pub seconds_to_wait: Option<u64>,
}

/// Where the challenge stands. A client must expect states that it does not know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    CodeSent,
    CodeWrong,
    CodeExpired,
    CodeOlder,
    CodeSuperseded,
    SendThrottled,
    SendFailed,
    NoVerifiedAddress,
    AddressNotMailable,
    UserDisabled,
    AttemptsExhausted,
    /// Too many wrong codes, in this or earlier sign-ins.
    Locked,
    LockedUntilUnlocked,
    AttemptInvalid,
    Unknown(String),
}

impl From<&str> for State {
    fn from(name: &str) -> Self {
        match name {
            "CODE_SENT" => Self::CodeSent,
            "CODE_WRONG" => Self::CodeWrong,
            "CODE_EXPIRED" => Self::CodeExpired,
            "CODE_OLDER" => Self::CodeOlder,
            "CODE_SUPERSEDED" => Self::CodeSuperseded,
            "SEND_THROTTLED" => Self::SendThrottled,
            "SEND_FAILED" => Self::SendFailed,
            "NO_VERIFIED_ADDRESS" => Self::NoVerifiedAddress,
            "ADDRESS_NOT_MAILABLE" => Self::AddressNotMailable,
            "USER_DISABLED" => Self::UserDisabled,
            "ATTEMPTS_EXHAUSTED" => Self::AttemptsExhausted,
            "LOCKED" => Self::Locked,
            "LOCKED_UNTIL_UNLOCKED" => Self::LockedUntilUnlocked,
            "ATTEMPT_INVALID" => Self::AttemptInvalid,
            other => Self::Unknown(other.to_owned()),
        }
    }
}

impl Challenge {
    #[must_use]
    pub fn from_parameters(parameters: &HashMap<String, String>) -> Self {
        let text = |name: &str| parameters.get(name).filter(|value| !value.is_empty());
        Self {
            state: State::from(text("state").map_or("", String::as_str)),
            destination: text("CODE_DELIVERY_DESTINATION").cloned(),
            mail_reference: text("mailReference").cloned(),
            code_length: text("codeLength").and_then(|value| CodeLength::new(value.parse().ok()?).ok()),
            seconds_left: text("secondsLeft").and_then(|value| value.parse().ok()),
            attempts_left: text("attemptsLeft").and_then(|value| value.parse().ok()),
            seconds_to_wait: text("secondsToWait").and_then(|value| value.parse().ok()),
        }
    }

    /// Whether an answer can still end in tokens.
    #[must_use]
    pub fn is_hopeless(&self) -> bool {
        matches!(
            self.state,
            State::NoVerifiedAddress
                | State::AddressNotMailable
                | State::UserDisabled
                | State::AttemptsExhausted
                | State::Locked
                | State::LockedUntilUnlocked
                | State::AttemptInvalid
        )
    }
}

impl std::fmt::Display for Challenge {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let to = self.destination.as_deref().map_or_else(|| "your e-mail address".to_owned(), line);
        match &self.state {
            State::CodeSent => write!(formatter, "a code was sent to {to}")?,
            State::CodeWrong => write!(formatter, "that was not the code sent to {to}")?,
            State::CodeExpired => write!(formatter, "the code sent to {to} has expired; ask for another")?,
            State::CodeOlder => {
                write!(formatter, "that was the code of an earlier mail to {to}, and has cost no attempt")?
            }
            State::CodeSuperseded => write!(formatter, "a newer sign-in has replaced the code sent to {to}")?,
            State::SendThrottled => write!(formatter, "no mail was sent to {to}: too many were asked for")?,
            State::SendFailed => write!(formatter, "the mail to {to} could not be sent; ask for it again")?,
            State::NoVerifiedAddress => write!(formatter, "the user has no verified e-mail address to send a code to")?,
            State::AddressNotMailable => {
                write!(formatter, "mail cannot be sent to the user's address: SES takes no such one")?
            }
            State::UserDisabled => write!(formatter, "the user is disabled")?,
            State::AttemptsExhausted => write!(formatter, "no attempt is left; sign in again")?,
            State::Locked => {
                let wait = span(self.seconds_to_wait.unwrap_or_default());
                write!(formatter, "locked after too many wrong codes; sign in again in {wait}")?;
            }
            State::LockedUntilUnlocked => {
                write!(formatter, "locked after too many wrong codes, until an operator unlocks the user")?;
            }
            State::AttemptInvalid => write!(formatter, "the sign-in's mark cannot be used, or the stage requires one")?,
            State::Unknown(name) => write!(formatter, "the challenge is in the state `{}`", line(name))?,
        }
        if self.is_hopeless() {
            return Ok(());
        }
        if let Some(reference) = &self.mail_reference {
            write!(formatter, " · reference {reference}")?;
        }
        if let Some(seconds) = self.seconds_left {
            write!(formatter, " · good for {}", span(seconds))?;
        }
        if let Some(attempts) = self.attempts_left {
            write!(formatter, " · {attempts} {} left", if attempts == 1 { "attempt" } else { "attempts" })?;
        }
        if let Some(seconds) = self.seconds_to_wait.filter(|seconds| *seconds > 0) {
            write!(formatter, " · another mail in {}", span(seconds))?;
        }
        Ok(())
    }
}

/// Seconds as people say them. Rounded down, so that nobody is promised time that is not there.
pub(super) fn span(seconds: u64) -> String {
    match seconds {
        0..=119 => format!("{seconds} s"),
        120..=7_199 => format!("{} minutes", seconds / 60),
        7_200..=172_799 => format!("{} hours", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(parameters: &[(&str, &str)]) -> String {
        let parameters = parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Challenge::from_parameters(&parameters).to_string()
    }

    #[test]
    fn parameters_in_words() {
        let rows: [(&[(&str, &str)], &str); 10] = [
            (
                &[("state", "LOCKED"), ("secondsToWait", "240"), ("attemptsLeft", "0")],
                "locked after too many wrong codes; sign in again in 4 minutes",
            ),
            (
                &[("state", "LOCKED_UNTIL_UNLOCKED"), ("secondsToWait", "0")],
                "locked after too many wrong codes, until an operator unlocks the user",
            ),
            (
                &[
                    ("state", "CODE_SENT"),
                    ("CODE_DELIVERY_DESTINATION", "a***@e***.com"),
                    ("mailReference", "KXPD"),
                    ("secondsLeft", "599"),
                    ("attemptsLeft", "3"),
                    ("secondsToWait", "30"),
                ],
                "a code was sent to a***@e***.com · reference KXPD · good for 9 minutes · 3 attempts left · another mail in 30 s",
            ),
            (
                &[("state", "CODE_WRONG"), ("attemptsLeft", "1"), ("secondsToWait", "0")],
                "that was not the code sent to your e-mail address · 1 attempt left",
            ),
            (
                &[("state", "NO_VERIFIED_ADDRESS"), ("attemptsLeft", "3")],
                "the user has no verified e-mail address to send a code to",
            ),
            (
                &[("state", "ADDRESS_NOT_MAILABLE"), ("mailReference", "")],
                "mail cannot be sent to the user's address: SES takes no such one",
            ),
            (&[("state", "USER_DISABLED"), ("attemptsLeft", "0")], "the user is disabled"),
            (&[("state", "ON_FIRE")], "the challenge is in the state `ON_FIRE`"),
            (&[], "the challenge is in the state ``"),
            (&[("state", "CODE_SENT"), ("secondsLeft", "soon")], "a code was sent to your e-mail address"),
        ];
        for (parameters, expected) in rows {
            assert_eq!(shown(parameters), expected, "{parameters:?}");
        }
    }
}
