#![allow(clippy::unwrap_used)]

use super::*;
use crate::replay::{Answer, Replay, STACK_ID, describe_stacks, refused, stack_events};

const BEFORE: &[(&str, &str)] = &[("stack REVIEW_IN_PROGRESS", "User Initiated")];
const BEGUN: &[(&str, &str)] = &[("stack CREATE_IN_PROGRESS", ""), ("stack REVIEW_IN_PROGRESS", "User Initiated")];
const DONE: &[(&str, &str)] = &[
    ("stack CREATE_COMPLETE", ""),
    ("UserPool CREATE_COMPLETE", ""),
    ("stack CREATE_IN_PROGRESS", ""),
    ("stack REVIEW_IN_PROGRESS", "User Initiated"),
];
const FAILED: &[(&str, &str)] = &[
    ("stack CREATE_FAILED", "Validation failed"),
    ("stack CREATE_IN_PROGRESS", ""),
    ("stack REVIEW_IN_PROGRESS", "User Initiated"),
];
const ROLLED_BACK: &[(&str, &str)] = &[
    ("stack ROLLBACK_COMPLETE", ""),
    ("stack ROLLBACK_IN_PROGRESS", ""),
    ("stack CREATE_FAILED", "Validation failed"),
    ("stack CREATE_IN_PROGRESS", ""),
    ("stack REVIEW_IN_PROGRESS", "User Initiated"),
];

fn events(events: &[(&str, &str)]) -> (&'static str, Answer) {
    ("DescribeStackEvents", stack_events(events))
}

/// What comes of these answers after the first look.
async fn followed(answers: Vec<(&'static str, Answer)>) -> Result<String, String> {
    let replay = Replay::new([events(BEFORE)].into_iter().chain(answers));
    let session = replay.session("prod");
    let client = replay.cloudformation();
    let follower = Follower::start(&client, STACK_ID).await.unwrap();
    let operation = Operation { name: "the deploy", goal: Goal::Change, resources: 1 };
    let followed = to_the_end(&session, &client, follower, operation).await;
    replay.asked();
    let told = |Followed { end, events }: Followed| {
        let events: Vec<_> = events.iter().map(|event| event.status.as_str()).collect();
        format!("{end:?} {}", events.join(" "))
    };
    followed.map(told).map_err(|error| format!("{error:#}"))
}

#[tokio::test]
async fn the_end_is_seen_through_everything_that_passes() {
    let lost = || ("DescribeStackEvents", Answer::Lost);
    let done = "Done(\"CREATE_COMPLETE\") CREATE_IN_PROGRESS CREATE_COMPLETE CREATE_COMPLETE";
    let rolled_back =
        "Failed(\"ROLLBACK_COMPLETE\") CREATE_IN_PROGRESS CREATE_FAILED ROLLBACK_IN_PROGRESS ROLLBACK_COMPLETE";
    let failed = "Failed(\"CREATE_FAILED\") CREATE_IN_PROGRESS CREATE_FAILED";
    let fault = || ("DescribeStackEvents", Answer::Http(503, "<html>".to_owned()));
    let throttled = || ("DescribeStackEvents", refused("Throttling", "Rate exceeded"));
    let status = |status: &str| ("DescribeStacks", describe_stacks(status));
    let rows = [
        ("at once", vec![events(DONE)], done),
        ("step by step", vec![events(BEFORE), events(BEGUN), events(DONE)], done),
        ("through a lost network", vec![events(BEGUN), lost(), lost(), events(DONE)], done),
        ("through a fault and a throttle", vec![fault(), throttled(), events(DONE)], done),
        ("rolled back", vec![events(ROLLED_BACK)], rolled_back),
        (
            "seen just before it rolls back",
            vec![events(FAILED), status("ROLLBACK_IN_PROGRESS"), events(ROLLED_BACK)],
            rolled_back,
        ),
        ("left as it failed", vec![events(FAILED), status("CREATE_FAILED")], failed),
    ];
    for (name, answers, expected) in rows {
        assert_eq!(followed(answers).await.as_deref(), Ok(expected), "{name}");
    }
}

#[tokio::test]
async fn what_does_not_pass_ends_the_following_but_not_the_operation() {
    let goes_on = "the deploy of the stack `cognito-email-mfa-prod` goes on in AWS\nhint: `cargo xtask status --stage prod` shows how it stands";
    let rows = [
        (
            "expired credentials",
            refused("ExpiredToken", "The security token included in the request is expired"),
            "the credentials have expired (choose or renew them, for example with `aws sso login`)",
        ),
        (
            "a right that was taken away",
            refused("AccessDenied", "not authorized"),
            "the events of the stack cannot be read (not authorized (AccessDenied))",
        ),
    ];
    for (name, answer, expected) in rows {
        let error = followed(vec![events(BEGUN), ("DescribeStackEvents", answer)]).await.unwrap_err();
        assert_eq!(error, format!("{expected}; {goes_on}"), "{name}");
    }
}
