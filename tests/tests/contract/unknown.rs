//! Somebody types a name that no user has. With `userNotFound` the sign-in takes the road of a known user's, to the refusal.

use std::time::{Duration, Instant};

use e2e::event::{Caller, attempt, password_verified, resend};
use e2e::runtime_api::Answer;
use e2e::world::{StoreKind, World};
use serde_json::{Value, json};
use xtask::trigger::Trigger;

const ROUNDS: u32 = 30;

/// Somebody whom the pool does not know.
fn stranger(world: &World) -> Caller {
    Caller {
        user: "b1b2c3d4-0000-4000-8000-000000000009".to_owned(),
        email: "nobody@example.com".to_owned(),
        ..world.caller.clone()
    }
}

/// The event of somebody who does not exist.
fn unknown(mut event: Value) -> Value {
    event["request"]["userNotFound"] = json!(true);
    event["request"]["userAttributes"] = json!({});
    event
}

/// The shape of a JSON value: its keys and types, at every depth.
fn shape(value: &Value) -> Value {
    match value {
        Value::Object(fields) => fields.iter().map(|(key, value)| (key.clone(), shape(value))).collect(),
        Value::Array(items) => items.iter().map(shape).collect(),
        Value::String(_) => json!("text"),
        Value::Number(_) => json!("number"),
        Value::Bool(_) => json!("bool"),
        Value::Null => Value::Null,
    }
}

/// What a function did for an event: the calls it made, and what it answered.
async fn ask(world: &World, trigger: Trigger, event: &Value) -> (Vec<String>, Value, Duration) {
    let before = world.aws.all_calls().len();
    let begun = Instant::now();
    let answer = world.call(trigger, event).await.unwrap();
    let took = begun.elapsed();
    let calls = world.aws.all_calls().split_off(before).into_iter().map(|call| call.operation);
    // An instance fetches the key once, at its start, whoever signs in.
    let mut calls: Vec<_> = calls.filter(|operation| operation != "GetSecretValue").collect();
    // Some are made side by side.
    calls.sort();
    match answer {
        Answer::Response(mut answered) => (calls, answered["response"].take(), took),
        Answer::Error { .. } => panic!("{trigger:?} fails for {event}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_user_is_answered_like_a_known_one_up_to_the_refusal() {
    for store in StoreKind::ALL {
        let world = World::start(store).await.unwrap();
        let known = &world.caller;
        let stranger = stranger(&world);
        let sessions = [("first round", password_verified(), attempt(1)), ("resend", second_round(), resend(1))];
        for (name, session, metadata) in sessions {
            let (_, known_answer, _) = ask(&world, Trigger::Create, &known.create(&session, &metadata)).await;
            let event = unknown(stranger.create(&session, &metadata));
            let (_, answer, _) = ask(&world, Trigger::Create, &event).await;
            assert_eq!(shape(&answer), shape(&known_answer), "{store:?} {name}: {answer} and {known_answer}");
        }
        for session in [vec![], password_verified(), second_round()] {
            let known = ask(&world, Trigger::Define, &known.define(&session, &attempt(1))).await;
            let stranger = ask(&world, Trigger::Define, &unknown(stranger.define(&session, &attempt(1)))).await;
            assert_eq!((stranger.0, stranger.1), (known.0, known.1));
        }
        let private = json!({ "challenge": "0".repeat(32) });
        let (_, known_answer, _) = ask(&world, Trigger::Verify, &known.verify(&private, "000000", &attempt(1))).await;
        let event = unknown(stranger.verify(&private, "000000", &attempt(1)));
        let (_, answer, _) = ask(&world, Trigger::Verify, &event).await;
        assert_eq!(answer, known_answer, "{store:?}");
        assert_eq!(world.aws.mails().iter().filter(|mail| mail.to == [stranger.email.as_str()]).count(), 0);
    }
}

fn second_round() -> Vec<Value> {
    let mut session = password_verified();
    session.push(e2e::event::entry("CUSTOM_CHALLENGE", false, Some("first:-")));
    session
}

#[tokio::test(flavor = "multi_thread")]
async fn the_calls_for_an_unknown_user_and_the_times() {
    for store in StoreKind::ALL {
        let world = World::with(store, &[("SENDS_PER_HOUR", "10")]).await.unwrap();
        let before = world.moment();
        for trigger in [Trigger::Create, Trigger::Verify] {
            let event = |caller: &Caller| match trigger {
                Trigger::Create => caller.create(&password_verified(), &attempt(1)),
                _ => caller.verify(&json!({ "challenge": "0".repeat(32) }), "000000", &attempt(1)),
            };
            let (known, stranger) = (event(&world.caller), unknown(event(&stranger(&world))));
            let mut times = [Vec::new(), Vec::new()];
            let mut made = [Vec::new(), Vec::new()];
            for _ in 0..ROUNDS {
                for (index, event) in [&known, &stranger].into_iter().enumerate() {
                    world.return_to(&before).unwrap();
                    let (calls, _, took) = ask(&world, trigger, event).await;
                    times[index].push(took);
                    made[index] = calls;
                }
            }
            let [known, stranger] = times.map(|mut times| {
                times.sort();
                times[times.len() / 2]
            });
            println!("{store:?} {trigger:?}: median {known:?} for a known user, {stranger:?} for an unknown one");
            println!("{store:?} {trigger:?}: calls {:?} and {:?}", made[0], made[1]);
            if trigger == Trigger::Verify {
                assert_eq!(made[1], made[0], "{store:?} {trigger:?}");
            } else {
                let sends = |calls: &[String]| calls.iter().filter(|call| *call == "SendEmail").count();
                assert_eq!((sends(&made[0]), sends(&made[1])), (1, 0));
                let without_mail = |calls: &[String]| calls.iter().filter(|call| *call != "SendEmail").count();
                assert_eq!(without_mail(&made[1]), without_mail(&made[0]), "{store:?} {trigger:?}: {made:?}");
            }
        }
    }
}
