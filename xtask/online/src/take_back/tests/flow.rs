//! The calls of a first deploy that finds users, by answers as the services give them.

use clap::FromArgMatches as _;
use serde_json::{Value, json};
use xtask::cli::{Cli, DeployArgs, Verb};

use super::*;
use crate::replay::{Answer, Replay, refused, xml};

type Script = Vec<(&'static str, Answer)>;

const STACK: &str = "arn:aws:cloudformation:eu-central-1:111122223333:stack/cognito-email-mfa-prod/new";

fn args(rest: &[&str]) -> DeployArgs {
    let words = ["xtask", "deploy", "--stage", "prod", "--yes"].iter().chain(rest);
    let matches = xtask::cli::command().try_get_matches_from(words).unwrap();
    match Cli::from_arg_matches(&matches).unwrap().verb {
        Verb::Deploy(args) => args,
        _ => panic!("another verb"),
    }
}

fn desired() -> Desired {
    Desired { template: RENDERED.to_owned(), parameters: Default::default(), tags: Default::default() }
}

fn answer(operation: &'static str, body: &Value) -> (&'static str, Answer) {
    (operation, Answer::Http(200, body.to_string()))
}

/// One deleted stack, which left a pool, a client and a key that somebody deleted since.
fn found() -> Script {
    let stack = "<member><StackName>cognito-email-mfa-prod</StackName><StackId>arn:old</StackId>\
                 <CreationTime>2026-03-01T08:00:00Z</CreationTime><StackStatus>DELETE_COMPLETE</StackStatus></member>";
    let event = |id: &str, kind: &str, physical: &str| {
        format!(
            "<member><StackId>arn:old</StackId><EventId>e</EventId><StackName>s</StackName>\
             <LogicalResourceId>{id}</LogicalResourceId><PhysicalResourceId>{physical}</PhysicalResourceId>\
             <ResourceType>{kind}</ResourceType><Timestamp>2026-03-02T08:00:00Z</Timestamp>\
             <ResourceStatus>DELETE_SKIPPED</ResourceStatus></member>"
        )
    };
    let events = event("UserPool", "AWS::Cognito::UserPool", "P1")
        + &event("AppClientServer", "AWS::Cognito::UserPoolClient", "2server")
        + &event("CodeKey", "AWS::SecretsManager::Secret", "arn:key");
    let schema = json!({ "Name": "custom:authChallenge", "AttributeDataType": "String", "Mutable": true,
                         "StringAttributeConstraints": { "MinLength": "0", "MaxLength": "2048" } });
    let pool = json!({ "Id": "P1", "Name": "cognito-email-mfa-prod", "EstimatedNumberOfUsers": 7,
                       "UsernameAttributes": ["email"], "UsernameConfiguration": { "CaseSensitive": false },
                       "SchemaAttributes": [schema] });
    vec![
        ("ListStacks", xml("ListStacks", &format!("<StackSummaries>{stack}</StackSummaries>"))),
        ("DescribeStackEvents", xml("DescribeStackEvents", &format!("<StackEvents>{events}</StackEvents>"))),
        answer("DescribeUserPool", &json!({ "UserPool": pool })),
        answer(
            "ListUserPoolClients",
            &json!({ "UserPoolClients": [{ "ClientId": "2server", "ClientName": "server" }] }),
        ),
        answer("DescribeSecret", &json!({ "ARN": "arn:key", "DeletedDate": 1_780_000_000 })),
        answer("ListUserPools", &json!({ "UserPools": [] })),
    ]
}

/// From the client's secret to what CloudFormation would do.
fn up_to_the_change_set(changes: &str) -> Script {
    let described = |changes: &str| {
        let result =
            format!("<Status>CREATE_COMPLETE</Status><ChangeSetId>set</ChangeSetId><Changes>{changes}</Changes>");
        ("DescribeChangeSet", xml("DescribeChangeSet", &result))
    };
    vec![
        // As they are now, in the words of Cognito.
        answer("DescribeUserPool", &json!({ "UserPool": { "Id": "P1", "Name": "cognito-email-mfa-prod" } })),
        answer("DescribeUserPoolClient", &json!({ "UserPoolClient": { "ClientId": "2server", "ClientSecret": "s" } })),
        answer("RestoreSecret", &json!({ "ARN": "arn:key" })),
        ("CreateChangeSet", xml("CreateChangeSet", &format!("<Id>set</Id><StackId>{STACK}</StackId>"))),
        described(changes),
        described(changes),
    ]
}

fn import_of(logical_id: &str, action: &str) -> String {
    format!(
        "<member><Type>Resource</Type><ResourceChange><Action>{action}</Action>\
         <LogicalResourceId>{logical_id}</LogicalResourceId></ResourceChange></member>"
    )
}

async fn run(script: Script, rest: &[&str]) -> (Result<bool, String>, Vec<String>) {
    let replay = Replay::new(script);
    let session = replay.session("prod");
    let outcome = before_a_new_pool(&session, None, Decision::Create, &desired(), &args(rest)).await;
    (outcome.map_err(|error| format!("{error:#}")), replay.asked())
}

#[tokio::test]
async fn users_that_are_found_stop_a_first_deploy_before_anything_is_written() {
    let (outcome, asked) = run(found(), &[]).await;
    let text = outcome.unwrap_err();
    assert!(
        text.starts_with("refused to deploy the stack `cognito-email-mfa-prod`: an earlier stack left a user pool"),
        "{text}"
    );
    assert_eq!(asked.len(), 6, "{asked:?}");
    let (outcome, _) = run(found(), &["--leave-behind", "P1"]).await;
    assert_eq!(outcome, Ok(false));
}

#[tokio::test]
async fn what_is_taken_back_is_what_was_found() {
    let changes: String = ["UserPool", "AppClientServer", "CodeKey"].map(|id| import_of(id, "Import")).concat();
    let mut script = found();
    script.extend(up_to_the_change_set(&changes));
    let event = |status: &str| {
        let event = format!(
            "<member><StackId>{STACK}</StackId><EventId>{status}</EventId><StackName>s</StackName>\
             <PhysicalResourceId>{STACK}</PhysicalResourceId><Timestamp>2026-03-02T08:00:00Z</Timestamp>\
             <ResourceStatus>{status}</ResourceStatus></member>"
        );
        ("DescribeStackEvents", xml("DescribeStackEvents", &format!("<StackEvents>{event}</StackEvents>")))
    };
    script.extend([
        event("REVIEW_IN_PROGRESS"),
        ("ExecuteChangeSet", xml("ExecuteChangeSet", "")),
        event("IMPORT_COMPLETE"),
    ]);
    let (outcome, asked) = run(script, &["--take-back", "--role-arn", "arn:role"]).await;
    assert_eq!(outcome, Ok(true));
    let request = asked.iter().find(|body| body.starts_with("Action=CreateChangeSet")).unwrap();
    for part in ["ChangeSetType=IMPORT", "RoleARN=arn%3Arole", "ResourcesToImport.member.3.LogicalResourceId=CodeKey"] {
        assert!(request.contains(part), "{part} in {request}");
    }
    for part in ["Parameters.member", "Tags.member"] {
        assert!(!request.contains(part), "{part} in {request}");
    }
}

#[tokio::test]
async fn a_change_set_that_does_more_is_taken_back_with_its_shell() {
    let changes: String =
        ["UserPool", "AppClientServer"].map(|id| import_of(id, "Import")).concat() + &import_of("CodeKey", "Add");
    let mut script = found();
    script.extend(up_to_the_change_set(&changes));
    let shell = format!(
        "<Stacks><member><StackId>{STACK}</StackId><StackName>s</StackName><StackStatus>REVIEW_IN_PROGRESS</StackStatus>\
         <CreationTime>2026-03-01T08:00:00Z</CreationTime></member></Stacks>"
    );
    script.extend([
        ("DeleteChangeSet", xml("DeleteChangeSet", "")),
        ("DescribeStacks", xml("DescribeStacks", &shell)),
        ("ListChangeSets", xml("ListChangeSets", "")),
        ("DeleteStack", xml("DeleteStack", "")),
    ]);
    let (outcome, _) = run(script, &["--take-back"]).await;
    let text = outcome.unwrap_err();
    assert!(text.contains("CloudFormation would do more than import: add") && text.contains("CodeKey"), "{text}");
}

#[tokio::test]
async fn a_stack_that_has_a_pool_is_not_looked_beside() {
    let deployed = |template: &str| Deployed {
        status: aws_sdk_cloudformation::types::StackStatus::ImportRollbackComplete,
        template: template.to_owned(),
        ..Deployed::empty()
    };
    let with_pool = deployed("Resources: {UserPool: {Type: AWS::Cognito::UserPool}}");
    let without = deployed("Resources: {Topic: {Type: AWS::SNS::Topic}}");
    type Row<'a> = (&'a str, Decision, Option<&'a Deployed>, Script, &'a [&'a str], Result<bool, &'a str>);
    let rows: [Row<'_>; 4] = [
        ("nothing to do", Decision::Nothing, Some(&with_pool), Vec::new(), &["--take-back"], Ok(false)),
        ("an update", Decision::Update, Some(&with_pool), Vec::new(), &["--leave-behind", "P1"], Ok(false)),
        (
            "an update that adds a pool",
            Decision::Update,
            Some(&without),
            found(),
            &[],
            Err("an earlier stack left a user pool"),
        ),
        (
            "the same, to take back",
            Decision::Update,
            Some(&without),
            found(),
            &["--take-back"],
            Err("only a new one can take back"),
        ),
    ];
    for (name, decision, deployed, script, rest, expected) in rows {
        let replay = Replay::new(script);
        let session = replay.session("prod");
        let outcome = before_a_new_pool(&session, deployed, decision, &desired(), &args(rest)).await;
        replay.asked();
        match (outcome, expected) {
            (Ok(taken), Ok(expected)) => assert_eq!(taken, expected, "{name}"),
            (Err(error), Err(expected)) => assert!(format!("{error:#}").contains(expected), "{name}: {error:#}"),
            (outcome, _) => panic!("{name}: {outcome:?}"),
        }
    }
}

#[tokio::test]
async fn only_a_plan_that_binds_needs_to_have_looked() {
    let denied = || vec![("ListStacks", refused("AccessDenied", "no"))];
    type Row<'a> = (&'a str, Script, &'a [&'a str], bool, Option<&'a str>);
    let rows: [Row<'_>; 4] = [
        ("users", found(), &[], false, Some("an earlier stack left a user pool")),
        ("users to leave behind", found(), &["P1"], true, None),
        ("no right to look", denied(), &[], false, None),
        ("no right to look, and nobody looks again", denied(), &[], true, Some("cloudformation:ListStacks")),
    ];
    for (name, script, behind, binding, expected) in rows {
        let replay = Replay::new(script);
        let session = replay.session("prod");
        let behind: Vec<_> = behind.iter().map(|id| (*id).to_owned()).collect();
        let outcome = foresee(&session, None, Decision::Create, &desired(), &behind, binding).await;
        replay.asked();
        let said = outcome.err().map(|error| format!("{error:#}"));
        assert_eq!(said.is_some(), expected.is_some(), "{name}: {said:?}");
        assert!(expected.is_none_or(|expected| said.as_ref().unwrap().contains(expected)), "{name}: {said:?}");
    }
}
