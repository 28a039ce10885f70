//! CreateAuthChallenge: whether a mail goes out, and what the client is told.

use crate::{
    Action, Address, ChallengeId, Fresh, Issue, Key, Metadata, Policy, PublicState, Round, State, Subject, UnixSeconds,
    View,
    lockout::Lock,
    policy::{PENDING_GRACE_SECONDS, REPEAT_WINDOW_SECONDS, RESEND_LIFE_SECONDS, TELL_EVERY_SECONDS},
    session::Attempt,
    state::{Challenge, Delivery},
    view::{unbound, view},
};

/// What is asked of Create, with the moment and the randomness it may use.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    pub subject: Subject<'a>,
    /// The user's address, if there is one and it is verified.
    pub address: Option<&'a Address>,
    pub round: Round,
    pub action: Action,
    pub attempt: Option<Attempt>,
    pub now: UnixSeconds,
    pub fresh: Fresh,
    /// The key that a new code is made with.
    pub key: &'a Key,
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
    now: UnixSeconds,
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
        view(state, &self.challenge, self.now)
    }
}

/// Why the round that this call begins was begun, for the rounds after it.
#[must_use]
pub fn metadata(round: Round, action: Action, view: &View) -> Metadata {
    let issue = match (round.number, action) {
        (0, _) => Issue::First,
        (_, Action::Answer) => Issue::AfterWrongAnswer,
        (_, Action::Resend) => Issue::Resend,
    };
    // A session stays with the challenge that it began with: were it to follow the user's newest one, a parallel
    // sign-in of an attacker would be handed the challenge that the victim's code solves.
    Metadata { issue, challenge: view.binding.or(round.bound) }
}

/// Decides over the user's state and the policy of the stage.
#[must_use]
pub fn decide(state: &State, request: &Request<'_>, policy: &Policy) -> Decision {
    let Some(address) = request.address else {
        return Decision::Show(unbound(PublicState::NoVerifiedAddress, 0));
    };
    let now = request.now;
    let same_sign_in = state.challenge.as_ref().filter(|challenge| {
        challenge.address == address.digest(&request.subject) && challenge.attempt == request.attempt
    });
    let usable = same_sign_in.filter(|challenge| !state.is_consumed(challenge));
    let lock = state.lock(now);
    if lock != Lock::Open {
        return locked(state, usable.filter(|challenge| Some(challenge.id) == request.round.bound), lock, now);
    }
    if let Some(challenge) = usable.filter(|challenge| is_repeat(state, challenge, request)) {
        return repeat(state, challenge, request, policy);
    }
    if request.round.number == 0 {
        return new_challenge(state, request, policy, address, None);
    }
    // A consumed one, too: the reply to the right answer was lost then, and the same answer is taken again for a moment.
    let own = same_sign_in.filter(|challenge| Some(challenge.id) == request.round.bound);
    let consumed = own.is_some_and(|challenge| state.is_consumed(challenge));
    match (own, request.action) {
        (Some(challenge), _) if challenge.guesses_left == 0 && !consumed => {
            Decision::Show(view(PublicState::AttemptsExhausted, challenge, now))
        }
        (Some(challenge), Action::Answer) if challenge.is_expired(now) => {
            Decision::Show(view(PublicState::CodeExpired, challenge, now))
        }
        (Some(challenge), Action::Answer) => Decision::Show(view(PublicState::CodeWrong, challenge, now)),
        (Some(challenge), Action::Resend) if !consumed => resend(state, challenge, request, policy, address),
        (None, Action::Answer) => Decision::Show(unbound(PublicState::CodeSuperseded, 0)),
        (_, Action::Resend) => {
            let wait = state.sends.wait_for_resend(policy, now);
            if wait > 0 {
                return Decision::Show(unbound(PublicState::SendThrottled, wait));
            }
            new_challenge(state, request, policy, address, None)
        }
    }
}

