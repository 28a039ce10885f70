//! DefineAuthChallenge: what follows on what.

use e2e::event::{attempt, entry, password_verified, resend};
use e2e::world::{Next, StoreKind, World};
use serde_json::Value;

fn with_rounds(results: &[bool]) -> Vec<Value> {
    let rounds = results.iter().map(|passed| entry("CUSTOM_CHALLENGE", *passed, None));
    password_verified().into_iter().chain(rounds).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_road_of_a_sign_in() {
    let world = World::start(StoreKind::Attribute).await.unwrap();
    let challenge = |name: &str| Next::Challenge(name.to_owned());
    let srp = || entry("SRP_A", true, None);
    let password = || entry("PASSWORD_VERIFIER", true, None);
    let code = |passed| entry("CUSTOM_CHALLENGE", passed, None);
    let rows = [
        ("no password first", vec![], Next::Refused),
        ("SRP begun", vec![srp()], challenge("PASSWORD_VERIFIER")),
        ("password right", password_verified(), challenge("CUSTOM_CHALLENGE")),
        ("right at once", with_rounds(&[true]), Next::Tokens),
        ("one wrong", with_rounds(&[false]), challenge("CUSTOM_CHALLENGE")),
        ("wrong, wrong, right", with_rounds(&[false, false, true]), Next::Tokens),
        ("three wrong", with_rounds(&[false, false, false]), Next::Refused),
        ("three wrong, then right", with_rounds(&[false, false, false, true]), Next::Refused),
        ("a round after the right one", with_rounds(&[true, true]), Next::Refused),
        ("a code without a password", vec![code(true)], Next::Refused),
        ("a code in place of the password", vec![srp(), code(true)], Next::Refused),
        ("the password wrong", vec![srp(), entry("PASSWORD_VERIFIER", false, None)], Next::Refused),
        ("the order turned round", vec![password(), srp(), code(true)], Next::Refused),
        ("an unknown step", vec![srp(), password(), entry("DEVICE_SRP_AUTH", true, None)], Next::Refused),
    ];
    for (name, session, expected) in rows {
        assert_eq!(world.define(&session, &attempt(1)).await.unwrap(), expected, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn asking_for_the_mail_is_no_wrong_answer() {
    let world = World::start(StoreKind::Attribute).await.unwrap();
    let next = world.define(&with_rounds(&[false, false, false]), &resend(1)).await.unwrap();
    assert_eq!(next, Next::Challenge("CUSTOM_CHALLENGE".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_number_of_attempts_is_the_stages() {
    let world = World::with(StoreKind::Attribute, &[("MAX_ATTEMPTS", "1")]).await.unwrap();
    assert_eq!(world.define(&with_rounds(&[false]), &attempt(1)).await.unwrap(), Next::Refused);
    assert_eq!(world.define(&with_rounds(&[true]), &attempt(1)).await.unwrap(), Next::Tokens);
}
