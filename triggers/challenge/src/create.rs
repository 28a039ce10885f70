//! CreateAuthChallenge: whether a mail goes out, and what the client is told.

use crate::{
    Action, Address, AttemptRule, ChallengeId, Code, Fresh, InvalidAttempt, Issue, KeyRing, Metadata, Policy,
    PublicState, Round, State, Subject, UnixSeconds, View,
    client::Client,
    lockout::Lock,
    policy::{
        PENDING_GRACE_SECONDS, REPEAT_WINDOW_SECONDS, RESEND_LIFE_SECONDS, SESSION_LIFE_SECONDS, TELL_EVERY_SECONDS,
    },
    session::Attempt,
    state::{Challenge, Delivery},
    subject::{Digest8, Digest16},
    view::unbound,
};

/// What is asked of Create, with the moment and the randomness it may use.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    pub subject: Subject<'a>,
    /// The user's address, if there is one and it is verified.
    pub address: Option<&'a Address>,
    pub round: Round,
    pub action: Action,
    pub attempt: Result<Option<Attempt>, InvalidAttempt>,
    pub client: Client,
    pub now: UnixSeconds,
    pub fresh: Fresh,
    /// The keys that the codes of before were made with; a new one is made with the current key.
    pub keys: &'a KeyRing,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// No mail, nothing to store.
    Show(View),
    /// Store `Sending::pending`, send the code, store `Sending::sent`, then show `Sending::view`.
    Send(Box<Sending>),
    /// The user is locked out and has not been told of late: store the state, send the notice, then show the view,
    /// whatever became of the notice.
    Tell(Box<State>, View),
}

/// A mail that is to go out. The state is stored before the mail is sent, so that no mail carries a code that cannot
/// work, and again after it, so that a repeated call sends no second one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sending {
    pending: State,
    challenge: Challenge,
    view: View,
}

impl Sending {
    #[must_use]
    pub const fn pending(&self) -> &State {
        &self.pending
    }

    #[must_use]
    pub const fn challenge(&self) -> &Challenge {
        &self.challenge
    }

    /// The state once the mail has been handed over, made from the state as it is by then: answers may have been given
    /// in the meantime. `None` when this challenge is not the one that waits for its mail any more.
    #[must_use]
    pub fn sent(&self, stored: &State) -> Option<State> {
        let challenge = stored.challenge.as_ref()?;
        if challenge.id != self.challenge.id || challenge.delivery != self.challenge.delivery {
            return None;
        }
        let challenge = Challenge { delivery: Delivery::Sent, ..challenge.clone() };
        Some(State { challenge: Some(challenge), ..stored.clone() })
    }

    /// What the client is told after the mail was accepted, or was not.
    #[must_use]
    pub fn view(&self, accepted: bool) -> View {
        let state = if accepted { PublicState::CodeSent } else { PublicState::SendFailed };
        View { state, ..self.view.clone() }
    }
}

/// Why the round that this call begins was begun, for the rounds after it.
#[must_use]
pub fn metadata(round: Round, action: Action, view: &View, now: UnixSeconds) -> Metadata {
    let issue = match (round.number, action) {
        (0, _) => Issue::First,
        (_, Action::Answer) => Issue::AfterWrongAnswer,
        (_, Action::Resend) => Issue::Resend,
    };
    // A session stays with the challenge that it began with: were it to follow the user's newest one, a parallel
    // sign-in of an attacker would be handed the challenge that the victim's code solves.
    Metadata { issue, challenge: view.binding.or(round.bound), begun: round.begun.or(Some(now)) }
}

/// Decides over the user's state and the policy of the stage.
#[must_use]
pub fn decide(state: &State, request: &Request<'_>, policy: &Policy) -> Decision {
    match request.address {
        Some(address) => Call { state, request, policy, address: address.digest(&request.subject) }.decide(),
        None => Decision::Show(unbound(PublicState::NoVerifiedAddress, 0)),
    }
}

/// A call for a user who can be written to, and all that it is judged by.
struct Call<'a> {
    state: &'a State,
    request: &'a Request<'a>,
    policy: &'a Policy,
    address: Digest16,
}

