//! How the functions talk to AWS.

use std::time::Duration;

use aws_config::{BehaviorVersion, ConfigLoader, SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};

/// How long a connection may take: within a Region it takes milliseconds.
pub const CONNECT_TIMEOUT: Duration = Duration::from_millis(800);

/// Credentials, Region and endpoint from the environment that Lambda sets.
pub async fn sdk_config() -> SdkConfig {
    sdk_loader().load().await
}

/// The patience of every call, for whoever brings the rest: one retry, since the whole answer has 3.5 seconds.
#[must_use]
pub fn sdk_loader() -> ConfigLoader {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(Duration::from_millis(1_500))
        .operation_timeout(Duration::from_millis(2_500))
        .build();
    let retries = RetryConfig::standard().with_max_attempts(2).with_initial_backoff(Duration::from_millis(50));
    aws_config::defaults(BehaviorVersion::latest()).timeout_config(timeouts).retry_config(retries)
}
