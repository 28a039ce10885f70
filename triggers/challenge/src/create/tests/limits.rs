//! The last moment on one side of each limit, and the first on the other.

use super::*;

#[test]
fn a_code_is_sent_again_as_long_as_it_outlives_its_mail() {
    for (name, later, same) in [("a minute is left", 540, true), ("less than a minute is left", 541, false)] {
        let mut world = World::new();
        let first = world.first(Some("a"));
        world.now += later;
        let resent = world.later(1, &first, Action::Resend, Some("a"));
        assert_eq!(resent.binding == first.binding, same, "{name}");
        assert_eq!(resent.seconds_left, if same { 60 } else { 600 }, "{name}");
    }
}

#[test]
fn a_challenge_without_a_guess_is_handed_out_by_no_repeated_call() {
    let mut world = World::new();
    let first = world.first(None);
    world.edit(|challenge| challenge.guesses_left = 0);
    world.now += 1;
    let second = world.first(None);
    assert_ne!(second.binding, first.binding, "a code that nothing can be answered to is no code");
    assert_eq!(second.attempts_left, 3);

    world.now += 30;
    world.later(1, &second, Action::Resend, None);
    world.edit(|challenge| challenge.guesses_left = 0);
    world.now += 1;
    let repeated = world.later(1, &second, Action::Resend, None);
    assert_eq!(repeated.state, PublicState::AttemptsExhausted);
}

#[test]
fn a_resend_in_doubt_is_sent_again() {
    for (name, later, mails) in [("while the first call may still send", 3, 2), ("when it cannot any more", 4, 3)] {
        let mut world = World::new();
        let first = world.first(Some("a"));
        let round = Round { number: 1, bound: first.binding };
        world.now += 30;
        world.call(round, Action::Resend, Some("a"), Fate::Unknown);
        let since = UnixSeconds(world.now);
        assert_eq!(world.state.challenge().unwrap().delivery, Delivery::Pending { since }, "{name}");
        world.now += later;
        let again = world.call(round, Action::Resend, Some("a"), Fate::Accepted);
        assert_eq!((again.state, again.binding), (PublicState::CodeSent, first.binding), "{name}");
        assert_eq!(world.mails.len(), mails, "{name}");
    }
}
