//! DefineAuthChallenge: says what comes next in a sign-in. Calls nothing.

use std::sync::Arc;

use challenge::{
    MaxAttempts,
    define::{Next, next},
};
use serde_json::{Value, json};
use trigger_runtime::{Event, Failure, Reply, settings, start};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    start("define", async { settings::number("MAX_ATTEMPTS", MaxAttempts::new) }, |max_attempts, event, _| async move {
        define(&max_attempts, event)
    })
    .await
}

fn define(max_attempts: &Arc<MaxAttempts>, event: Value) -> Result<Reply, Failure> {
    let event = Event::new(event, "DefineAuthChallenge_")?;
    let (outcome, reason, response) =
        match next(&event.session(), event.action(), **max_attempts, event.user_not_found()) {
            Next::VerifyPassword => ("verify-password", "", challenge("PASSWORD_VERIFIER")),
            Next::AskForCode => ("ask-for-code", "", challenge("CUSTOM_CHALLENGE")),
            Next::IssueTokens => ("issue-tokens", "", json!({"issueTokens": true, "failAuthentication": false})),
            Next::Refuse(refusal) => {
                ("refused", refusal.reason(), json!({"issueTokens": false, "failAuthentication": true}))
            }
        };
    Ok(Reply { event: event.answered(response), outcome, reason, user: None })
}

fn challenge(name: &str) -> Value {
    json!({"challengeName": name, "issueTokens": false, "failAuthentication": false})
}
