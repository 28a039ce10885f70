#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;
use crate::events::{self, tests::event};
use crate::replay::{Answer, Replay, STACK_ID, refused, stack_events, xml};

const SET_ID: &str = "arn:aws:cloudformation:eu-central-1:111122223333:changeSet/deploy-1/1";

/// Members of `OperationEvents`, each with what it has besides its resource.
fn told(events: &[(&str, &str)]) -> Answer {
    let member = |(id, rest): &(&str, &str)| {
        let kind = if *id == "stack" { "AWS::CloudFormation::Stack" } else { "AWS::Lambda::Function" };
        format!(
            "<member><EventId>e</EventId><StackId>{STACK_ID}</StackId><OperationId>o</OperationId>\
             <OperationType>CREATE_CHANGESET</OperationType><LogicalResourceId>{id}</LogicalResourceId>\
             <ResourceType>{kind}</ResourceType>{rest}</member>"
        )
    };
    let members: String = events.iter().map(member).collect();
    xml("DescribeEvents", &format!("<OperationEvents>{members}</OperationEvents>"))
}

const CONFLICT: &str = "<EventType>VALIDATION_ERROR</EventType><Timestamp>2026-03-02T08:00:09Z</Timestamp>\
    <ValidationFailureMode>FAIL</ValidationFailureMode><ValidationName>NAME_CONFLICT_VALIDATION</ValidationName>\
    <ValidationStatus>FAILED</ValidationStatus><ValidationPath>/Resources/Gate/Properties/FunctionName</ValidationPath>\
    <ValidationStatusReason>Resource of type 'AWS::Lambda::Function' with identifier 'gate' already exists.</ValidationStatusReason>";
const SYNTAX: &str = "<EventType>VALIDATION_ERROR</EventType><Timestamp>2026-03-02T08:00:08Z</Timestamp>\
    <ValidationFailureMode>FAIL</ValidationFailureMode><ValidationName>PROPERTY_VALIDATION</ValidationName>\
    <ValidationStatusReason>Timeout is no number</ValidationStatusReason>";
const WARNING: &str = "<EventType>VALIDATION_ERROR</EventType><ValidationFailureMode>WARN</ValidationFailureMode>\
    <ValidationName>BUCKET_EMPTINESS_VALIDATION</ValidationName>\
    <ValidationStatusReason>not empty</ValidationStatusReason>";
const HOOK: &str = "<EventType>HOOK_INVOCATION_ERROR</EventType><HookType>Acme::Guard::Hook</HookType>\
    <HookStatus>HOOK_COMPLETE_FAILED</HookStatus><HookFailureMode>FAIL</HookFailureMode>\
    <HookStatusReason>no tags</HookStatusReason>";

const SUMMARY: &str = "The following hook(s)/validation failed: [AWS::EarlyValidation::ResourceExistenceCheck]";

#[tokio::test]
async fn a_change_set_that_fails_names_every_check_or_at_least_what_is_known() {
    let conflict = "`Gate` (AWS::Lambda::Function) NAME_CONFLICT_VALIDATION at /Resources/Gate/Properties/FunctionName: \
                    Resource of type 'AWS::Lambda::Function' with identifier 'gate' already exists.";
    let syntax = "`Define` (AWS::Lambda::Function) PROPERTY_VALIDATION: Timeout is no number";
    let no_right = format!(
        "{SUMMARY}\nnote: CloudFormation can name the resource and the reason to whoever may call `cloudformation:DescribeEvents`"
    );
    let rows = [
        ("one check", told(&[("Gate", CONFLICT)]), conflict.to_owned()),
        (
            "two, the first one first",
            told(&[("Gate", CONFLICT), ("Define", SYNTAX)]),
            format!("2 causes\n  {syntax}\n  {conflict}"),
        ),
        ("one that only warns", told(&[("Gate", WARNING)]), SUMMARY.to_owned()),
        (
            "a hook of the account",
            told(&[("Gate", HOOK)]),
            "`Gate` (AWS::Lambda::Function) Acme::Guard::Hook: no tags".to_owned(),
        ),
        ("nothing to tell", told(&[]), SUMMARY.to_owned()),
        ("not allowed", refused("AccessDenied", "no"), no_right),
        ("not there", refused("InvalidAction", "Could not find operation DescribeEvents"), SUMMARY.to_owned()),
        ("no answer", Answer::Lost, SUMMARY.to_owned()),
    ];
    for (name, answer, expected) in rows {
        let replay = Replay::new([("DescribeEvents", answer)]);
        let why = Why::of_change_set(&replay.cloudformation(), SET_ID, SUMMARY.to_owned()).await;
        assert_eq!(why.to_string(), expected, "{name}");
        let [asked] = &replay.asked()[..] else { panic!("{name}") };
        assert!(asked.contains("ChangeSetName=arn%3Aaws") && asked.contains("Filters.FailedEvents=true"), "{asked}");
    }
}

