//! How many calls a sign-in makes: they cost time, and Cognito counts them.

use std::collections::BTreeMap;
use std::fs;

use e2e::event::{attempt, entry, password_verified};
use e2e::fake_aws::secrets::SECOND;
use e2e::person::other_than;
use e2e::place;
use e2e::world::{Next, StoreKind, World};

/// What Cognito takes in a second, for all pools of an account in a Region (cognito/latest/developerguide/quotas.html).
const READS_PER_SECOND: usize = 120;
const UPDATES_PER_SECOND: usize = 25;

/// From the password to the tokens, with the right code at once.
async fn sign_in(world: &World) -> BTreeMap<String, usize> {
    let mark = attempt(1);
    let mut session = vec![entry("SRP_A", true, None)];
    assert_eq!(world.define(&session, &mark).await.unwrap(), Next::Challenge("PASSWORD_VERIFIER".to_owned()));
    session = password_verified();
    assert_eq!(world.define(&session, &mark).await.unwrap(), Next::Challenge("CUSTOM_CHALLENGE".to_owned()));
    let created = world.create(&session, &mark).await.unwrap();
    assert!(world.verify(&created, &world.last_code().unwrap(), &mark).await.unwrap());
    session.push(entry("CUSTOM_CHALLENGE", true, created.metadata.as_deref()));
    assert_eq!(world.define(&session, &mark).await.unwrap(), Next::Tokens);
    assert!(world.gate("Authentication", &attempt(1)).await.unwrap());
    let mut calls = BTreeMap::new();
    for call in world.aws.all_calls() {
        *calls.entry(call.operation).or_default() += 1;
    }
    calls
}

/// A line of the README's table.
fn line(store: StoreKind, calls: &BTreeMap<String, usize>) -> String {
    let of = |operations: &[&str]| operations.iter().filter_map(|operation| calls.get(*operation)).sum::<usize>();
    let (reads, updates) = (of(&["AdminGetUser"]), of(&["AdminUpdateUserAttributes"]));
    let ceiling = (READS_PER_SECOND / reads).min(UPDATES_PER_SECOND.checked_div(updates).unwrap_or(usize::MAX));
    let name = if store == StoreKind::Table { "table" } else { "attribute" };
    let (dynamodb, mails) = (of(&["GetItem", "PutItem"]), of(&["SendEmail"]));
    format!("| `{name}` | {reads} | {updates} | {dynamodb} | {mails} | {ceiling} |")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_calls_of_a_sign_in_are_the_fewest_and_the_readme_says_how_many() {
    let readme = fs::read_to_string(place::root().join("README.md")).unwrap();
    let expected: [(_, &[(&str, usize)]); 2] = [
        (
            StoreKind::Table,
            &[("AdminGetUser", 2), ("GetItem", 3), ("GetSecretValue", 3), ("PutItem", 5), ("SendEmail", 1)],
        ),
        (
            StoreKind::Attribute,
            &[("AdminGetUser", 4), ("AdminUpdateUserAttributes", 4), ("GetSecretValue", 3), ("SendEmail", 1)],
        ),
    ];
    for (store, expected) in expected {
        let world = World::start(store).await.unwrap();
        let calls = sign_in(&world).await;
        let expected = expected.iter().map(|(operation, times)| ((*operation).to_owned(), *times)).collect();
        assert_eq!(calls, expected, "{store:?}");
        let line = line(store, &calls);
        assert!(readme.contains(&line), "the README lacks `{line}`");
    }
}

/// A rotation leaves the current key as the previous one: whoever signs in meanwhile is found by it, and by an instance
/// that has never seen it, too.
#[tokio::test(flavor = "multi_thread")]
async fn a_new_instance_finds_the_key_of_a_challenge_that_a_rotation_has_overtaken() {
    for store in StoreKind::ALL {
        let mut world = World::start(store).await.unwrap();
        let created = world.create(&password_verified(), &attempt(1)).await.unwrap();
        let code = world.last_code().unwrap();
        world.aws.rotate_secret(SECOND);
        // Sealed anew with the new key, the challenge still that of the old one.
        world.restart(xtask::trigger::Trigger::Verify).await.unwrap();
        assert!(!world.verify(&created, &other_than(&code), &attempt(1)).await.unwrap());
        world.restart(xtask::trigger::Trigger::Verify).await.unwrap();
        assert!(world.verify(&created, &code, &attempt(1)).await.unwrap(), "{store:?}");
        let asked = world.aws.calls("GetSecretValue");
        let previous = |call: &&e2e::fake_aws::Call| call.body["VersionStage"] == "AWSPREVIOUS";
        assert!(asked.iter().filter(previous).count() >= 2, "{store:?}");
    }
}
