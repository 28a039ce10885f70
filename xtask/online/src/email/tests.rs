#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::Path;

use super::*;

const FINE: Standing = Standing {
    sending: true,
    sandbox: false,
    quota_used_up: false,
    sender_verified: true,
    recipient_verified: false,
    suppressed: None,
};

#[test]
fn whatever_stands_in_the_way_is_named_with_what_to_do() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let stage = xtask::stage::load(&root, "local").unwrap().email;
    let suppressed = || Some(Suppressed { reason: "BOUNCE".to_owned(), since: "2026-03-01T08:09:10Z".to_owned() });
    let nothing: &[&str] = &[];
    for (name, standing, expected) in [
        ("nothing", FINE, nothing),
        ("paused", Standing { sending: false, ..FINE }, &["may not send"]),
        ("the sender", Standing { sender_verified: false, ..FINE }, &["sign-in@example.com is not verified"]),
        ("the sandbox", Standing { sandbox: true, ..FINE }, &["jane@example.org is none"]),
        ("the sandbox, for one who is verified", Standing { sandbox: true, recipient_verified: true, ..FINE }, nothing),
        ("the quota", Standing { quota_used_up: true, ..FINE }, &["as many mails"]),
        ("the list", Standing { suppressed: suppressed(), ..FINE }, &["since 2026-03-01T08:09:10Z (BOUNCE)"]),
        ("two things", Standing { sending: false, suppressed: suppressed(), ..FINE }, &["may not send", "(BOUNCE)"]),
    ] {
        let found = obstacles(&standing, &stage, "jane@example.org");
        assert_eq!(found.len(), expected.len(), "{name}: {found:?}");
        for (found, expected) in found.iter().zip(expected) {
            assert!(found.contains(expected) && found.contains("\nhint: "), "{name}: {found}");
        }
    }
}

/// A client of an SES that answers every request with this.
async fn ses(status: &'static str, body: &'static str) -> (Client, tokio::task::JoinHandle<String>) {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.unwrap());
        }
        let length = body.len();
        let answer = format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}");
        stream.write_all(answer.as_bytes()).await.unwrap();
        String::from_utf8(head).unwrap()
    });
    let config = aws_sdk_sesv2::Config::builder()
        .behavior_version(aws_sdk_sesv2::config::BehaviorVersion::latest())
        .region(aws_sdk_sesv2::config::Region::new("eu-central-1"))
        .credentials_provider(aws_sdk_sesv2::config::Credentials::new("id", "secret", None, None, "test"))
        .endpoint_url(endpoint)
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    (Client::from_conf(config), server)
}

#[tokio::test]
async fn an_entry_on_the_suppression_list_is_found() {
    let entry = r#"{"SuppressedDestination":{"EmailAddress":"jane@example.org","Reason":"COMPLAINT","LastUpdateTime":1772352550}}"#;
    let (client, server) = ses("200 OK", entry).await;
    let found = suppressed(&client, "jane@example.org").await.unwrap().unwrap();
    assert_eq!((found.reason.as_str(), found.since.as_str()), ("COMPLAINT", "2026-03-01T08:09:10Z"));
    let head = server.await.unwrap();
    assert!(head.starts_with("GET /v2/email/suppression/addresses/jane%40example.org "), "{head}");
}

#[tokio::test]
async fn no_entry_is_fine_and_no_permission_is_not() {
    let (client, _) = ses("404 Not Found", r#"{"__type":"NotFoundException","message":"no"}"#).await;
    assert_eq!(suppressed(&client, "jane@example.org").await.unwrap(), None);
    let (client, _) = ses("403 Forbidden", r#"{"__type":"AccessDeniedException","message":"not authorized"}"#).await;
    let error = suppressed(&client, "jane@example.org").await.unwrap_err();
    let said = format!("{error:#}");
    assert!(said.starts_with("`GetSuppressedDestination`: the caller is not allowed to\nhint: "), "{said}");
    assert!(said.ends_with(": not authorized (AccessDeniedException)"), "{said}");
}