#[tokio::test]
async fn after_a_rollback_the_cause_is_that_of_the_operation_before() {
    let provisioning = |status: &str, time: &str, reason: &str| {
        format!(
            "<EventType>PROVISIONING_ERROR</EventType><Timestamp>{time}</Timestamp><ResourceStatus>{status}</ResourceStatus>\
             <ResourceStatusReason>{reason}</ResourceStatusReason>"
        )
    };
    let older = provisioning("UPDATE_FAILED", "2026-03-01T08:00:00Z", "another day's");
    let echo = provisioning("UPDATE_FAILED", "2026-03-02T08:00:02Z", "Resource update cancelled");
    let cause = provisioning("UPDATE_FAILED", "2026-03-02T08:00:03Z", "no such runtime");
    let of_stack = provisioning("UPDATE_FAILED", "2026-03-02T08:00:04Z", "[Gate]");
    let all = [("Create", older.as_str()), ("stack", &of_stack), ("Gate", &cause), ("Verify", &echo)];
    let clear =
        [("stack UPDATE_ROLLBACK_COMPLETE", ""), ("Verify UPDATE_FAILED", "Timeout"), ("stack UPDATE_IN_PROGRESS", "")];
    let dark = [
        ("stack ROLLBACK_COMPLETE", ""),
        ("stack ROLLBACK_IN_PROGRESS", "Validation failure detected"),
        ("stack CREATE_IN_PROGRESS", ""),
    ];
    let gate = "`Gate` (AWS::Lambda::Function) UPDATE_FAILED: no such runtime";
    let verify = "`Verify` (AWS::Lambda::Function) UPDATE_FAILED: Timeout";
    let stack = "`stack` (AWS::CloudFormation::Stack) ROLLBACK_IN_PROGRESS: Validation failure detected";
    let note =
        "note: CloudFormation can name the resource and the reason to whoever may call `cloudformation:DescribeEvents`";
    type Row<'a> = (&'a str, &'a [(&'a str, &'a str)], Answer, String);
    let rows: [Row<'_>; 5] = [
        ("told", &clear, told(&all), gate.to_owned()),
        ("nothing told", &clear, told(&[]), verify.to_owned()),
        ("not allowed, but known", &clear, refused("AccessDenied", "no"), verify.to_owned()),
        ("not allowed, and not known", &dark, refused("AccessDenied", "no"), format!("{stack}\n{note}")),
        (
            "a check",
            &dark,
            told(&[("Gate", SYNTAX)]),
            "`Gate` (AWS::Lambda::Function) PROPERTY_VALIDATION: Timeout is no number".to_owned(),
        ),
    ];
    for (name, events, answer, expected) in rows {
        let replay = Replay::new([("DescribeStackEvents", stack_events(events)), ("DescribeEvents", answer)]);
        let client = replay.cloudformation();
        let events = events::all(&client, STACK_ID).await.unwrap();
        assert_eq!(Why::of(&client, STACK_ID, &events).await.to_string(), expected, "{name}");
        replay.asked();
    }
}

#[test]
fn the_first_cause_is_no_echo() {
    let start = event("stack", "CREATE_IN_PROGRESS", Some("User Initiated"));
    let echo = event("Client", "CREATE_FAILED", Some("Resource creation cancelled"));
    let cause = event("Pool", "CREATE_FAILED", Some("no such sender"));
    let later = event("Topic", "CREATE_FAILED", Some("another"));
    let rollback = event("stack", "ROLLBACK_IN_PROGRESS", Some("The following resource(s) failed to create: [Pool]"));
    let refused = event("stack", "UPDATE_ROLLBACK_IN_PROGRESS", Some("not authorized to perform: iam:PassRole"));
    let rows: &[(&str, &[&Event], Option<&Event>)] = &[
        ("a failure, then others", &[&start, &cause, &later, &rollback], Some(&cause)),
        ("an echo first", &[&start, &echo, &cause, &rollback], Some(&cause)),
        ("before any resource", &[&start, &refused], Some(&refused)),
        ("nothing but echoes", &[&start, &echo], Some(&echo)),
        ("no failure", &[&start], None),
    ];
    for (name, events, expected) in rows {
        let events: Vec<_> = events.iter().map(|event| (*event).clone()).collect();
        assert_eq!(first_cause(&events), expected.map(Cause::of), "{name}");
    }
}
