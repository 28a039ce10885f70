//! Cognito's refusals in words, and which step of the sign-in they ended.

use aws_sdk_cognitoidentityprovider::error::{ProvideErrorMetadata, SdkError};

use xtask::terminal::words;

use crate::aws;

/// The step that was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The user pool and the password, which are checked before any code is sent.
    Password,
    /// The code from the e-mail.
    Code,
}

/// Why Cognito ended a sign-in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the e-mail address or the password was refused: {0}")]
    Password(String),
    #[error("the sign-in was ended: {0}; no attempt is left, or it took too long\nhint: sign in again")]
    Ended(String),
    #[error("the user does not exist\nhint: `cargo xtask user create EMAIL`")]
    UserNotFound,
    #[error("the user has no permanent password yet\nhint: `cargo xtask user confirm EMAIL`")]
    NotConfirmed,
    #[error("the password must be set anew\nhint: `cargo xtask user confirm EMAIL`")]
    PasswordReset,
    #[error("the app client or its flow does not allow this sign-in: {0}")]
    NotAllowed(String),
    #[error("a trigger of the user pool failed: {0}\nhint: the function's log holds the reason")]
    Trigger(String),
    #[error("Cognito asks to slow down\nhint: wait a minute, then sign in again")]
    TooManyRequests,
    #[error("Cognito asks for `{0}`, which this sign-in does not know")]
    UnknownChallenge(String),
    #[error("Cognito answered neither tokens nor a challenge")]
    NoAnswer,
    #[error("Cognito refused: {message} (`{code}`)")]
    Other { code: String, message: String },
}

impl Refusal {
    /// The refusal that an error code of `InitiateAuth` or `RespondToAuthChallenge` means at this step.
    #[must_use]
    pub fn from_code(step: Step, code: &str, message: &str) -> Self {
        // A trigger may have made the message.
        let message = words(message);
        match code {
            "NotAuthorizedException" => match step {
                Step::Password => Self::Password(message.trim_end_matches('.').to_owned()),
                Step::Code => Self::Ended(message.trim_end_matches('.').to_owned()),
            },
            "UserNotFoundException" => Self::UserNotFound,
            "UserNotConfirmedException" => Self::NotConfirmed,
            "PasswordResetRequiredException" => Self::PasswordReset,
            "InvalidParameterException" | "ResourceNotFoundException" | "InvalidUserPoolConfigurationException" => {
                Self::NotAllowed(message)
            }
            "UserLambdaValidationException" | "UnexpectedLambdaException" | "InvalidLambdaResponseException" => {
                Self::Trigger(message)
            }
            "TooManyRequestsException" | "LimitExceededException" => Self::TooManyRequests,
            _ => Self::Other { code: words(code), message },
        }
    }
}

/// A refusal when Cognito answered; the error itself when no answer came.
pub(super) fn refused<E, R>(step: Step, error: SdkError<E, R>) -> anyhow::Result<Refusal>
where
    E: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    match error.as_service_error() {
        Some(answered) => Ok(Refusal::from_code(
            step,
            answered.code().unwrap_or("unknown"),
            answered.message().unwrap_or("no message"),
        )),
        None => Err(aws::sdk(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_become_words_by_step() {
        let rows = [
            (Step::Password, "NotAuthorizedException", Refusal::Password("m".to_owned())),
            (Step::Code, "NotAuthorizedException", Refusal::Ended("m".to_owned())),
            (Step::Password, "UserNotFoundException", Refusal::UserNotFound),
            (Step::Password, "InvalidParameterException", Refusal::NotAllowed("m".to_owned())),
            (Step::Code, "UserLambdaValidationException", Refusal::Trigger("m".to_owned())),
            (Step::Code, "InvalidLambdaResponseException", Refusal::Trigger("m".to_owned())),
            (Step::Code, "TooManyRequestsException", Refusal::TooManyRequests),
            (Step::Code, "NewException", Refusal::Other { code: "NewException".to_owned(), message: "m".to_owned() }),
        ];
        for (step, code, expected) in rows {
            assert_eq!(Refusal::from_code(step, code, "m"), expected, "{code} at {step:?}");
        }
        let hostile = Refusal::from_code(Step::Code, "NewException", "m\nhint: run\u{1b}");
        assert_eq!(hostile.to_string(), "Cognito refused: m hint: run\u{fffd} (`NewException`)");
    }
}
