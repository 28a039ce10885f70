//! Events that no Cognito of today sends. Each begins as one that is answered with a yes, and has one place spoilt.

use e2e::event::{attempt, entry, password_verified, pointers};
use e2e::runtime_api::Answer;
use e2e::world::World;
use serde_json::{Value, json};
use xtask::trigger::Trigger;

use super::STORE;

/// The event with one place spoilt in each of several ways, each with what stands there then; `None` where it was removed.
fn spoilt(event: &Value, pointer: &str) -> Vec<(Option<Value>, Value)> {
    let mut values =
        vec![Value::Null, json!(7), json!(true), json!([]), json!({}), json!(""), json!("x".repeat(1 << 20))];
    values.retain(|value| event.pointer(pointer) != Some(value));
    let mut events: Vec<_> = values
        .into_iter()
        .map(|value| {
            let mut event = event.clone();
            *event.pointer_mut(pointer).unwrap() = value.clone();
            (Some(value), event)
        })
        .collect();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let mut without = event.clone();
    if let Some(fields) = without.pointer_mut(parent).and_then(Value::as_object_mut) {
        fields.remove(key);
        events.push((None, without));
    }
    events
}

/// Whether an event is answered as before although this place holds this value, since nothing is decided by it.
fn does_not_matter(trigger: Trigger, pointer: &str, value: Option<&Value>) -> bool {
    let below = |place: &str| pointer.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let is_text = value.and_then(Value::as_str).is_some_and(|text| !text.is_empty());
    // What is no text at all is no mark, which is fine.
    let unusable_mark = pointer == "/request/clientMetadata/attempt"
        && value.and_then(Value::as_str).is_some_and(|text| !(16..=128).contains(&text.len()));
    let client = ["/callerContext", "/callerContext/clientId"].contains(&pointer);
    if ["/version", "/region", "/callerContext/awsSdkVersion", "/request/userAttributes", "/response"]
        .into_iter()
        .any(below)
    {
        return true;
    }
    match trigger {
        Trigger::Define => {
            // It looks at the steps alone, whoever takes them.
            client
                || below("/request/clientMetadata")
                || pointer.ends_with("/challengeMetadata")
                || ["/userPoolId", "/userName"].contains(&pointer) && is_text
                || pointer == "/request/userNotFound" && value != Some(&json!(true))
        }
        Trigger::Create => {
            client
                || below("/request/clientMetadata") && !unusable_mark
                || pointer.ends_with("/challengeMetadata")
                || pointer == "/request/challengeName"
                || pointer == "/request/userNotFound" && value != Some(&json!(true))
        }
        // The consumption is bound to client and mark, which the gate will see.
        Trigger::Verify => {
            client
                || below("/request/clientMetadata") && !unusable_mark
                || pointer == "/request/userNotFound" && value != Some(&json!(true))
        }
        Trigger::Gate => below("/request") && pointer != "/request" && !below("/request/clientMetadata"),
    }
}

/// Whether the answer is the yes that the event was made for.
fn is_yes(world: &World, answer: &Answer, trigger: Trigger, mails_before: usize) -> bool {
    let Answer::Response(answered) = answer else { return false };
    match trigger {
        Trigger::Define => answered["response"]["issueTokens"] == true,
        Trigger::Create => world.aws.mails().len() == mails_before + 1,
        Trigger::Verify => answered["response"]["answerCorrect"] == true,
        Trigger::Gate => true,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_with_one_place_spoilt_is_refused_unless_the_place_decides_nothing() {
    // Eight digits, so that no number in a log holds them by chance.
    let world = World::with(STORE, &[("CODE_LENGTH", "8")]).await.unwrap();
    let caller = &world.caller;
    let nothing = world.moment();
    let created = world.create(&password_verified(), &attempt(1)).await.unwrap();
    let code = world.last_code().unwrap();
    let mailed = world.moment();
    assert!(world.verify(&created, &code, &attempt(1)).await.unwrap());
    let consumed = world.moment();

    let mut session = password_verified();
    session.push(entry("CUSTOM_CHALLENGE", true, created.metadata.as_deref()));
    let accepted = [
        (Trigger::Define, &nothing, caller.define(&session, &attempt(1))),
        (Trigger::Create, &nothing, caller.create(&password_verified(), &attempt(1))),
        (Trigger::Verify, &mailed, caller.verify(&created.private, &code, &attempt(1))),
        (Trigger::Gate, &consumed, caller.pre_token_generation("Authentication", &attempt(1))),
    ];
    for (trigger, before, event) in &accepted {
        let ask = async |event: &Value| {
            world.return_to(before).unwrap();
            let mails = world.aws.mails().len();
            let answer = world.call(*trigger, event).await.unwrap();
            (is_yes(&world, &answer, *trigger, mails), answer)
        };
        assert!(ask(event).await.0, "{trigger:?} refuses the whole event");
        for place in &pointers(event) {
            for (value, event) in spoilt(event, place) {
                let expected = does_not_matter(*trigger, place, value.as_ref());
                let (yes, answer) = ask(&event).await;
                let value = value.map(|value| format!("{:.40}", value.to_string()));
                assert_eq!(yes, expected, "{trigger:?} with {value:?} as `{place}`: {:.500}", format!("{answer:?}"));
            }
        }
        for event in [json!(null), json!([]), json!({}), json!("event"), json!({ "request": null, "response": null })] {
            assert!(!ask(&event).await.0, "{trigger:?} with {event}");
        }
        assert!(ask(event).await.0, "{trigger:?} refuses the whole event after the spoilt ones");
        let log = world.log(*trigger).unwrap();
        assert!(!log.contains("panicked"), "{trigger:?} panicked");
        assert!(!log.contains(&code), "{trigger:?} logged the code");
    }
    assert!(world.aws.mails().iter().all(|mail| mail.to == [caller.email.as_str()]));
}
