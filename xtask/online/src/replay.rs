//! AWS in the place of the network, for tests: answers in the order in which they are asked for.

#![allow(clippy::expect_used, clippy::panic)]

use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_sts::config::{Credentials, SharedCredentialsProvider};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;

use crate::aws::Session;
use crate::progress::Reporter;

/// What comes back for one call.
pub(crate) enum Answer {
    Http(u16, String),
    /// The call reaches nobody.
    Lost,
}

/// The result of an operation of CloudFormation, as its XML has it.
pub(crate) fn xml(operation: &str, result: &str) -> Answer {
    let body = format!("<{operation}Response><{operation}Result>{result}</{operation}Result></{operation}Response>");
    Answer::Http(200, body)
}

/// A refusal by CloudFormation.
pub(crate) fn refused(code: &str, message: &str) -> Answer {
    let error = format!("<Type>Sender</Type><Code>{code}</Code><Message>{message}</Message>");
    Answer::Http(400, format!("<ErrorResponse><Error>{error}</Error><RequestId>r</RequestId></ErrorResponse>"))
}

pub(crate) fn describe_stacks(status: &str) -> Answer {
    let stack = format!(
        "<StackId>{STACK_ID}</StackId><StackName>sign-in</StackName><StackStatus>{status}</StackStatus>\
         <CreationTime>2026-03-01T08:00:00.123Z</CreationTime>"
    );
    xml("DescribeStacks", &format!("<Stacks><member>{stack}</member></Stacks>"))
}

/// Events as pairs of `LogicalId STATUS` and a reason, newest first as CloudFormation has them; the stack itself is `stack`.
pub(crate) fn stack_events(events: &[(&str, &str)]) -> Answer {
    let event = |(index, (what, reason)): (usize, &(&str, &str))| {
        let (id, status) = what.split_once(' ').unwrap_or((what, ""));
        let (kind, physical) = match id {
            "stack" => ("AWS::CloudFormation::Stack", STACK_ID),
            "UserPool" => ("AWS::Cognito::UserPool", "eu-central-1_Abc"),
            _ => ("AWS::Lambda::Function", "f"),
        };
        let age = events.len() - index;
        let reason = if reason.is_empty() {
            String::new()
        } else {
            format!("<ResourceStatusReason>{reason}</ResourceStatusReason>")
        };
        format!(
            "<member><StackId>{STACK_ID}</StackId><EventId>{age}-{id}-{status}</EventId><StackName>sign-in</StackName>\
             <LogicalResourceId>{id}</LogicalResourceId><PhysicalResourceId>{physical}</PhysicalResourceId>\
             <ResourceType>{kind}</ResourceType><Timestamp>2026-03-02T08:00:{age:02}Z</Timestamp>\
             <ResourceStatus>{status}</ResourceStatus>{reason}<ClientRequestToken>{TOKEN}</ClientRequestToken></member>"
        )
    };
    let events: String = events.iter().enumerate().map(event).collect();
    xml("DescribeStackEvents", &format!("<StackEvents>{events}</StackEvents>"))
}

pub(crate) const STACK_ID: &str =
    "arn:aws:cloudformation:eu-central-1:111122223333:stack/sign-in/9b2c1f60-0000-11ee-be56-0242ac120002";
/// What whoever began the operation called it.
pub(crate) const TOKEN: &str = "deploy-00000000000000aa";

#[derive(Clone)]
pub(crate) struct Replay(Arc<Mutex<State>>);

struct State {
    script: VecDeque<(&'static str, Answer)>,
    asked: Vec<String>,
}

impl Replay {
    /// Each answer with the operation that it is for. A call for another one fails the test.
    pub(crate) fn new(script: impl IntoIterator<Item = (&'static str, Answer)>) -> Self {
        Self(Arc::new(Mutex::new(State { script: script.into_iter().collect(), asked: Vec::new() })))
    }

    /// A session of the stage on AWS, or of the local one, whose calls are answered so.
    pub(crate) fn session(&self, stage: &str) -> Session {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let stage = xtask::stage::load(&root, stage).expect("the stage is in the repository");
        let sdk_config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-central-1"))
            .credentials_provider(SharedCredentialsProvider::new(Credentials::new("id", "secret", None, None, "test")))
            .retry_config(RetryConfig::disabled())
            .http_client(SharedHttpClient::new(self.clone()))
            .build();
        let account = "111122223333".to_owned();
        Session { stage, account, sdk_config, endpoint: None, reporter: Reporter::new(false) }
    }

    pub(crate) fn cloudformation(&self) -> aws_sdk_cloudformation::Client {
        aws_sdk_cloudformation::Client::new(&self.session("prod").sdk_config)
    }

    /// The bodies of what was asked, once everything in the script was asked for.
    pub(crate) fn asked(&self) -> Vec<String> {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let left: Vec<_> = state.script.iter().map(|(operation, _)| operation).collect();
        assert!(left.is_empty(), "never asked for: {left:?}");
        state.asked.clone()
    }
}

impl std::fmt::Debug for Replay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Replay")
    }
}

impl HttpClient for Replay {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Replay {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let body = String::from_utf8_lossy(request.body().bytes().unwrap_or_default()).into_owned();
        let target = request.headers().get("x-amz-target").and_then(|target| target.rsplit('.').next());
        let query = || body.strip_prefix("Action=").and_then(|query| query.split('&').next());
        let operation = target.or_else(query).unwrap_or_default().to_owned();
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let next = state.script.pop_front();
        let Some((_, answer)) = next.filter(|(expected, _)| *expected == operation) else {
            let asked = &state.asked;
            panic!("`{operation}` is asked for out of turn, after {asked:#?}");
        };
        state.asked.push(body);
        HttpConnectorFuture::ready(match answer {
            Answer::Http(status, body) => {
                let mut response = HttpResponse::new(status.try_into().expect("a status"), SdkBody::from(body));
                if target.is_some() {
                    response.headers_mut().insert("content-type", "application/x-amz-json-1.1");
                }
                Ok(response)
            }
            Answer::Lost => Err(ConnectorError::io("no route to host".into())),
        })
    }
}
