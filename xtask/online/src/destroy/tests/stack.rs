//! The calls by which a stack goes, or does not.

use super::answers::*;
use crate::replay::{refused, xml};

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
