//! Every state of a stack that nothing can be changed from, as a deploy explains it.

use aws_sdk_cloudformation::types::StackStatus;

use super::super::*;
use super::{Script, events, nothing_told};
use crate::decision::Condition;
use crate::replay::{Answer, Replay, STACK_ID, TOKEN, refused, xml};

const CREATION_FAILED: &[(&str, &str)] = &[
    ("stack ROLLBACK_COMPLETE", ""),
    ("UserPool DELETE_COMPLETE", ""),
    ("stack ROLLBACK_IN_PROGRESS", "The following resource(s) failed to create: [UserPool]."),
    ("Gate CREATE_FAILED", "Resource creation cancelled"),
    ("UserPool CREATE_FAILED", "Resource handler returned message: Email address is not verified (Service: Cognito)"),
    ("stack CREATE_IN_PROGRESS", "User Initiated"),
];
const ROLLBACK_STUCK: &[(&str, &str)] = &[
    ("stack UPDATE_ROLLBACK_FAILED", "The following resource(s) failed to update: [Gate, Verify]."),
    ("Verify UPDATE_FAILED", "the role is gone"),
    ("Gate UPDATE_FAILED", "the object is gone"),
    ("stack UPDATE_ROLLBACK_IN_PROGRESS", ""),
    ("Create UPDATE_FAILED", "no such runtime"),
    ("stack UPDATE_IN_PROGRESS", "User Initiated"),
    ("stack CREATE_COMPLETE", ""),
];
const UPDATE_FAILED: &[(&str, &str)] = &[
    ("stack UPDATE_FAILED", "The following resource(s) failed to update: [Create]."),
    ("Create UPDATE_FAILED", "no such runtime"),
    ("stack UPDATE_IN_PROGRESS", "User Initiated"),
    ("stack CREATE_COMPLETE", ""),
];
const DELETION_FAILED: &[(&str, &str)] = &[
    ("stack DELETE_FAILED", "The following resource(s) failed to delete: [Gate]."),
    ("Gate DELETE_FAILED", "not authorized to perform: lambda:DeleteFunction"),
    ("stack DELETE_IN_PROGRESS", "User Initiated"),
    ("stack CREATE_COMPLETE", ""),
];
const IMPORT_FAILED: &[(&str, &str)] = &[
    ("stack IMPORT_ROLLBACK_FAILED", ""),
    ("UserPool IMPORT_ROLLBACK_FAILED", "not authorized to perform: cognito-idp:UntagResource"),
    ("stack IMPORT_ROLLBACK_IN_PROGRESS", ""),
    ("stack IMPORT_IN_PROGRESS", "User Initiated"),
];
const UPDATING: &[(&str, &str)] = &[
    ("Gate UPDATE_IN_PROGRESS", ""),
    ("stack UPDATE_IN_PROGRESS", "User Initiated"),
    ("stack CREATE_COMPLETE", ""),
    ("stack CREATE_IN_PROGRESS", "User Initiated"),
];

#[tokio::test]
async fn every_state_that_stops_a_deploy_is_explained_with_the_next_command() {
    let deploy = "cargo xtask deploy --stage prod";
    let destroy = format!(
        "hint: mend the cause, then `cargo xtask destroy --stage prod` deletes the rest and keeps the user pool; then `{deploy}`"
    );
    let first_cause = "`UserPool` (AWS::Cognito::UserPool) CREATE_FAILED: Resource handler returned message: \
                       Email address is not verified (Service: Cognito)";
    let creation = format!(
        "its creation failed, and such a stack can only be deleted and created anew: {first_cause}\n\
         hint: mend the cause, then `{deploy}` deletes what is left and creates the stack anew"
    );
    let told = |events_: &[(&str, &str)]| vec![events(events_), nothing_told()];
    let seen = |events_: &[(&str, &str)]| vec![events(events_)];
    let rows: Vec<(StackStatus, Script, String)> = vec![
        (StackStatus::RollbackComplete, told(CREATION_FAILED), creation.clone()),
        (StackStatus::RollbackFailed, told(CREATION_FAILED), creation.clone()),
        (StackStatus::CreateFailed, told(CREATION_FAILED), creation),
        (
            StackStatus::UpdateRollbackFailed,
            seen(ROLLBACK_STUCK),
            format!(
                "the rollback of an update failed, so it is neither the old nor the new stack: 2 causes\n  \
                 `Gate` (AWS::Lambda::Function) UPDATE_FAILED: the object is gone\n  \
                 `Verify` (AWS::Lambda::Function) UPDATE_FAILED: the role is gone\n\
                 hint: mend the cause, then `{deploy}` first continues the rollback"
            ),
        ),
        (
            StackStatus::UpdateFailed,
            told(UPDATE_FAILED),
            format!(
                "an update failed and was not rolled back: `Create` (AWS::Lambda::Function) UPDATE_FAILED: no such runtime\n\
                 hint: mend the cause, then `{deploy}` first brings the stack back to its last good state"
            ),
        ),
        (
            StackStatus::DeleteFailed,
            seen(DELETION_FAILED),
            format!(
                "its deletion failed half way: `Gate` (AWS::Lambda::Function) DELETE_FAILED: \
                 not authorized to perform: lambda:DeleteFunction\n{destroy}"
            ),
        ),
        (
            StackStatus::ImportRollbackFailed,
            seen(IMPORT_FAILED),
            format!(
                "taking resources into it failed, and so did letting go of them: `UserPool` (AWS::Cognito::UserPool) \
                 IMPORT_ROLLBACK_FAILED: not authorized to perform: cognito-idp:UntagResource\n{destroy}"
            ),
        ),
        (
            StackStatus::from("SOMETHING_NEW"),
            seen(UPDATING),
            "its state is not known to this program\n\
             hint: `aws cloudformation describe-stacks --stack-name cognito-email-mfa-prod --region eu-central-1` shows it"
                .to_owned(),
        ),
        (
            StackStatus::DeleteFailed,
            vec![("DescribeStackEvents", refused("AccessDenied", "no"))],
            format!("its deletion failed half way\n{destroy}"),
        ),
    ];
    for (status, script, expected) in rows {
        let replay = Replay::new(script);
        let session = replay.session("prod");
        let Condition::Obstructed(obstacle) = Condition::of(&status) else { panic!("{status} stops nothing") };
        let error = explain(&replay.cloudformation(), &session.stage, obstacle, &status).await;
        assert_eq!(
            error.to_string(),
            format!("the stack `cognito-email-mfa-prod` is in {status}: {expected}"),
            "{status}"
        );
        replay.asked();
    }
}

