//! Events and states that are spoilt in many places at once: nothing dies, and a yes is given only to what deserves it.

use e2e::event::{attempt, entry, password_verified};
use e2e::runtime_api::Answer;
use e2e::world::{Created, Moment, StoreKind, World, created, passed, state, verified};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use tokio::runtime::Handle;
use tokio::task::block_in_place;
use xtask::trigger::Trigger;

use crate::spoil::{forge, forgeries, spoil, spoils};

const CASES: u32 = 250;

/// A world with a state for each function to say yes to.
struct Ground {
    world: World,
    made: Created,
    code: String,
    accepted: Vec<(Trigger, Moment, Value)>,
}

async fn ground(store: StoreKind) -> Ground {
    let world = World::with(store, &[("CODE_LENGTH", "8"), ("SENDS_PER_HOUR", "10")]).await.unwrap();
    let nothing = world.moment();
    let made = world.create(&password_verified(), &attempt(1)).await.unwrap();
    let code = world.last_code().unwrap();
    let mailed = world.moment();
    assert!(world.verify(&made, &code, &attempt(1)).await.unwrap());
    let consumed = world.moment();
    let caller = &world.caller;
    let mut session = password_verified();
    session.push(entry("CUSTOM_CHALLENGE", true, made.metadata.as_deref()));
    let accepted = vec![
        (Trigger::Define, nothing.clone(), caller.define(&session, &attempt(1))),
        (Trigger::Create, nothing, caller.create(&password_verified(), &attempt(1))),
        (Trigger::Verify, mailed, caller.verify(&made.private, &code, &attempt(1))),
        (Trigger::Gate, consumed, caller.pre_token_generation("Authentication", &attempt(1))),
    ];
    Ground { world, made, code, accepted }
}

/// Whether an event may be answered with yes: said again here, from what Cognito documents.
fn deserves_a_yes(ground: &Ground, trigger: Trigger, event: &Value) -> bool {
    let text = |pointer: &str| event.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let caller = &ground.world.caller;
    let same_user = text("/userPoolId") == caller.user_pool && text("/userName") == caller.user;
    let known = event.pointer("/request/userNotFound") != Some(&json!(true));
    let steps = event.pointer("/request/session").and_then(Value::as_array).cloned().unwrap_or_default();
    let step = |index: usize, name: &str| {
        steps.get(index).is_some_and(|step| step["challengeName"] == name && step["challengeResult"] == true)
    };
    let password = step(0, "SRP_A") && step(1, "PASSWORD_VERIFIER");
    match trigger {
        Trigger::Define => {
            let rounds = steps.get(2..).unwrap_or_default();
            let last_only = rounds.iter().filter(|round| round["challengeResult"] == true).count() == 1;
            known && password && last_only && step(steps.len() - 1, "CUSTOM_CHALLENGE") && rounds.len() <= 3
        }
        Trigger::Create => known && same_user && password,
        Trigger::Verify => {
            let cleaned: String = text("/request/challengeAnswer").chars().filter(char::is_ascii_digit).collect();
            known
                && same_user
                && cleaned == ground.code
                && text("/request/privateChallengeParameters/challenge") == ground.made.private["challenge"]
                && event.pointer("/request/clientMetadata/attempt").and_then(Value::as_str).is_none_or(is_mark)
                && text("/request/clientMetadata/action") != "resend"
        }
        Trigger::Gate => match text("/triggerSource") {
            "TokenGeneration_RefreshTokens" => true,
            "TokenGeneration_Authentication" => {
                same_user
                    && text("/callerContext/clientId") == caller.client
                    && event.pointer("/request/clientMetadata/attempt") == attempt(1).get("attempt")
            }
            _ => false,
        },
    }
}

