//! `user create`, `user confirm`, `sign-in` and `inbox`, as people and scripts use them.

use e2e::stack::Stack;
use e2e::tool::{self, Run};

const PASSWORD: &str = "Correct-horse-9-battery";

fn said(run: &Run, text: &str) {
    assert!(run.stderr.contains(text), "expected {text:?} in {}", run.stderr);
    assert!(!format!("{run:?}").contains(PASSWORD), "the password is shown");
}

#[tokio::test(flavor = "multi_thread")]
async fn from_nobody_to_signed_in() {
    let stack = Stack::of("local").await.unwrap();
    let email = format!("command-{:016x}@example.com", rand::random::<u64>());
    let line = format!("{PASSWORD}\n");

    let created = tool::run(&["user", "create", &email], "").await.unwrap().succeeded().unwrap();
    said(&created, "user confirm");
    assert!(stack.mails(&email).await.unwrap().is_empty(), "Cognito sends no mail of its own");
    let again = tool::run(&["user", "create", &email], "").await.unwrap();
    assert_eq!(again.code, Some(1));
    said(&again, "the user exists");

    let weak = tool::run(&["user", "confirm", &email], "short\n").await.unwrap();
    assert_eq!(weak.code, Some(1));
    said(&weak, "policy");
    let nothing = tool::run(&["user", "confirm", &email], "").await.unwrap();
    assert_eq!(nothing.code, Some(1));
    said(&nothing, "standard input is at its end");
    said(&tool::run(&["user", "confirm", &email], &line).await.unwrap().succeeded().unwrap(), "sign-in");

    let wrong = tool::run(&["sign-in", &email], "Another-horse-9-battery\n").await.unwrap();
    assert_eq!(wrong.code, Some(1));
    said(&wrong, "password was refused");

    let signed = tool::sign_in(&email, PASSWORD, async || {
        let mails = stack.mails(&email).await?;
        mails.last().map(|mail| e2e::mail::code_in(&mail.text)).transpose()
    });
    let signed = signed.await.unwrap().succeeded().unwrap();
    said(&signed, "a code was sent to");
    said(&signed, "cargo xtask inbox");
    assert!(signed.stdout.contains(&format!("signed in as {email}")), "{}", signed.stdout);
    assert!(!signed.stdout.contains("eyJ"), "a token is shown: {}", signed.stdout);

    let inbox = tool::run(&["inbox", "--to", &email, "--json"], "").await.unwrap().succeeded().unwrap();
    let mails: serde_json::Value = serde_json::from_str(&inbox.stdout).unwrap();
    assert_eq!(mails.as_array().unwrap().len(), 1, "{mails}");
}
