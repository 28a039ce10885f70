use serde_json::json;

use super::super::text;
use super::answers::{fine, stage, status};

#[tokio::test]
async fn what_somebody_should_look_at_is_named_with_what_to_do() {
    fn missing(_: &str) -> (u16, String) {
        let message = "<Code>ValidationError</Code><Message>Stack with id sign-in does not exist</Message>";
        (400, format!("<ErrorResponse><Error>{message}</Error></ErrorResponse>"))
    }
    fn not_found(_: &str) -> (u16, String) {
        (404, json!({ "__type": "NotFoundException", "message": "no" }).to_string())
    }
    fn no_function(_: &str) -> (u16, String) {
        (404, json!({ "__type": "ResourceNotFoundException", "Message": "no" }).to_string())
    }
    fn replaced(called: &str, from: &str, to: &str) -> (u16, String) {
        let (status, body) = fine(called);
        assert!(body.contains(from), "{body}");
        (status, body.replace(from, to))
    }
    type Row = (&'static str, &'static str, fn(&str) -> (u16, String), &'static [&'static str]);
    let rows: &[Row] = &[
        ("nothing", "-", fine, &[]),
        ("not deployed", "DescribeStacks", missing, &["is not deployed\nhint: `cargo xtask deploy`"]),
        (
            "rolled back",
            "DescribeStacks",
            |called| replaced(called, "UPDATE_COMPLETE", "UPDATE_ROLLBACK_FAILED"),
            &["in UPDATE_ROLLBACK_FAILED\nhint: `cargo xtask deploy`"],
        ),
        ("drifted", "DescribeStacks", |called| replaced(called, "NOT_CHECKED", "DRIFTED"), &["--drift` says what"]),
        (
            "no gate",
            "PreTokenGeneration/configuration",
            no_function,
            &["no function `cognito-email-mfa-local-PreToken"],
        ),
        (
            "a failed update",
            "CreateAuthChallenge/configuration",
            |called| replaced(called, "Successful", "Failed"),
            &["is Active, its last update Failed\nhint: `aws lambda"],
        ),
        (
            "an unprotected pool",
            "DescribeUserPool",
            |called| replaced(called, "ACTIVE", "INACTIVE"),
            &["not protected against deletion"],
        ),
        (
            "a client that was removed, and one of a strange name",
            "ListUserPoolClients",
            |called| {
                replaced(
                    called,
                    "}]",
                    r#"},{"ClientId":"3old","ClientName":"old"},{"ClientId":"4","ClientName":"a\n::b"}]"#,
                )
            },
            &[
                "people can sign in through the app client `old` (3old), which is none of the stage's\n\
                 hint: `cargo xtask deploy --delete-client 3old` deletes it\n",
                "           app client `a ::b` (4): enabled, and none of the stage's\n",
            ],
        ),
        ("an unknown sender", "example.com", not_found, &["SES does not know", "create-email-identity"]),
        (
            "an unverified sender",
            "example.com",
            |called| replaced(called, "true", "false"),
            &["is not verified in eu-central-1\nhint: publish"],
        ),
        (
            "a paused account in the sandbox",
            "email/account",
            |called| replaced(called, "true", "false"),
            &["may not send mail", "in the sandbox"],
        ),
        ("a used quota", "email/account", |called| replaced(called, "12.0", "40000.0"), &["most of the day's mails"]),
        ("no quota", "email/account", |called| replaced(called, "50000.0", "-1.0"), &[]),
    ];
    for &(name, call, answer, expected) in rows {
        let answers = move |called: &str| if called.ends_with(call) { answer(called) } else { fine(called) };
        let status = status(stage("local"), false, answers).await;
        let text = text::of(&status);
        let found = text.matches("attention: ").count();
        assert_eq!(found == 0, expected.is_empty(), "{name}: {text}");
        assert!(expected.iter().all(|expected| text.contains(expected)), "{name}: {text}");
        assert_eq!(found, status.attention.len(), "{name}: {text}");
    }
}

#[tokio::test]
async fn a_stack_that_can_be_deleted_is_named_where_the_stage_wants_otherwise() {
    for (wanted, found, named) in [(true, "false", true), (true, "true", false), (false, "false", false)] {
        let protection = format!(">{found}</EnableTerminationProtection>");
        let answers = move |called: &str| {
            let (status, body) = fine(called);
            (status, body.replace(">true</EnableTerminationProtection>", &protection))
        };
        let mut stage = stage("local");
        stage.aws.termination_protection = wanted;
        let text = text::of(&status(stage, false, answers).await);
        let line = "attention: the stack is not protected against deletion\nhint: `cargo xtask deploy`\n";
        assert_eq!(text.contains(line), named, "wanted {wanted}, found {found}: {text}");
    }
}
