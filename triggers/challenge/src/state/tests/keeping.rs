//! What of a state outlasts a change of the store, a write in between, and the day on which it may be forgotten.

use super::{challenge, policy};
use crate::{
    State, UnixSeconds,
    lockout::{GUESS_REGAIN_SECONDS, Lock},
};

const NOW: UnixSeconds = UnixSeconds(1_000_000);
const DAY: u64 = 86_400;

fn failed(times: u16, at: UnixSeconds) -> State {
    let mut state = State { challenge: Some(challenge(NOW)), told_at: NOW, ..State::default() };
    (0..times).for_each(|_| state.failures = state.failures.with_failure(policy().lockout, at));
    state
}

fn cleared(times: u16, at: UnixSeconds) -> State {
    let state = failed(times, at);
    State { failures: state.failures.cleared(at), ..state }
}

#[test]
fn the_later_failures_of_two_records_count_and_the_rest_stays() {
    let later = NOW.plus(1);
    for (name, own, other, lock) in [
        ("a lock that only the other record knows", State::default(), failed(5, NOW), Lock::Until(NOW.plus(60))),
        ("a lock that was written later", cleared(4, NOW), failed(5, later), Lock::Until(NOW.plus(61))),
        ("a lock that was lifted later", failed(5, NOW), cleared(5, later), Lock::Open),
        ("an own lock that was written later", failed(5, later), cleared(4, NOW), Lock::Until(NOW.plus(61))),
        (
            "a lock after tampering",
            State::after_tampering(&policy(), later),
            cleared(4, NOW),
            Lock::Until(NOW.plus(1 + DAY)),
        ),
        ("a hard stop", State::default(), failed(100, NOW), Lock::UntilUnlocked),
    ] {
        let merged = own.clone().with_newer_failures(&other);
        assert_eq!(merged.lock(NOW), lock, "{name}");
        assert_eq!(State { failures: own.failures, ..merged }, own, "{name}: all but the failures");
    }
}

#[test]
fn another_store_is_told_of_a_lock_that_came_or_went() {
    for (name, before, after, expected) in [
        ("nothing happened", failed(0, NOW), failed(0, NOW), false),
        ("a wrong answer that locks nobody", failed(0, NOW), failed(4, NOW), false),
        ("the first lock", failed(4, NOW), failed(5, NOW), true),
        ("a longer lock", failed(5, NOW), failed(6, NOW), true),
        ("the same lock", failed(5, NOW), failed(5, NOW), false),
        ("a lock that a right answer lifted", failed(5, NOW), cleared(5, NOW), true),
        ("a lock after tampering", State::default(), State::after_tampering(&policy(), NOW), true),
    ] {
        assert_eq!(after.changes_lock(&before), expected, "{name}");
    }
}

#[test]
fn failures_are_kept_for_long_and_all_else_for_a_day() {
    let refilled = |guesses| NOW.plus(guesses * GUESS_REGAIN_SECONDS);
    for (name, state, expected) in [
        ("no failure", failed(0, NOW), NOW.plus(DAY)),
        ("failures that a right answer cleared", cleared(4, NOW), refilled(3).plus(DAY)),
        ("a failure that locks nobody", failed(1, NOW), refilled(1).plus(400 * DAY)),
        ("a lock", failed(5, NOW), refilled(5).plus(400 * DAY)),
        ("a hard stop", failed(100, NOW), refilled(100).plus(400 * DAY)),
        ("a lock without a failure", State::after_tampering(&policy(), NOW), NOW.plus(400 * DAY)),
    ] {
        assert_eq!(state.forgettable_at(NOW), expected, "{name}");
    }
    let longer = refilled(2).plus(400 * DAY);
    assert_eq!(failed(1, NOW).forgettable_at(refilled(2)), longer, "the budget was full before");
}

#[test]
fn debug_shows_neither_what_a_code_is_made_of_nor_whom_it_is_for() {
    let shown = format!("{:?}", challenge(NOW));
    assert!(shown.starts_with("Challenge { id: ChallengeId([7, 7, "), "{shown}");
    assert!(shown.ends_with("expires_at: UnixSeconds(1000600), guesses_left: 3, .. }"), "{shown}");
    for hidden in ["nonce", "key", "address", "attempt", "last_answer"] {
        assert!(!shown.contains(hidden), "{hidden}");
    }
}
