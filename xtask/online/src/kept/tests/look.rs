//! What is found, by answers as the services give them.

use serde_json::{Value, json};

use super::*;
use crate::replay::{Answer, Replay, refused, xml};

type Script = Vec<(&'static str, Answer)>;

const OLD: &str = "arn:aws:cloudformation:eu-central-1:111122223333:stack/cognito-email-mfa-prod/old";
const NEW: &str = "arn:aws:cloudformation:eu-central-1:111122223333:stack/cognito-email-mfa-prod/new";

fn stacks(stacks: &[(&str, &str, &str)], next: &str) -> (&'static str, Answer) {
    let member = |(name, id, deleted): &(&str, &str, &str)| {
        format!(
            "<member><StackName>{name}</StackName><StackId>{id}</StackId><CreationTime>2026-03-01T08:00:00Z</CreationTime>\
             <DeletionTime>{deleted}</DeletionTime><StackStatus>DELETE_COMPLETE</StackStatus></member>"
        )
    };
    let members: String = stacks.iter().map(member).collect();
    ("ListStacks", xml("ListStacks", &format!("<StackSummaries>{members}</StackSummaries>{}", token(next))))
}

fn token(next: &str) -> String {
    if next.is_empty() { String::new() } else { format!("<NextToken>{next}</NextToken>") }
}

/// Newest first: logical ID, status, type and id; the stack itself is `stack`.
fn events(events: &[(&str, &str, &str, &str)], next: &str) -> (&'static str, Answer) {
    let member = |(logical, status, kind, id): &(&str, &str, &str, &str)| {
        let id = if *logical == "stack" { OLD } else { id };
        format!(
            "<member><StackId>{OLD}</StackId><EventId>e</EventId><StackName>s</StackName>\
             <LogicalResourceId>{logical}</LogicalResourceId><PhysicalResourceId>{id}</PhysicalResourceId>\
             <ResourceType>{kind}</ResourceType><Timestamp>2026-03-02T08:00:00Z</Timestamp>\
             <ResourceStatus>{status}</ResourceStatus></member>"
        )
    };
    let members: String = events.iter().map(member).collect();
    let result = format!("<StackEvents>{members}</StackEvents>{}", token(next));
    ("DescribeStackEvents", xml("DescribeStackEvents", &result))
}

fn answer(operation: &'static str, body: &Value) -> (&'static str, Answer) {
    (operation, Answer::Http(200, body.to_string()))
}

fn missing(operation: &'static str) -> (&'static str, Answer) {
    let body = json!({ "__type": "ResourceNotFoundException", "message": "no such thing" });
    (operation, Answer::Http(400, body.to_string()))
}

fn pool_answer(id: &str, tag: Option<&str>) -> (&'static str, Answer) {
    let tags = tag.map_or(json!({}), |tag| json!({ "cognito-email-mfa-stack": tag }));
    let pool = json!({ "Id": id, "Name": "cognito-email-mfa-prod", "EstimatedNumberOfUsers": 7, "UserPoolTags": tags });
    answer("DescribeUserPool", &json!({ "UserPool": pool }))
}

fn clients(clients: &[(&str, &str)]) -> (&'static str, Answer) {
    let clients: Vec<_> = clients.iter().map(|(id, name)| json!({ "ClientId": id, "ClientName": name })).collect();
    answer("ListUserPoolClients", &json!({ "UserPoolClients": clients }))
}

const DELETION: [(&str, &str, &str, &str); 6] = [
    ("stack", "DELETE_COMPLETE", "AWS::CloudFormation::Stack", ""),
    ("CodeKey", "DELETE_SKIPPED", "AWS::SecretsManager::Secret", "arn:key"),
    ("StateTable", "DELETE_SKIPPED", "AWS::DynamoDB::Table", "table"),
    ("Gate", "DELETE_COMPLETE", "AWS::Lambda::Function", "gate"),
    ("AppClientServer", "DELETE_SKIPPED", "AWS::Cognito::UserPoolClient", "2server"),
    ("AppClientWeb", "DELETE_SKIPPED", "AWS::Cognito::UserPoolClient", "1web"),
];
const REST: [(&str, &str, &str, &str); 4] = [
    ("UserPool", "DELETE_SKIPPED", "AWS::Cognito::UserPool", "P1"),
    ("stack", "DELETE_IN_PROGRESS", "AWS::CloudFormation::Stack", ""),
    ("stack", "UPDATE_COMPLETE", "AWS::CloudFormation::Stack", ""),
    // Left by an update, long before.
    ("AppClientOld", "DELETE_SKIPPED", "AWS::Cognito::UserPoolClient", "0old"),
];

#[tokio::test]
async fn what_the_last_stacks_left_comes_first_and_only_if_it_is_there() {
    let shell = [("stack", "DELETE_COMPLETE", "", ""), ("stack", "REVIEW_IN_PROGRESS", "", "")];
    let script: Script = vec![
        stacks(
            &[
                ("another", "arn:other", "2026-04-09T08:00:00Z"),
                ("cognito-email-mfa-prod", OLD, "2026-04-01T08:00:00Z"),
            ],
            "more",
        ),
        stacks(&[("cognito-email-mfa-prod", NEW, "2026-04-02T08:00:00Z")], ""),
        // The newest was the shell of a plan that was refused.
        events(&shell, ""),
        events(&DELETION, "more"),
        events(&REST, ""),
        pool_answer("P1", Some("cognito-email-mfa-prod")),
        clients(&[("1web", "web"), ("0old", "old")]),
        answer("DescribeSecret", &json!({ "ARN": "arn:key-full", "DeletedDate": 1_780_000_000 })),
        missing("DescribeTable"),
        answer(
            "ListUserPools",
            &json!({ "UserPools": [{ "Id": "P1", "Name": "cognito-email-mfa-prod" }], "NextToken": "more" }),
        ),
        answer("ListUserPools", &json!({ "UserPools": [{ "Id": "P9", "Name": "others" }] })),
    ];
    let replay = Replay::new(script);
    let session = replay.session("prod");
    let found = Look::new(&session).everything().await.unwrap();
    let key = Kept {
        restorable_until: Some("2026-05-28T20:26:40Z".to_owned()),
        ..kept("CodeKey", Kind::Key, "arn:key-full")
    };
    let expected = [kept("UserPool", Kind::UserPool, "P1"), kept("AppClientWeb", Kind::AppClient, "1web"), key];
    let [remains] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((remains.stack_id.as_deref(), remains.kept.as_slice()), (Some(OLD), &expected[..]));
    assert_eq!(remains.pool.as_ref().unwrap().to_string(), "user pool `P1` (`cognito-email-mfa-prod`) with 7 users");
    let asked = replay.asked();
    assert!(asked[0].contains("DELETE_COMPLETE") && asked[1].contains("NextToken=more"), "{asked:?}");
}

#[tokio::test]
async fn a_pool_is_found_by_its_name_unless_another_stack_has_it() {
    let named = |id: &str| json!({ "Id": id, "Name": "cognito-email-mfa-prod" });
    let resource = "<member><LogicalResourceId>UserPool</LogicalResourceId><PhysicalResourceId>P2</PhysicalResourceId>\
                    <ResourceType>AWS::Cognito::UserPool</ResourceType><Timestamp>2026-03-02T08:00:00Z</Timestamp>\
                    <ResourceStatus>CREATE_COMPLETE</ResourceStatus></member>";
    let script: Script = vec![
        stacks(&[], ""),
        answer("ListUserPools", &json!({ "UserPools": [named("P2"), named("P3"), named("P4"), named("P5")] })),
        pool_answer("P2", Some("live")),
        (
            "DescribeStackResources",
            xml("DescribeStackResources", &format!("<StackResources>{resource}</StackResources>")),
        ),
        pool_answer("P3", Some("gone")),
        ("DescribeStackResources", refused("ValidationError", "Stack with id gone does not exist")),
        clients(&[("1web", "web"), ("2web", "web"), ("3server", "server")]),
        // Whose it is cannot be seen: then it has to be named.
        pool_answer("P4", Some("secret")),
        ("DescribeStackResources", refused("AccessDenied", "no")),
        clients(&[]),
        missing("DescribeUserPool"),
    ];
    let replay = Replay::new(script);
    let session = replay.session("prod");
    let found = Look::new(&session).everything().await.unwrap();
    replay.asked();
    let found: Vec<_> = found.iter().map(|remains| (remains.stack_id.is_some(), remains.kept.clone())).collect();
    let expected = [
        // Of two clients of one name nobody knows which one is meant.
        (false, vec![kept("UserPool", Kind::UserPool, "P3"), kept("AppClientServer", Kind::AppClient, "3server")]),
        (false, vec![kept("UserPool", Kind::UserPool, "P4")]),
    ];
    assert_eq!(found, expected);
}

#[tokio::test]
async fn a_pool_that_was_kept_twice_is_found_once() {
    let again: Vec<_> = DELETION.iter().chain(&REST).copied().collect();
    let gone = || [missing("DescribeUserPool"), missing("DescribeSecret"), missing("DescribeTable")];
    let mut script = vec![
        stacks(
            &[
                ("cognito-email-mfa-prod", OLD, "2026-04-01T08:00:00Z"),
                ("cognito-email-mfa-prod", NEW, "2026-04-02T08:00:00Z"),
            ],
            "",
        ),
        events(&again, ""),
    ];
    script.extend(gone());
    script.extend([events(&again, ""), answer("ListUserPools", &json!({ "UserPools": [] }))]);
    let replay = Replay::new(script);
    let session = replay.session("prod");
    let found = Look::new(&session).everything().await.unwrap();
    replay.asked();
    let found: Vec<_> = found.iter().map(|remains| (remains.stack_id.as_deref(), remains.kept.len())).collect();
    assert_eq!(found, [(Some(NEW), 0), (Some(OLD), 0)]);
}

#[tokio::test]
async fn what_cannot_be_looked_for_is_not_taken_for_nothing() {
    let denied = || Answer::Http(400, json!({ "__type": "AccessDeniedException", "message": "no" }).to_string());
    let rows: [(&str, Script); 3] = [
        ("cloudformation:ListStacks", vec![("ListStacks", refused("AccessDenied", "no"))]),
        ("cognito-idp:ListUserPools", vec![stacks(&[], ""), ("ListUserPools", denied())]),
        (
            "cognito-idp:DescribeUserPool",
            vec![
                stacks(&[("cognito-email-mfa-prod", OLD, "2026-04-01T08:00:00Z")], ""),
                events(&REST, ""),
                ("DescribeUserPool", denied()),
            ],
        ),
    ];
    for (action, script) in rows {
        let replay = Replay::new(script);
        let session = replay.session("prod");
        let blind = Look::new(&session).everything().await.unwrap_err().to_string();
        replay.asked();
        assert!(
            blind.starts_with("failed to look for what an earlier stack `cognito-email-mfa-prod` left: not allowed"),
            "{blind}"
        );
        assert!(blind.contains(action) && blind.contains("`deploy/rendered/prod.pipeline.yaml`"), "{blind}");
    }
}