impl Call<'_> {
    fn decide(&self) -> Decision {
        let (state, request) = (self.state, self.request);
        let lock = state.lock(request.now);
        if lock != Lock::Open {
            return self.locked(lock);
        }
        if request.attempt.is_err() {
            return self.show_own(PublicState::AttemptInvalid);
        }
        if let Some(challenge) = self.repeated() {
            return self.repeat(challenge);
        }
        if request.round.number == 0 {
            return self.new_challenge(None);
        }
        // A consumed one, too: the reply to the right answer was lost then, and the same answer is taken again for a moment.
        let own = self.own();
        let consumed = own.is_some_and(|challenge| state.is_consumed(challenge));
        match (own, request.action) {
            // No resend helps this session; a new sign-in gets its mail within the hourly limit.
            (Some(challenge), _) if challenge.guesses_left == 0 && !consumed => {
                let wait = state.sends.wait_for_hourly_limit(self.policy, request.now);
                Decision::Show(self.view(PublicState::AttemptsExhausted, challenge, wait))
            }
            (Some(challenge), Action::Answer) => self.show(self.after_answer(challenge), challenge),
            (Some(challenge), Action::Resend) if !consumed => self.resend(challenge),
            (None, Action::Answer) => Decision::Show(unbound(PublicState::CodeSuperseded, self.wait())),
            (_, Action::Resend) => match state.sends.wait_for_resend(self.policy, request.now) {
                0 => self.new_challenge(None),
                _ => Decision::Show(unbound(PublicState::SendThrottled, self.wait())),
            },
        }
    }

    /// The challenge that this session is bound to, if it is still the user's. Its mark was asked for when the session joined
    /// it; by now the binding is enough, since Create alone writes it.
    fn own(&self) -> Option<&Challenge> {
        let challenge = self.state.challenge.as_ref()?;
        (challenge.address == self.address && Some(challenge.id) == self.request.round.bound).then_some(challenge)
    }

    /// The challenge that an earlier call for this very mail has made. Cognito repeats a call that takes too long with the same
    /// payload. Nothing in it tells that from a second sign-in of the same user but the client's mark, if it sends one; so only
    /// calls in the window of Cognito's three tries, through one client and with equal marks, are taken for repeated ones.
    fn repeated(&self) -> Option<&Challenge> {
        let (state, request) = (self.state, self.request);
        let challenge = state.challenge.as_ref().filter(|challenge| challenge.address == self.address)?;
        let bound = |id| Some(id) == request.round.bound;
        let asked_for_mail = if request.round.number == 0 {
            Ok(challenge.attempt) == request.attempt
                && state.begun_through.is_none_or(|client| client == request.client)
        } else {
            request.action == Action::Resend && (bound(challenge.id) || challenge.replaces.is_some_and(bound))
        };
        let recent = state.sends.last().is_some_and(|at| request.now.is_within(REPEAT_WINDOW_SECONDS, at));
        let usable = challenge.guesses_left > 0 && !challenge.is_expired(request.now) && !state.is_consumed(challenge);
        // With a mark it is this very sign-in: a copy of the call that comes late, after the answers, asks for nothing new.
        let late = request.round.number == 0 && challenge.attempt.is_some();
        (asked_for_mail && recent && (usable || late) && challenge.round == request.round.number).then_some(challenge)
    }

    /// What to say of the answer that has begun this round.
    fn after_answer(&self, challenge: &Challenge) -> PublicState {
        if self.policy.attempt == AttemptRule::Required && self.request.attempt == Ok(None) {
            PublicState::AttemptInvalid
        } else if challenge.is_expired(self.request.now) {
            PublicState::CodeExpired
        } else if self.state.answered_older {
            PublicState::CodeOlder
        } else {
            PublicState::CodeWrong
        }
    }

    /// Nothing is sent to a locked user but, now and then, word of it: whoever gets here has the right password
    /// (ASVS 5.0 6.3.5).
    fn locked(&self, lock: Lock) -> Decision {
        let now = self.request.now;
        let (name, seconds_to_wait) = match lock {
            Lock::Until(until) => (PublicState::Locked, until.since(now)),
            Lock::Open | Lock::UntilUnlocked => (PublicState::LockedUntilUnlocked, 0),
        };
        let own = self.own().filter(|challenge| !self.state.is_consumed(challenge));
        let shown = match own {
            // The session's own code works again when the lock has passed, if it lives that long.
            Some(challenge) => View { seconds_to_wait, ..self.view(name, challenge, self.wait()) },
            None => unbound(name, seconds_to_wait),
        };
        if now.is_within(TELL_EVERY_SECONDS, self.state.told_at) {
            return Decision::Show(shown);
        }
        Decision::Tell(Box::new(State { told_at: now, ..self.state.clone() }), shown)
    }

    fn repeat(&self, challenge: &Challenge) -> Decision {
        let now = self.request.now;
        match challenge.delivery {
            // The call that went before this one died between storing and sending, or its outcome was lost: the same code
            // once more, since a second code would make the first mail a lie.
            Delivery::Pending { since }
                if now.since(since) >= PENDING_GRACE_SECONDS
                    && challenge.guesses_left > 0
                    && !self.state.is_consumed(challenge) =>
            {
                match self.state.sends.wait_for_hourly_limit(self.policy, now) {
                    0 => self.send(challenge.clone()),
                    _ => self.show(PublicState::SendThrottled, challenge),
                }
            }
            Delivery::Pending { .. } | Delivery::Sent => self.show(PublicState::CodeSent, challenge),
        }
    }

    fn resend(&self, challenge: &Challenge) -> Decision {
        if self.wait() > 0 {
            return self.show(PublicState::SendThrottled, challenge);
        }
        if challenge.seconds_left(self.request.now) < RESEND_LIFE_SECONDS {
            // A new code must not reset the count of wrong answers (NIST SP 800-63B-4 §3.1.3.2).
            return self.new_challenge(Some(challenge));
        }
        self.send(Challenge { round: self.request.round.number, ..challenge.clone() })
    }

    fn new_challenge(&self, replaced: Option<&Challenge>) -> Decision {
        let Request { subject, round, attempt, now, fresh, keys, .. } = *self.request;
        let wait = self.state.sends.wait_for_hourly_limit(self.policy, now);
        if wait > 0 {
            return Decision::Show(unbound(PublicState::SendThrottled, wait));
        }
        let older = self.state.older_codes(&subject, self.policy, keys);
        let challenge = Challenge {
            id: ChallengeId(fresh.id),
            nonce: fresh.nonce,
            key: keys.current.id(),
            delivery: Delivery::Pending { since: now },
            expires_at: now.plus(self.policy.code_life.seconds()),
            guesses_left: replaced.map_or(self.policy.max_attempts.get(), |challenge| challenge.guesses_left),
            address: self.address,
            attempt: attempt.ok().flatten(),
            round: round.number,
            replaces: round.bound,
            last_answer: None,
        };
        let challenge = self.unlike(challenge, &older);
        let begun = State { begun_through: Some(self.request.client), older, ..self.state.clone() };
        Call { state: &begun, ..*self }.send(challenge)
    }

    /// The challenge with a code that is none of the older ones: an answer that is one of those is not compared.
    fn unlike(&self, challenge: Challenge, older: &[Digest8]) -> Challenge {
        let Request { subject, keys, .. } = *self.request;
        let mut challenge = challenge;
        let is_older = |challenge: &Challenge| {
            let code = Code::derive(&keys.current, &subject, challenge, self.policy.code_length);
            older.contains(&code.older_digest(&subject))
        };
        while is_older(&challenge) {
            challenge.nonce = u128::from_be_bytes(challenge.nonce).wrapping_add(1).to_be_bytes();
        }
        challenge
    }

    fn send(&self, challenge: Challenge) -> Decision {
        let now = self.request.now;
        // No code outlives its session, which Define ends: the mail would promise what the right answer does not give.
        let session_end = self.request.round.begun.unwrap_or(now).plus(SESSION_LIFE_SECONDS);
        let expires_at = challenge.expires_at.min(session_end);
        let challenge = Challenge { delivery: Delivery::Pending { since: now }, expires_at, ..challenge };
        let mut pending = State { challenge: Some(challenge.clone()), answered_older: false, ..self.state.clone() };
        pending.sends.record(now);
        let call = Call { state: &pending, ..*self };
        let view = call.view(PublicState::CodeSent, &challenge, call.wait());
        Decision::Send(Box::new(Sending { pending, challenge, view }))
    }

    /// Seconds until this session may have its mail sent again.
    fn wait(&self) -> u64 {
        let (sends, now) = (&self.state.sends, self.request.now);
        sends.wait_for_resend(self.policy, now).max(sends.wait_for_hourly_limit(self.policy, now))
    }

    fn show(&self, name: PublicState, challenge: &Challenge) -> Decision {
        Decision::Show(self.view(name, challenge, self.wait()))
    }

    fn show_own(&self, name: PublicState) -> Decision {
        self.own().map_or_else(|| Decision::Show(unbound(name, self.wait())), |challenge| self.show(name, challenge))
    }

    fn view(&self, state: PublicState, challenge: &Challenge, seconds_to_wait: u64) -> View {
        // Define ends the session at whichever comes first: its own count of wrong answers, or the challenge's.
        let rounds_left = self.policy.max_attempts.get().saturating_sub(self.request.round.wrong);
        View {
            state,
            binding: Some(challenge.id),
            seconds_left: challenge.seconds_left(self.request.now),
            attempts_left: challenge.guesses_left.min(rounds_left),
            seconds_to_wait,
        }
    }
}

#[cfg(test)]
mod tests;
