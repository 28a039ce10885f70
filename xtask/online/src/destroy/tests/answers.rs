//! The answers that the services give while a stack is deleted. A call out of turn fails the test.

use clap::FromArgMatches as _;
use serde_json::{Value, json};
use xtask::cli::{Cli, Verb};

use super::*;
use crate::replay::{Answer, Replay, refused, xml};

pub(super) type Script = Vec<(&'static str, Answer)>;

pub(super) const STACK: &str = "arn:aws:cloudformation:eu-central-1:111122223333:stack/cognito-email-mfa-prod/1";
pub(super) const NAME: &str = "cognito-email-mfa-prod";
pub(super) const RENDERED: &str = include_str!("../../../../../deploy/rendered/prod.yaml");

pub(super) fn args(rest: &[&str]) -> DestroyArgs {
    let words = ["xtask", "destroy", "--stage", "prod", "--yes"].iter().chain(rest);
    let matches = xtask::cli::command().try_get_matches_from(words).unwrap();
    match Cli::from_arg_matches(&matches).unwrap().verb {
        Verb::Destroy(args) => args,
        _ => panic!("another verb"),
    }
}

pub(super) fn answer(operation: &'static str, body: &Value) -> (&'static str, Answer) {
    (operation, Answer::Http(200, body.to_string()))
}

pub(super) fn missing(operation: &'static str) -> (&'static str, Answer) {
    (operation, Answer::Http(400, json!({ "__type": "ResourceNotFoundException", "message": "no" }).to_string()))
}

pub(super) fn described(status: &str, rest: &str) -> (&'static str, Answer) {
    let stack = format!(
        "<Stacks><member><StackId>{STACK}</StackId><StackName>{NAME}</StackName><StackStatus>{status}</StackStatus>\
         <CreationTime>2026-03-01T08:00:00Z</CreationTime>{rest}</member></Stacks>"
    );
    ("DescribeStacks", xml("DescribeStacks", &stack))
}

pub(super) fn no_stack() -> (&'static str, Answer) {
    ("DescribeStacks", refused("ValidationError", "Stack with id cognito-email-mfa-prod does not exist"))
}

pub(super) fn template() -> (&'static str, Answer) {
    let body = RENDERED.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    ("GetTemplate", xml("GetTemplate", &format!("<TemplateBody>{body}</TemplateBody>")))
}

/// Of a stack with a pool, a table, a key and a function, as its resources or events.
pub(super) fn resources(status_of_kept: &str) -> String {
    let member = |(id, kind, physical, status): (&str, &str, &str, &str)| {
        format!(
            "<member><StackId>{STACK}</StackId><EventId>{id}-{status}</EventId><StackName>{NAME}</StackName>\
             <LogicalResourceId>{id}</LogicalResourceId><PhysicalResourceId>{physical}</PhysicalResourceId>\
             <ResourceType>{kind}</ResourceType><Timestamp>2026-03-02T08:00:00Z</Timestamp>\
             <LastUpdatedTimestamp>2026-03-02T08:00:00Z</LastUpdatedTimestamp><ResourceStatus>{status}</ResourceStatus></member>"
        )
    };
    [
        ("CodeKey", "AWS::SecretsManager::Secret", "arn:key", status_of_kept),
        ("StateTable", "AWS::DynamoDB::Table", "table", status_of_kept),
        ("UserPool", "AWS::Cognito::UserPool", "P1", status_of_kept),
        ("DefineAuthChallenge", "AWS::Lambda::Function", "define", "DELETE_COMPLETE"),
    ]
    .map(member)
    .concat()
}

pub(super) fn members() -> (&'static str, Answer) {
    let list = format!("<StackResourceSummaries>{}</StackResourceSummaries>", resources("CREATE_COMPLETE"));
    ("ListStackResources", xml("ListStackResources", &list))
}

/// The events from the newest to the beginning of the last operation.
pub(super) fn events(statuses: &[&str], between: &str) -> (&'static str, Answer) {
    let of_stack = |status: &str, reason: &str| {
        format!(
            "<member><StackId>{STACK}</StackId><EventId>{status}</EventId><StackName>{NAME}</StackName>\
             <PhysicalResourceId>{STACK}</PhysicalResourceId><ResourceType>AWS::CloudFormation::Stack</ResourceType>\
             <Timestamp>2026-03-02T08:00:00Z</Timestamp><ResourceStatus>{status}</ResourceStatus>{reason}</member>"
        )
    };
    let (last, rest) = statuses.split_last().unwrap();
    let newer: String = rest.iter().map(|status| of_stack(status, "")).collect();
    let events = format!("<StackEvents>{newer}{between}{}</StackEvents>", of_stack(last, ""));
    ("DescribeStackEvents", xml("DescribeStackEvents", &events))
}

pub(super) fn pool(protection: &str) -> (&'static str, Answer) {
    let pool = json!({ "Id": "P1", "Name": NAME, "EstimatedNumberOfUsers": 7, "DeletionProtection": protection });
    answer("DescribeUserPool", &json!({ "UserPool": pool }))
}

pub(super) fn begin(status: &str) -> Script {
    vec![described(status, ""), template(), members()]
}

/// From the first look to the end of the deletion.
pub(super) fn deletion() -> Script {
    vec![
        events(&["UPDATE_COMPLETE"], ""),
        ("DeleteStack", xml("DeleteStack", "")),
        events(&["DELETE_COMPLETE", "DELETE_IN_PROGRESS", "UPDATE_COMPLETE"], &resources("DELETE_SKIPPED")),
    ]
}

/// What is read of what was left, with the pool as it is now.
pub(super) fn left(pool: (&'static str, Answer)) -> Script {
    vec![
        events(&["DELETE_COMPLETE", "DELETE_IN_PROGRESS"], &resources("DELETE_SKIPPED")),
        pool,
        answer("ListUserPoolClients", &json!({ "UserPoolClients": [] })),
        answer("DescribeSecret", &json!({ "ARN": "arn:key" })),
        answer("DescribeTable", &json!({ "Table": { "TableStatus": "ACTIVE" } })),
    ]
}

pub(super) fn deleted() -> Script {
    vec![
        answer("DeleteUserPool", &json!({})),
        answer("DeleteTable", &json!({})),
        answer("DeleteSecret", &json!({ "ARN": "arn:key", "DeletionDate": 1_780_000_000 })),
    ]
}

/// One deleted stack of the name, and no other pool of the stage's name.
pub(super) fn deleted_stacks() -> (&'static str, Answer) {
    let stack = format!(
        "<member><StackName>{NAME}</StackName><StackId>{STACK}</StackId><CreationTime>2026-03-01T08:00:00Z</CreationTime>\
         <StackStatus>DELETE_COMPLETE</StackStatus></member>"
    );
    ("ListStacks", xml("ListStacks", &format!("<StackSummaries>{stack}</StackSummaries>")))
}

pub(super) fn no_pools() -> (&'static str, Answer) {
    answer("ListUserPools", &json!({ "UserPools": [] }))
}

pub(super) async fn run(script: Script, rest: &[&str]) -> (Result<String, String>, Vec<String>) {
    let replay = Replay::new(script);
    let session = replay.session("prod");
    let outcome = destroy(&session, &args(rest)).await;
    (outcome.map(|report| report.to_text()).map_err(|error| format!("{error:#}")), replay.asked())
}

pub(super) fn script(parts: impl IntoIterator<Item = Script>) -> Script {
    parts.into_iter().flatten().collect()
}
