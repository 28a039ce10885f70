//! CreateAuthChallenge: makes the code, sends the mail, and tells the client how things stand.

mod mail;
mod response;
mod settings;

use std::{io, sync::Arc, time::Duration};

use aws_types::SdkConfig;
use challenge::{
    ChallengeId, Code, Fresh, PublicState, Round, State, Subject, UnixSeconds, View,
    create::{Decision, Request, Sending, decide, metadata},
    view::unbound,
};
use message::Locale;
use serde_json::Value;
use trigger_runtime::{Budget, Event, Failure, Function, Metric, Reply, count, now, settings::SettingError};
use trigger_store::{AwsSettings, Mailbox, Saved, Store, TRIES, User};

use crate::mail::{Delivered, Mailer};

pub use crate::settings::{MailSettings, Settings};

/// What is kept of the budget when SES is waited for: enough to mark the mail as sent, and to answer.
const KEPT_AFTER_MAIL: Duration = Duration::from_millis(700);
/// What is kept of the budget for the answer itself.
const KEPT_FOR_ANSWER: Duration = Duration::from_millis(100);

pub struct Create {
    settings: Settings,
    store: Store,
    mailer: Mailer,
}

impl std::fmt::Debug for Create {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Create").finish_non_exhaustive()
    }
}

/// What came of a call, and what the log says of it.
struct Outcome {
    view: View,
    outcome: &'static str,
    /// The user as loaded, if it was.
    user: Option<User>,
}

impl Function for Create {
    const NAME: &'static str = "create";
    type Settings = (AwsSettings, Settings);

    fn settings() -> Result<Self::Settings, SettingError> {
        Ok((AwsSettings::from_environment()?, Settings::from_environment()?))
    }

    fn new((aws, settings): Self::Settings) -> io::Result<Self> {
        Ok(Self::with(&aws.sdk_config()?, settings))
    }

    async fn warm(self: Arc<Self>) {
        self.store.warm().await;
    }

    /// Answers one event. Trouble is a state that the client is told, since an error would end its session.
    ///
    /// # Errors
    /// [`Failure::Malformed`] for an event that is none, or comes where no code may be asked for.
    async fn answer(self: Arc<Self>, event: Value, budget: Budget) -> Result<Reply, Failure> {
        let event = Event::new(event, "CreateAuthChallenge_")?;
        let now = now();
        let round = event.session().round(event.action()).ok_or(Failure::Malformed("session"))?;
        let policy = &self.settings.store.policy;
        if event.user_not_found() {
            let patience = budget.left().saturating_sub(KEPT_FOR_ANSWER);
            // Late is late for a known user, too.
            let _ = tokio::time::timeout(patience, self.imitate(&event.subject())).await;
            let challenge = round.bound.unwrap_or_else(|| ChallengeId::new(rand::random()));
            let response = response::for_unknown_user(&event.subject(), challenge, policy, now);
            return Ok(Reply { event: event.answered(response), outcome: "unknown-user", reason: "", user: None });
        }
        let decided = tokio::time::timeout(
            budget.left().saturating_sub(KEPT_FOR_ANSWER),
            self.decide(&event, round, now, budget),
        );
        let result = decided.await.unwrap_or(Err(Failure::TimedOut(budget.left().as_millis())));
        let Outcome { view, outcome, user } = result.unwrap_or_else(|failure| {
            count(Metric::StoreFault);
            tracing::error!(target: "trigger", trigger = "create", outcome = "unavailable", reason = %failure);
            Outcome { view: unbound(PublicState::SendFailed, 0), outcome: "unavailable", user: None }
        });
        let subject = event.subject();
        let (address, hash) =
            user.map_or((None, None), |user| (user.address, Some(user.keys.current.user_hash(&subject))));
        let response = response::new(&view, &metadata(round, event.action(), &view, now), address.as_ref(), policy);
        let reason = view.state.as_str();
        Ok(Reply { event: event.answered(response), outcome, reason, user: hash })
    }
}

impl Create {
    #[must_use]
    pub fn with(config: &SdkConfig, settings: Settings) -> Self {
        let store = Store::new(config, &settings.store);
        let mailer = Mailer::new(config, settings.mail.clone());
        Self { settings, store, mailer }
    }

    /// The calls that a first code makes, but for the mail: whether a user exists must not show in the time it takes
    /// (ASVS 5.0 6.3.8).
    async fn imitate(&self, subject: &Subject<'_>) {
        if self.store.imitate_load(subject).await {
            return;
        }
        self.store.imitate_save(subject).await;
        if !self.store.is_exact() {
            self.store.imitate_load(subject).await;
        }
        self.store.imitate_save(subject).await;
    }

    async fn decide(&self, event: &Event, round: Round, now: UnixSeconds, budget: Budget) -> Result<Outcome, Failure> {
        let subject = event.subject();
        let policy = &self.settings.store.policy;
        for _ in 0..TRIES {
            let mut user = self.store.load(&subject).await?;
            if let Some(state) = unreachable(&user) {
                return Ok(Outcome { view: unbound(state, 0), outcome: "shown", user: Some(user) });
            }
            let state = self.genuine(&user, now);
            let request = Request {
                subject,
                address: user.address.as_ref(),
                round,
                action: event.action(),
                attempt: event.attempt(),
                client: event.client(),
                now,
                fresh: Fresh { id: rand::random(), nonce: rand::random() },
                keys: &user.keys,
            };
            match decide(&state, &request, policy) {
                Decision::Show(view) => {
                    // A resend that is asked for too early is no reason to wake a person.
                    if view.state == PublicState::SendThrottled && state.has_spent_its_mails(policy, now) {
                        count(Metric::MailsThrottled);
                    }
                    count_lock(view.state);
                    return Ok(Outcome { view, outcome: "shown", user: Some(user) });
                }
                Decision::Tell(told, view) => {
                    if self.store.save(&subject, &mut user, &told).await? == Saved::Conflict {
                        continue;
                    }
                    count_lock(view.state);
                    let outcome = self.tell(&user, budget).await;
                    return Ok(Outcome { view, outcome, user: Some(user) });
                }
                Decision::Send(sending) => {
                    if self.store.save(&subject, &mut user, sending.pending()).await? == Saved::Conflict {
                        continue;
                    }
                    let (outcome, view) = self.send(&subject, &mut user, &sending, event, budget).await?;
                    return Ok(Outcome { view, outcome, user: Some(user) });
                }
            }
        }
        Err(Failure::unavailable("storing the challenge", "others were always faster"))
    }

