//! VerifyAuthChallengeResponse: whether an answer is right, and what that uses up.

use crate::{
    Action, Address, Answer, ChallengeId, Code, CodeLength, KeyRing, State, Subject, UnixSeconds,
    client::Client,
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
    pub attempt: Option<Attempt>,
    pub client: Client,
    /// The user's address as it is now, if it is verified.
    pub address: Option<&'a Address>,
    pub now: UnixSeconds,
    pub code_length: CodeLength,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Right: yes, once this state is stored.
    Accept(State),
    /// Right, and accepted moments ago already: the answer to that call was lost. Nothing to store.
    AcceptAgain,
    /// No; where there is a state, a guess was used up and it is to be stored.
    Reject(Reason, Option<State>),
}

/// Why an answer is refused. For the log: the client learns what it may from the next round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The client asked for the mail instead of answering.
    ResendAsked,
    /// The round was begun without a code.
    NotBound,
    /// The user's challenge is another one by now, or the mark of the sign-in differs.
    Superseded,
    AlreadyUsed,
    AttemptsExhausted,
    Expired,
    AddressChanged,
    /// The code's key is neither the current nor the previous one.
    KeyUnknown,
    WrongCode,
}

impl Reason {
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::ResendAsked => "resend-asked",
            Self::NotBound => "not-bound",
            Self::Superseded => "superseded",
            Self::AlreadyUsed => "already-used",
            Self::AttemptsExhausted => "attempts-exhausted",
            Self::Expired => "expired",
            Self::AddressChanged => "address-changed",
            Self::KeyUnknown => "key-unknown",
            Self::WrongCode => "wrong-code",
        }
    }
}

/// Decides over the user's state.
#[must_use]
pub fn decide(state: &State, question: &Question<'_>, keys: &KeyRing) -> Verdict {
    let reject = |reason| Verdict::Reject(reason, None);
    if question.action == Action::Resend {
        return reject(Reason::ResendAsked);
    }
    let Some(binding) = question.binding else { return reject(Reason::NotBound) };
    let bound = |challenge: &&Challenge| challenge.id == binding && challenge.attempt == question.attempt;
    let Some(challenge) = state.challenge.as_ref().filter(bound) else { return reject(Reason::Superseded) };
    let consumption = state.consumption.as_ref().filter(|consumption| consumption.challenge == challenge.id);
    if consumption.is_some_and(|consumption| !may_be_repeated(consumption, question)) {
        return reject(Reason::AlreadyUsed);
    }
    if challenge.guesses_left == 0 {
        return reject(Reason::AttemptsExhausted);
    }
    if challenge.is_expired(question.now) {
        return reject(Reason::Expired);
    }
    if question.address.map(|address| address.digest(&question.subject)) != Some(challenge.address) {
        return reject(Reason::AddressChanged);
    }
    let Some(key) = keys.get(challenge.key) else { return reject(Reason::KeyUnknown) };

    let answered = question.answer.digest(&question.subject, challenge);
    if challenge.last_wrong == Some(answered) {
        // A repeated call for a wrong answer: it was compared before, so it tells nothing and costs nothing.
        return reject(Reason::WrongCode);
    }
    let code = Code::derive(key, &question.subject, challenge, question.code_length);
    match (code.matches(question.answer), consumption) {
        (true, Some(_)) => Verdict::AcceptAgain,
        (true, None) => Verdict::Accept(consume(state, challenge, question)),
        (false, _) => Verdict::Reject(Reason::WrongCode, Some(use_guess(state, challenge, answered))),
    }
}

/// A right answer whose reply was lost may be repeated, through the same client, as long as Cognito would itself call
/// again and no tokens were let through for it; nothing else may be.
fn may_be_repeated(consumption: &Consumption, question: &Question<'_>) -> bool {
    !consumption.used
        && consumption.client == question.client
        && question.now.is_within(REPEAT_WINDOW_SECONDS, consumption.at)
}

fn consume(state: &State, challenge: &Challenge, question: &Question<'_>) -> State {
    let consumption = Consumption { challenge: challenge.id, at: question.now, client: question.client, used: false };
    State { consumption: Some(consumption), ..state.clone() }
}

fn use_guess(state: &State, challenge: &Challenge, answered: Digest8) -> State {
    let guesses_left = challenge.guesses_left.saturating_sub(1);
    let challenge = Challenge { guesses_left, last_wrong: Some(answered), ..challenge.clone() };
    State { challenge: Some(challenge), ..state.clone() }
}

#[cfg(test)]
mod tests;