#[tokio::test]
async fn an_operation_under_way_is_named_with_its_beginning() {
    let hint = "hint: `cargo xtask status --stage prod` shows how it stands; once it is over, `cargo xtask deploy --stage prod`";
    let cleaning = [
        ("stack UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", ""),
        ("stack UPDATE_IN_PROGRESS", "User Initiated"),
        ("stack CREATE_COMPLETE", ""),
    ];
    let rolling_back = [
        ("stack ROLLBACK_IN_PROGRESS", "The following resource(s) failed to create: [UserPool]."),
        ("UserPool CREATE_FAILED", "no"),
        ("stack CREATE_IN_PROGRESS", "User Initiated"),
    ];
    let deleting = [("stack DELETE_IN_PROGRESS", ""), ("stack CREATE_COMPLETE", "")];
    let rows: [(&[(&str, &str)], &str); 4] = [
        (
            UPDATING,
            "an update is under way on the stack `S` since 2026-03-02T08:00:03Z, begun as `T` (User Initiated); it is in UPDATE_IN_PROGRESS",
        ),
        (
            &cleaning,
            "an update is under way on the stack `S` since 2026-03-02T08:00:02Z, begun as `T` (User Initiated); it is in UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
        ),
        (
            &rolling_back,
            "a creation is under way on the stack `S` since 2026-03-02T08:00:01Z, begun as `T` (User Initiated); it is in ROLLBACK_IN_PROGRESS",
        ),
        (
            &deleting,
            "a deletion is under way on the stack `S` since 2026-03-02T08:00:02Z, begun as `T`; it is in DELETE_IN_PROGRESS",
        ),
    ];
    for (seen, expected) in rows {
        let replay = Replay::new([events(seen)]);
        let session = replay.session("prod");
        let (client, status) = (replay.cloudformation(), StackStatus::UpdateInProgress);
        let error = explain(&client, &session.stage, Obstacle::Busy, &status).await.to_string();
        let expected = expected.replace("`S`", "`cognito-email-mfa-prod`").replace("`T`", &format!("`{TOKEN}`"));
        assert_eq!(error, format!("{expected}\n{hint}"));
    }
}

#[tokio::test]
async fn a_change_set_that_was_overtaken_says_by_what() {
    let described = |status: &str| {
        let answer = format!("<Status>CREATE_COMPLETE</Status><ExecutionStatus>{status}</ExecutionStatus>");
        ("DescribeChangeSet", xml("DescribeChangeSet", &answer))
    };
    let at_rest: &[(&str, &str)] = &[("stack UPDATE_COMPLETE", ""), ("stack UPDATE_IN_PROGRESS", "User Initiated")];
    let gone = ("DescribeChangeSet", refused("ChangeSetNotFound", "ChangeSet [deploy-1] does not exist"));
    let outdated = |state: &str| {
        format!(
            "the change set `deploy-1` of the stack `cognito-email-mfa-prod` is {state}: somebody deleted it, or changed the \
             stack after it was made\n\
             hint: `cargo xtask plan --stage prod` shows what would change now, `cargo xtask deploy --stage prod` applies it"
        )
    };
    let rows: [(&str, &str, Script, Option<String>); 6] = [
        ("somebody deployed", "deploy-1", vec![events(at_rest), described("OBSOLETE")], Some(outdated("OBSOLETE"))),
        ("and theirs deleted ours", "deploy-1", vec![events(at_rest), gone], Some(outdated("gone"))),
        ("nothing is wrong with it", "deploy-1", vec![events(at_rest), described("AVAILABLE")], None),
        (
            "somebody deploys",
            "deploy-1",
            vec![events(UPDATING)],
            Some(format!(
                "an update is under way on the stack `cognito-email-mfa-prod` since 2026-03-02T08:00:03Z, begun as `{TOKEN}` \
                 (User Initiated); it is in UPDATE_IN_PROGRESS\n{}",
                "hint: `cargo xtask status --stage prod` shows how it stands; once it is over, `cargo xtask deploy --stage prod`"
            )),
        ),
        (
            "it is this one: the answer was lost",
            TOKEN,
            vec![events(UPDATING)],
            Some("it is under way already".to_owned()),
        ),
        ("nothing can be seen", "deploy-1", vec![("DescribeStackEvents", Answer::Lost)], None),
    ];
    for (name, set, script, expected) in rows {
        let replay = Replay::new(script);
        let session = replay.session("prod");
        let set = SetName { name: set, id: "arn:changeSet/1" };
        let refusal = refusal(&session.stage, &replay.cloudformation(), STACK_ID, set).await;
        assert_eq!(refusal.map(|refusal| refusal.to_string()), expected, "{name}");
        replay.asked();
    }
}
