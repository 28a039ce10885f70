//! PreTokenGeneration: who gets tokens.

use super::STORE;
use e2e::event::{Caller, attempt, password_verified};
use e2e::fake_aws::Fault;
use e2e::runtime_api::Answer;
use e2e::world::World;
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
        assert_eq!(world.gate(source).await.unwrap(), expected, "{source}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_right_code_opens_once() {
    let world = consumed().await;
    for source in ["NewPasswordChallenge", "HostedAuth"] {
        assert!(!world.gate(source).await.unwrap(), "{source} passes on somebody's code");
    }
    assert!(world.gate("Authentication").await.unwrap());
    assert!(!world.gate("Authentication").await.unwrap(), "a second time");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_right_code_opens_for_seconds() {
    let world = consumed().await;
    world.age(&world.caller, 31).unwrap();
    assert!(!world.gate("Authentication").await.unwrap());
    assert!(world.log(Trigger::Gate).unwrap().contains("no-recent-consumption"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_right_code_opens_for_its_client_alone() {
    let world = consumed().await;
    let other = Caller { client: "9other87654321other98".to_owned(), ..world.caller.clone() };
    let answer = world.call(Trigger::Gate, &other.pre_token_generation("Authentication")).await.unwrap();
    assert!(matches!(answer, Answer::Error { .. }), "{answer:?}");
    assert!(world.gate("Authentication").await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_used_up_lets_nobody_through() {
    let world = consumed().await;
    world.aws.fail(STORE.write(), Fault::refused("AccessDeniedException"), 1);
    assert!(!world.gate("Authentication").await.unwrap());
    assert!(world.gate("Authentication").await.unwrap(), "it was not used up");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_tells_a_stranger_nothing() {
    let world = World::start(STORE).await.unwrap();
    let event = world.caller.pre_token_generation("Authentication");
    let Answer::Error { message, .. } = world.call(Trigger::Gate, &event).await.unwrap() else {
        panic!("the gate let somebody through")
    };
    assert!(!message.contains(&world.caller.email) && !message.contains(&world.caller.user), "{message}");
}
