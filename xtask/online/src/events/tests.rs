#![allow(clippy::unwrap_used)]

use super::*;
use crate::replay::{Replay, stack_events};

/// An event of a stack whose own logical ID is `stack`.
pub(crate) fn event(logical_id: &str, status: &str, reason: Option<&str>) -> Event {
    Event {
        id: String::new(),
        at: DateTime::from_secs(1_772_438_400),
        logical_id: logical_id.to_owned(),
        kind: "T".to_owned(),
        status: status.to_owned(),
        reason: reason.map(str::to_owned),
        of_stack: logical_id == "stack",
        token: None,
        operation: None,
    }
}

#[test]
fn the_stack_itself_says_when_it_is_over() {
    let done = |status: &str| Some(End::Done(status.to_owned()));
    let failed = |status: &str| Some(End::Failed(status.to_owned()));
    type Row<'a> = (&'a str, Goal, &'a [(&'a str, &'a str)], Option<End>);
    let rows: &[Row<'_>] = &[
        ("nothing yet", Goal::Change, &[], None),
        ("a resource is done", Goal::Change, &[("stack", "CREATE_IN_PROGRESS"), ("Pool", "CREATE_COMPLETE")], None),
        (
            "created",
            Goal::Change,
            &[("stack", "CREATE_IN_PROGRESS"), ("stack", "CREATE_COMPLETE")],
            done("CREATE_COMPLETE"),
        ),
        ("cleaning up", Goal::Change, &[("stack", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")], None),
        (
            "updated",
            Goal::Change,
            &[("stack", "UPDATE_COMPLETE"), ("Pool", "DELETE_COMPLETE")],
            done("UPDATE_COMPLETE"),
        ),
        ("taken in", Goal::Change, &[("stack", "IMPORT_COMPLETE")], done("IMPORT_COMPLETE")),
        ("rolling back", Goal::Change, &[("stack", "CREATE_FAILED"), ("stack", "ROLLBACK_IN_PROGRESS")], None),
        ("rolled back", Goal::Change, &[("stack", "ROLLBACK_COMPLETE")], failed("ROLLBACK_COMPLETE")),
        (
            "an update rolled back",
            Goal::Change,
            &[("stack", "UPDATE_ROLLBACK_COMPLETE")],
            failed("UPDATE_ROLLBACK_COMPLETE"),
        ),
        (
            "rolled back on purpose",
            Goal::Rollback,
            &[("stack", "UPDATE_ROLLBACK_COMPLETE")],
            done("UPDATE_ROLLBACK_COMPLETE"),
        ),
        ("stuck", Goal::Rollback, &[("stack", "UPDATE_ROLLBACK_FAILED")], failed("UPDATE_ROLLBACK_FAILED")),
        ("deleted by somebody else", Goal::Change, &[("stack", "DELETE_COMPLETE")], failed("DELETE_COMPLETE")),
        ("deleted", Goal::Deletion, &[("stack", "DELETE_COMPLETE")], done("DELETE_COMPLETE")),
        ("not deleted", Goal::Deletion, &[("stack", "DELETE_FAILED")], failed("DELETE_FAILED")),
    ];
    for (name, goal, events, expected) in rows {
        let events: Vec<_> = events.iter().map(|(id, status)| event(id, status, None)).collect();
        assert_eq!(end(&events, *goal), *expected, "{name}");
    }
}

#[test]
fn an_event_is_a_line() {
    let failed = event("UserPool", "CREATE_FAILED", Some("no"));
    assert_eq!(failed.to_string(), format!("08:00:00 {:<40} CREATE_FAILED  no", "UserPool"));
    assert_eq!(
        event("UserPool", "CREATE_COMPLETE", None).to_string(),
        format!("08:00:00 {:<40} CREATE_COMPLETE", "UserPool")
    );
}

#[tokio::test]
async fn what_happened_since_the_last_rest_is_one_operation() {
    let busy = [
        ("stack UPDATE_ROLLBACK_IN_PROGRESS", "failed"),
        ("stack UPDATE_FAILED", ""),
        ("UserPool UPDATE_FAILED", "The handler\n said:\t  no (Service: Cognito)"),
        ("stack UPDATE_IN_PROGRESS", "User Initiated"),
        ("stack UPDATE_COMPLETE", ""),
        ("stack UPDATE_IN_PROGRESS", "User Initiated"),
    ];
    let at_rest = [("stack CREATE_COMPLETE", ""), ("UserPool CREATE_COMPLETE", ""), ("stack CREATE_IN_PROGRESS", "")];
    type Row<'a> = (&'a [(&'a str, &'a str)], &'a [&'a str]);
    let rows: [Row<'_>; 2] = [
        (&busy, &["UPDATE_IN_PROGRESS", "UPDATE_FAILED", "UPDATE_FAILED", "UPDATE_ROLLBACK_IN_PROGRESS"]),
        (&at_rest, &["CREATE_IN_PROGRESS", "CREATE_COMPLETE", "CREATE_COMPLETE"]),
    ];
    for (events, expected) in rows {
        let replay = Replay::new([("DescribeStackEvents", stack_events(events))]);
        let events = since_rest(&replay.cloudformation(), "sign-in").await.unwrap();
        assert_eq!(events.iter().map(|event| event.status.as_str()).collect::<Vec<_>>(), expected);
        let failed = events.iter().find(|event| event.logical_id == "UserPool" && event.is_failure());
        assert!(failed.is_none_or(|event| event.reason.as_deref() == Some("The handler said: no (Service: Cognito)")));
    }
}
