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
fn no_code_outlives_its_session() {
    for (name, begun_before, same_code, seconds_left) in [
        ("early enough", 1_200, false, 600),
        ("a new code, near the end", 1_700, false, 100),
        ("the same code, near the end", 1_700, true, 100),
    ] {
        let mut world = World::new();
        let first = world.first(Some("a"));
        world.now += if same_code { 300 } else { 600 };
        let begun = Some(UnixSeconds(world.now - begun_before));
        let round = Round { number: 1, bound: first.binding, begun, ..Round::FIRST };
        let resent = world.call(round, Action::Resend, Some("a"), Fate::Accepted);
        assert_eq!(resent.binding == first.binding, same_code, "{name}");
        assert_eq!(resent.seconds_left, seconds_left, "{name}");
        assert_eq!(world.state.challenge().unwrap().seconds_left(UnixSeconds(world.now)), seconds_left, "{name}");
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
fn every_state_says_when_a_resend_works() {
    type Edit = fn(&mut World);
    let table: [(&str, Edit, PublicState, u64); 7] = [
        ("a wrong answer", |_| (), PublicState::CodeWrong, 20),
        ("the resend is due", |world| world.now += 20, PublicState::CodeWrong, 0),
        ("an earlier code", |world| world.state.answered_older = true, PublicState::CodeOlder, 20),
        ("the code ran out", |world| world.now += 600, PublicState::CodeExpired, 0),
        ("a newer sign-in", |world| _ = world.first(Some("b")), PublicState::CodeSuperseded, 30),
        ("the hour's mails are spent", |world| world.spend_the_hour(), PublicState::CodeWrong, 3_590),
        ("no guess left", |world| world.edit(|c| c.guesses_left = 0), PublicState::AttemptsExhausted, 0),
    ];
    for (name, edit, expected, wait) in table {
        let mut world = World::new();
        let first = world.first(Some("a"));
        world.now += 10;
        edit(&mut world);
        let view = world.later(1, &first, Action::Answer, Some("a"));
        assert_eq!((view.state, view.seconds_to_wait), (expected, wait), "{name}");
    }
}

#[test]
fn a_sign_in_beyond_the_hours_mails_says_when_it_works() {
    let mut world = World::new();
    for mark in ["a", "b", "c", "d", "e"] {
        world.first(Some(mark));
        world.now += 60;
    }
    let refused = world.first(Some("f"));
    assert_eq!((refused.state, refused.seconds_to_wait), (PublicState::SendThrottled, 3_300));
    let asked = world.later(1, &refused, Action::Resend, Some("f"));
    assert_eq!((asked.state, asked.seconds_to_wait), (PublicState::SendThrottled, 3_300));
    world.now += 3_300;
    assert_eq!(world.later(2, &refused, Action::Resend, Some("f")).state, PublicState::CodeSent);
}

#[test]
fn attempts_left_are_those_of_the_session_and_of_the_code() {
    for (name, wrong, guesses, expected) in [
        ("none used", 0, 3, 3),
        ("one wrong code", 1, 2, 2),
        ("the same wrong code twice takes one guess and two rounds", 2, 2, 1),
        ("another session has used guesses", 0, 1, 1),
    ] {
        let mut world = World::new();
        let first = world.first(Some("a"));
        world.edit(|challenge| challenge.guesses_left = guesses);
        let round = Round { number: wrong + 1, wrong, bound: first.binding, ..Round::FIRST };
        let view = world.call(round, Action::Answer, Some("a"), Fate::Accepted);
        assert_eq!(view.attempts_left, expected, "{name}");
    }
}

#[test]
fn a_resend_in_doubt_is_sent_again() {
    for (name, later, mails) in [("while the first call may still send", 3, 2), ("when it cannot any more", 4, 3)] {
        let mut world = World::new();
        let first = world.first(Some("a"));
        let round = Round { number: 1, bound: first.binding, ..Round::FIRST };
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