    /// The state to decide on. One that is not genuine was written by somebody who wants something forgotten.
    fn genuine(&self, user: &User, now: UnixSeconds) -> State {
        let Some(error) = user.unusable else { return user.state.clone() };
        count(Metric::StateForged);
        tracing::warn!(target: "trigger", trigger = "create", outcome = "state-forged", reason = %error);
        State::after_tampering(&self.settings.store.policy, now)
    }

    /// A code is for the person at the page, which asks for a language. A warning is for the owner of the account, and the
    /// person at the page may be the attacker: nothing is `asked` for it.
    fn locale(&self, user: &User, asked: Option<&str>) -> Locale {
        Locale::choose(asked, user.locale.as_deref(), self.settings.mail.locale)
    }

    /// Sends the code of a challenge that is stored as pending, and marks it as sent.
    async fn send(
        &self,
        subject: &Subject<'_>,
        user: &mut User,
        sending: &Sending,
        event: &Event,
        budget: Budget,
    ) -> Result<(&'static str, View), Failure> {
        let challenge = sending.challenge();
        let key = user.keys.get(challenge.key()).ok_or_else(|| Failure::unavailable("deriving the code", "no key"))?;
        let address = user.address.as_ref().ok_or(Failure::Malformed("email"))?;
        let code = Code::derive(key, subject, challenge, self.settings.store.policy.code_length);
        let seconds_left = challenge.seconds_left(now());
        let patience = budget.left().saturating_sub(KEPT_AFTER_MAIL);
        match self
            .mailer
            .send(self.locale(user, event.locale()), address, &code, challenge.id(), seconds_left, patience)
            .await
        {
            Ok(Delivered::Accepted) => {
                count(Metric::CodesSent);
                let left = budget.left().saturating_sub(2 * KEPT_FOR_ANSWER);
                // The mail is out and its code works already: this write only spares a repeated call a second mail.
                let left_pending = match tokio::time::timeout(left, self.mark_sent(subject, user, sending)).await {
                    Ok(marked) => marked.err().map(|failure| failure.to_string()),
                    Err(_) => Some("no time left".to_owned()),
                };
                if let Some(reason) = left_pending {
                    count(Metric::StoreFault);
                    tracing::warn!(target: "trigger", trigger = "create", outcome = "left-pending", reason);
                }
                Ok(("sent", sending.view(true)))
            }
            Ok(Delivered::Unknown) => {
                count(Metric::DeliveryFailed);
                tracing::warn!(target: "trigger", trigger = "create", outcome = "mail-unanswered");
                Ok(("sent-perhaps", sending.view(true)))
            }
            Err(failure) => {
                count(Metric::DeliveryFailed);
                tracing::error!(target: "trigger", trigger = "create", outcome = "mail-refused", reason = %failure);
                Ok(("not-sent", sending.view(false)))
            }
        }
    }

    /// Answers may have been given while the mail went out. The table refuses a write then; the attribute has to be read.
    async fn mark_sent(&self, subject: &Subject<'_>, user: &mut User, sending: &Sending) -> Result<(), Failure> {
        for attempt in 0..TRIES {
            if attempt > 0 || !self.store.is_exact() {
                *user = self.store.load(subject).await?;
            }
            let Some(state) = sending.sent(&user.state) else { return Ok(()) };
            if self.store.save(subject, user, &state).await? == Saved::Stored {
                return Ok(());
            }
        }
        Err(Failure::unavailable("marking the mail as sent", "others were always faster"))
    }

    /// Tells a locked-out user; what becomes of the notice changes nothing for the sign-in.
    async fn tell(&self, user: &User, budget: Budget) -> &'static str {
        let Some(address) = &user.address else { return "not-told" };
        let patience = budget.left().saturating_sub(2 * KEPT_FOR_ANSWER);
        match self.mailer.send_notice(self.locale(user, None), address, patience).await {
            Ok(Delivered::Accepted) => "told",
            Ok(Delivered::Unknown) => {
                count(Metric::DeliveryFailed);
                "told-perhaps"
            }
            Err(failure) => {
                count(Metric::DeliveryFailed);
                tracing::error!(target: "trigger", trigger = "create", outcome = "notice-refused", reason = %failure);
                "not-told"
            }
        }
    }
}

/// Why no mail can go to the user, by what the pool says beside the address itself.
fn unreachable(user: &User) -> Option<PublicState> {
    if !user.enabled {
        return Some(PublicState::UserDisabled);
    }
    let address = user.address.as_ref()?;
    Mailbox::of(address).is_none().then_some(PublicState::AddressNotMailable)
}

fn count_lock(state: PublicState) {
    if matches!(state, PublicState::Locked | PublicState::LockedUntilUnlocked) {
        count(Metric::UsersLocked);
    }
}
