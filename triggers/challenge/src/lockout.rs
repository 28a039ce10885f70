//! Wrong answers across sessions: they lock the user for growing times, whatever new code or new session is begun
//! (NIST SP 800-63B-4 §3.1.3.2).

use serde::{Deserialize, Serialize};

use crate::{UnixSeconds, policy::Lockout};

/// Failures in a row after which only an operator lets the user in again (NIST SP 800-63B-4 §3.2.2).
pub const HARD_STOP: u16 = 100;

/// Guesses that a user's budget holds when it is full, and the time in which it regains one. In any span of time no more
/// than the budget and what it regained are ever compared, right answers in between or not: 92 in a day and 990 in a
/// year, so that somebody who has the password guesses a six-digit code with a chance below 1e-4 and 1e-3.
pub const GUESS_BUDGET: u64 = 90;
pub const GUESS_REGAIN_SECONDS: u64 = 365 * 86_400 / 900;

/// What is remembered of a user's wrong answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failures {
    /// Since the last right answer.
    consecutive: u16,
    locked_until: UnixSeconds,
    /// When the budget is full again. One number holds the whole bucket: each failure pushes it back by the time in which
    /// a guess is regained.
    full_at: UnixSeconds,
    changed_at: UnixSeconds,
}

/// Whether a user may be asked for a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lock {
    Open,
    Until(UnixSeconds),
    /// The hard stop.
    UntilUnlocked,
}

impl Failures {
    #[must_use]
    pub fn lock(&self, now: UnixSeconds) -> Lock {
        if self.consecutive >= HARD_STOP {
            return Lock::UntilUnlocked;
        }
        let budget_spent_until = UnixSeconds(self.full_at.0.saturating_sub((GUESS_BUDGET - 1) * GUESS_REGAIN_SECONDS));
        let until = self.locked_until.max(budget_spent_until);
        if until > now { Lock::Until(until) } else { Lock::Open }
    }

    /// With one more wrong answer.
    pub(crate) fn with_failure(self, lockout: Lockout, now: UnixSeconds) -> Self {
        let consecutive = self.consecutive.saturating_add(1);
        let wait = wait_after(consecutive, lockout);
        Self {
            consecutive,
            // Never sooner than before: the clocks of two functions may disagree.
            locked_until: if wait == 0 { self.locked_until } else { self.locked_until.max(now.plus(wait)) },
            full_at: self.full_at.max(now).plus(GUESS_REGAIN_SECONDS),
            changed_at: self.changed_at(now),
        }
    }

    /// After a right answer, which was counted as a failure until it was compared.
    pub(crate) fn cleared(self, now: UnixSeconds) -> Self {
        let full_at = UnixSeconds(self.full_at.0.saturating_sub(GUESS_REGAIN_SECONDS));
        Self { consecutive: 0, locked_until: UnixSeconds(0), full_at, changed_at: self.changed_at(now) }
    }

    /// Locked for the longest wait, as after a state that was tampered with.
    pub(crate) fn locked_longest(self, lockout: Lockout, now: UnixSeconds) -> Self {
        let changed_at = self.changed_at(now);
        Self { locked_until: now.plus(u64::from(lockout.longest_wait.get())), changed_at, ..self }
    }

    /// Of two records the later one counts; so this one never becomes an earlier one than it was.
    fn changed_at(&self, now: UnixSeconds) -> UnixSeconds {
        self.changed_at.max(now)
    }

    /// The one of two records of the same user that was written later.
    pub(crate) fn or_newer(self, other: Self) -> Self {
        if other.changed_at > self.changed_at { other } else { self }
    }

    /// Whether this has to outlast everything else that is remembered.
    pub(crate) const fn is_blank(&self) -> bool {
        self.consecutive == 0 && self.locked_until.0 == 0
    }

    pub(crate) const fn locked_until(&self) -> UnixSeconds {
        self.locked_until
    }

    pub(crate) const fn full_at(&self) -> UnixSeconds {
        self.full_at
    }

    #[cfg(any(test, feature = "ageing"))]
    pub(crate) fn age(&mut self, age: impl Fn(&mut UnixSeconds)) {
        [&mut self.locked_until, &mut self.full_at, &mut self.changed_at].into_iter().for_each(age);
    }
}

