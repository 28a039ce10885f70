//! PreTokenGeneration: who gets tokens.

use super::STORE;
use e2e::event::{Caller, attempt, password_verified};
use e2e::fake_aws::Fault;
use e2e::runtime_api::Answer;
use e2e::world::World;
use serde_json::json;
use xtask::trigger::Trigger;

async fn consumed() -> World {
    let world = World::start(STORE).await.unwrap();
    let created = world.create(&password_verified(), &attempt(1)).await.unwrap();
    assert!(world.verify(&created, &world.last_code().unwrap(), &attempt(1)).await.unwrap());
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_code_only_refresh_passes() {
    let world = World::start(STORE).await.unwrap();
    let rows = [
        ("RefreshTokens", true),
        ("Authentication", false),
        ("NewPasswordChallenge", false),
        ("HostedAuth", false),
        ("AuthenticateDevice", false),
        ("ClientCredentials", false),
        ("", false),
    ];
    for (source, expected) in rows {
        assert_eq!(world.gate(source, &attempt(1)).await.unwrap(), expected, "{source}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_right_code_opens_once() {
    let world = consumed().await;
    for source in ["NewPasswordChallenge", "HostedAuth"] {
        assert!(!world.gate(source, &attempt(1)).await.unwrap(), "{source} passes on somebody's code");
    }
    assert!(world.gate("Authentication", &attempt(1)).await.unwrap());
    assert!(!world.gate("Authentication", &attempt(1)).await.unwrap(), "a second time");
}

/// A password-only flow through the same client, as it comes by drift: tokens asked for by the password alone, at the moment at
/// which the victim's code has just been right.
#[tokio::test(flavor = "multi_thread")]
async fn a_marked_code_opens_for_its_own_sign_in_alone() {
    let world = consumed().await;
    for foreign in [json!(null), json!({}), attempt(2), json!({"attempt": "short"})] {
        for _ in 0..2 {
            assert!(!world.gate("Authentication", &foreign).await.unwrap(), "{foreign}");
        }
    }
    assert!(world.log(Trigger::Gate).unwrap().contains("other-client"));
    assert!(world.gate("Authentication", &attempt(1)).await.unwrap(), "the victim's own tokens");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unmarked_code_opens_for_its_client_unless_marks_are_required() {
    for (rule, marked, expected) in
        [("optional", false, true), ("optional", true, true), ("required", false, false), ("required", true, true)]
    {
        let world = World::with(STORE, &[("ATTEMPT", rule)]).await.unwrap();
        let metadata = if marked { attempt(1) } else { json!({}) };
        let created = world.create(&password_verified(), &metadata).await.unwrap();
        let right = world.verify(&created, &world.last_code().unwrap(), &metadata).await.unwrap();
        assert_eq!(right, expected, "{rule}, {metadata}");
        assert_eq!(world.gate("Authentication", &metadata).await.unwrap(), expected, "{rule}, {metadata}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_submits_of_one_right_code_ring_no_alarm() {
    let world = World::start(STORE).await.unwrap();
    let created = world.create(&password_verified(), &attempt(1)).await.unwrap();
    let code = world.last_code().unwrap();
    for _ in 0..2 {
        assert!(world.verify(&created, &code, &attempt(1)).await.unwrap());
    }
    assert!(world.gate("Authentication", &attempt(1)).await.unwrap());
    assert!(!world.gate("Authentication", &attempt(1)).await.unwrap());
    let log = world.log(Trigger::Gate).unwrap();
    assert!(log.contains("already-used") && !log.contains("GateRefused"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_right_code_opens_for_seconds() {
    let world = consumed().await;
    world.age(&world.caller, 31).unwrap();
    assert!(!world.gate("Authentication", &attempt(1)).await.unwrap());
    assert!(world.log(Trigger::Gate).unwrap().contains("no-recent-consumption"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_right_code_opens_for_its_client_alone() {
    let world = consumed().await;
    let other = Caller { client: "9other87654321other98".to_owned(), ..world.caller.clone() };
    let answer = world.call(Trigger::Gate, &other.pre_token_generation("Authentication", &attempt(1))).await.unwrap();
    assert!(matches!(answer, Answer::Error { .. }), "{answer:?}");
    assert!(world.gate("Authentication", &attempt(1)).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_used_up_lets_nobody_through() {
    let world = consumed().await;
    world.aws.fail(STORE.write(), Fault::refused("AccessDeniedException"), 1);
    assert!(!world.gate("Authentication", &attempt(1)).await.unwrap());
    assert!(world.gate("Authentication", &attempt(1)).await.unwrap(), "it was not used up");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_tells_a_stranger_nothing() {
    let world = World::start(STORE).await.unwrap();
    let event = world.caller.pre_token_generation("Authentication", &attempt(1));
    let Answer::Error { message, .. } = world.call(Trigger::Gate, &event).await.unwrap() else {
        panic!("the gate let somebody through")
    };
    assert!(!message.contains(&world.caller.email) && !message.contains(&world.caller.user), "{message}");
}
