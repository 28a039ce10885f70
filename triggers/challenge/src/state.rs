//! What is remembered of a user between two calls.

use serde::{Deserialize, Serialize};

use crate::{
    ChallengeId, Code, KeyId, KeyRing, Policy, Subject, UnixSeconds,
    client::Client,
    lockout::{Failures, Lock},
    policy::OLDER_CODES,
    sends::Sends,
    session::Attempt,
    subject::{Digest8, Digest16},
};

/// Everything that is remembered of one user. Holds no code: a code can only be derived from it with the key.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    pub(crate) challenge: Option<Challenge>,
    pub(crate) consumption: Option<Consumption>,
    pub(crate) sends: Sends,
    pub(crate) failures: Failures,
    /// When the user was last told by mail of a lock.
    pub(crate) told_at: UnixSeconds,

    // From here on: what version 1 lacks. A field is added at the end, and never inside of another type, so that a reader of
    // this version passes over what it does not know.
    /// The client that the challenge was begun through; `None` where a function of version 1 wrote last.
    pub(crate) begun_through: Option<Client>,
    /// The codes of the challenges before this one, the newest first.
    pub(crate) older: Vec<Digest8>,
    /// Whether the last answer was one of those codes.
    pub(crate) answered_older: bool,
    /// The mark of the call that brought the consumption's code; `None` where it came without one, and where a function of
    /// version 1 wrote last.
    pub(crate) consumed_under: Option<Attempt>,
}

/// What version 1 kept.
#[derive(Deserialize)]
pub(crate) struct StateV1 {
    challenge: Option<Challenge>,
    consumption: Option<Consumption>,
    sends: Sends,
    failures: Failures,
    told_at: UnixSeconds,
}

impl From<StateV1> for State {
    fn from(StateV1 { challenge, consumption, sends, failures, told_at }: StateV1) -> Self {
        Self { challenge, consumption, sends, failures, told_at, ..Self::default() }
    }
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Challenge {
    pub(crate) id: ChallengeId,
    pub(crate) nonce: [u8; 16],
    /// The key that the code is derived with, which a rotation may since have made the previous one.
    pub(crate) key: KeyId,
    pub(crate) delivery: Delivery,
    pub(crate) expires_at: UnixSeconds,
    pub(crate) guesses_left: u8,
    /// The address that the mail went to.
    pub(crate) address: Digest16,
    pub(crate) attempt: Option<Attempt>,
    /// The round of the session in which the mail was last asked for: a call for the same round is a repeated call.
    pub(crate) round: u8,
    /// The challenge that the session was bound to before, when a resend had to make a new code.
    pub(crate) replaces: Option<ChallengeId>,
    /// The last answer that a guess was used for, so that a call that Cognito repeats does not cost another one.
    pub(crate) last_answer: Option<Digest8>,
}

impl std::fmt::Debug for Challenge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Challenge")
            .field("id", &self.id)
            .field("delivery", &self.delivery)
            .field("expires_at", &self.expires_at)
            .field("guesses_left", &self.guesses_left)
            .finish_non_exhaustive()
    }
}

impl Challenge {
    #[must_use]
    pub const fn id(&self) -> ChallengeId {
        self.id
    }

    #[must_use]
    pub const fn key(&self) -> KeyId {
        self.key
    }

    pub(crate) fn is_expired(&self, now: UnixSeconds) -> bool {
        now >= self.expires_at
    }

    /// Seconds that the code still lives.
    #[must_use]
    pub const fn seconds_left(&self, now: UnixSeconds) -> u64 {
        self.expires_at.since(now)
    }
}

/// Whether the mail with the code is known to have been handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Delivery {
    /// Asked for, outcome not known.
    Pending {
        since: UnixSeconds,
    },
    Sent,
}

/// The last right answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consumption {
    pub(crate) challenge: ChallengeId,
    pub(crate) at: UnixSeconds,
    pub(crate) client: Client,
    /// Set by the gate: tokens have been let through for it.
    pub(crate) used: bool,
}

impl State {
    #[must_use]
    pub fn challenge(&self) -> Option<&Challenge> {
        self.challenge.as_ref()
    }

    #[must_use]
    pub fn lock(&self, now: UnixSeconds) -> Lock {
        self.failures.lock(now)
    }

    /// Whether the user has been sent all mails of the hour.
    #[must_use]
    pub fn has_spent_its_mails(&self, policy: &Policy, now: UnixSeconds) -> bool {
        self.sends.wait_for_hourly_limit(policy, now) > 0
    }

    /// What is remembered of a user whose stored state was not genuine: nothing, and a lock for the longest wait, since
    /// somebody wrote there who wants something forgotten.
    #[must_use]
    pub fn after_tampering(policy: &Policy, now: UnixSeconds) -> Self {
        let failures = Failures::default().locked_longest(policy.lockout, now);
        Self { failures, ..Self::default() }
    }

