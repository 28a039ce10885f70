//! Codes of earlier mails, which people type when a newer mail has not been seen yet.

use super::*;

fn digest(world: &World) -> Digest8 {
    let challenge = world.state.challenge().unwrap();
    Code::derive(&world.keys.current, &SUBJECT, challenge, policy().code_length).older_digest(&SUBJECT)
}

#[test]
fn two_codes_before_the_newest_are_remembered() {
    let mut world = World::new();
    let mut codes = Vec::new();
    for mark in ["a", "b", "c", "d"] {
        world.first(Some(mark));
        codes.push(digest(&world));
        world.now += 60;
    }
    assert_eq!(world.state.older, [codes[2], codes[1]]);
}

#[test]
fn a_resend_of_the_same_code_makes_none_older() {
    let mut world = World::new();
    let first = world.first(Some("a"));
    world.state.answered_older = true;
    world.now += 60;
    world.later(1, &first, Action::Resend, Some("a"));
    assert!(world.state.older.is_empty());
    assert!(!world.state.answered_older, "the last answer was the wish for a resend");
}

#[test]
fn a_code_whose_key_is_gone_is_not_remembered() {
    let mut world = World::new();
    world.first(Some("a"));
    world.keys = KeyRing { current: Key::from_secret(&[2; 64]).unwrap(), previous: None };
    world.first(Some("b"));
    assert!(world.state.older.is_empty());
}

#[test]
fn an_answer_is_known_by_the_digits_of_the_older_code() {
    let mut world = World::new();
    world.first(Some("a"));
    let challenge = world.state.challenge().unwrap().clone();
    world.first(Some("b"));
    let code = Code::derive(&world.keys.current, &SUBJECT, &challenge, policy().code_length);
    assert_eq!(world.state.older, [Answer::new(code.expose()).older_digest(&SUBJECT)]);
}

#[test]
fn a_new_code_is_none_of_the_older_ones() {
    let mut world = World::new();
    let address = world.address.clone().unwrap();
    let plain = |world: &mut World| {
        world.fresh = 9;
        let request = world.request(Round::FIRST, Action::Answer, Some("a"));
        let Decision::Send(sending) = decide(&world.state, &request, &policy()) else { panic!("nothing was sent") };
        sending.pending().clone()
    };
    let made = plain(&mut world);
    let made_code =
        |state: &State| Code::derive(&world.keys.current, &SUBJECT, state.challenge().unwrap(), policy().code_length);
    let taken = made_code(&made).older_digest(&SUBJECT);
    // The same randomness once more, but that code has been mailed before.
    let remembered = State { older: vec![taken], ..State::default() };
    let request = Request { address: Some(&address), ..world.request(Round::FIRST, Action::Answer, Some("a")) };
    let Decision::Send(sending) = decide(&remembered, &request, &policy()) else { panic!("nothing was sent") };
    assert_ne!(made_code(sending.pending()).expose(), made_code(&made).expose());
}
