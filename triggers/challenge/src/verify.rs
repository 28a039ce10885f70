//! VerifyAuthChallengeResponse: whether an answer is right, and what that uses up.

use crate::{
    Action, Address, Answer, AttemptRule, ChallengeId, Code, InvalidAttempt, Key, KeyRing, Policy, State, Subject,
    UnixSeconds,
    client::Client,
    lockout::Lock,
    policy::REPEAT_WINDOW_SECONDS,
    session::Attempt,
    state::{Challenge, Consumption},
    subject::Digest8,
};

/// An answer with all that it is judged by.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    pub subject: Subject<'a>,
    /// The challenge that this round was bound to when it was begun.
    pub binding: Option<ChallengeId>,
    pub answer: &'a Answer,
    pub action: Action,
    pub attempt: Result<Option<Attempt>, InvalidAttempt>,
    pub client: Client,
    /// The user's address as it is now, if it is verified.
    pub address: Option<&'a Address>,
    pub now: UnixSeconds,
}

impl Question<'_> {
    /// Whom a consumption is for: the gate sees the client and the mark of the same call.
    fn consumer(&self) -> Client {
        self.client.marked(self.attempt.ok().flatten())
    }
}

#[derive(Debug, Clone)]
pub enum Verdict<'a> {
    Reject(Reason),
    /// Refused without a guess; the next round speaks of it by the state to be stored first.
    RejectAndStore(Reason, Box<State>),
    /// The very answer that was accepted moments ago: the reply to that call was lost. Nothing to store.
    AcceptAgain,
    /// To be compared, once the guess is reserved.
    Compare(Box<Guess<'a>>),
}

/// An answer that may be compared. A guess is reserved before it is compared, so that answers in parallel cannot share one.
#[derive(Debug, Clone)]
pub struct Guess<'a> {
    question: &'a Question<'a>,
    policy: &'a Policy,
    challenge: Challenge,
    answered: Digest8,
    key: Key,
    reserved: Option<State>,
}

impl Guess<'_> {
    /// The state with the guess used up, to be stored before [`Guess::is_right`] is asked; `None` for an answer that a
    /// guess was used for already, which Cognito repeats when a reply is late, and that changes nothing else.
    #[must_use]
    pub const fn reserved(&self) -> Option<&State> {
        self.reserved.as_ref()
    }

    #[must_use]
    pub fn is_right(&self) -> bool {
        let question = self.question;
        let code = Code::derive(&self.key, &question.subject, &self.challenge, self.policy.code_length);
        code.matches(question.answer)
    }

    /// The state with the challenge consumed, to be stored before anybody is told that the answer was right. Made from the
    /// state as it is by then; `None` when another sign-in has taken over, or the challenge is consumed already.
    #[must_use]
    pub fn accepted(&self, stored: &State) -> Option<State> {
        let challenge = stored.challenge.as_ref().filter(|challenge| challenge.id == self.challenge.id)?;
        if stored.is_consumed(challenge) {
            return None;
        }
        let question = self.question;
        let consumption =
            Consumption { challenge: challenge.id, at: question.now, client: question.consumer(), used: false };
        Some(State {
            challenge: Some(Challenge { last_answer: Some(self.answered), ..challenge.clone() }),
            consumption: Some(consumption),
            failures: stored.failures.cleared(question.now),
            ..stored.clone()
        })
    }
}

/// Why an answer is refused. For the log: the client learns what it may from the next round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// Nothing is compared for a user who is disabled.
    UserDisabled,
    /// The client asked for the mail instead of answering.
    ResendAsked,
    /// The round was begun without a code.
    NotBound,
    /// The user's challenge is another one by now.
    Superseded,
    /// The client's mark cannot be used.
    AttemptInvalid,
    /// The stage wants a mark with each answer, and this one came without.
    AttemptMissing,
    AlreadyUsed,
    /// Too many wrong answers in this or earlier sign-ins.
    Locked,
    AttemptsExhausted,
    Expired,
    AddressChanged,
    /// The code's key is neither the current nor the previous one.
    KeyUnknown,
    /// Not as long as a code, so that there is nothing to compare; it takes no guess.
    NotACode,
    /// The code of an earlier mail to this user; it takes no guess.
    OlderCode,
    WrongCode,
}

