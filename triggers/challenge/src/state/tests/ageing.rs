//! The tests of the deployed sign-in age what is stored: were a moment left out, a limit would seem to hold, or to have
//! passed, that was never tried.

use super::{challenge, policy};
use crate::{
    ChallengeId, State, Subject, UnixSeconds,
    client::Client,
    state::{Challenge, Consumption, Delivery},
};

const NOW: UnixSeconds = UnixSeconds(1_000_000);

/// A state in which everything that has a moment happened at `at`.
fn happened(at: UnixSeconds) -> State {
    let client = Client::new(&Subject { user_pool: "pool", user: "user" }, "web");
    let challenge = Challenge { delivery: Delivery::Pending { since: at }, ..challenge(at) };
    let consumption = Consumption { challenge: ChallengeId([7; 16]), at, client, used: false };
    let mut state =
        State { challenge: Some(challenge), consumption: Some(consumption), told_at: at, ..State::default() };
    (0..2).for_each(|_| state.sends.record(at));
    (0..5).for_each(|_| state.failures = state.failures.with_failure(policy().lockout, at));
    state
}

#[test]
fn every_moment_moves_and_nothing_else() {
    for seconds in [0, 1, 4_000] {
        assert_eq!(happened(NOW).aged(seconds), happened(UnixSeconds(NOW.0 - seconds)), "{seconds} s back");
        assert_eq!(happened(NOW).ahead(seconds), happened(NOW.plus(seconds)), "{seconds} s ahead");
    }
}

#[test]
fn what_never_happened_stays_so() {
    let sent = State { challenge: Some(challenge(NOW)), ..State::default() };
    let expected = State { challenge: Some(challenge(NOW.plus(60))), ..State::default() };
    assert_eq!(sent.ahead(60), expected, "no failure and no notice");
    assert_eq!(State::default().aged(60), State::default());
}