fn is_mark(text: &str) -> bool {
    (16..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn run<T: std::fmt::Debug>(strategy: &impl Strategy<Value = T>, test: impl AsyncFn(T) -> Result<(), TestCaseError>) {
    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    block_in_place(|| {
        TestRunner::new(config).run(strategy, |value| Handle::current().block_on(test(value))).unwrap();
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn events_spoilt_in_many_places_get_no_yes_that_they_do_not_deserve() {
    let ground = ground(StoreKind::Table).await;
    let world = &ground.world;
    for (trigger, before, event) in &ground.accepted {
        run(&spoils(), async |spoils| {
            let event = spoil(event, spoils);
            world.return_to(before).unwrap();
            let mails = world.aws.mails().len();
            let answer =
                world.call(*trigger, &event).await.map_err(|error| TestCaseError::fail(format!("{error:#}")))?;
            let yes = match (trigger, &answer) {
                (Trigger::Create, _) => world.aws.mails().len() > mails,
                (_, Answer::Error { .. }) => false,
                (Trigger::Define, Answer::Response(answered)) => answered["response"]["issueTokens"] == true,
                (Trigger::Verify, _) => verified(&answer).unwrap_or(false),
                (Trigger::Gate, _) => true,
            };
            prop_assert!(!yes || deserves_a_yes(&ground, *trigger, &event), "{trigger:?} says yes to {event}");
            Ok(())
        });
        let log = world.log(*trigger).unwrap();
        assert!(!log.contains("panicked"), "{trigger:?} panicked");
        for (what, secret) in [
            ("the code", ground.code.as_str()),
            ("the address", &world.caller.email),
            ("the key", &world.aws.secret()),
            ("the client's mark", attempt(1)["attempt"].as_str().unwrap()),
        ] {
            assert!(!log.contains(secret), "{trigger:?} logged {what}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_that_was_tampered_with_opens_nothing() {
    for store in StoreKind::ALL {
        let ground = ground(store).await;
        let world = &ground.world;
        let genuine: Vec<_> = ground.accepted[2..]
            .iter()
            .map(|(trigger, before, event)| {
                world.return_to(before).unwrap();
                (*trigger, before, event, world.sealed().unwrap())
            })
            .collect();
        run(&(forgeries(), any::<bool>()), async |(forgery, gate)| {
            let (trigger, before, event, sealed) = &genuine[usize::from(gate)];
            let forged = forge(sealed, forgery);
            // What the pool would not hold cannot be there; an empty attribute is an empty state.
            prop_assume!(forged != *sealed && forged.len() <= 2_048);
            world.return_to(before).unwrap();
            state::put_sealed(&world.aws, store, &world.caller, &forged).unwrap();
            let answer =
                world.call(*trigger, event).await.map_err(|error| TestCaseError::fail(format!("{error:#}")))?;
            let yes = if gate { passed(&answer) } else { verified(&answer).unwrap() };
            prop_assert!(!yes, "{trigger:?} says yes with {forged:?}");
            Ok(())
        });
        let log = world.logs().unwrap();
        assert!(!log.contains("panicked") && log.contains("StateForged"), "{store:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pasted_code_is_forgiven_its_blanks_and_dashes() {
    let ground = ground(StoreKind::Table).await;
    let world = &ground.world;
    let (_, before, _) = &ground.accepted[2];
    let stray = proptest::sample::select([" ", "\t", "\n", "\u{a0}", "\u{2009}", "-", "‑", "–", "—"].as_slice());
    let strays = proptest::collection::vec((any::<Index>(), stray), 0..12);
    run(&strays, async |strays| {
        let mut pasted: Vec<String> = ground.code.chars().map(String::from).collect();
        for (place, stray) in strays {
            pasted.insert(place.index(pasted.len() + 1), stray.to_owned());
        }
        world.return_to(before).unwrap();
        let right = world.verify(&ground.made, &pasted.concat(), &attempt(1)).await.unwrap();
        prop_assert!(right, "{pasted:?}");
        Ok(())
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_set_back_lets_nobody_in_on_what_lies_ahead() {
    for store in StoreKind::ALL {
        // Five seconds are forgiven, as between two machines.
        for seconds in [10, 60, 3_600, 86_400 * 365] {
            let world = World::start(store).await.unwrap();
            let made = world.create(&password_verified(), &attempt(1)).await.unwrap();
            let code = world.last_code().unwrap();
            assert!(world.verify(&made, &code, &attempt(1)).await.unwrap());
            world.set_back(&world.caller, seconds).unwrap();
            let answer = world
                .call(Trigger::Gate, &world.caller.pre_token_generation("Authentication", &attempt(1)))
                .await
                .unwrap();
            assert!(!passed(&answer), "{store:?}, {seconds} s: a consumption that lies ahead opened the gate");

            let event = world.caller.create(&password_verified(), &attempt(2));
            let next = created(&world.call(Trigger::Create, &event).await.unwrap()).unwrap();
            if seconds > 86_400 {
                // The guess that was given back counts as spent until then: safe, and an operator can lift it.
                assert_eq!(next.state(), "LOCKED", "{store:?}, {seconds} s");
                continue;
            }
            assert_eq!(next.state(), "CODE_SENT", "{store:?}, {seconds} s");
            assert!(world.verify(&next, &world.last_code().unwrap(), &attempt(2)).await.unwrap());
            assert!(world.gate("Authentication", &attempt(2)).await.unwrap(), "{store:?}, {seconds} s");
        }
    }
}
