//! CreateAuthChallenge: makes the code, sends the mail, and tells the client how things stand.

mod mail;
mod response;
mod settings;

use std::{sync::Arc, time::Duration};

use challenge::{
    Code, Subject,
    create::{Decision, Request, Sending, View, decide, metadata},
    state::Fresh,
};
use serde_json::Value;
use trigger_runtime::{Budget, Event, Failure, Reply, now, start};
use trigger_store::{Keys, Store, User};

use crate::{
    mail::{Delivered, Mailer},
    settings::Settings,
};

/// What is kept of the budget when SES is waited for: enough to mark the mail as sent, and to answer.
const KEPT_AFTER_MAIL: Duration = Duration::from_millis(700);
/// What is kept of the budget for the answer itself.
const KEPT_FOR_ANSWER: Duration = Duration::from_millis(100);

struct Create {
    settings: Settings,
    store: Store,
    mailer: Mailer,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let setup = async {
        let settings = Settings::from_environment()?;
        let config = trigger_store::sdk_config().await;
        let keys = Keys::new(&config, settings.secret.clone()).await;
        let store = Store::new(&config, settings.attribute.clone(), keys);
        let mailer = Mailer::new(&config, settings.mail.clone());
        Ok::<_, trigger_runtime::settings::SettingError>(Create { settings, store, mailer })
    };
    start("create", setup, |create, event, budget| async move { create.answer(event, budget).await }).await
}

impl Create {
    async fn answer(self: Arc<Self>, event: Value, budget: Budget) -> Result<Reply, Failure> {
        let now = now();
        let event = Event::new(event, "CreateAuthChallenge_")?;
        let round = event.session().round().ok_or(Failure::Malformed("session"))?;
        let policy = &self.settings.policy;
        if event.user_not_found() {
            let response = response::for_unknown_user(&event.subject(), policy);
            return Ok(Reply { event: event.answered(response), outcome: "unknown-user", reason: "", user: None });
        }
        let subject = event.subject();
        let user = self.store.load(&subject).await?;
        if let Some(error) = user.unusable {
            tracing::warn!(target: "trigger", trigger = "create", outcome = "state-unusable", reason = %error);
        }
        let request = Request {
            subject,
            address: user.address.as_ref(),
            round,
            action: event.action(),
            attempt: event.attempt(),
            now,
            fresh: Fresh { id: rand::random(), nonce: rand::random() },
            key: &user.keys.current,
        };
        let (outcome, view) = match decide(&user.state, &request, policy) {
            Decision::Show(view) => ("shown", view),
            Decision::Send(sending) => self.send(&subject, &user, &sending, budget).await?,
        };
        let response = response::new(&view, &metadata(&request, &view), user.address.as_ref(), policy);
        let user = user.keys.current.user_hash(&subject);
        let reason = view.state.as_str();
        Ok(Reply { event: event.answered(response), outcome, reason, user: Some(user) })
    }

    /// Stores, sends, stores: see [`Sending`].
    async fn send(
        &self,
        subject: &Subject<'_>,
        user: &User,
        sending: &Sending,
        budget: Budget,
    ) -> Result<(&'static str, View), Failure> {
        let keys = &user.keys;
        let challenge = sending.challenge();
        let key = keys.get(challenge.key()).ok_or_else(|| Failure::unavailable("deriving the code", "unknown key"))?;
        let address = user.address.as_ref().ok_or(Failure::Malformed("email"))?;
        let code = Code::derive(key, subject, challenge, self.settings.policy.code_length);

        self.store.save(subject, sending.pending(), keys, rand::random()).await?;
        let seconds_left = challenge.seconds_left(now());
        match self.mailer.send(address, &code, seconds_left, budget.left().saturating_sub(KEPT_AFTER_MAIL)).await {
            Ok(Delivered::Accepted) => {
                let marked = tokio::time::timeout(
                    budget.left().saturating_sub(KEPT_FOR_ANSWER),
                    self.mark_sent(subject, sending),
                );
                // The mail is out and its code works already: this write only spares a repeated call a second mail.
                let left_pending = match marked.await {
                    Ok(marked) => marked.err().map(|failure| failure.to_string()),
                    Err(_) => Some("no time left".to_owned()),
                };
                if let Some(reason) = left_pending {
                    tracing::warn!(target: "trigger", trigger = "create", outcome = "left-pending", reason);
                }
                Ok(("sent", sending.view(true)))
            }
            Ok(Delivered::Unknown) => Ok(("sent-perhaps", sending.view(true))),
            Err(failure) => {
                tracing::error!(target: "trigger", trigger = "create", outcome = "mail-refused", reason = %failure);
                Ok(("not-sent", sending.view(false)))
            }
        }
    }

    /// Reads again before it writes: answers may have been given while the mail went out.
    async fn mark_sent(&self, subject: &Subject<'_>, sending: &Sending) -> Result<(), Failure> {
        let user = self.store.load(subject).await?;
        match sending.sent(&user.state) {
            Some(state) => self.store.save(subject, &state, &user.keys, rand::random()).await,
            None => Ok(()),
        }
    }
}
