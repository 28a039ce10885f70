//! DefineAuthChallenge: says what comes next in a sign-in. Calls nothing.

use std::{io, sync::Arc};

use challenge::{
    MaxAttempts,
    define::{Next, next},
};
use serde_json::{Value, json};
use trigger_runtime::{
    Budget, Event, Failure, Function, Reply, now,
    settings::{SettingError, number},
    start,
};

struct Define {
    max_attempts: MaxAttempts,
}

#[tokio::main(flavor = "local")]
async fn main() -> Result<(), lambda_runtime::Error> {
    start::<Define>().await
}

impl Function for Define {
    const NAME: &'static str = "define";
    type Settings = MaxAttempts;

    fn settings() -> Result<MaxAttempts, SettingError> {
        number("MAX_ATTEMPTS", MaxAttempts::new)
    }

    fn new(max_attempts: MaxAttempts) -> io::Result<Self> {
        Ok(Self { max_attempts })
    }

    async fn answer(self: Arc<Self>, event: Value, _: Budget) -> Result<Reply, Failure> {
        let event = Event::new(event, "DefineAuthChallenge_")?;
        let (outcome, reason, response) =
            match next(&event.session(), event.action(), self.max_attempts, event.user_not_found(), now()) {
                Next::VerifyPassword => ("verify-password", "", challenge("PASSWORD_VERIFIER")),
                Next::AskForCode => ("ask-for-code", "", challenge("CUSTOM_CHALLENGE")),
                Next::IssueTokens => ("issue-tokens", "", json!({"issueTokens": true, "failAuthentication": false})),
                Next::Refuse(refusal) => {
                    ("refused", refusal.reason(), json!({"issueTokens": false, "failAuthentication": true}))
                }
            };
        Ok(Reply { event: event.answered(response), outcome, reason, user: None })
    }
}

fn challenge(name: &str) -> Value {
    json!({"challengeName": name, "issueTokens": false, "failAuthentication": false})
}
