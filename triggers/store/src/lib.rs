//! Where the state of a user is kept, and the keys that open it.

mod age;
mod config;
mod http;
mod keys;
mod mailbox;
mod settings;
mod store;
mod table;
mod user;

pub use config::{AwsSettings, sdk_builder};
pub use http::{CONNECT_TIMEOUT, http_client};
pub use keys::Keys;
pub use mailbox::Mailbox;
pub use settings::StoreSettings;
pub use store::{Saved, Store, TRIES, User};
pub use table::KEY as TABLE_KEY;

use aws_sdk_cognitoidentityprovider::error::{ProvideErrorMetadata, SdkError};
use trigger_runtime::Failure;

/// The private challenge parameter by which Create binds a round to its challenge, and Verify finds it.
pub const BINDING_PARAMETER: &str = "challenge";

/// Turns a failed call into what the log may say of it: the service's code and message, or the kind of trouble.
pub fn failure<E, R>(attempted: &'static str, error: &SdkError<E, R>) -> Failure
where
    E: ProvideErrorMetadata,
{
    let cause = match error {
        SdkError::ServiceError(context) => {
            let error = context.err();
            format!("{}: {}", error.code().unwrap_or("unknown code"), error.message().unwrap_or("no message"))
        }
        SdkError::TimeoutError(_) => "no answer in time".to_owned(),
        SdkError::DispatchFailure(failure) => {
            match failure.as_connector_error().map(|error| http::first_cause(error)) {
                Some(cause) => format!("no connection: {cause}"),
                None => "no connection".to_owned(),
            }
        }
        SdkError::ResponseError(_) => "an answer that could not be read".to_owned(),
        _ => "the request could not be made".to_owned(),
    };
    Failure::unavailable(attempted, &cause)
}
