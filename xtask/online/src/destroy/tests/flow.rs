//! The calls of a deletion, by answers as the services give them. A call out of turn fails the test.

use clap::FromArgMatches as _;
use serde_json::{Value, json};
use xtask::cli::{Cli, Verb};

use super::*;
use crate::replay::{Answer, Replay, refused, xml};

type Script = Vec<(&'static str, Answer)>;

const STACK: &str = "arn:aws:cloudformation:eu-central-1:111122223333:stack/cognito-email-mfa-prod/1";
const NAME: &str = "cognito-email-mfa-prod";
const RENDERED: &str = include_str!("../../../../../deploy/rendered/prod.yaml");

fn args(rest: &[&str]) -> DestroyArgs {
    let words = ["xtask", "destroy", "--stage", "prod", "--yes"].iter().chain(rest);
    let matches = xtask::cli::command().try_get_matches_from(words).unwrap();
    match Cli::from_arg_matches(&matches).unwrap().verb {
        Verb::Destroy(args) => args,
        _ => panic!("another verb"),
    }
}

fn answer(operation: &'static str, body: &Value) -> (&'static str, Answer) {
    (operation, Answer::Http(200, body.to_string()))
}

fn missing(operation: &'static str) -> (&'static str, Answer) {
    (operation, Answer::Http(400, json!({ "__type": "ResourceNotFoundException", "message": "no" }).to_string()))
}

fn described(status: &str, rest: &str) -> (&'static str, Answer) {
    let stack = format!(
        "<Stacks><member><StackId>{STACK}</StackId><StackName>{NAME}</StackName><StackStatus>{status}</StackStatus>\
         <CreationTime>2026-03-01T08:00:00Z</CreationTime>{rest}</member></Stacks>"
    );
    ("DescribeStacks", xml("DescribeStacks", &stack))
}

fn no_stack() -> (&'static str, Answer) {
    ("DescribeStacks", refused("ValidationError", "Stack with id cognito-email-mfa-prod does not exist"))
}

fn template() -> (&'static str, Answer) {
    let body = RENDERED.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    ("GetTemplate", xml("GetTemplate", &format!("<TemplateBody>{body}</TemplateBody>")))
}

/// Of a stack with a pool, a table, a key and a function, as its resources or events.
fn resources(status_of_kept: &str) -> String {
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

fn members() -> (&'static str, Answer) {
    let list = format!("<StackResourceSummaries>{}</StackResourceSummaries>", resources("CREATE_COMPLETE"));
    ("ListStackResources", xml("ListStackResources", &list))
}

/// The events from the newest to the beginning of the last operation.
fn events(statuses: &[&str], between: &str) -> (&'static str, Answer) {
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

fn pool(protection: &str) -> (&'static str, Answer) {
    let pool = json!({ "Id": "P1", "Name": NAME, "EstimatedNumberOfUsers": 7, "DeletionProtection": protection });
    answer("DescribeUserPool", &json!({ "UserPool": pool }))
}

fn begin(status: &str) -> Script {
    vec![described(status, ""), template(), members()]
}

/// From the first look to the end of the deletion.
fn deletion() -> Script {
    vec![
        events(&["UPDATE_COMPLETE"], ""),
        ("DeleteStack", xml("DeleteStack", "")),
        events(&["DELETE_COMPLETE", "DELETE_IN_PROGRESS", "UPDATE_COMPLETE"], &resources("DELETE_SKIPPED")),
    ]
}

/// What is read of what was left, with the pool as it is now.
fn left(pool: (&'static str, Answer)) -> Script {
    vec![
        events(&["DELETE_COMPLETE", "DELETE_IN_PROGRESS"], &resources("DELETE_SKIPPED")),
        pool,
        answer("ListUserPoolClients", &json!({ "UserPoolClients": [] })),
        answer("DescribeSecret", &json!({ "ARN": "arn:key" })),
        answer("DescribeTable", &json!({ "Table": { "TableStatus": "ACTIVE" } })),
    ]
}

fn deleted() -> Script {
    vec![
        answer("DeleteUserPool", &json!({})),
        answer("DeleteTable", &json!({})),
        answer("DeleteSecret", &json!({ "ARN": "arn:key", "DeletionDate": 1_780_000_000 })),
    ]
}

/// One deleted stack of the name, and no other pool of the stage's name.
fn deleted_stacks() -> (&'static str, Answer) {
    let stack = format!(
        "<member><StackName>{NAME}</StackName><StackId>{STACK}</StackId><CreationTime>2026-03-01T08:00:00Z</CreationTime>\
         <StackStatus>DELETE_COMPLETE</StackStatus></member>"
    );
    ("ListStacks", xml("ListStacks", &format!("<StackSummaries>{stack}</StackSummaries>")))
}

fn no_pools() -> (&'static str, Answer) {
    answer("ListUserPools", &json!({ "UserPools": [] }))
}

async fn run(script: Script, rest: &[&str]) -> (Result<String, String>, Vec<String>) {
    let replay = Replay::new(script);
    let session = replay.session("prod");
    let outcome = destroy(&session, &args(rest)).await;
    (outcome.map(|report| report.to_text()).map_err(|error| format!("{error:#}")), replay.asked())
}

fn script(parts: impl IntoIterator<Item = Script>) -> Script {
    parts.into_iter().flatten().collect()
}

#[tokio::test]
async fn a_stack_goes_and_its_users_stay() {
    let script = script([begin("UPDATE_COMPLETE"), vec![pool("ACTIVE")], deletion(), left(pool("ACTIVE"))]);
    let (outcome, asked) = run(script, &["--role-arn", "arn:role"]).await;
    let text = outcome.unwrap();
    for line in ["kept     UserPool", "kept     StateTable", "kept     CodeKey", "--take-back"] {
        assert!(text.contains(line), "{text}");
    }
    let request = asked.iter().find(|body| body.starts_with("Action=DeleteStack")).unwrap();
    assert!(request.contains("RoleARN=arn%3Arole"), "{request}");
}

#[tokio::test]
async fn nothing_is_deleted_that_must_not_be() {
    let protection = "<EnableTerminationProtection>true</EnableTerminationProtection>";
    let protected = vec![described("UPDATE_COMPLETE", protection), template(), members()];
    let busy = script([begin("UPDATE_IN_PROGRESS"), vec![events(&["UPDATE_IN_PROGRESS", "CREATE_COMPLETE"], "")]]);
    let named = script([begin("UPDATE_COMPLETE"), vec![pool("ACTIVE")]]);
    let rows: [(&str, Script, &[&str], &str); 3] = [
        ("protected", protected, &[], "update-termination-protection"),
        (
            "busy",
            busy,
            &["--delete-users", NAME],
            "an update is under way on the stack `cognito-email-mfa-prod` since 2026-",
        ),
        (
            "another name",
            named,
            &["--delete-users", "people"],
            "does not name its user pool, which is `cognito-email-mfa-prod`",
        ),
    ];
    for (name, script, rest, expected) in rows {
        let (outcome, _) = run(script, rest).await;
        let text = outcome.unwrap_err();
        assert!(text.starts_with("refused to delete the stack") && text.contains(expected), "{name}: {text}");
    }
}

#[tokio::test]
async fn a_deletion_under_way_is_followed_and_not_begun_again() {
    let begun = || events(&["DELETE_IN_PROGRESS"], "");
    let ended = events(&["DELETE_COMPLETE", "DELETE_IN_PROGRESS"], &resources("DELETE_SKIPPED"));
    let rows: [(&str, Script); 2] = [
        ("to its end", vec![described("DELETE_IN_PROGRESS", ""), ended]),
        ("which came before the first look", vec![described("DELETE_COMPLETE", "")]),
    ];
    for (name, rest) in rows {
        let before = script([begin("DELETE_IN_PROGRESS"), vec![pool("ACTIVE"), begun()]]);
        let (outcome, _) = run(script([before, rest, left(pool("ACTIVE"))]), &[]).await;
        assert!(outcome.unwrap().contains("kept     UserPool"), "{name}");
    }
}

#[tokio::test]
async fn a_deletion_that_fails_says_why_and_goes_on_later() {
    let failed = "<member><StackId>s</StackId><EventId>f</EventId><StackName>s</StackName>\
                  <LogicalResourceId>AlarmTopic</LogicalResourceId><PhysicalResourceId>t</PhysicalResourceId>\
                  <ResourceType>AWS::SNS::Topic</ResourceType><Timestamp>2026-03-02T08:00:00Z</Timestamp>\
                  <ResourceStatus>DELETE_FAILED</ResourceStatus>\
                  <ResourceStatusReason>not authorized to perform: SNS:DeleteTopic</ResourceStatusReason></member>";
    let script = script([
        begin("UPDATE_COMPLETE"),
        vec![
            pool("ACTIVE"),
            events(&["UPDATE_COMPLETE"], ""),
            ("DeleteStack", xml("DeleteStack", "")),
            events(&["DELETE_FAILED", "DELETE_IN_PROGRESS", "UPDATE_COMPLETE"], failed),
            ("DescribeEvents", refused("AccessDenied", "no")),
        ],
    ]);
    let (outcome, _) = run(script, &[]).await;
    let text = outcome.unwrap_err();
    assert!(text.contains("DELETE_FAILED: `AlarmTopic` (AWS::SNS::Topic) DELETE_FAILED: not authorized"), "{text}");
    assert!(text.contains("`cargo xtask destroy --stage prod` goes on from there"), "{text}");
}

#[tokio::test]
async fn users_go_last_and_a_run_that_was_interrupted_goes_on() {
    let with_users = &["--delete-users", NAME];
    let go_on = |found: Script| script([vec![no_stack(), deleted_stacks()], found, vec![no_pools()]]);
    let without_pool = || {
        let mut left = left(missing("DescribeUserPool"));
        left.remove(2);
        left
    };
    let rows: [(&str, Script, usize); 4] = [
        (
            "from the beginning",
            script([begin("UPDATE_COMPLETE"), vec![pool("INACTIVE")], deletion(), left(pool("INACTIVE")), deleted()]),
            3,
        ),
        ("the stack is gone", script([go_on(left(pool("INACTIVE"))), deleted()]), 3),
        ("the pool, too", script([go_on(without_pool()), deleted().into_iter().skip(1).collect()]), 2),
        (
            "and the table goes at that moment",
            script([go_on(without_pool()), vec![missing("DeleteTable")], deleted().into_iter().skip(2).collect()]),
            2,
        ),
    ];
    for (name, script, lines) in rows {
        let (outcome, asked) = run(script, with_users).await;
        let text = outcome.unwrap();
        assert_eq!(text.lines().filter(|line| line.starts_with("deleted  ")).count(), lines, "{name}: {text}");
        assert!(
            text.contains("restored until 2026-05-28T20:26:40Z") && !text.contains("--take-back"),
            "{name}: {text}"
        );
        assert!(asked.iter().any(|body| body.contains("\"RecoveryWindowInDays\":30")), "{name}: {asked:?}");
    }
    let nothing = vec![
        events(&["DELETE_COMPLETE", "DELETE_IN_PROGRESS"], &resources("DELETE_SKIPPED")),
        missing("DescribeUserPool"),
        missing("DescribeSecret"),
        missing("DescribeTable"),
    ];
    let (outcome, _) = run(go_on(nothing), with_users).await;
    assert_eq!(outcome.unwrap(), "", "all of it is gone");
    let (outcome, _) = run(vec![no_stack(), ("ListStacks", xml("ListStacks", "")), no_pools()], with_users).await;
    assert_eq!(outcome.unwrap(), "", "there never was anything");
}

#[tokio::test]
async fn only_what_the_last_stack_left_is_deleted_without_one() {
    let rows: [(&str, Script, &[&str], &str); 3] = [
        (
            "protected",
            script([vec![no_stack(), deleted_stacks()], left(pool("ACTIVE")), vec![no_pools()]]),
            &["--delete-users", NAME],
            "cargo xtask deploy --stage prod --take-back",
        ),
        (
            "another name",
            script([vec![no_stack(), deleted_stacks()], left(pool("INACTIVE")), vec![no_pools()]]),
            &["--delete-users", "people"],
            "does not name",
        ),
        (
            "blind",
            vec![no_stack(), ("ListStacks", refused("AccessDenied", "no"))],
            &[],
            "not allowed to read: cloudformation:ListStacks",
        ),
    ];
    for (name, script, rest, expected) in rows {
        let (outcome, _) = run(script, rest).await;
        let text = outcome.unwrap_err();
        assert!(text.contains(expected), "{name}: {text}");
    }
    // A pool that is known by its name alone may be anybody's.
    let by_name = || {
        vec![
            no_stack(),
            ("ListStacks", xml("ListStacks", "")),
            answer("ListUserPools", &json!({ "UserPools": [{ "Id": "P1", "Name": NAME }] })),
            pool("INACTIVE"),
            answer("ListUserPoolClients", &json!({ "UserPoolClients": [] })),
        ]
    };
    assert_eq!(run(by_name(), &["--delete-users", NAME]).await.0.unwrap(), "");
    assert!(run(by_name(), &[]).await.0.unwrap().starts_with("kept     UserPool"));
}

#[tokio::test]
async fn protection_is_taken_off_by_the_stack_and_only_for_users_that_go() {
    let parameters = "<Parameters><member><ParameterKey>DeletionProtection</ParameterKey>\
                      <ParameterValue>ACTIVE</ParameterValue></member></Parameters>";
    let set = || ("DescribeChangeSet", xml("DescribeChangeSet", "<Status>CREATE_COMPLETE</Status><Changes></Changes>"));
    let update = vec![
        described("UPDATE_COMPLETE", parameters),
        template(),
        ("CreateChangeSet", xml("CreateChangeSet", &format!("<Id>set</Id><StackId>{STACK}</StackId>"))),
        set(),
        set(),
        events(&["CREATE_COMPLETE"], ""),
        ("ExecuteChangeSet", xml("ExecuteChangeSet", "")),
        events(&["UPDATE_COMPLETE", "UPDATE_IN_PROGRESS", "CREATE_COMPLETE"], ""),
    ];
    let whole =
        script([begin("UPDATE_COMPLETE"), vec![pool("ACTIVE")], update, deletion(), left(pool("INACTIVE")), deleted()]);
    let (outcome, asked) = run(whole, &["--delete-users", NAME]).await;
    assert!(outcome.is_ok(), "{outcome:?}");
    let request = asked.iter().find(|body| body.starts_with("Action=CreateChangeSet")).unwrap();
    assert!(
        request.contains("ParameterKey=DeletionProtection") && request.contains("ParameterValue=INACTIVE"),
        "{request}"
    );

    // A stack that takes no update cannot take it off.
    let stuck = script([begin("UPDATE_ROLLBACK_FAILED"), vec![pool("ACTIVE")]]);
    let text = run(stuck, &["--delete-users", NAME]).await.0.unwrap_err();
    assert!(text.contains("failed to turn off the deletion protection") && text.contains("hint: "), "{text}");
}
