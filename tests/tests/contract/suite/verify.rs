//! VerifyAuthChallengeResponse: which answers are right.

use std::time::Instant;

use super::STORE;
use e2e::event::{attempt, entry, password_verified, resend};
use e2e::fake_aws::Fault;
use e2e::runtime_api::Answer;
use e2e::world::{Created, StoreKind, World, state};
use xtask::trigger::Trigger;

const WRONG: &str = "not-a-code";

/// A challenge that was mailed, with its code.
async fn mailed() -> (World, Created, String) {
    let world = World::start(STORE).await.unwrap();
    let created = world.create(&password_verified(), &attempt(1)).await.unwrap();
    let code = world.last_code().unwrap();
    (world, created, code)
}

/// Six digits that are not the code.
fn other_than(code: &str) -> String {
    let last = code.chars().last().unwrap().to_digit(10).unwrap();
    format!("{}{}", &code[..code.len() - 1], (last + 1) % 10)
}

/// Six digits each, none of them the code, no two the same.
fn wrong_answers(code: &str) -> impl Iterator<Item = String> {
    (0..1_000_000).map(|number| format!("{number:06}")).filter(move |answer| answer != code)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_code_is_right_and_nothing_else_is() {
    let (world, created, code) = mailed().await;
    assert!(!world.verify(&created, &other_than(&code), &attempt(1)).await.unwrap());
    assert!(world.verify(&created, &code, &attempt(1)).await.unwrap(), "a wrong answer leaves the code in place");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_no_code_takes_no_guess() {
    let (world, created, code) = mailed().await;
    for answer in ["", " ", WRONG, "²①", &code[..5], &format!("{code}0"), &"9".repeat(10_000)] {
        assert!(!world.verify(&created, answer, &attempt(1)).await.unwrap(), "{answer:.20?}");
    }
    assert!(world.log(Trigger::Verify).unwrap().contains("\"not-a-code\""));
    let mut session = password_verified();
    session.push(entry("CUSTOM_CHALLENGE", false, created.metadata.as_deref()));
    let next = world.create(&session, &attempt(1)).await.unwrap();
    assert_eq!((next.state(), next.public["attemptsLeft"].as_str()), ("CODE_WRONG", "2"), "one round is gone");
    assert!(world.verify(&next, &code, &attempt(1)).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_code_is_right_however_it_is_typed() {
    let written = |code: &str, zero: char| -> String {
        code.bytes().map(|digit| char::from_u32(u32::from(zero) + u32::from(digit - b'0')).unwrap()).collect()
    };
    for (name, zero, between) in [
        ("full-width", '０', ""),
        ("arabic", '٠', " "),
        ("devanagari", '०', "\u{2009}"),
        ("a minus sign", '0', "\u{2212}"),
        ("a soft hyphen", '0', "\u{ad}"),
    ] {
        let (world, created, code) = mailed().await;
        let typed = format!("\u{2068}{}{between}{}\u{2069}", written(&code[..3], zero), written(&code[3..], zero));
        assert!(world.verify(&created, &typed, &attempt(1)).await.unwrap(), "{name}: {typed:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn three_wrong_answers_use_the_code_up() {
    let (world, created, code) = mailed().await;
    for wrong in wrong_answers(&code).take(3) {
        assert!(!world.verify(&created, &wrong, &attempt(1)).await.unwrap());
    }
    assert!(!world.verify(&created, &code, &attempt(1)).await.unwrap());
    assert!(world.log(Trigger::Verify).unwrap().contains("attempts-exhausted"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_answer_that_cognito_repeats_costs_one_guess() {
    let (world, created, code) = mailed().await;
    for _ in 0..3 {
        assert!(!world.verify(&created, &other_than(&code), &attempt(1)).await.unwrap());
    }
    let mut session = password_verified();
    session.push(entry("CUSTOM_CHALLENGE", false, created.metadata.as_deref()));
    assert_eq!(world.create(&session, &attempt(1)).await.unwrap().public["attemptsLeft"], "2");
    assert!(world.verify(&created, &code, &attempt(1)).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_answers_lock_across_codes_and_sessions() {
    let world = World::with(STORE, &[("LOCK_AFTER", "4"), ("MAX_ATTEMPTS", "2")]).await.unwrap();
    let begun = Instant::now();
    for id in 1..=2 {
        let created = world.create(&password_verified(), &attempt(id)).await.unwrap();
        let code = world.last_code().unwrap();
        for wrong in wrong_answers(&code).take(2) {
            assert!(!world.verify(&created, &wrong, &attempt(id)).await.unwrap());
        }
        world.age(&world.caller, 30).unwrap();
    }
    let locked = world.create(&password_verified(), &attempt(3)).await.unwrap();
    assert_eq!(locked.state(), "LOCKED");
    let wait: u64 = locked.public["secondsToWait"].parse().unwrap();
    let most = begun.elapsed().as_secs() + 1;
    assert!(wait <= 31 && wait + most >= 30, "60 seconds, of which 30 and at most {most} have passed: {wait}");
    let told = world.aws.mails();
    assert!(told.len() == 3 && told[2].code().is_err(), "two codes, then a notice without one: {told:?}");

    world.age(&world.caller, 31).unwrap();
    let created = world.create(&password_verified(), &attempt(4)).await.unwrap();
    assert!(world.verify(&created, &world.last_code().unwrap(), &attempt(4)).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_switch_of_the_store_loses_no_lock() {
    let mut world = World::with(STORE, &[("LOCK_AFTER", "3")]).await.unwrap();
    let created = world.create(&password_verified(), &attempt(1)).await.unwrap();
    for wrong in wrong_answers(&world.last_code().unwrap()).take(3) {
        assert!(!world.verify(&created, &wrong, &attempt(1)).await.unwrap());
    }
    assert_eq!(world.create(&password_verified(), &attempt(2)).await.unwrap().state(), "LOCKED");
    world.switch_store().await.unwrap();
    assert_eq!(world.create(&password_verified(), &attempt(3)).await.unwrap().state(), "LOCKED");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_works_once() {
    let (world, created, code) = mailed().await;
    assert!(world.verify(&created, &code, &attempt(1)).await.unwrap());
    assert!(world.verify(&created, &code, &attempt(1)).await.unwrap(), "the answer may have been lost on the way");
    assert!(!world.verify(&created, &code, &attempt(2)).await.unwrap(), "another sign-in cannot use it");
    assert!(world.gate("Authentication", &attempt(1)).await.unwrap());
    assert!(!world.verify(&created, &code, &attempt(1)).await.unwrap(), "tokens were let through for it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_was_right_a_while_ago_is_refused() {
    let (world, created, code) = mailed().await;
    assert!(world.verify(&created, &code, &attempt(1)).await.unwrap());
    world.age(&world.caller, 16).unwrap();
    assert!(!world.verify(&created, &code, &attempt(1)).await.unwrap());
    assert!(world.log(Trigger::Verify).unwrap().contains("already-used"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_expires() {
    let (world, created, code) = mailed().await;
    world.age(&world.caller, 601).unwrap();
    assert!(!world.verify(&created, &code, &attempt(1)).await.unwrap());
    assert!(world.log(Trigger::Verify).unwrap().contains("\"expired\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_belongs_to_its_user() {
    let (world, created, code) = mailed().await;
    let sealed = world.sealed().unwrap();
    let other = world.add_user("a1b2c3d4-0000-4000-8000-000000000002", &world.caller.email);
    state::put_sealed(&world.aws, STORE, &other, &sealed).unwrap();
    assert!(!world.verify_for(&other, &created, &code, &attempt(1)).await.unwrap());
    assert!(world.verify(&created, &code, &attempt(1)).await.unwrap(), "it is still good where it belongs");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_bound_to_the_address_that_it_was_sent_to() {
    let (world, created, code) = mailed().await;
    let user = world.aws.user(&world.caller.user).unwrap();
    world.aws.put_user(user.clone().with("email", "mallory@example.com"));
    assert!(!world.verify(&created, &code, &attempt(1)).await.unwrap(), "the address is another");
    world.aws.put_user(user.clone().with("email_verified", "false"));
    assert!(!world.verify(&created, &code, &attempt(1)).await.unwrap(), "the address is no longer verified");
    world.aws.put_user(user);
    assert!(world.verify(&created, &code, &attempt(1)).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_for_the_mail_is_no_answer() {
    let (world, created, code) = mailed().await;
    assert!(!world.verify(&created, &code, &resend(1)).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_stored_is_not_accepted() {
    // In the table the first write reserves the guess and the second consumes the challenge; in the attribute they are one.
    let writes = match STORE {
        StoreKind::Attribute => 1,
        StoreKind::Table => 2,
    };
    for spared in 0..writes {
        let (world, created, code) = mailed().await;
        world.aws.spare(STORE.write(), spared);
        world.aws.fail(STORE.write(), Fault::refused("AccessDeniedException"), 1);
        let event = world.caller.verify(&created.private, &code, &attempt(1));
        if let Answer::Response(answered) = world.call(Trigger::Verify, &event).await.unwrap() {
            assert_ne!(answered["response"]["answerCorrect"], true, "write {spared}");
        }
        // Nothing is in the gate's way any more but that there is nothing for it to use up.
        assert!(!world.gate("Authentication", &attempt(1)).await.unwrap(), "write {spared}");
        assert!(world.verify(&created, &code, &attempt(1)).await.unwrap(), "write {spared}: the code is still good");
        assert!(world.gate("Authentication", &attempt(1)).await.unwrap(), "write {spared}");
    }
}

/// A secret such as the stack generates.
fn secret(number: u32) -> String {
    format!("a-secret-of-sixty-four-letters-and-digits-for-a-rotation-{number:07}")
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_outlive_one_rotation_of_the_key() {
    for (rotations, expected) in [(1, true), (2, false)] {
        let (mut world, created, code) = mailed().await;
        (0..rotations).for_each(|number| world.aws.rotate_secret(&secret(number)));
        world.restart(Trigger::Verify).await.unwrap();
        let right = world.verify(&created, &code, &attempt(1)).await.unwrap();
        assert_eq!(right, expected, "after {rotations} rotations");
    }
}
