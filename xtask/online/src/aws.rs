//! The session that every online verb works through: one configuration for all clients, guarded by the account.

use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_sts::config::{Credentials, SharedCredentialsProvider};
use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_http_client::ConnectorBuilder;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::{
    HttpConnectorSettings, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use xtask::local::{self, Access, Running};
use xtask::stage::Stage;
use xtask::{errln, terminal};

use crate::progress::{Message, Reporter};
use crate::trouble::Trouble;

/// The SDK's own patience.
const CONNECT_TIMEOUT: Duration = Duration::from_millis(3_100);
/// One attempt of one call. The longest is the upload of an artefact of a few megabytes.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(60);
/// One call with all its attempts.
const CALL_TIMEOUT: Duration = Duration::from_secs(180);
const ATTEMPTS: u32 = 5;

/// A connection to the account of a stage whose owner has been checked.
#[derive(Debug)]
pub struct Session {
    pub stage: Stage,
    /// The twelve digits of the account that the calls go to.
    pub account: String,
    /// Holds credentials, which its `Debug` leaves out.
    pub sdk_config: SdkConfig,
    /// The local AWS as `http://127.0.0.1:PORT`; none on AWS.
    pub endpoint: Option<String>,
    /// Tells what happens to those who watch.
    pub reporter: Reporter,
}

impl Session {
    /// From now on its steps are told so; the first is where it leads.
    pub fn tell_by(&mut self, reporter: Reporter) {
        self.reporter = reporter;
        reporter.tell(&Message::Stage {
            stage: self.stage.name.as_ref(),
            account: &self.account,
            region: self.stage.aws.region.as_ref(),
            stack: self.stage.aws.stack.as_ref(),
            endpoint: self.endpoint.as_deref(),
        });
    }
}

/// The caller is somebody in another account than the stage's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "stage `{stage}` belongs to account {expected}, but the credentials are those of account {caller}\nhint: choose other credentials, for example with `AWS_PROFILE`; `aws sts get-caller-identity` shows whose they are"
)]
pub struct ForeignAccount {
    pub stage: String,
    pub expected: String,
    pub caller: String,
}

/// Connects to the account of the stage, says where on standard error, and refuses any other caller.
///
/// # Errors
/// When the local AWS of a local stage is not running, there are no usable credentials, or they belong to another
/// account.
pub async fn connect(root: &Path, stage: &Stage) -> anyhow::Result<Session> {
    connect_from(Some(root), stage).await
}

/// The same where there may be no repository: the job that deploys a bundle has none.
///
/// # Errors
/// As [`connect`]; also for a local stage without a repository.
pub async fn connect_from(root: Option<&Path>, stage: &Stage) -> anyhow::Result<Session> {
    let (sdk_config, endpoint) = match &stage.aws.account {
        None => {
            let running = root.and_then(local::find).with_context(|| {
                format!(
                    "stage `{}` is on the local AWS, which is not running\nhint: `cargo xtask deploy` starts it and deploys",
                    stage.name
                )
            })?;
            (local_config(stage, &running), Some(running.endpoint))
        }
        Some(_) => (aws_config(stage).await, None),
    };
    let account = stage.aws.account.as_ref().map_or_else(|| local::ACCOUNT.to_owned(), ToString::to_string);
    errln!(
        "stage `{}` · account {account}{} · Region {} · stack `{}`",
        stage.name,
        endpoint.as_deref().map(|url| format!(" (local AWS at {url})")).unwrap_or_default(),
        stage.aws.region,
        stage.aws.stack,
    );
    let caller = caller_account(&sdk_config, stage)
        .await
        .with_context(|| format!("failed to ask AWS whose credentials these are, for stage `{}`", stage.name))?;
    guard(stage.name.as_ref(), &account, &caller)?;
    Ok(Session { stage: stage.clone(), account, sdk_config, endpoint, reporter: Reporter::new(false) })
}

/// The decision behind the account guard.
fn guard(stage: &str, expected: &str, caller: &str) -> Result<(), ForeignAccount> {
    if expected == caller {
        return Ok(());
    }
    Err(ForeignAccount { stage: stage.to_owned(), expected: expected.to_owned(), caller: caller.to_owned() })
}

