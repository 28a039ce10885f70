//! VerifyAuthChallengeResponse: checks an answer and uses it up. If the state cannot be written, the answer is no.

use std::sync::Arc;

use challenge::{
    Answer, ChallengeId, CodeLength,
    verify::{Question, Verdict, decide},
};
use serde_json::{Value, json};
use trigger_runtime::{Event, Failure, Reply, now, settings, start};
use trigger_store::{BINDING_PARAMETER, Keys, Store};

struct Verify {
    store: Store,
    code_length: CodeLength,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let setup = async {
        let code_length = settings::number("CODE_LENGTH", CodeLength::new)?;
        let (attribute, secret) = (settings::text("CUSTOM_ATTRIBUTES")?, settings::text("CODE_KEY_SECRET")?);
        let config = trigger_store::sdk_config().await;
        let store = Store::new(&config, attribute, Keys::new(&config, secret).await);
        Ok::<_, settings::SettingError>(Verify { store, code_length })
    };
    start("verify", setup, |verify, event, _| async move { verify.answer(event).await }).await
}

impl Verify {
    async fn answer(self: Arc<Self>, event: Value) -> Result<Reply, Failure> {
        let event = Event::new(event, "VerifyAuthChallengeResponse_")?;
        if event.user_not_found() {
            return Ok(reply(event, false, "unknown-user", None));
        }
        let subject = event.subject();
        let user = self.store.load(&subject).await?;
        let user_hash = Some(user.keys.current.user_hash(&subject));
        if let Some(error) = user.unusable {
            tracing::warn!(target: "trigger", trigger = "verify", outcome = "state-unusable", reason = %error);
            return Ok(reply(event, false, "state-unusable", user_hash));
        }
        let answer = Answer::new(event.challenge_answer());
        let question = Question {
            subject,
            binding: event.private_parameter(BINDING_PARAMETER).and_then(ChallengeId::parse),
            answer: &answer,
            action: event.action(),
            attempt: event.attempt(),
            client: event.client(),
            address: user.address.as_ref(),
            now: now(),
            code_length: self.code_length,
        };
        let (correct, reason, state) = match decide(&user.state, &question, &user.keys) {
            Verdict::Accept(state) => (true, "", Some(state)),
            Verdict::AcceptAgain => (true, "repeated", None),
            Verdict::Reject(reason, state) => (false, reason.reason(), state),
        };
        if let Some(state) = state
            && let Err(failure) = self.store.save(&subject, &state, &user.keys, rand::random()).await
        {
            tracing::error!(target: "trigger", trigger = "verify", outcome = "not-stored", reason = %failure);
            return Ok(reply(event, false, "not-stored", user_hash));
        }
        Ok(reply(event, correct, reason, user_hash))
    }
}

fn reply(event: Event, correct: bool, reason: &'static str, user: Option<String>) -> Reply {
    let outcome = if correct { "accepted" } else { "rejected" };
    Reply { event: event.answered(json!({"answerCorrect": correct})), outcome, reason, user }
}
