//! VerifyAuthChallengeResponse: checks an answer and uses it up. Whatever cannot be stored is answered with no.

use std::{io, sync::Arc, time::Duration};

use aws_types::SdkConfig;
use challenge::{
    Answer, ChallengeId, Policy, Subject,
    verify::{Guess, Question, Reason, Verdict, decide},
};
use serde_json::{Value, json};
use trigger_runtime::{Budget, Event, Failure, Function, Metric, Reply, count, now, settings::SettingError};
use trigger_store::{AwsSettings, BINDING_PARAMETER, Saved, Store, StoreSettings, TRIES, User};

/// What is kept of the budget for the answer itself.
const KEPT_FOR_ANSWER: Duration = Duration::from_millis(100);

#[derive(Debug)]
pub struct Verify {
    store: Store,
    policy: Policy,
}

/// Whether the answer was right, why not, and the user's hash for the log, if the user could be loaded.
struct Judgement {
    correct: bool,
    reason: &'static str,
    user: Option<String>,
}

impl Judgement {
    const fn no(reason: &'static str, user: Option<String>) -> Self {
        Self { correct: false, reason, user }
    }
}

impl Function for Verify {
    const NAME: &'static str = "verify";
    type Settings = (AwsSettings, StoreSettings);

    fn settings() -> Result<Self::Settings, SettingError> {
        Ok((AwsSettings::from_environment()?, StoreSettings::from_environment()?))
    }

    fn new((aws, settings): Self::Settings) -> io::Result<Self> {
        Ok(Self::with(&aws.sdk_config()?, settings))
    }

    async fn warm(self: Arc<Self>) {
        self.store.warm().await;
    }

    /// Answers one event.
    ///
    /// # Errors
    /// [`Failure::Malformed`] for an event that is none.
    async fn answer(self: Arc<Self>, event: Value, budget: Budget) -> Result<Reply, Failure> {
        let event = Event::new(event, "VerifyAuthChallengeResponse_")?;
        let judged = tokio::time::timeout(budget.left().saturating_sub(KEPT_FOR_ANSWER), self.judge(&event));
        let result = judged.await.unwrap_or(Err(Failure::TimedOut(budget.left().as_millis())));
        let Judgement { correct, reason, user } = result.unwrap_or_else(|failure| {
            count(Metric::StoreFault);
            tracing::error!(target: "trigger", trigger = "verify", outcome = "unavailable", reason = %failure);
            Judgement::no("unavailable", None)
        });
        count(if correct { Metric::CodesVerified } else { Metric::CodesRejected });
        let outcome = if correct { "accepted" } else { "rejected" };
        Ok(Reply { event: event.answered(json!({"answerCorrect": correct})), outcome, reason, user })
    }
}

impl Verify {
    #[must_use]
    pub fn with(config: &SdkConfig, settings: StoreSettings) -> Self {
        Self { store: Store::new(config, &settings), policy: settings.policy }
    }

    async fn judge(&self, event: &Event) -> Result<Judgement, Failure> {
        let subject = event.subject();
        if event.user_not_found() {
            self.store.imitate_load(&subject).await;
            return Ok(Judgement::no("unknown-user", None));
        }
        let answer = Answer::new(event.challenge_answer());
        let now = now();
        for _ in 0..TRIES {
            let mut user = self.store.load(&subject).await?;
            let hash = Some(user.keys.current.user_hash(&subject));
            if !user.enabled {
                return Ok(Judgement::no(Reason::UserDisabled.reason(), hash));
            }
            if let Some(error) = user.unusable {
                count(Metric::StateForged);
                tracing::warn!(target: "trigger", trigger = "verify", outcome = "state-forged", reason = %error);
                return Ok(Judgement::no("state-forged", hash));
            }
            let address = user.address.clone();
            let question = Question {
                subject,
                binding: event.private_parameter(BINDING_PARAMETER).and_then(ChallengeId::parse),
                answer: &answer,
                action: event.action(),
                attempt: event.attempt(),
                client: event.client(),
                address: address.as_ref(),
                now,
            };
            let guess = match decide(&user.state, &question, &self.policy, &user.keys) {
                Verdict::Reject(reason) => return Ok(Judgement::no(reason.reason(), hash)),
                Verdict::RejectAndStore(reason, state) => {
                    if self.store.save(&subject, &mut user, &state).await? == Saved::Conflict {
                        continue;
                    }
                    return Ok(Judgement::no(reason.reason(), hash));
                }
                Verdict::AcceptAgain => return Ok(Judgement { correct: true, reason: "repeated", user: hash }),
                Verdict::Compare(guess) => guess,
            };
            let decided = if self.store.is_exact() {
                self.exactly(&subject, &mut user, &guess).await?
            } else {
                self.softly(&subject, &mut user, &guess).await?
            };
            if let Some((correct, reason)) = decided {
                return Ok(Judgement { correct, reason, user: hash });
            }
        }
        Err(Failure::unavailable("storing the guess", "others were always faster"))
    }

    /// Reserves the guess, compares, and consumes. `None` when somebody else has written and it has to be decided again.
    async fn exactly(
        &self,
        subject: &Subject<'_>,
        user: &mut User,
        guess: &Guess<'_>,
    ) -> Result<Option<(bool, &'static str)>, Failure> {
        if let Some(reserved) = guess.reserved()
            && self.store.reserve(subject, user, reserved).await? == Saved::Conflict
        {
            return Ok(None);
        }
        if !guess.is_right() {
            self.store.mirror(subject, user).await;
            return Ok(Some((false, "wrong-code")));
        }
        for attempt in 0..TRIES {
            if attempt > 0 {
                *user = self.store.load(subject).await?;
            }
            // Consumed in the meantime, perhaps by a copy of this very call: that is decided like any other state.
            let Some(accepted) = guess.accepted(&user.state) else { return Ok(None) };
            if self.store.save(subject, user, &accepted).await? == Saved::Stored {
                return Ok(Some((true, "")));
            }
        }
        Err(Failure::unavailable("storing the consumption", "others were always faster"))
    }

    /// Where a write cannot tell whether somebody else has written, reserving first is not exact either, and Cognito takes
    /// 25 updates a second for a whole Region: so the guess and what came of it are one write. Nobody hears of the outcome
    /// unless it is stored.
    async fn softly(
        &self,
        subject: &Subject<'_>,
        user: &mut User,
        guess: &Guess<'_>,
    ) -> Result<Option<(bool, &'static str)>, Failure> {
        let accepted = if guess.is_right() { guess.accepted(guess.reserved().unwrap_or(&user.state)) } else { None };
        if let Some(state) = accepted.as_ref().or(guess.reserved()) {
            self.store.save(subject, user, state).await?;
        }
        Ok(Some(if accepted.is_some() { (true, "") } else { (false, "wrong-code") }))
    }
}