impl Reason {
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::UserDisabled => "user-disabled",
            Self::ResendAsked => "resend-asked",
            Self::NotBound => "not-bound",
            Self::Superseded => "superseded",
            Self::AttemptInvalid => "attempt-invalid",
            Self::AttemptMissing => "attempt-missing",
            Self::AlreadyUsed => "already-used",
            Self::Locked => "locked",
            Self::AttemptsExhausted => "attempts-exhausted",
            Self::Expired => "expired",
            Self::AddressChanged => "address-changed",
            Self::KeyUnknown => "key-unknown",
            Self::NotACode => "not-a-code",
            Self::OlderCode => "older-code",
            Self::WrongCode => "wrong-code",
        }
    }
}

/// Decides over the user's state, without comparing anything yet.
#[must_use]
pub fn decide<'a>(state: &State, question: &'a Question<'a>, policy: &'a Policy, keys: &KeyRing) -> Verdict<'a> {
    if question.action == Action::Resend {
        return Verdict::Reject(Reason::ResendAsked);
    }
    let Some(binding) = question.binding else { return Verdict::Reject(Reason::NotBound) };
    let bound = |challenge: &&Challenge| challenge.id == binding;
    let Some(challenge) = state.challenge.as_ref().filter(bound) else { return Verdict::Reject(Reason::Superseded) };
    match question.attempt {
        Err(InvalidAttempt) => return Verdict::Reject(Reason::AttemptInvalid),
        Ok(None) if policy.attempt == AttemptRule::Required => return Verdict::Reject(Reason::AttemptMissing),
        Ok(_) => {}
    }

    let answered = question.answer.digest(&question.subject, challenge);
    let is_repeated = challenge.last_answer == Some(answered);
    if let Some(consumption) = state.consumption.as_ref().filter(|consumption| consumption.challenge == challenge.id) {
        let again = is_repeated && may_be_repeated(consumption, question);
        return if again { Verdict::AcceptAgain } else { Verdict::Reject(Reason::AlreadyUsed) };
    }
    if !is_repeated {
        if state.lock(question.now) != Lock::Open {
            return Verdict::Reject(Reason::Locked);
        }
        if challenge.guesses_left == 0 {
            return Verdict::Reject(Reason::AttemptsExhausted);
        }
    }
    if challenge.is_expired(question.now) {
        return Verdict::Reject(Reason::Expired);
    }
    if question.address.map(|address| address.digest(&question.subject)) != Some(challenge.address) {
        return Verdict::Reject(Reason::AddressChanged);
    }
    if !question.answer.is_of(policy.code_length) {
        return without_guess(state, Reason::NotACode, false);
    }
    // No code is one of the older ones (`create`), so that nothing is left uncompared that could be right.
    if state.older.contains(&question.answer.older_digest(&question.subject)) {
        return without_guess(state, Reason::OlderCode, true);
    }
    let Some(key) = keys.get(challenge.key) else { return Verdict::Reject(Reason::KeyUnknown) };
    // Comparing a repeated answer again tells nothing that the first time did not.
    let reserved = if is_repeated {
        state.answered_older.then(|| State { answered_older: false, ..state.clone() })
    } else {
        Some(reserve(state, challenge, answered, policy, question.now))
    };
    let (challenge, key) = (challenge.clone(), key.clone());
    Verdict::Compare(Box::new(Guess { question, policy, challenge, answered, key, reserved }))
}

/// A right answer whose reply was lost may be repeated, through the same client, as long as Cognito would itself call
/// again and no tokens were let through for it; nothing else may be.
fn may_be_repeated(consumption: &Consumption, question: &Question<'_>) -> bool {
    !consumption.used
        && consumption.is_of(question.client, question.attempt.ok().flatten())
        && question.now.is_within(REPEAT_WINDOW_SECONDS, consumption.at)
}

/// Refuses an answer that is not compared. Create tells an older code from a wrong one by the state alone, so it says what
/// the last answer was.
fn without_guess<'a>(state: &State, reason: Reason, answered_older: bool) -> Verdict<'a> {
    if state.answered_older == answered_older {
        return Verdict::Reject(reason);
    }
    Verdict::RejectAndStore(reason, Box::new(State { answered_older, ..state.clone() }))
}

/// Counts the answer as a wrong one: a right one is given its guess back.
fn reserve(state: &State, challenge: &Challenge, answered: Digest8, policy: &Policy, now: UnixSeconds) -> State {
    let guesses_left = challenge.guesses_left.saturating_sub(1);
    State {
        challenge: Some(Challenge { guesses_left, last_answer: Some(answered), ..challenge.clone() }),
        failures: state.failures.with_failure(policy.lockout, now),
        answered_older: false,
        ..state.clone()
    }
}

#[cfg(test)]
mod tests;
