//! Calls that overlap, as Cognito's repeated ones do when a trigger is slow: each in an instance of its own.

use e2e::event::{attempt, password_verified};
use e2e::person::other_than;
use e2e::runtime_api::Answer;
use e2e::world::{StoreKind, World, created};
use serde_json::json;
use xtask::trigger::Trigger;

use super::STORE;

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_comes_while_the_mail_goes_out_sends_none() {
    for metadata in [attempt(1), json!({})] {
        let world = World::start(STORE).await.unwrap();
        let event = world.caller.create(&password_verified(), &metadata);
        let [first, second, third] = [
            world.instance(Trigger::Create, "-1").await.unwrap(),
            world.instance(Trigger::Create, "-2").await.unwrap(),
            world.instance(Trigger::Create, "-3").await.unwrap(),
        ];
        let mail = world.aws.hold("SendEmail", 1);
        let ((), answer) = tokio::join!(
            async {
                mail.arrived(1).await.unwrap();
                for instance in [&second, &third] {
                    let overtaken = created(&instance.invoke(&event).await.unwrap()).unwrap();
                    assert_eq!(overtaken.state(), "CODE_SENT", "with {metadata}");
                }
                mail.release();
            },
            first.invoke(&event)
        );
        let answered = created(&answer.unwrap()).unwrap();
        assert_eq!(answered.state(), "CODE_SENT");
        assert_eq!(world.aws.mails().len(), 1, "with {metadata}");
        let code = world.last_code().unwrap();
        assert!(world.verify(&answered, &code, &metadata).await.unwrap(), "with {metadata}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_given_while_the_mail_is_marked_as_sent_is_not_forgotten() {
    let world = World::start(STORE).await.unwrap();
    let event = world.caller.create(&password_verified(), &attempt(1));
    // Marking is the second write, and begins with it where a write can tell that somebody else has written; with a second
    // read where it cannot. The mail is out by then, and people can be fast.
    let begins_with = if STORE == StoreKind::Table { STORE.write() } else { STORE.read() };
    world.aws.spare(begins_with, 1);
    let marking = world.aws.hold(begins_with, 1);
    let early = world.instance(Trigger::Create, "-early").await.unwrap();
    let ((), answer) = tokio::join!(
        async {
            marking.arrived(1).await.unwrap();
            let again = world.create(&password_verified(), &attempt(1)).await.unwrap();
            let wrong = other_than(&world.last_code().unwrap());
            assert!(!world.verify(&again, &wrong, &attempt(1)).await.unwrap());
            marking.release();
        },
        early.invoke(&event)
    );
    let answered = created(&answer.unwrap()).unwrap();
    let code = world.last_code().unwrap();
    let mut wrong = other_than(&code);
    for _ in 0..2 {
        wrong = other_than(&wrong);
        assert!(!world.verify(&answered, &wrong, &attempt(1)).await.unwrap());
    }
    assert!(!world.verify(&answered, &code, &attempt(1)).await.unwrap(), "three wrong answers were given");
}

/// What both stores promise of one right answer that arrives twice at once: no more than one set of tokens.
#[tokio::test(flavor = "multi_thread")]
async fn two_instances_of_the_gate_one_after_the_other_pass_once() {
    let world = World::start(STORE).await.unwrap();
    let created = world.create(&password_verified(), &attempt(1)).await.unwrap();
    assert!(world.verify(&created, &world.last_code().unwrap(), &attempt(1)).await.unwrap());
    let event = world.caller.pre_token_generation("Authentication", &attempt(1));
    let other = world.instance(Trigger::Gate, "-other").await.unwrap();
    let answers = [world.call(Trigger::Gate, &event).await.unwrap(), other.invoke(&event).await.unwrap()];
    assert!(matches!(answers, [Answer::Response(_), Answer::Error { .. }]), "{answers:?}");
}
