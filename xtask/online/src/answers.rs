//! AWS in the place of the network, for tests: each call is answered by what it is called, in whatever order.

#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::sync::Arc;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_sts::config::{Credentials, SharedCredentialsProvider};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use xtask::stage::Stage;

use crate::aws::Session;
use crate::progress::Reporter;

/// What AWS is asked.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// The operation, or the path where that tells it.
    pub(crate) name: String,
    pub(crate) body: String,
}

type Answer = dyn Fn(&Call) -> (u16, String) + Send + Sync;

/// Answers each call by what it is called.
#[derive(Clone)]
struct Answers(Arc<Answer>);

impl std::fmt::Debug for Answers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Answers")
    }
}

impl HttpClient for Answers {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Answers {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (status, body) = (self.0)(&Call::of(&request));
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status.try_into().unwrap(), SdkBody::from(body))))
    }
}

impl Call {
    fn of(request: &HttpRequest) -> Self {
        let body = String::from_utf8_lossy(request.body().bytes().unwrap_or_default()).into_owned();
        let name = match (request.headers().get("x-amz-target"), body.strip_prefix("Action=")) {
            (Some(target), _) => target.split_once('.').unwrap().1.to_owned(),
            (None, Some(query)) => query.split('&').next().unwrap().to_owned(),
            (None, None) => request.uri().split('/').skip(3).collect::<Vec<_>>().join("/"),
        };
        Self { name, body }
    }

    /// The value of a parameter, where the call is a form.
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        let pairs = self.body.split('&').filter_map(|pair| pair.split_once('='));
        let value = pairs.into_iter().find(|(key, _)| *key == name)?.1;
        Some(value.replace("%3A", ":").replace("%2F", "/"))
    }
}

pub(crate) fn config(answer: impl Fn(&Call) -> (u16, String) + Send + Sync + 'static) -> SdkConfig {
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .credentials_provider(SharedCredentialsProvider::new(Credentials::new("id", "secret", None, None, "test")))
        .retry_config(aws_config::retry::RetryConfig::disabled())
        .http_client(SharedHttpClient::new(Answers(Arc::new(answer))))
        .build()
}

pub(crate) fn session(stage: Stage, answer: impl Fn(&Call) -> (u16, String) + Send + Sync + 'static) -> Session {
    Session {
        stage,
        account: "111122223333".to_owned(),
        sdk_config: config(answer),
        endpoint: None,
        reporter: Reporter::new(false),
    }
}

/// A stage of this repository.
pub(crate) fn stage(name: &str) -> Stage {
    xtask::stage::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."), name).unwrap()
}

/// An answer of a service that speaks XML.
pub(crate) fn xml(operation: &str, result: &str) -> (u16, String) {
    (200, format!("<{operation}Response><{operation}Result>{result}</{operation}Result></{operation}Response>"))
}

/// A refusal of such a service.
pub(crate) fn refusal(code: &str, message: &str) -> (u16, String) {
    let error = format!("<Code>{code}</Code><Message>{message}</Message>");
    (400, format!("<ErrorResponse><Error>{error}</Error></ErrorResponse>"))
}
