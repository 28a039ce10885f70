//! What a deploy does about a stack that an earlier one left unusable.

use super::super::*;
use super::{Script, events, nothing_told, status};
use crate::replay::{Answer, Replay, refused, xml};

const FAILED: &[(&str, &str)] = &[
    ("stack ROLLBACK_COMPLETE", ""),
    ("stack ROLLBACK_IN_PROGRESS", "The following resource(s) failed to create: [UserPool]."),
    ("UserPool CREATE_FAILED", "Email address is not verified"),
    ("stack CREATE_IN_PROGRESS", "User Initiated"),
];
const STUCK: &[(&str, &str)] = &[
    ("stack UPDATE_ROLLBACK_FAILED", ""),
    ("Gate UPDATE_FAILED", "the object is gone"),
    ("stack UPDATE_ROLLBACK_IN_PROGRESS", ""),
    ("stack UPDATE_IN_PROGRESS", "User Initiated"),
    ("stack CREATE_COMPLETE", ""),
];
const LEFT: &[(&str, &str)] = &[
    ("stack UPDATE_FAILED", ""),
    ("Gate UPDATE_FAILED", "no such runtime"),
    ("stack UPDATE_IN_PROGRESS", "User Initiated"),
    ("stack CREATE_COMPLETE", ""),
];
const NEVER_GOOD: &[(&str, &str)] = &[
    ("stack UPDATE_FAILED", ""),
    ("Gate UPDATE_FAILED", "no such runtime"),
    ("stack UPDATE_IN_PROGRESS", "User Initiated"),
    ("stack CREATE_FAILED", ""),
    ("stack CREATE_IN_PROGRESS", ""),
];

fn resources(pool: &str) -> (&'static str, Answer) {
    let member = |id: &str, kind: &str, physical: &str, status: &str| {
        format!(
            "<member><StackName>s</StackName><LogicalResourceId>{id}</LogicalResourceId>\
             <PhysicalResourceId>{physical}</PhysicalResourceId><ResourceType>{kind}</ResourceType>\
             <Timestamp>2026-03-02T08:00:00Z</Timestamp><ResourceStatus>{status}</ResourceStatus></member>"
        )
    };
    let members = member("UserPool", "AWS::Cognito::UserPool", "eu-central-1_Abc", pool)
        + &member("Gate", "AWS::Lambda::Function", "gate", "CREATE_COMPLETE");
    ("DescribeStackResources", xml("DescribeStackResources", &format!("<StackResources>{members}</StackResources>")))
}

fn pool(users: i32) -> (&'static str, Answer) {
    let pool = format!("{{\"UserPool\":{{\"Id\":\"eu-central-1_Abc\",\"EstimatedNumberOfUsers\":{users}}}}}");
    ("DescribeUserPool", Answer::Http(200, pool))
}

fn pool_refused(kind: &str) -> (&'static str, Answer) {
    ("DescribeUserPool", Answer::Http(400, format!("{{\"__type\":\"{kind}\",\"message\":\"no\"}}")))
}

/// The look before the call, the call, and the look after it.
fn carried_out(call: &'static str, before: &[(&str, &str)], then: &str) -> Script {
    let after: Vec<_> = [(then, "")].iter().chain(before).copied().collect();
    vec![events(before), (call, xml(call, "")), events(&after)]
}

async fn mended(script: Script) -> Result<(), String> {
    let replay = Replay::new(script);
    let outcome = mend(&replay.session("prod"), true, None).await;
    replay.asked();
    outcome.map_err(|error| xtask::report::Told::of(&error).to_string())
}

#[tokio::test]
async fn a_stack_is_brought_back_where_nothing_of_value_is_lost() {
    let gone = || resources("DELETE_COMPLETE");
    let there = || resources("CREATE_COMPLETE");
    let deleted = || carried_out("DeleteStack", FAILED, "stack DELETE_COMPLETE");
    let story = |state: &str, seen: &[(&str, &str)]| vec![status(state), events(seen), nothing_told()];
    let rows: Vec<(&str, Vec<Script>)> = vec![
        ("one that is well is left alone", vec![vec![status("UPDATE_COMPLETE")]]),
        ("one that rolled back is, too", vec![vec![status("UPDATE_ROLLBACK_COMPLETE")]]),
        ("a shell that waits for a change set is, too", vec![vec![status("REVIEW_IN_PROGRESS")]]),
        ("one that is busy is explained elsewhere", vec![vec![status("UPDATE_IN_PROGRESS")]]),
        ("one that is half deleted is, too", vec![vec![status("DELETE_FAILED")]]),
        ("rolled back", vec![story("ROLLBACK_COMPLETE", FAILED), vec![gone()], deleted()]),
        ("left as it failed", vec![story("CREATE_FAILED", FAILED), vec![gone()], deleted()]),
        (
            "taken in and let go",
            vec![story("ROLLBACK_COMPLETE", FAILED), vec![resources("IMPORT_ROLLBACK_COMPLETE")], deleted()],
        ),
        ("an empty pool", vec![story("ROLLBACK_FAILED", FAILED), vec![there(), pool(0)], deleted()]),
        (
            "a pool that somebody deleted",
            vec![story("ROLLBACK_FAILED", FAILED), vec![there(), pool_refused("ResourceNotFoundException")], deleted()],
        ),
        (
            "a rollback that stopped",
            vec![
                vec![status("UPDATE_ROLLBACK_FAILED"), events(STUCK)],
                carried_out("ContinueUpdateRollback", STUCK, "stack UPDATE_ROLLBACK_COMPLETE"),
            ],
        ),
        (
            "an update that was not rolled back",
            vec![story("UPDATE_FAILED", LEFT), carried_out("RollbackStack", LEFT, "stack UPDATE_ROLLBACK_COMPLETE")],
        ),
    ];
    for (name, scripts) in rows {
        assert_eq!(mended(scripts.into_iter().flatten().collect()).await, Ok(()), "{name}");
    }
}

