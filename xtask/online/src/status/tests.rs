#![allow(clippy::unwrap_used, clippy::panic)]

use serde_json::{Value, json};

use super::text;

mod answers;
mod attention;
mod drift;

use answers::{denied, drifting, fine, stage, status};

#[tokio::test]
async fn the_document_has_the_promised_shape() {
    let status = status(stage("local"), false, fine).await;
    let document = serde_json::to_value(&status).unwrap();
    let function = |trigger: &str, name: &str, deployed: &str, here: Value, same: Value, version: Value| {
        json!({ "trigger": trigger, "name": format!("cognito-email-mfa-local-{name}"),
                "deployed": { "codeSha256": deployed, "sizeBytes": 7, "lastModified": "2026-03-02T08:00:00.000+0000",
                              "state": "Active", "lastUpdateStatus": "Successful" },
                "here": here, "same": same, "objectVersion": version })
    };
    let expected = json!({
        "schemaVersion": 1,
        "stage": "local",
        "account": "111122223333",
        "region": "eu-central-1",
        "endpoint": null,
        "stack": {
            "id": "arn:stack/1",
            "name": "sign-in",
            "status": "UPDATE_COMPLETE",
            "statusReason": null,
            "since": "2026-03-02T08:01:00Z",
            "created": "2026-03-01T08:00:00Z",
            "lastUpdate": "2026-03-02T08:00:00Z",
            "terminationProtection": true,
            "driftStatus": "NOT_CHECKED",
            "driftChecked": null,
            "drifted": null,
            "parameters": { "CreateAuthChallengeVersion": "v7" },
        },
        "codeHere": {
            "folder": "target/bundle/local",
            "commit": { "id": "c0ffee0123456789", "dirty": true },
            "functions": { "define": "c2FtZQ==", "create": "bmV3ZXI=" },
        },
        "functions": [
            function("define", "DefineAuthChallenge", "c2FtZQ==", json!("c2FtZQ=="), json!(true), Value::Null),
            function("create", "CreateAuthChallenge", "b2xkZXI=", json!("bmV3ZXI="), json!(false), json!("v7")),
            function("verify", "VerifyAuthChallengeResponse", "b2xkZXI=", Value::Null, Value::Null, Value::Null),
            function("gate", "PreTokenGeneration", "b2xkZXI=", Value::Null, Value::Null, Value::Null),
        ],
        "userPool": { "id": "eu-central-1_Abc", "users": 42, "deletionProtection": true, "tier": "LITE",
                      "otherClients": [] },
        "sender": {
            "address": "sign-in@example.com",
            "identity": "sign-in@example.com",
            "region": "eu-central-1",
            "verified": true,
        },
        "ses": { "sending": true, "sandbox": false, "quota": { "perDay": 50000.0, "perSecond": 14.0, "sent": 12.0 } },
        "quotas": { "lambda": { "concurrentExecutions": 1000, "unreserved": 900 }, "userUpdates": null },
        "attention": [],
    });
    assert_eq!(document, expected, "{document:#}");
}

#[tokio::test]
async fn the_text_says_it_to_people() {
    let status = status(stage("local"), false, fine).await;
    assert_eq!(
        text::of(&status).lines().collect::<Vec<_>>(),
        [
            "stack      sign-in: UPDATE_COMPLETE since 2026-03-02T08:01:00Z",
            "           created 2026-03-01T08:00:00Z, last updated 2026-03-02T08:00:00Z; termination protection on",
            "           drift: NOT_CHECKED, `--drift` looks now",
            "functions  compared with the bundle here, of commit c0ffee012345 and changes since",
            "           define  c2FtZQ==  same; 7 bytes, changed 2026-03-02T08:00:00.000+0000, Active, update Successful",
            "           create  b2xkZXI=  other than here (bmV3ZXI=); 7 bytes, changed 2026-03-02T08:00:00.000+0000, Active, update Successful, object version v7",
            "           verify  b2xkZXI=  not compared; 7 bytes, changed 2026-03-02T08:00:00.000+0000, Active, update Successful",
            "           gate    b2xkZXI=  not compared; 7 bytes, changed 2026-03-02T08:00:00.000+0000, Active, update Successful",
            "user pool  eu-central-1_Abc: estimated users 42, tier LITE; deletion protection on",
            "sender     sign-in@example.com in eu-central-1: verified",
            "SES        out of the sandbox, may send",
            "           12 of 50000 mails sent in 24 hours; at most 14 a second",
            "quotas     Lambda: 1000 functions at once in account and Region, 900 of them unreserved",
        ]
    );
}

