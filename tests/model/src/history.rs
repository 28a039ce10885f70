//! What really happened, kept apart from the user's state: what the invariants are held against.

use challenge::{ChallengeId, Policy, State, UnixSeconds, create::Sending, verify::Reason};
use serde::Serialize;

use crate::{
    model::{CALLS, CONSUMPTION},
    run::{Ask, Run, RunId},
    world::{Code, Who},
};

/// What must never happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Breach {
    TokensWithoutCode,
    ConsumedTwice,
    GrantedTwice,
    TooManyGuesses,
    ComparedWhileLocked,
    FailuresLost,
    FailuresInvented,
    LockLost,
    SecondCode,
    SecondMail,
    TooManyMails,
    RightCodeRefused,
    Joined,
    SessionTooOld,
    AcceptedLate,
    GrantedLate,
    TooManyRounds,
    MarkedUnsent,
    OlderTookGuess,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(crate) struct History {
    /// In the order in which they were stored.
    pub(crate) challenges: Vec<Known>,
    pub(crate) mails: Vec<Mail>,
    /// Guesses reserved since the last right answer, and until when they lock.
    pub(crate) failures: u64,
    pub(crate) locked_until: u64,
    /// The challenge whose code was right last, and when that was.
    pub(crate) consumption: Option<(ChallengeId, u64)>,
    pub(crate) breaches: Vec<Breach>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Known {
    pub(crate) id: ChallengeId,
    /// The call that it was made for.
    pub(crate) by: (Who, u8),
    pub(crate) expires: u64,
    pub(crate) pended: u64,
    pub(crate) reserved: usize,
    pub(crate) compared: Vec<Code>,
    /// The answer that took the last guess.
    pub(crate) last: Option<Code>,
    pub(crate) consumed: bool,
    pub(crate) grants: u8,
}

/// A mail that went out, or may have.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Mail {
    pub(crate) challenge: ChallengeId,
    pub(crate) code: Code,
    pub(crate) delivered: bool,
    pub(crate) by: RunId,
    /// By the clock of the function that sent it.
    pub(crate) at: u64,
    /// It is known whether it went out, and the state says so.
    pub(crate) settled: bool,
    /// The function that sent it ended without saying so.
    pub(crate) doubtful: bool,
}

impl History {
    pub(crate) fn breach(&mut self, breach: Breach) {
        if let Err(index) = self.breaches.binary_search(&breach) {
            self.breaches.insert(index, breach);
        }
    }

    pub(crate) fn challenge(&self, id: ChallengeId) -> Option<&Known> {
        self.challenges.iter().find(|known| known.id == id)
    }

    fn challenge_mut(&mut self, id: ChallengeId) -> Option<&mut Known> {
        self.challenges.iter_mut().find(|known| known.id == id)
    }

    /// A challenge was stored as pending: a new one, or one whose mail goes out again.
    pub(crate) fn pended(&mut self, policy: &Policy, sending: &Sending, run: &Run) {
        let challenge = sending.challenge();
        let expires = run.now + challenge.seconds_left(crate::scene::at(run.now));
        if let Some(known) = self.challenge_mut(challenge.id()) {
            known.pended = run.now;
            return;
        }
        if self.is_needless(run, policy) {
            self.breach(Breach::SecondCode);
        }
        // A new code in the place of one that expires goes on with what is left of its guesses.
        let replaced = match run.call.ask {
            Ask::Code { round, resend: true } => self.challenges.last().filter(|last| Some(last.id) == round.bound),
            _ => None,
        };
        let replaced = replaced.filter(|known| !known.consumed);
        let known = Known {
            id: challenge.id(),
            by: (run.call.who, run.call.number),
            expires,
            pended: run.now,
            reserved: replaced.map_or(0, |known| known.reserved),
            compared: replaced.map_or_else(Vec::new, |known| known.compared.clone()),
            consumed: false,
            grants: 0,
            last: None,
        };
        self.challenges.push(known);
    }