/// Seconds of lock after so many failures in a row: none below `after`, then the first wait, doubled by each.
fn wait_after(consecutive: u16, lockout: Lockout) -> u64 {
    let Some(doublings) = consecutive.checked_sub(u16::from(lockout.after.get())) else { return 0 };
    let first = u64::from(lockout.first_wait.get());
    let longest = u64::from(lockout.longest_wait.get());
    first.checked_shl(u32::from(doublings)).filter(|_| doublings < 32).unwrap_or(longest).min(longest)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::state::tests::policy;

    const NOW: UnixSeconds = UnixSeconds(1_000_000);

    fn failed(times: u16) -> Failures {
        (0..times).fold(Failures::default(), |failures, _| failures.with_failure(policy().lockout, NOW))
    }

    #[test]
    fn waits_grow_up_to_the_longest_and_then_an_operator_is_needed() {
        for (failures, expected) in [
            (0, Lock::Open),
            (4, Lock::Open),
            (5, Lock::Until(NOW.plus(60))),
            (6, Lock::Until(NOW.plus(120))),
            (10, Lock::Until(NOW.plus(1_920))),
            (16, Lock::Until(NOW.plus(86_400))),
            (80, Lock::Until(NOW.plus(86_400))),
            (99, Lock::Until(NOW.plus(10 * GUESS_REGAIN_SECONDS))),
            (100, Lock::UntilUnlocked),
            (u16::MAX, Lock::UntilUnlocked),
        ] {
            assert_eq!(failed(failures).lock(NOW), expected, "{failures} failures");
        }
        assert_eq!(failed(5).lock(NOW.plus(60)), Lock::Open);
    }

    #[test]
    fn a_right_answer_clears_the_row_and_gives_its_own_guess_back() {
        let cleared = failed(7).cleared(NOW);
        assert_eq!(cleared.lock(NOW), Lock::Open);
        assert_eq!(cleared.full_at(), failed(6).full_at(), "the six wrong ones stay spent");
    }

    #[test]
    fn the_later_record_of_two_counts() {
        let locked = failed(9);
        let cleared = Failures { changed_at: NOW.plus(1), ..locked.cleared(NOW.plus(1)) };
        assert_eq!(locked.or_newer(cleared), cleared);
        assert_eq!(cleared.or_newer(locked), cleared);
        assert_eq!(Failures::default().or_newer(locked), locked);
        let meanwhile = Failures::default().with_failure(policy().lockout, NOW);
        assert_eq!(locked.or_newer(meanwhile), locked, "of two from the same second the user's own");
    }

    #[test]
    fn a_clock_set_back_neither_shortens_a_lock_nor_ages_its_record() {
        let back = UnixSeconds(NOW.0 - 3);
        let locked = failed(6);
        for (name, after) in [
            ("a failure", locked.with_failure(policy().lockout, back)),
            ("the right answer", locked.cleared(back)),
            ("tampering", locked.locked_longest(policy().lockout, back)),
        ] {
            assert_eq!(after.changed_at, NOW, "{name}");
        }
        let at_the_limit = Failures { consecutive: 16, ..failed(17) };
        assert!(at_the_limit.with_failure(policy().lockout, back).locked_until >= at_the_limit.locked_until);
    }

    #[test]
    fn a_lock_after_tampering_is_newer_than_what_was_there() {
        let earlier = failed(3).cleared(NOW);
        let locked = Failures::default().locked_longest(policy().lockout, NOW.plus(1));
        assert_eq!(locked.or_newer(earlier), locked);
        assert_eq!(earlier.or_newer(locked), locked);
    }

    proptest! {
        /// However failures and right answers follow each other: no span of time sees more wrong answers than the budget
        /// and what it regains in it.
        #[test]
        fn the_budget_holds_over_every_span(steps in proptest::collection::vec((0_u64..40_000, any::<bool>()), 1..400)) {
            let mut failures = Failures::default();
            let mut now = NOW;
            let mut wrong = Vec::new();
            for (pause, right) in steps {
                now = now.plus(pause);
                if failures.lock(now) != Lock::Open { continue; }
                failures = failures.with_failure(policy().lockout, now);
                if right { failures = failures.cleared(now); } else { wrong.push(now); }
            }
            for (first, from) in wrong.iter().enumerate() {
                for (last, to) in wrong.iter().enumerate().skip(first) {
                    let guesses = u64::try_from(last - first + 1).unwrap_or(u64::MAX);
                    prop_assert!(guesses <= GUESS_BUDGET + to.since(*from) / GUESS_REGAIN_SECONDS);
                }
            }
        }
    }
}