    /// With the failures of `other`, another record of the same user, if those were written later. So a lock outlasts a
    /// change of the store.
    #[must_use]
    pub fn with_newer_failures(self, other: &Self) -> Self {
        Self { failures: self.failures.or_newer(other.failures), ..self }
    }

    /// Whether the lock differs from that of `before`, which a store that may take over later has to know.
    #[must_use]
    pub fn changes_lock(&self, before: &Self) -> bool {
        self.failures.locked_until() != before.failures.locked_until()
    }

    /// The moment from which nothing would be lost if the state were forgotten. Failures in a row are kept for long: they
    /// count until a right answer.
    #[must_use]
    pub fn forgettable_at(&self, now: UnixSeconds) -> UnixSeconds {
        const DAY: u64 = 86_400;
        let keep = if self.failures.is_blank() { DAY } else { 400 * DAY };
        now.max(self.failures.full_at()).plus(keep)
    }

    /// The codes that a new challenge makes older ones: its predecessor's, as far as a key of the ring still makes it, and
    /// those before.
    pub(crate) fn older_codes(&self, subject: &Subject<'_>, policy: &Policy, keys: &KeyRing) -> Vec<Digest8> {
        let replaced = self.challenge.as_ref().and_then(|challenge| {
            let key = keys.get(challenge.key)?;
            Some(Code::derive(key, subject, challenge, policy.code_length).older_digest(subject))
        });
        replaced.into_iter().chain(self.older.iter().copied()).take(OLDER_CODES).collect()
    }

    /// Whether the consumption may be taken under the mark `attempt`: under its own, or under any if it came without one.
    pub(crate) fn is_consumed_under(&self, attempt: Option<Attempt>) -> bool {
        self.consumed_under.is_none() || self.consumed_under == attempt
    }

    pub(crate) fn is_consumed(&self, challenge: &Challenge) -> bool {
        self.consumption.as_ref().is_some_and(|c| c.challenge == challenge.id)
    }

    /// The same state as it would be `seconds` later. The product has no test clock: tests age what is stored.
    #[cfg(any(test, feature = "ageing"))]
    #[must_use]
    pub fn aged(self, seconds: u64) -> Self {
        self.moved(|at| at.0 = at.0.saturating_sub(seconds))
    }

    /// The same state as a clock sees it that was set back by `seconds`.
    #[cfg(any(test, feature = "ageing"))]
    #[must_use]
    pub fn ahead(self, seconds: u64) -> Self {
        // Zero stands for never.
        self.moved(|at| at.0 = if at.0 == 0 { 0 } else { at.0.saturating_add(seconds) })
    }

    #[cfg(any(test, feature = "ageing"))]
    fn moved(mut self, age: impl Fn(&mut UnixSeconds) + Copy) -> Self {
        if let Some(challenge) = &mut self.challenge {
            age(&mut challenge.expires_at);
            if let Delivery::Pending { since } = &mut challenge.delivery {
                age(since);
            }
        }
        self.consumption.iter_mut().for_each(|consumption| age(&mut consumption.at));
        self.sends.age(age);
        self.failures.age(age);
        age(&mut self.told_at);
        self
    }
}

#[cfg(test)]
pub(crate) mod tests {
    #![allow(clippy::unwrap_used)]
    mod ageing;
    mod keeping;

    use super::*;
    use crate::{
        AttemptRule, CodeLength, CodeLife, LockAfter, LockFirstWait, LockLongestWait, Lockout, MaxAttempts,
        ResendAfter, SendsPerHour,
    };

    pub(crate) fn policy() -> Policy {
        Policy {
            code_length: CodeLength::new(6).unwrap(),
            code_life: CodeLife::new(10).unwrap(),
            max_attempts: MaxAttempts::new(3).unwrap(),
            resend_after: ResendAfter::new(30).unwrap(),
            sends_per_hour: SendsPerHour::new(5).unwrap(),
            attempt: AttemptRule::Optional,
            lockout: Lockout {
                after: LockAfter::new(5).unwrap(),
                first_wait: LockFirstWait::new(60).unwrap(),
                longest_wait: LockLongestWait::new(86_400).unwrap(),
            },
        }
    }

    /// A challenge of the policy above that was mailed at `at`.
    pub(crate) fn challenge(at: UnixSeconds) -> Challenge {
        Challenge {
            id: ChallengeId([7; 16]),
            nonce: [9; 16],
            key: KeyId([0; 8]),
            delivery: Delivery::Sent,
            expires_at: at.plus(600),
            guesses_left: 3,
            address: [0; 16],
            attempt: None,
            round: 0,
            replaces: None,
            last_answer: None,
        }
    }
}