#[tokio::test]
async fn what_the_rights_do_not_reach_is_named_and_the_rest_is_shown() {
    // Every action, refused alone: what a service answers to the others is shown all the same.
    for (refused, action) in [
        ("DescribeStacks", "cloudformation:DescribeStacks"),
        ("DescribeStackEvents", "cloudformation:DescribeStackEvents"),
        ("DetectStackDrift", "cloudformation:DetectStackDrift"),
        ("DescribeUserPool", "cognito-idp:DescribeUserPool"),
        ("ListUserPoolClients", "cognito-idp:ListUserPoolClients"),
        ("v2/email/account", "ses:GetAccount"),
        ("v2/email/identities", "ses:GetEmailIdentity"),
        ("2016-08-19/account-settings", "lambda:GetAccountSettings"),
        ("2015-03-31/functions", "lambda:GetFunctionConfiguration"),
    ] {
        let answer = move |called: &str| {
            if called.starts_with(refused) && (refused != "DescribeStacks" || called == refused) {
                denied(called)
            } else {
                drifting(called, "[]")
            }
        };
        let status = status(stage("local"), true, answer).await;
        let text = text::of(&status);
        assert!(text.contains(&format!("not allowed to read: {action}\n")), "{refused}: {text}");
        let others = text.matches("not allowed").count();
        assert_eq!(others, if action.ends_with("Configuration") { 4 } else { 1 }, "{refused}: {text}");
    }
    let nothing = status(stage("local"), true, denied).await;
    let document = serde_json::to_value(&nothing).unwrap();
    let unread = |action: &str| json!({ "unread": { "action": action, "notAllowed": true, "message": format!("not allowed to read: {action}") } });
    assert_eq!(document["stack"], unread("cloudformation:DescribeStacks"));
    assert_eq!(document["ses"], unread("ses:GetAccount"));
    assert_eq!(document["sender"]["verified"], unread("ses:GetEmailIdentity"));
    assert_eq!(document["quotas"]["lambda"], unread("lambda:GetAccountSettings"));
    assert_eq!((&document["attention"], &document["functions"]), (&json!([]), &json!([])));
}

#[tokio::test]
async fn without_a_bundle_nothing_is_compared() {
    let mut status = status(stage("local"), false, fine).await;
    status.code_here = None;
    let text = text::of(&status);
    assert!(text.contains("functions  no bundle here to compare with: `cargo xtask bundle --stage local`\n"), "{text}");
}

#[tokio::test]
async fn a_service_that_fails_is_told_from_one_that_refuses() {
    let answer = |called: &str| match called {
        "v2/email/account" => (500, json!({ "__type": "InternalFailure", "message": "down" }).to_string()),
        called => fine(called),
    };
    let status = status(stage("local"), false, answer).await;
    assert!(text::of(&status).contains("SES        `ses:GetAccount` failed: down (InternalFailure)\n"));
}

#[tokio::test]
async fn the_quota_that_nobody_can_raise_is_told_where_it_matters() {
    let status = status(stage("article"), false, fine).await;
    let text = text::of(&status);
    assert!(text.contains("Cognito: 25 updates of users a second in account and Region, not adjustable"), "{text}");
    let document = serde_json::to_value(&status).unwrap();
    assert_eq!(document["quotas"]["userUpdates"], json!({ "perSecond": 25, "adjustable": false }));
}