    pub(crate) fn reserved(&mut self, policy: &Policy, run: &Run) {
        let &Ask::Check { typed, .. } = &run.call.ask else { return };
        let Some(known) = binding(run).and_then(|id| self.challenge_mut(id)) else { return };
        // The answer that took the last guess takes no other one.
        if known.last.replace(typed) == Some(typed) {
            return;
        }
        known.reserved += 1;
        if self.is_older(binding(run), typed) {
            self.breach(Breach::OlderTookGuess);
        }
        if self.locked_until > run.now {
            self.breach(Breach::ComparedWhileLocked);
        }
        self.failures += 1;
        let lockout = policy.lockout;
        if let Some(doublings) = self.failures.checked_sub(u64::from(lockout.after.get())) {
            let wait = u64::from(lockout.first_wait.get()) << doublings;
            self.locked_until = run.now + wait.min(u64::from(lockout.longest_wait.get()));
        }
    }

    /// Whether `typed` is the code of one of the two challenges before this one.
    fn is_older(&self, binding: Option<ChallengeId>, typed: Code) -> bool {
        let index = self.challenges.iter().position(|known| Some(known.id) == binding).unwrap_or_default();
        let older = &self.challenges[index.saturating_sub(2)..index];
        self.mails.iter().any(|mail| mail.code == typed && older.iter().any(|known| known.id == mail.challenge))
    }

    pub(crate) fn compared(&mut self, policy: &Policy, run: &Run) {
        let &Ask::Check { typed, .. } = &run.call.ask else { return };
        let Some(known) = binding(run).and_then(|id| self.challenge_mut(id)) else { return };
        if !known.compared.contains(&typed) {
            known.compared.push(typed);
        }
        if known.compared.len() > usize::from(policy.max_attempts.get()) {
            self.breach(Breach::TooManyGuesses);
        }
    }

    pub(crate) fn consumed(&mut self, run: &Run) {
        (self.failures, self.locked_until) = (0, 0);
        let Some(id) = binding(run) else { return };
        self.consumption = Some((id, run.now));
        let Some(known) = self.challenge_mut(id) else { return };
        let (late, twice) = (run.now >= known.expires, std::mem::replace(&mut known.consumed, true));
        if late {
            self.breach(Breach::AcceptedLate);
        }
        if twice {
            self.breach(Breach::ConsumedTwice);
        }
    }

    /// Tokens were let through, for the challenge that was consumed last: to a sign-in that gave its right code, or not.
    pub(crate) fn granted(&mut self, has_code: bool, now: u64) {
        if self.consumption.is_some_and(|(_, at)| now > at + CONSUMPTION) {
            self.breach(Breach::GrantedLate);
        }
        if !has_code {
            self.breach(Breach::TokensWithoutCode);
        }
        match self.consumption.and_then(|(id, _)| self.challenge_mut(id)) {
            None => self.breach(Breach::TokensWithoutCode),
            Some(known) => {
                known.grants += 1;
                if known.grants > 1 {
                    self.breach(Breach::GrantedTwice);
                }
            }
        }
    }

    /// Create binds a sign-in to a challenge: one of its own, or for a moment one of a sign-in that is no other by mark and
    /// client.
    pub(crate) fn bound(&mut self, binding: Option<ChallengeId>, run: &Run, may_join: bool) {
        let other = binding.and_then(|id| self.challenge(id)).filter(|known| known.by.0 != run.call.who);
        let first = matches!(run.call.ask, Ask::Code { round, .. } if round.number == 0);
        if other.is_some_and(|known| !may_join || first && run.now > known.pended + CALLS) {
            self.breach(Breach::Joined);
        }
    }

    pub(crate) fn mailed(&mut self, policy: &Policy, sending: &Sending, code: Code, run: &Run, delivered: bool) {
        let challenge = sending.challenge().id();
        if self.mails.iter().any(|mail| mail.challenge == challenge && Self::is_in_no_doubt(mail, run)) {
            self.breach(Breach::SecondMail);
        }
        self.mails.push(Mail {
            challenge,
            code,
            delivered,
            by: run.id(),
            at: run.now,
            settled: false,
            doubtful: false,
        });
        // Two clocks may be a second apart.
        let in_an_hour = self.mails.iter().filter(|mail| run.now.saturating_sub(mail.at) < 3_599).count();
        if in_an_hour > usize::from(policy.sends_per_hour.get()) {
            self.breach(Breach::TooManyMails);
        }
    }

