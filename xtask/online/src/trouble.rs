//! What keeps AWS from hearing a caller, whatever was asked, and what to do about it.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};

/// The codes differ between services for one and the same cause.
const EXPIRED: [&str; 2] = ["ExpiredToken", "ExpiredTokenException"];
const UNKNOWN: [&str; 3] = ["InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId"];
const BAD_SIGNATURE: [&str; 2] = ["SignatureDoesNotMatch", "InvalidSignatureException"];
const SKEWED: [&str; 3] = ["RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture"];
const NOT_ALLOWED: [&str; 5] =
    ["AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError", "NotAuthorized"];
/// How a service words it that only knows a code for bad signatures.
const SKEWED_WORDS: [&str; 2] = ["Signature expired", "Signature not yet current"];

/// Why a call came to nothing before it was about anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    #[error("there are no credentials")]
    NoCredentials,
    /// A profile, a sign-in or a role that should have led to some.
    #[error("the credentials could not be had")]
    Unloadable,
    #[error("the credentials have expired")]
    Expired,
    #[error("AWS does not know these credentials")]
    Unknown,
    #[error("the secret key is not that of the access key")]
    WrongSecret,
    #[error("this machine's clock is wrong")]
    ClockSkew,
    #[error("the caller is not allowed to")]
    NotAllowed,
    #[error("AWS cannot be reached")]
    Unreachable,
    #[error("AWS did not answer in time")]
    Silent,
}

impl Trouble {
    /// None where the service answered on the matter itself.
    pub fn of<E, R>(error: &SdkError<E, R>) -> Option<Self>
    where
        E: ProvideErrorMetadata + Error + 'static,
        R: std::fmt::Debug + 'static,
    {
        if let Some(code) = error.code() {
            return Self::of_code(code, error.message().unwrap_or_default());
        }
        if let Some(cause) = credentials_error(error) {
            return Some(match cause {
                CredentialsError::CredentialsNotLoaded(_) => Self::NoCredentials,
                _ => Self::Unloadable,
            });
        }
        match error {
            SdkError::TimeoutError(_) => Some(Self::Silent),
            SdkError::DispatchFailure(failure) if failure.is_timeout() => Some(Self::Silent),
            // A connection that ends in the middle is of no kind that the SDK has a name for.
            SdkError::DispatchFailure(failure) if !failure.is_user() => Some(Self::Unreachable),
            _ => None,
        }
    }

    fn of_code(code: &str, message: &str) -> Option<Self> {
        let skewed = SKEWED_WORDS.iter().any(|words| message.contains(words));
        match code {
            code if EXPIRED.contains(&code) => Some(Self::Expired),
            code if UNKNOWN.contains(&code) => Some(Self::Unknown),
            code if SKEWED.contains(&code) || BAD_SIGNATURE.contains(&code) && skewed => Some(Self::ClockSkew),
            code if BAD_SIGNATURE.contains(&code) => Some(Self::WrongSecret),
            code if NOT_ALLOWED.contains(&code) => Some(Self::NotAllowed),
            _ => None,
        }
    }

    /// What to do about it, as a line that begins with `hint: `.
    #[must_use]
    pub const fn hint(self) -> &'static str {
        match self {
            Self::NoCredentials => {
                "hint: name a profile with `AWS_PROFILE`, after `aws configure sso` or `aws configure` has made one; in a pipeline, take the deploy role first"
            }
            Self::Unloadable => {
                "hint: `aws sts get-caller-identity` fails for the same reason; sign in anew with `aws sso login`, or mend the profile that `AWS_PROFILE` names"
            }
            Self::Expired => {
                "hint: sign in anew, for example with `aws sso login`; in a pipeline, run the job again: it goes on where this one stopped"
            }
            Self::Unknown => {
                "hint: `aws sts get-caller-identity` shows whose credentials these are; the key may be deleted or inactive, or the Region not enabled for the account"
            }
            Self::WrongSecret => "hint: set the two anew, from one place: `aws configure`",
            Self::ClockSkew => {
                "hint: set this machine's clock, for example with `timedatectl set-ntp true`; AWS takes five minutes of difference at most"
            }
            Self::NotAllowed => {
                "hint: the rights that each role needs are in `templates/cloudformation/pipeline-*.tera`; `aws sts get-caller-identity` shows who is asking"
            }
            Self::Unreachable => {
                "hint: look at the network, the name of the Region, and `HTTPS_PROXY`; then run the same command again: it goes on where this one stopped"
            }
            Self::Silent => "hint: run the same command again: it goes on where this one stopped",
        }
    }
}

/// It lies somewhere below a failure to send the request.
fn credentials_error<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a CredentialsError> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        cause = error.source();
    }
    None
}

#[cfg(test)]
mod tests;
