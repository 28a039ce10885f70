//! VerifyAuthChallengeResponse: which answers are right.

use super::STORE;
use e2e::event::{attempt, password_verified, resend};
use e2e::fake_aws::Fault;
use e2e::runtime_api::Answer;
use e2e::world::{Created, World, state};
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

#[tokio::test(flavor = "multi_thread")]
async fn the_code_is_right_and_nothing_else_is() {
    let (world, created, code) = mailed().await;
    for answer in ["", " ", WRONG, &code[..5], &format!("{code}0"), "٠١٢٣٤٥", &"9".repeat(10_000)] {
        let (world, created, _) = mailed().await;
        assert!(!world.verify(&created, answer, &attempt(1)).await.unwrap(), "{answer:.20?}");
    }
    assert!(!world.verify(&created, &other_than(&code), &attempt(1)).await.unwrap());
    assert!(world.verify(&created, &code, &attempt(1)).await.unwrap(), "a wrong answer leaves the code in place");
}

#[tokio::test(flavor = "multi_thread")]
async fn three_wrong_answers_use_the_code_up() {
    let (world, created, code) = mailed().await;
    for _ in 0..3 {
        assert!(!world.verify(&created, &other_than(&code), &attempt(1)).await.unwrap());
    }
    assert!(!world.verify(&created, &code, &attempt(1)).await.unwrap());
    assert!(world.log(Trigger::Verify).unwrap().contains("attempts-exhausted"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_works_once() {
    let (world, created, code) = mailed().await;
    assert!(world.verify(&created, &code, &attempt(1)).await.unwrap());
    assert!(world.verify(&created, &code, &attempt(1)).await.unwrap(), "the answer may have been lost on the way");
    assert!(!world.verify(&created, &code, &attempt(2)).await.unwrap(), "another sign-in cannot use it");
    assert!(world.gate("Authentication").await.unwrap());
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
    // The first write reserves the guess, the second consumes the challenge.
    for spared in [0, 1] {
        let (world, created, code) = mailed().await;
        world.aws.spare(STORE.write(), spared);
        world.aws.fail(STORE.write(), Fault::refused("AccessDeniedException"), 1);
        let event = world.caller.verify(&created.private, &code, &attempt(1));
        if let Answer::Response(answered) = world.call(Trigger::Verify, &event).await.unwrap() {
            assert_ne!(answered["response"]["answerCorrect"], true, "write {spared}");
        }
        // Nothing is in the gate's way any more but that there is nothing for it to use up.
        assert!(!world.gate("Authentication").await.unwrap(), "write {spared}");
        assert!(world.verify(&created, &code, &attempt(1)).await.unwrap(), "write {spared}: the code is still good");
        assert!(world.gate("Authentication").await.unwrap(), "write {spared}");
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
