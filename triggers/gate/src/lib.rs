//! PreTokenGeneration: the gate. Lets through a refresh, and an authentication whose code was right a moment ago.

use std::{io, sync::Arc, time::Duration};

use aws_types::SdkConfig;
use challenge::{
    AttemptRule,
    gate::{Refusal, Request, Source, use_consumption},
};
use serde_json::{Value, json};
use trigger_runtime::{Budget, Event, Failure, Function, Metric, Reply, count, now, settings::SettingError};
use trigger_store::{AwsSettings, Saved, Store, StoreSettings, TRIES};

const SECOND_LOOK_AFTER: Duration = Duration::from_millis(200);

#[derive(Debug)]
pub struct Gate {
    store: Store,
    rule: AttemptRule,
}

impl Function for Gate {
    const NAME: &'static str = "gate";
    type Settings = (AwsSettings, StoreSettings);

    fn settings() -> Result<Self::Settings, SettingError> {
        Ok((AwsSettings::from_environment()?, StoreSettings::from_environment()?))
    }

    fn new((aws, settings): Self::Settings) -> io::Result<Self> {
        Ok(Self::with(&aws.sdk_config()?, &settings))
    }

    async fn warm(self: Arc<Self>) {
        self.store.warm().await;
    }

    /// Answers one event.
    ///
    /// # Errors
    /// [`Failure::Refused`] for everything that is not allowed, and every other [`Failure`] when that cannot be told: no
    /// tokens without a consumption that is stored as used.
    async fn answer(self: Arc<Self>, event: Value, budget: Budget) -> Result<Reply, Failure> {
        let passed = tokio::time::timeout(budget.left(), self.pass(event)).await;
        passed.unwrap_or(Err(Failure::TimedOut(0))).inspect_err(|failure| match failure {
            // Two submits of one right code: one has its tokens, and the other is nothing to be woken for.
            Failure::Refused(reason) if *reason == Refusal::AlreadyUsed.reason() => {}
            Failure::Refused(_) => count(Metric::GateRefused),
            _ => count(Metric::StoreFault),
        })
    }
}

impl Gate {
    #[must_use]
    pub fn with(config: &SdkConfig, settings: &StoreSettings) -> Self {
        Self { store: Store::new(config, settings), rule: settings.policy.attempt }
    }

    async fn pass(&self, event: Value) -> Result<Reply, Failure> {
        let event = Event::new(event, "TokenGeneration_")?;
        match Source::parse(event.source()) {
            // Whoever holds a refresh token has passed this gate before; nothing is read for it.
            Source::RefreshTokens => return Ok(passed(event, "refresh", None)),
            Source::Other => return Err(Failure::Refused(Refusal::SourceNotAllowed.reason())),
            Source::Authentication => {}
        }
        let subject = event.subject();
        // Whether a read sees the write just before it is not documented for user attributes, and Verify stored the
        // consumption there milliseconds ago; a table's consistent read sees it.
        let mut may_lag = !self.store.is_exact();
        for _ in 0..TRIES {
            let mut user = self.store.load_state(&subject).await?;
            if user.unusable.is_some() {
                count(Metric::StateForged);
                return Err(Failure::Refused("state-forged"));
            }
            // A mark that cannot be used is none: Verify has accepted no code with one.
            let attempt = event.attempt().ok().flatten();
            let request = Request { client: event.client(), attempt, now: now() };
            let used = match use_consumption(&user.state, &request, self.rule) {
                Ok(used) => used,
                Err(Refusal::NoRecentConsumption) if may_lag => {
                    may_lag = false;
                    tokio::time::sleep(SECOND_LOOK_AFTER).await;
                    continue;
                }
                Err(refusal) => return Err(Failure::Refused(refusal.reason())),
            };
            if self.store.save(&subject, &mut user, &used).await? == Saved::Stored {
                let hash = user.keys.current.user_hash(&subject);
                return Ok(passed(event, "code-used", Some(hash)));
            }
        }
        Err(Failure::unavailable("using the consumption", "others were always faster"))
    }
}

fn passed(event: Event, reason: &'static str, user: Option<String>) -> Reply {
    Reply { event: event.answered(json!({"claimsOverrideDetails": null})), outcome: "passed", reason, user }
}
