#![allow(clippy::unwrap_used)]

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::{self, ProvideCredentials, SharedCredentialsProvider, future};
use aws_sdk_sts::config::Credentials;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;

use super::*;
use crate::answers;
use crate::aws;

#[test]
fn each_code_has_its_meaning() {
    use Trouble as T;
    let expired =
        "Signature expired: 20260301T080000Z is now earlier than 20260301T081000Z (20260301T082500Z - 15 min.)";
    let early =
        "Signature not yet current: 20260301T084000Z is still later than 20260301T083500Z (20260301T082000Z + 15 min.)";
    let rows = [
        ("ExpiredToken", "The security token included in the request is expired", Some(T::Expired)),
        ("ExpiredTokenException", "The security token included in the request is expired", Some(T::Expired)),
        ("InvalidClientTokenId", "The security token included in the request is invalid.", Some(T::Unknown)),
        ("UnrecognizedClientException", "The security token included in the request is invalid.", Some(T::Unknown)),
        ("InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.", Some(T::Unknown)),
        (
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided.",
            Some(T::WrongSecret),
        ),
        ("InvalidSignatureException", "The request signature we calculated does not match", Some(T::WrongSecret)),
        ("SignatureDoesNotMatch", expired, Some(T::ClockSkew)),
        ("InvalidSignatureException", early, Some(T::ClockSkew)),
        ("RequestTimeTooSkewed", "The difference between the request time and the server's", Some(T::ClockSkew)),
        ("RequestExpired", "Request has expired", Some(T::ClockSkew)),
        ("AccessDenied", "User: arn:aws:iam::111122223333:user/a is not authorized to perform", Some(T::NotAllowed)),
        ("AccessDeniedException", "User is not authorized to perform", Some(T::NotAllowed)),
        ("ValidationError", "Stack with id sign-in does not exist", None),
        ("NotAuthorizedException", "Incorrect username or password.", None),
        ("ThrottlingException", "Rate exceeded", None),
    ];
    for (code, message, expected) in rows {
        assert_eq!(Trouble::of_code(code, message), expected, "{code}: {message}");
    }
}

fn config(provider: impl ProvideCredentials + 'static, endpoint: &str) -> SdkConfig {
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .endpoint_url(endpoint)
        .credentials_provider(SharedCredentialsProvider::new(provider))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .retry_config(RetryConfig::disabled())
        .timeout_config(TimeoutConfig::builder().operation_timeout(std::time::Duration::from_secs(300)).build())
        .build()
}

fn good() -> Credentials {
    Credentials::new("id", "secret", None, None, "test")
}

async fn ask(config: &SdkConfig) -> (Option<Trouble>, String) {
    let error = aws_sdk_sts::Client::new(config).get_caller_identity().send().await.unwrap_err();
    (Trouble::of(&error), format!("{:#}", aws::sdk(error)))
}

#[derive(Debug)]
struct Nothing(fn() -> CredentialsError);

impl ProvideCredentials for Nothing {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::ready(provider::Result::Err((self.0)()))
    }
}

#[tokio::test]
async fn credentials_that_cannot_be_had_are_told_from_none() {
    type Row = (&'static str, fn() -> CredentialsError, Trouble);
    let rows: [Row; 4] = [
        ("no source has any", CredentialsError::not_loaded_no_source, Trouble::NoCredentials),
        (
            "a sign-in that is over",
            || CredentialsError::provider_error("the SSO session has expired"),
            Trouble::Unloadable,
        ),
        (
            "a profile that is not there",
            || CredentialsError::invalid_configuration("could not find profile `a`"),
            Trouble::Unloadable,
        ),
        (
            "a source that hangs",
            || CredentialsError::provider_timed_out(std::time::Duration::from_secs(5)),
            Trouble::Unloadable,
        ),
    ];
    for (name, cause, expected) in rows {
        // Nobody is asked, so nobody needs to be there.
        let (trouble, said) = ask(&config(Nothing(cause), "http://127.0.0.1:1")).await;
        assert_eq!(trouble, Some(expected), "{name}: {said}");
        assert!(said.contains(&expected.to_string()) && said.contains(expected.hint()), "{name}: {said}");
    }
    let (_, said) =
        ask(&config(Nothing(|| CredentialsError::provider_error("the SSO session has expired")), "http://127.0.0.1:1"))
            .await;
    assert!(said.contains("the SSO session has expired"), "the cause is lost: {said}");
}

#[tokio::test]
async fn a_network_without_an_answer_is_told_from_no_network() {
    // A port that was free a moment ago, one that hangs up, and one that never answers.
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let (trouble, said) = ask(&config(good(), &format!("http://{free}"))).await;
    assert_eq!(trouble, Some(Trouble::Unreachable), "{said}");
    let broken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", broken.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut connection, _) = broken.accept().await.unwrap();
        connection.read_u8().await.unwrap();
    });
    let (trouble, said) = ask(&config(good(), &endpoint)).await;
    assert_eq!(trouble, Some(Trouble::Unreachable), "{said}");
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    // Nothing will come, so the time for it is over at once.
    tokio::time::pause();
    let (trouble, said) = ask(&config(good(), &format!("http://{}", silent.local_addr().unwrap()))).await;
    assert_eq!(trouble, Some(Trouble::Silent), "{said}");
}

#[tokio::test]
async fn what_the_service_says_stays_with_what_to_do() {
    let answer = |_: &answers::Call| {
        let message =
            "<Code>ExpiredToken</Code><Message>The security token included in the request is expired</Message>";
        (403, format!("<ErrorResponse><Error>{message}</Error></ErrorResponse>"))
    };
    let (trouble, said) = ask(&answers::config(answer)).await;
    assert_eq!(trouble, Some(Trouble::Expired));
    assert!(said.starts_with("the credentials have expired\nhint: sign in anew"), "{said}");
    assert!(said.ends_with("The security token included in the request is expired (ExpiredToken)"), "{said}");
}
