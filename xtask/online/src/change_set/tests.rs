use super::*;
use crate::replay::{self, Replay, STACK_ID, describe_stacks, refused, stack_events, xml};

#[test]
fn a_change_says_whether_it_replaces() {
    let change = |action: ChangeAction, replacement: Option<Replacement>| {
        let change = ResourceChange::builder().action(action).set_replacement(replacement).build();
        let change = Change::of(&change);
        (change.action, change.may_replace)
    };
    let rows = [
        ("new", change(ChangeAction::Add, None), (Action::Add, false)),
        ("gone", change(ChangeAction::Remove, None), (Action::Remove, false)),
        ("taken in", change(ChangeAction::Import, None), (Action::Import, false)),
        ("in place", change(ChangeAction::Modify, Some(Replacement::False)), (Action::Change, false)),
        ("tags alone", change(ChangeAction::Modify, None), (Action::Change, false)),
        ("anew", change(ChangeAction::Modify, Some(Replacement::True)), (Action::Replace, false)),
        ("perhaps", change(ChangeAction::Modify, Some(Replacement::Conditional)), (Action::Change, true)),
        ("known later", change(ChangeAction::Dynamic, None), (Action::Change, true)),
    ];
    for (name, seen, expected) in rows {
        assert_eq!(seen, expected, "{name}");
    }
}

#[test]
fn values_are_read_where_they_are_given() {
    let target = ResourceTargetDefinition::builder().path("/Properties/Policies/0");
    let target = target.before_value("{\"a\":1}").after_value("plain").build();
    let expected = PropertyChange {
        path: "Properties.Policies.0".to_owned(),
        before: Some(serde_json::json!({ "a": 1 })),
        after: Some(serde_json::json!("plain")),
    };
    assert_eq!(property(&target), expected);
}

#[test]
fn an_empty_change_set_is_no_failure() {
    let failed = |reason: &str| answer(Some(&ChangeSetStatus::Failed), Some(reason.to_owned()), Vec::new());
    let words =
        "The submitted information didn't contain changes. Submit different information to create a change set.";
    assert_eq!(failed(words), Answer::Empty);
    assert_eq!(failed("No updates are to be performed."), Answer::Empty);
    assert_eq!(failed("Access denied"), Answer::Failed("Access denied (FAILED)".to_owned()));
    assert_eq!(answer(Some(&ChangeSetStatus::CreateComplete), None, Vec::new()), Answer::Changes(Vec::new()));
    assert_eq!(answer(None, None, Vec::new()), Answer::Failed(String::new()));
}

#[tokio::test]
async fn a_change_set_that_cannot_be_made_leaves_the_cause_and_nothing_else() {
    const FAILED: &str = "<Status>FAILED</Status><StatusReason>The following hook(s)/validation failed: \
        [AWS::EarlyValidation::ResourceExistenceCheck]</StatusReason>";
    const CONFLICT: &str = "<OperationEvents><member><EventId>e</EventId><EventType>VALIDATION_ERROR</EventType>\
        <LogicalResourceId>Gate</LogicalResourceId><ResourceType>AWS::Lambda::Function</ResourceType>\
        <ValidationFailureMode>FAIL</ValidationFailureMode><ValidationName>NAME_CONFLICT_VALIDATION</ValidationName>\
        <ValidationStatusReason>it exists already</ValidationStatusReason></member></OperationEvents>";
    let created = || {
        ("CreateChangeSet", xml("CreateChangeSet", &format!("<Id>arn:changeSet/1</Id><StackId>{STACK_ID}</StackId>")))
    };
    let failed = || {
        vec![
            created(),
            ("DescribeChangeSet", xml("DescribeChangeSet", FAILED)),
            ("DescribeEvents", xml("DescribeEvents", CONFLICT)),
        ]
    };
    let discarded = || {
        vec![("DeleteChangeSet", xml("DeleteChangeSet", "")), ("DescribeStacks", describe_stacks("UPDATE_COMPLETE"))]
    };
    let busy = [("stack UPDATE_IN_PROGRESS", "User Initiated"), ("stack CREATE_COMPLETE", "")];
    let attempted = "failed to create a change set for the stack `sign-in`";
    let conflict = format!("{attempted}: `Gate` (AWS::Lambda::Function) NAME_CONFLICT_VALIDATION: it exists already");
    type Script = Vec<Vec<(&'static str, replay::Answer)>>;
    let rows: [(&str, Script, String); 4] = [
        ("a check", vec![failed(), discarded()], conflict.clone()),
        (
            "a check, and it cannot be taken back",
            vec![failed(), vec![("DeleteChangeSet", refused("AccessDenied", "no"))]],
            conflict,
        ),
        (
            "somebody was faster",
            vec![
                vec![(
                    "CreateChangeSet",
                    refused("ValidationError", "is in UPDATE_IN_PROGRESS state and can not be updated"),
                )],
                vec![("DescribeStackEvents", stack_events(&busy))],
            ],
            format!(
                "an update is under way on the stack `sign-in` since 2026-03-02T08:00:02Z, begun as `{}` (User Initiated); \
                 it is in UPDATE_IN_PROGRESS: {attempted}: is in UPDATE_IN_PROGRESS state and can not be updated (ValidationError)",
                replay::TOKEN
            ),
        ),
        (
            "something else",
            vec![
                vec![("CreateChangeSet", refused("ValidationError", "no such parameter"))],
                vec![("DescribeStackEvents", stack_events(&[("stack CREATE_COMPLETE", "")]))],
            ],
            format!("{attempted}: no such parameter (ValidationError)"),
        ),
    ];
    let desired = Desired { template: String::new(), parameters: [].into(), tags: [].into() };
    for (name, script, expected) in rows {
        let replay = Replay::new(script.into_iter().flatten());
        let set = create(&replay.cloudformation(), "sign-in", Decision::Update, &desired, None, Purpose::Deploy).await;
        assert_eq!(set.map(|_| ()).map_err(|error| format!("{error:#}")), Err(expected), "{name}");
        replay.asked();
    }
}