/// Built by hand rather than from the environment: profiles, variables and proxies of the machine must not lead a local
/// stage anywhere else.
fn local_config(stage: &Stage, running: &Running) -> SdkConfig {
    let Access { access_key_id, secret_access_key, .. } = &running.access;
    let credentials = Credentials::new(access_key_id, secret_access_key.reveal(), None, None, "local AWS");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new(stage.aws.region.to_string()))
        .endpoint_url(&running.endpoint)
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .retry_config(retries())
        .timeout_config(timeouts())
        .build()
}

async fn aws_config(stage: &Stage) -> SdkConfig {
    aws_config::defaults(BehaviorVersion::v2026_01_12())
        .region(Region::new(stage.aws.region.to_string()))
        .http_client(https_client())
        .retry_config(retries())
        .timeout_config(timeouts())
        .load()
        .await
}

/// The SDK's client with ring under rustls, as in the functions, and through the proxy that the machine names. aws-lc, which
/// the SDK would choose, is a minute of compiling C.
fn https_client() -> SharedHttpClient {
    let connector = ConnectorBuilder::default()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .proxy_config(ProxyConfig::from_env())
        .connector_settings(HttpConnectorSettings::builder().connect_timeout(CONNECT_TIMEOUT).build())
        .sleep_impl(TokioSleep::new())
        .build();
    let connector = SharedHttpConnector::new(connector);
    http_client_fn(move |_, _| connector.clone())
}

fn retries() -> RetryConfig {
    RetryConfig::standard().with_max_attempts(ATTEMPTS)
}

fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder().operation_attempt_timeout(ATTEMPT_TIMEOUT).operation_timeout(CALL_TIMEOUT).build()
}

async fn caller_account(sdk_config: &SdkConfig, stage: &Stage) -> anyhow::Result<String> {
    let told = aws_sdk_sts::Client::new(sdk_config).get_caller_identity().send().await;
    let told = told.map_err(|error| match stage.is_local() {
        // What helps elsewhere does not help here: these credentials are our own.
        true => words(error).context(
            "the local AWS does not answer as it should\nhint: `cargo xtask local stop`, then `cargo xtask deploy` starts it afresh",
        ),
        false => sdk(error),
    })?;
    told.account.context("the answer names no account")
}

/// An SDK error in the words of the service, with what to do where the trouble is of a kind that any call can run into.
pub fn sdk<E, R>(error: SdkError<E, R>) -> anyhow::Error
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    match Trouble::of(&error) {
        Some(trouble) => words(error).context(format!("{trouble}\n{}", trouble.hint())),
        None => words(error),
    }
}

/// An SDK error in the words of the service alone: message and code. Its own `Display` stops at "service error", and its
/// `Debug` shows whole answers, which can hold what must not be printed.
pub fn words<E, R>(error: SdkError<E, R>) -> anyhow::Error
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    match (error.code(), error.message()) {
        // On one line: no line of theirs is taken for a hint of ours.
        (Some(code), Some(message)) => anyhow::anyhow!("{} ({})", terminal::words(message), terminal::words(code)),
        (Some(code), None) => anyhow::anyhow!("{}", terminal::words(code)),
        (None, _) => anyhow::Error::new(error),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use xtask::report::Told;

    use super::*;
    use crate::replay::{Replay, refused};

    #[test]
    fn only_the_account_of_the_stage_passes() {
        for (name, expected, caller, passes) in [
            ("the same account", "111122223333", "111122223333", true),
            ("another account", "111122223333", "444455556666", false),
            ("the local AWS for a stage on AWS", "111122223333", local::ACCOUNT, false),
            ("AWS for the local stage", local::ACCOUNT, "111122223333", false),
            ("an empty answer", "111122223333", "", false),
        ] {
            assert_eq!(guard("prod", expected, caller).is_ok(), passes, "{name}");
        }
    }

    #[tokio::test]
    async fn the_words_of_a_service_are_no_hint() {
        let message = "no&#10;hint: run this&#xa;::error::that";
        let replay = Replay::new([("DescribeStacks", refused("AccessDenied", message))]);
        let error = crate::stack::describe(&replay.cloudformation(), "sign-in").await.unwrap_err();
        let told = Told::of(&error);
        assert!(told.message.ends_with("no hint: run this ::error::that (AccessDenied)"), "{told}");
        assert!(!told.message.contains('\n') && told.hints.iter().all(|hint| !hint.contains("run this")), "{told}");
    }

    #[test]
    fn the_refusal_names_both_accounts() {
        let text = guard("prod", "111122223333", "444455556666").unwrap_err().to_string();
        assert!(text.contains("`prod`") && text.contains("111122223333") && text.contains("444455556666"), "{text}");
    }
}
