//! Events that no Cognito of today sends: the functions answer, refuse, and go on.

use e2e::event::{attempt, password_verified};
use e2e::runtime_api::Answer;
use e2e::world::World;
use serde_json::{Value, json};
use xtask::trigger::Trigger;

/// The paths of everything in a JSON document, as pointers.
fn pointers(value: &Value, here: &str, found: &mut Vec<String>) {
    let mut visit = |key: &str, value: &Value| {
        let pointer = format!("{here}/{}", key.replace('~', "~0").replace('/', "~1"));
        pointers(value, &pointer, found);
        found.push(pointer);
    };
    match value {
        Value::Object(fields) => fields.iter().for_each(|(key, value)| visit(key, value)),
        Value::Array(items) => items.iter().enumerate().for_each(|(index, value)| visit(&index.to_string(), value)),
        _ => {}
    }
}

/// The event with one place spoilt in each of several ways.
fn spoilt(event: &Value, pointer: &str) -> Vec<Value> {
    let values = [Value::Null, json!(7), json!(true), json!([]), json!({}), json!(""), json!("x".repeat(5_000))];
    let mut events: Vec<Value> = values
        .into_iter()
        .map(|value| {
            let mut event = event.clone();
            *event.pointer_mut(pointer).unwrap() = value;
            event
        })
        .collect();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let mut without = event.clone();
    if let Some(fields) = without.pointer_mut(parent).and_then(Value::as_object_mut) {
        fields.remove(key);
        events.push(without);
    }
    events
}

/// Whether the answer lets somebody in.
fn is_yes(answer: &Answer, trigger: Trigger) -> bool {
    let Answer::Response(answered) = answer else { return false };
    match trigger {
        Trigger::Define => answered["response"]["issueTokens"] == true,
        Trigger::Create => false,
        Trigger::Verify => answered["response"]["answerCorrect"] == true,
        Trigger::Gate => true,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn spoilt_events_are_refused_and_do_no_harm() {
    let world = World::with(&[("SENDS_PER_HOUR", "1")]).await.unwrap();
    let created = world.create(&password_verified(), &attempt(1)).await.unwrap();
    let code = world.last_code().unwrap();
    let caller = &world.caller;
    let whole = [
        (Trigger::Define, caller.define(&password_verified(), &attempt(1))),
        (Trigger::Create, caller.create(&password_verified(), &attempt(1))),
        (Trigger::Verify, caller.verify(&created.private, "-", &attempt(1))),
        (Trigger::Gate, caller.pre_token_generation("Authentication")),
    ];
    for (trigger, event) in &whole {
        let mut places = Vec::new();
        pointers(event, "", &mut places);
        assert!(places.len() > 10, "{places:?}");
        let spoilt = places.iter().flat_map(|place| spoilt(event, place).into_iter().map(move |event| (place, event)));
        let nonsense =
            [json!(null), json!([]), json!({}), json!("event"), json!({ "request": null, "response": null })];
        let nonsense_place = "(all)".to_owned();
        for (place, event) in spoilt.chain(nonsense.into_iter().map(|event| (&nonsense_place, event))) {
            let answer = world.call(*trigger, &event).await.unwrap();
            assert!(!is_yes(&answer, *trigger), "{trigger:?} says yes with `{place}` spoilt");
        }
        let log = world.log(*trigger).unwrap();
        assert!(!log.contains("panicked"), "{trigger:?} panicked");
        assert!(!log.contains(&code), "{trigger:?} logged the code");
    }
    assert_eq!(
        world.define(&password_verified(), &attempt(1)).await.unwrap(),
        e2e::world::Next::Challenge("CUSTOM_CHALLENGE".to_owned())
    );
    world.age(&world.caller, 4_000).unwrap();
    let created = world.create(&password_verified(), &attempt(2)).await.unwrap();
    assert!(world.verify(&created, &world.last_code().unwrap(), &attempt(2)).await.unwrap());
    assert!(world.gate("Authentication").await.unwrap());
}
