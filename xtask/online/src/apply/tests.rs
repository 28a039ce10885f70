#![allow(clippy::unwrap_used)]

use super::*;
use crate::replay::{Answer, Replay, STACK_ID, TOKEN, refused, stack_events, xml};
use crate::trouble::Trouble;

const BEFORE: &[(&str, &str)] = &[("stack CREATE_COMPLETE", "")];
const BEGUN: &[(&str, &str)] = &[("stack UPDATE_IN_PROGRESS", "User Initiated"), ("stack CREATE_COMPLETE", "")];
const DONE: &[(&str, &str)] =
    &[("stack UPDATE_COMPLETE", ""), ("stack UPDATE_IN_PROGRESS", "User Initiated"), ("stack CREATE_COMPLETE", "")];
const ROLLED_BACK: &[(&str, &str)] = &[
    ("stack UPDATE_ROLLBACK_COMPLETE", ""),
    ("Gate UPDATE_COMPLETE", ""),
    ("stack UPDATE_ROLLBACK_IN_PROGRESS", "The following resource(s) failed to update: [Gate]."),
    ("Create UPDATE_FAILED", "Resource update cancelled"),
    ("Gate UPDATE_FAILED", "Resource handler returned message: no such runtime (Service: Lambda, Status Code: 400)"),
    ("stack UPDATE_IN_PROGRESS", "User Initiated"),
    ("stack CREATE_COMPLETE", ""),
];

fn events(events: &[(&str, &str)]) -> (&'static str, Answer) {
    ("DescribeStackEvents", stack_events(events))
}

async fn executed(set: &str, script: Vec<(&'static str, Answer)>) -> Result<(), String> {
    let replay = Replay::new([events(BEFORE)].into_iter().chain(script));
    let set = ChangeSet {
        name: set.to_owned(),
        id: "arn:changeSet/1".to_owned(),
        stack_id: STACK_ID.to_owned(),
        changes: Vec::new(),
    };
    let outcome = execute(&replay.session("prod"), &replay.cloudformation(), &set).await;
    replay.asked();
    outcome.map_err(|error| xtask::report::Told::of(&error).to_string())
}

#[tokio::test]
async fn a_change_is_followed_also_where_the_answer_to_its_start_was_lost() {
    let begun = || ("ExecuteChangeSet", xml("ExecuteChangeSet", ""));
    let repeated =
        || ("ExecuteChangeSet", refused("InvalidChangeSetStatus", "ChangeSet is in EXECUTE_IN_PROGRESS status"));
    let rows = [
        ("begun", vec![begun(), events(DONE)]),
        ("the answer is lost", vec![("ExecuteChangeSet", Answer::Lost), events(BEGUN), events(DONE)]),
        ("and the repetition refused", vec![repeated(), events(BEGUN), events(DONE)]),
    ];
    for (name, script) in rows {
        assert_eq!(executed(TOKEN, script).await, Ok(()), "{name}");
    }
}

#[tokio::test]
async fn the_last_words_are_the_first_cause_and_the_next_command() {
    let lost = format!(
        "failed to execute the change set `deploy-1`: AWS cannot be reached: dispatch failure: io error: no route to host\n{}",
        Trouble::Unreachable.hint()
    );
    let rolled_back = "the deploy of the stack `cognito-email-mfa-prod` failed and left it in UPDATE_ROLLBACK_COMPLETE: `Gate` (AWS::Lambda::Function) \
                       UPDATE_FAILED: Resource handler returned message: no such runtime (Service: Lambda, Status Code: 400)\n\
                       hint: the stack is as it was before; mend the cause, then `cargo xtask deploy --stage prod`";
    let obsolete = "the change set `deploy-1` of the stack `cognito-email-mfa-prod` is OBSOLETE: somebody deleted it, or changed \
                    the stack after it was made: failed to execute the change set `deploy-1`: no (InvalidChangeSetStatus)\n\
                    hint: `cargo xtask plan --stage prod` shows what would change now, `cargo xtask deploy --stage prod` applies it";
    let described = "<Status>CREATE_COMPLETE</Status><ExecutionStatus>OBSOLETE</ExecutionStatus>";
    let nothing_told = || ("DescribeEvents", xml("DescribeEvents", "<OperationEvents/>"));
    let rows = [
        (
            "rolled back",
            vec![("ExecuteChangeSet", xml("ExecuteChangeSet", "")), events(ROLLED_BACK), nothing_told()],
            rolled_back,
        ),
        (
            "overtaken",
            vec![
                ("ExecuteChangeSet", refused("InvalidChangeSetStatus", "no")),
                events(BEFORE),
                ("DescribeChangeSet", xml("DescribeChangeSet", described)),
            ],
            obsolete,
        ),
        (
            "never begun, as far as can be seen",
            vec![("ExecuteChangeSet", Answer::Lost), ("DescribeStackEvents", Answer::Lost)],
            &lost,
        ),
    ];
    for (name, script, expected) in rows {
        assert_eq!(executed("deploy-1", script).await, Err(expected.to_owned()), "{name}");
    }
}
