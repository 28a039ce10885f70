//! When a trigger cannot answer: what the log says, and the little that a stranger may read.

use lambda_runtime::Diagnostic;

/// An event without an answer. Cognito ends the session then, and its text can reach the person who signs in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    #[error("the event has no usable `{0}`")]
    Malformed(&'static str),
    /// A call that the answer depends on did not succeed. The cause is scrubbed of addresses.
    #[error("`{attempted}` failed: {cause}")]
    Unavailable { attempted: &'static str, cause: String },
    #[error("no answer within {0} ms")]
    TimedOut(u128),
    /// Not a fault: the gate's no.
    #[error("refused: {0}")]
    Refused(&'static str),
    #[error("the handler panicked")]
    Panicked,
}

impl Failure {
    /// A failed call, with `cause` as the service or the SDK put it. Services repeat addresses in their messages, so
    /// every word with an `@` is left out.
    #[must_use]
    pub fn unavailable(attempted: &'static str, cause: &str) -> Self {
        let scrubbed: Vec<_> =
            cause.split_whitespace().map(|word| if word.contains('@') { "<address>" } else { word }).collect();
        Self::Unavailable { attempted, cause: scrubbed.join(" ") }
    }

    /// A stable word for the log.
    #[must_use]
    pub const fn outcome(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "malformed-event",
            Self::Unavailable { .. } => "unavailable",
            Self::TimedOut(_) => "timed-out",
            Self::Refused(_) => "refused",
            Self::Panicked => "panicked",
        }
    }
}

impl From<Failure> for Diagnostic {
    fn from(failure: Failure) -> Self {
        let (error_type, error_message) = match failure {
            Failure::Refused(_) => ("SignInRefused", "this sign-in needs a confirmation code"),
            Failure::Malformed(_) => ("SignInRefused", "this sign-in cannot be handled"),
            Failure::Unavailable { .. } | Failure::TimedOut(_) | Failure::Panicked => {
                ("SignInUnavailable", "sign-in is not available right now, please try again")
            }
        };
        Self { error_type: error_type.to_owned(), error_message: error_message.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_address_and_no_cause_gets_out() {
        let failure = Failure::unavailable("SendEmail", "Email address is not verified: <jane@example.com>, eu-west-1");
        assert!(!failure.to_string().contains("jane"), "{failure}");
        assert!(failure.to_string().contains("not verified"), "{failure}");
        let diagnostic = Diagnostic::from(failure);
        assert_eq!(diagnostic.error_message, "sign-in is not available right now, please try again");
    }
}