/// Nothing is sent to a locked user but, now and then, word of it: whoever gets here has the right password
/// (ASVS 5.0 6.3.5).
fn locked(state: &State, own: Option<&Challenge>, lock: Lock, now: UnixSeconds) -> Decision {
    let (name, seconds_to_wait) = match lock {
        Lock::Until(until) => (PublicState::Locked, until.since(now)),
        Lock::Open | Lock::UntilUnlocked => (PublicState::LockedUntilUnlocked, 0),
    };
    let shown = match own {
        // The session's own code works again when the lock has passed, if it lives that long.
        Some(challenge) => View { seconds_to_wait, ..view(name, challenge, now) },
        None => unbound(name, seconds_to_wait),
    };
    if now.is_within(TELL_EVERY_SECONDS, state.told_at) {
        return Decision::Show(shown);
    }
    Decision::Tell(Box::new(State { told_at: now, ..state.clone() }), shown)
}

/// Cognito repeats a call that takes too long with the same payload. Nothing in it tells that from a second sign-in of the
/// same user but the client's mark, if it sends one; so only calls in the window of Cognito's three tries are taken for
/// repeated ones.
fn is_repeat(state: &State, challenge: &Challenge, request: &Request<'_>) -> bool {
    let own = |id| Some(id) == request.round.bound;
    let asked_for_mail = request.round.number == 0
        || request.action == Action::Resend && (own(challenge.id) || challenge.replaces.is_some_and(own));
    let recent = state.sends.last().is_some_and(|at| request.now.is_within(REPEAT_WINDOW_SECONDS, at));
    asked_for_mail
        && recent
        && challenge.round == request.round.number
        && challenge.guesses_left > 0
        && !challenge.is_expired(request.now)
}

fn repeat(state: &State, challenge: &Challenge, request: &Request<'_>, policy: &Policy) -> Decision {
    let now = request.now;
    match challenge.delivery {
        // The call that went before this one died between storing and sending, or its outcome was lost: the same code
        // once more, since a second code would make the first mail a lie.
        Delivery::Pending { since } if now.since(since) >= PENDING_GRACE_SECONDS => {
            match state.sends.wait_for_hourly_limit(policy, now) {
                0 => send(state, challenge.clone(), now),
                wait => throttled(challenge, wait, now),
            }
        }
        Delivery::Pending { .. } | Delivery::Sent => Decision::Show(view(PublicState::CodeSent, challenge, now)),
    }
}

fn resend(state: &State, challenge: &Challenge, request: &Request<'_>, policy: &Policy, address: &Address) -> Decision {
    let now = request.now;
    let wait = state.sends.wait_for_resend(policy, now).max(state.sends.wait_for_hourly_limit(policy, now));
    if wait > 0 {
        return throttled(challenge, wait, now);
    }
    if challenge.seconds_left(now) < RESEND_LIFE_SECONDS {
        // A new code must not reset the count of wrong answers (NIST SP 800-63B-4 §3.1.3.2).
        return new_challenge(state, request, policy, address, Some(challenge));
    }
    send(state, Challenge { round: request.round.number, ..challenge.clone() }, now)
}

fn new_challenge(
    state: &State,
    request: &Request<'_>,
    policy: &Policy,
    address: &Address,
    replaced: Option<&Challenge>,
) -> Decision {
    let now = request.now;
    let wait = state.sends.wait_for_hourly_limit(policy, now);
    if wait > 0 {
        return Decision::Show(unbound(PublicState::SendThrottled, wait));
    }
    let challenge = Challenge {
        id: ChallengeId(request.fresh.id),
        nonce: request.fresh.nonce,
        key: request.key.id(),
        delivery: Delivery::Pending { since: now },
        expires_at: now.plus(policy.code_life.seconds()),
        guesses_left: replaced.map_or(policy.max_attempts.get(), |challenge| challenge.guesses_left),
        address: address.digest(&request.subject),
        attempt: request.attempt,
        round: request.round.number,
        replaces: request.round.bound,
        last_answer: None,
    };
    send(state, challenge, now)
}

fn send(state: &State, challenge: Challenge, now: UnixSeconds) -> Decision {
    let mut pending = state.clone();
    pending.sends.record(now);
    let challenge = Challenge { delivery: Delivery::Pending { since: now }, ..challenge };
    pending.challenge = Some(challenge.clone());
    Decision::Send(Box::new(Sending { pending, challenge, now }))
}

fn throttled(challenge: &Challenge, seconds_to_wait: u64, now: UnixSeconds) -> Decision {
    Decision::Show(View { seconds_to_wait, ..view(PublicState::SendThrottled, challenge, now) })
}

#[cfg(test)]
mod tests;
