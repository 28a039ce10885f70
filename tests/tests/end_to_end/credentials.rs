//! A stage on AWS, and a caller whom AWS does not hear.

use std::fs;

use e2e::tool::{self, Run};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

const KEYS: [(&str, &str); 2] = [("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"), ("AWS_SECRET_ACCESS_KEY", "very-secret")];

/// Answers everybody with this refusal, on a port of the loopback.
async fn sts(code: &'static str, message: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (mut connection, _) = listener.accept().await.unwrap();
            let mut read = [0; 8192];
            let mut length = 0;
            while !String::from_utf8_lossy(&read[..length]).contains("Action=GetCallerIdentity") {
                length += connection.read(&mut read[length..]).await.unwrap();
            }
            let body = format!(
                "<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"
            );
            let head =
                format!("HTTP/1.1 403 Forbidden\r\ncontent-type: text/xml\r\ncontent-length: {}\r\n\r\n", body.len());
            connection.write_all((head + &body).as_bytes()).await.unwrap();
        }
    });
    endpoint
}

fn said(name: &str, run: &Run, texts: &[&str]) {
    assert_eq!(run.code, Some(1), "{name}: {run:?}");
    let error = "error: failed to ask AWS whose credentials these are, for stage `prod`: ";
    for text in [&[error], texts].concat() {
        assert!(run.stderr.contains(text), "{name}: {text:?} in {}", run.stderr);
    }
    assert!(
        run.stderr.trim_end().lines().last().is_some_and(|line| line.starts_with("hint: ")),
        "{name}: {}",
        run.stderr
    );
    assert!(!run.stderr.contains("very-secret"), "{name}: {}", run.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn none_that_can_be_used() {
    let home = TempDir::new().unwrap();
    let run = tool::outputs_as(home.path(), "prod", &[]).await.unwrap();
    said("none", &run, &["there are no credentials", "`AWS_PROFILE`"]);
    fs::create_dir(home.path().join(".aws")).unwrap();
    fs::write(home.path().join(".aws/config"), "[profile broken]\ncredential_process = false\n").unwrap();
    let run =
        tool::outputs_as(home.path(), "prod", &[("AWS_PROFILE", "broken"), ("PATH", "/usr/bin:/bin")]).await.unwrap();
    said("a profile whose program fails", &run, &["the credentials could not be had", "`aws sts get-caller-identity`"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn some_that_aws_refuses() {
    let home = TempDir::new().unwrap();
    for (code, message, texts) in [
        (
            "ExpiredToken",
            "The security token included in the request is expired",
            ["the credentials have expired", "sso login"],
        ),
        (
            "InvalidClientTokenId",
            "The security token included in the request is invalid.",
            ["AWS does not know", "get-caller-identity"],
        ),
        (
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match",
            ["the secret key is not", "aws configure"],
        ),
        (
            "SignatureDoesNotMatch",
            "Signature expired: 20260301T080000Z is now earlier than 20260301T081000Z",
            ["clock is wrong", "timedatectl"],
        ),
        (
            "AccessDenied",
            "User: a is not authorized to perform: b",
            ["is not allowed to: User: a is not authorized", "pipeline"],
        ),
    ] {
        let endpoint = sts(code, message).await;
        let environment = [&KEYS[..], &[("AWS_ENDPOINT_URL_STS", endpoint.as_str())]].concat();
        let run = tool::outputs_as(home.path(), "prod", &environment).await.unwrap();
        said(code, &run, &[&texts[..], &[&format!("{message} ({code})")]].concat());
    }
}