    /// Whether the last challenge was made by the same call, and is of use still, so that another code is one too many.
    fn is_needless(&self, run: &Run, policy: &Policy) -> bool {
        self.challenges.last().is_some_and(|last| {
            let exhausted = last.reserved >= usize::from(policy.max_attempts.get());
            let recent = run.now < last.expires && run.now.saturating_sub(last.pended) <= 14;
            // Without a mark it may be another sign-in of the same user.
            let done = run.call.mark.is_none() && (exhausted || last.consumed);
            last.by == (run.call.who, run.call.number) && recent && !done
        })
    }

    /// Whether it was known that `mail` was out when another one with the same code went out unasked.
    fn is_in_no_doubt(mail: &Mail, run: &Run) -> bool {
        let asked = matches!(run.call.ask, Ask::Code { resend: true, .. })
            && (mail.by.who, mail.by.number) != (run.call.who, run.call.number);
        let late = run.now.saturating_sub(mail.at) >= 3;
        // The run itself is the one whose mail was in doubt.
        let slow = mail.at.saturating_sub(run.now) >= 3;
        !asked && !slow && (mail.settled || !mail.doubtful && !late)
    }

    /// The state says that the mail of `challenge` is out.
    pub(crate) fn settled(&mut self, challenge: Option<ChallengeId>) {
        match self.mails.iter_mut().rev().find(|mail| Some(mail.challenge) == challenge) {
            Some(mail) => mail.settled = true,
            None => self.breach(Breach::MarkedUnsent),
        }
    }

    pub(crate) fn mail_of(&mut self, run: RunId) -> Option<&mut Mail> {
        self.mails.iter_mut().rev().find(|mail| mail.by == run)
    }

    /// Whether what was typed is the code of the challenge that the call is bound to.
    pub(crate) fn is_right(&self, run: &Run) -> bool {
        let &Ask::Check { binding: Some(binding), typed, resend: false } = &run.call.ask else { return false };
        self.mails.iter().any(|mail| mail.challenge == binding && mail.code == typed)
    }

    /// Whether a no to a right code is as it should be.
    pub(crate) fn excuses(&self, policy: &Policy, run: &Run, reason: Reason) -> bool {
        let Some(known) = binding(run).and_then(|id| self.challenge(id)) else { return false };
        match reason {
            Reason::Locked => self.locked_until > run.now,
            Reason::Superseded => self.challenges.last().is_some_and(|last| last.id != known.id),
            Reason::Expired => run.now >= known.expires,
            Reason::AttemptsExhausted => known.reserved >= usize::from(policy.max_attempts.get()),
            Reason::AttemptMissing => run.call.mark.is_none(),
            Reason::AlreadyUsed => known.grants > 0,
            _ => false,
        }
    }
}

fn binding(run: &Run) -> Option<ChallengeId> {
    match run.call.ask {
        Ask::Check { binding, .. } => binding,
        _ => None,
    }
}

/// The failures in a row that a state tells of, and until when it is locked. They are no part of the domain's interface,
/// but of what is stored.
pub(crate) fn failures_of(state: &State) -> (u64, UnixSeconds) {
    let number = |json: &serde_json::Value, name| json.pointer(name).and_then(serde_json::Value::as_u64);
    let read = |json: &serde_json::Value| {
        Some((number(json, "/failures/consecutive")?, UnixSeconds(number(json, "/failures/locked_until")?)))
    };
    match serde_json::to_value(state).as_ref().map(read) {
        Ok(Some(failures)) => failures,
        _ => unreachable!("a state has its failures under these names"),
    }
}

impl Who {
    pub(crate) const BOTH: [Self; 2] = [Self::Owner, Self::Attacker];
}
