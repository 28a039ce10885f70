//! The code is in the mail and nowhere else.

use super::STORE;
use e2e::event::{attempt, entry, password_verified};
use e2e::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn nothing_but_the_mail_shows_the_code() {
    // Eight digits, so that a time stamp in a log does not hold them by chance.
    let world =
        World::with(STORE, &[("CODE_LENGTH", "8"), ("AWS_LAMBDA_LOG_LEVEL", "TRACE"), ("RUST_LOG", "trace")]).await;
    let world = world.unwrap();
    let created = world.create(&password_verified(), &attempt(1)).await.unwrap();
    let code = world.last_code().unwrap();
    let wrong = "12345670";
    assert!(!world.verify(&created, wrong, &attempt(1)).await.unwrap());
    let mut session = password_verified();
    session.push(entry("CUSTOM_CHALLENGE", false, created.metadata.as_deref()));
    let again = world.create(&session, &attempt(1)).await.unwrap();
    assert!(world.verify(&again, &code, &attempt(1)).await.unwrap());
    session.push(entry("CUSTOM_CHALLENGE", true, again.metadata.as_deref()));
    world.define(&session, &attempt(1)).await.unwrap();
    assert!(world.gate("Authentication").await.unwrap());

    let stored = world.sealed().unwrap();
    let written = format!("{:?}", world.aws.calls(STORE.write()));
    assert!(written.contains(&stored), "{written}");
    let logs = world.logs().unwrap();
    assert!(!logs.is_empty(), "logs that say nothing prove nothing");
    let places = [
        ("everything that was stored", &written),
        ("logs", &logs),
        ("public parameters", &format!("{:?} {:?}", created.public, again.public)),
        ("private parameters", &format!("{} {}", created.private, again.private)),
        ("metadata", &format!("{:?} {:?}", created.metadata, again.metadata)),
    ];
    for (place, text) in places {
        assert!(!text.contains(&code), "{place}");
    }
    for (what, secret) in [
        ("an answer", wrong),
        ("the address", world.caller.email.as_str()),
        ("the key", world.aws.secret().as_str()),
        ("the state", stored.as_str()),
    ] {
        assert!(!logs.contains(secret), "{what} in the logs");
    }
}
