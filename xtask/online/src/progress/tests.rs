#![allow(clippy::unwrap_used)]

use super::*;
use crate::events::Event;

pub(super) fn event(logical_id: &str, status: &str, seconds: i64, reason: Option<&str>) -> Event {
    Event {
        id: String::new(),
        at: DateTime::from_secs(1_772_438_400 + seconds),
        logical_id: logical_id.to_owned(),
        kind: "AWS::Cognito::UserPool".to_owned(),
        status: status.to_owned(),
        reason: reason.map(str::to_owned),
        of_stack: logical_id == "sign-in",
        token: None,
        operation: None,
    }
}

/// The kinds and keys of the stream are a promise: a line that changes here needs another `SCHEMA_VERSION`.
#[test]
fn the_stream_has_the_promised_shape() {
    let failed = event("UserPool", "CREATE_FAILED", 0, Some("no \"sender\""));
    let hints = ["`cargo xtask deploy`".to_owned()];
    let outputs = Outputs {
        stage: "prod".to_owned(),
        region: "eu-central-1".to_owned(),
        endpoint: None,
        stack: "sign-in".to_owned(),
        user_pool_id: "eu-central-1_Abc".to_owned(),
        issuer: "https://issuer".to_owned(),
        client_ids: [("web".to_owned(), "1web".to_owned())].into(),
        alarm_topic_arn: None,
    };
    let stage = Message::Stage {
        stage: "prod",
        account: "111122223333",
        region: "eu-central-1",
        stack: "sign-in",
        endpoint: None,
    };
    let rows = [
        (
            stage,
            r#""event":"stage","stage":"prod","account":"111122223333","region":"eu-central-1","stack":"sign-in","endpoint":null"#,
        ),
        (Message::Bucket { name: "artefacts" }, r#""event":"bucket","name":"artefacts""#),
        (Message::Artefact { key: "gate/1.zip", bytes: 7 }, r#""event":"artefact","key":"gate/1.zip","bytes":7"#),
        (Message::Unchanged, r#""event":"unchanged""#),
        (
            Message::resource(&failed),
            r#""event":"resource","logicalId":"UserPool","kind":"AWS::Cognito::UserPool","status":"CREATE_FAILED","reason":"no \"sender\"","ofStack":false"#,
        ),
        (
            Message::End { status: "UPDATE_COMPLETE", succeeded: true },
            r#""event":"end","status":"UPDATE_COMPLETE","succeeded":true"#,
        ),
        (Message::ClientDeleted { id: "3old", name: "old" }, r#""event":"clientDeleted","id":"3old","name":"old""#),
        (Message::Note { text: "so" }, r#""event":"note","text":"so""#),
        (
            Message::outputs(&outputs),
            r#""event":"outputs","outputs":{"schemaVersion":1,"stage":"prod","region":"eu-central-1","endpoint":null,"stack":"sign-in","userPoolId":"eu-central-1_Abc","issuer":"https://issuer","clients":{"web":{"id":"1web"}},"alarmTopicArn":null}"#,
        ),
        (
            Message::Error { message: "failed:\nno", hints: &hints },
            r#""event":"error","message":"failed:\nno","hints":["`cargo xtask deploy`"]"#,
        ),
    ];
    for (message, expected) in rows {
        let expected = format!(r#"{{"schemaVersion":1,"time":"2026-03-02T08:00:00Z",{expected}}}"#);
        assert_eq!(message.json(DateTime::from_secs(1_772_438_400)), expected);
    }
}

#[test]
fn people_read_each_thing_once() {
    let failed = event("UserPool", "CREATE_FAILED", 0, None);
    let rows = [
        (Message::Bucket { name: "artefacts" }, Some("making the artefact bucket `artefacts`")),
        (Message::Artefact { key: "gate/1.zip", bytes: 7 }, Some("storing gate/1.zip (7 bytes)")),
        (Message::Unchanged, Some("nothing to change")),
        (Message::ClientDeleted { id: "3old", name: "old" }, Some("deleted the app client `old` (3old)")),
        (Message::Note { text: "so" }, Some("so")),
        // The view of the operation shows it.
        (Message::resource(&failed), None),
        (Message::End { status: "CREATE_COMPLETE", succeeded: true }, None),
        // The program prints it when it ends.
        (Message::Error { message: "failed", hints: &[] }, None),
    ];
    for (message, expected) in rows {
        assert_eq!(message.text().as_deref(), expected, "{message:?}");
    }
}