#[tokio::test]
async fn a_stack_is_left_as_it_is_where_users_could_be_lost() {
    let refused = "refused to mend the stack `cognito-email-mfa-prod`";
    let destroy = "hint: `cargo xtask destroy --stage prod` deletes";
    let story = |state: &str, seen: &[(&str, &str)]| vec![status(state), events(seen), nothing_told()];
    let there = |pool: (&'static str, Answer)| vec![resources("DELETE_FAILED"), pool];
    let rows = [
        (
            "users",
            vec![story("ROLLBACK_FAILED", FAILED), there(pool(3))],
            format!(
                "{refused}: its user pool `eu-central-1_Abc` has users, about 3 of them\n\
                 {destroy} the stack and keeps the user pool"
            ),
        ),
        (
            "users that cannot be counted",
            vec![story("ROLLBACK_FAILED", FAILED), there(pool_refused("AccessDeniedException"))],
            format!(
                "{refused}: its user pool `eu-central-1_Abc` is there, and whether it has users is not known: \
                 not allowed to read: cognito-idp:DescribeUserPool\n{destroy} the stack and keeps the user pool"
            ),
        ),
        (
            "a rollback to nothing",
            vec![story("UPDATE_FAILED", NEVER_GOOD)],
            format!(
                "{refused}: its events know of no good state, and without one a rollback deletes the stack\n\
                 {destroy} it and keeps the user pool"
            ),
        ),
    ];
    for (name, scripts, expected) in rows {
        assert_eq!(mended(scripts.into_iter().flatten().collect()).await, Err(expected), "{name}");
    }
}

#[tokio::test]
async fn a_way_back_that_fails_says_where_and_how_to_go_on() {
    let busy: &[(&str, &str)] = &[("stack DELETE_IN_PROGRESS", ""), ("stack ROLLBACK_COMPLETE", "")];
    let failed: &[(&str, &str)] =
        &[("stack DELETE_FAILED", ""), ("Gate DELETE_FAILED", "not authorized"), ("stack DELETE_IN_PROGRESS", "")];
    let begin = || {
        vec![status("ROLLBACK_COMPLETE"), events(FAILED), nothing_told(), resources("DELETE_COMPLETE"), events(FAILED)]
    };
    let rows: [(&str, Script, String); 2] = [
        (
            "overtaken",
            vec![("DeleteStack", refused("ValidationError", "Stack is in DELETE_IN_PROGRESS state")), events(busy)],
            format!(
                "a deletion is under way on the stack `{}` since 2026-03-02T08:00:02Z, begun as `{}`; it is in DELETE_IN_PROGRESS: \
                 failed to begin the deletion of the stack `cognito-email-mfa-prod`: \
                 Stack is in DELETE_IN_PROGRESS state (ValidationError)\n\
                 hint: `cargo xtask status --stage prod` shows how it stands; once it is over, `cargo xtask deploy --stage prod`",
                "cognito-email-mfa-prod",
                crate::replay::TOKEN
            ),
        ),
        (
            "stuck",
            vec![("DeleteStack", xml("DeleteStack", "")), events(&[failed, FAILED].concat()), nothing_told()],
            "the deletion of the stack `cognito-email-mfa-prod` failed and left it in DELETE_FAILED: `Gate` (AWS::Lambda::Function) DELETE_FAILED: not authorized\n\
             hint: mend the cause, then `cargo xtask destroy --stage prod` deletes the rest and keeps the user pool; then \
             `cargo xtask deploy --stage prod`"
                .to_owned(),
        ),
    ];
    for (name, rest, expected) in rows {
        assert_eq!(mended(begin().into_iter().chain(rest).collect()).await, Err(expected), "{name}");
    }
}
