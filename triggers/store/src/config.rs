//! How the functions talk to AWS.
//!
//! Written out instead of asked from a chain of providers: Lambda sets Region and credentials in the environment and nowhere
//! else, and whatever could look in files, at roles or at metadata services would be linked, started and never used.

use std::{io, time::Duration};

use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_sdk_cognitoidentityprovider::config::{BehaviorVersion, Region};
use aws_smithy_async::{rt::sleep::TokioSleep, time::SystemTimeSource};
use aws_smithy_types::{retry::RetryConfig, timeout::TimeoutConfig};
use aws_types::{SdkConfig, sdk_config::Builder};
use trigger_runtime::settings::{SettingError, optional, text};

use crate::http::{CONNECT_TIMEOUT, http_client};

/// What Lambda says in the environment about where AWS is and who we are there.
#[derive(Debug, Clone)]
pub struct AwsSettings {
    region: Region,
    credentials: Credentials,
    /// Set by the local AWS.
    endpoint: Option<String>,
}

impl AwsSettings {
    /// # Errors
    /// [`SettingError`] for the first variable that is missing.
    pub fn from_environment() -> Result<Self, SettingError> {
        let (key, secret) = (text("AWS_ACCESS_KEY_ID")?, text("AWS_SECRET_ACCESS_KEY")?);
        Ok(Self {
            region: Region::new(text("AWS_REGION")?),
            credentials: Credentials::new(key, secret, optional("AWS_SESSION_TOKEN"), None, "environment"),
            endpoint: optional("AWS_ENDPOINT_URL"),
        })
    }

    /// Takes some milliseconds of computing, for [`http_client`].
    ///
    /// # Errors
    /// As [`http_client`].
    pub fn sdk_config(self) -> io::Result<SdkConfig> {
        let mut config = sdk_builder()
            .region(self.region)
            .credentials_provider(SharedCredentialsProvider::new(self.credentials))
            .http_client(http_client()?);
        config.set_endpoint_url(self.endpoint);
        Ok(config.build())
    }
}

/// The patience of every call, for whoever brings the rest: one retry, since the whole answer has 3.5 seconds.
#[must_use]
pub fn sdk_builder() -> Builder {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(Duration::from_millis(1_500))
        .operation_timeout(Duration::from_millis(2_500))
        .build();
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .sleep_impl(TokioSleep::new())
        .time_source(SystemTimeSource::new())
        .timeout_config(timeouts)
        .retry_config(RetryConfig::standard().with_max_attempts(2).with_initial_backoff(Duration::from_millis(50)))
}
