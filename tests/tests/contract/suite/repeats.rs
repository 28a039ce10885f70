//! Cognito calls again after 5 s, and the call before may be worked on after the one that repeats it.

use e2e::event::{attempt, entry, password_verified};
use e2e::person::other_than;
use e2e::world::repeats::Trouble::{AnswerLost, None as Fine, StartsAfter};
use e2e::world::repeats::{Heard, Trouble, call};
use e2e::world::{World, created, passed, verified};
use xtask::trigger::Trigger;

use super::STORE;

const fn cold(seconds: u64) -> Trouble {
    StartsAfter(seconds)
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_repeated_one_mail_goes_out_and_its_code_works() {
    let one_mail = async |name: &str, troubles: [Trouble; 3], expected_calls: usize| {
        let world = World::named(STORE, name).await.unwrap();
        let event = world.caller.create(&password_verified(), &attempt(1));
        let Heard { answer, all, calls, .. } = call(&world, Trigger::Create, &event, troubles).await.unwrap();
        assert_eq!(calls, expected_calls, "{name}");
        let made = created(&answer.unwrap()).unwrap();
        assert_eq!(made.state(), "CODE_SENT", "{name}");
        for answer in &all {
            assert_eq!(created(answer).unwrap().private, made.private, "{name}: one challenge");
        }
        assert_eq!(world.aws.mails().len(), 1, "{name}");
        let code = world.last_code().unwrap();
        assert!(world.verify(&made, &code, &attempt(1)).await.unwrap(), "{name}");
        assert!(world.gate("Authentication", &attempt(1)).await.unwrap(), "{name}");
    };
    tokio::join!(
        one_mail("answered at once", [Fine, Fine, Fine], 1),
        one_mail("the first answer is lost", [AnswerLost, Fine, Fine], 2),
        one_mail("a cold start of six seconds", [cold(6), Fine, Fine], 2),
        one_mail("two cold starts that overlap", [cold(6), cold(6), Fine], 3),
        one_mail("two answers are lost", [AnswerLost, AnswerLost, Fine], 3),
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_repeated_an_answer_counts_once() {
    let prepared = async |name: &str| {
        let world = World::named(STORE, name).await.unwrap();
        let made = world.create(&password_verified(), &attempt(1)).await.unwrap();
        let code = world.last_code().unwrap();
        (world, made, code)
    };
    let right = async || {
        let (world, made, code) = prepared("a right answer whose reply is lost").await;
        let event = world.caller.verify(&made.private, &code, &attempt(1));
        let heard = call(&world, Trigger::Verify, &event, [AnswerLost, Fine, Fine]).await.unwrap();
        assert!(verified(&heard.answer.unwrap()).unwrap(), "it may be repeated");
        assert!(world.gate("Authentication", &attempt(1)).await.unwrap());
        assert!(!world.gate("Authentication", &attempt(1)).await.unwrap(), "once");
    };
    let wrong = async || {
        let (world, made, code) = prepared("a wrong answer whose reply is lost").await;
        let event = world.caller.verify(&made.private, &other_than(&code), &attempt(1));
        let heard = call(&world, Trigger::Verify, &event, [AnswerLost, cold(1), Fine]).await.unwrap();
        assert!(!verified(&heard.answer.unwrap()).unwrap());
        let mut session = password_verified();
        session.push(entry("CUSTOM_CHALLENGE", false, made.metadata.as_deref()));
        assert_eq!(world.create(&session, &attempt(1)).await.unwrap().public["attemptsLeft"], "2");
    };
    let tokens = async || {
        let (world, made, code) = prepared("tokens whose reply is lost").await;
        assert!(world.verify(&made, &code, &attempt(1)).await.unwrap());
        let event = world.caller.pre_token_generation("Authentication", &attempt(1));
        let heard = call(&world, Trigger::Gate, &event, [AnswerLost, Fine, Fine]).await.unwrap();
        assert_eq!(heard.all.iter().filter(|answer| passed(answer)).count(), 1, "one consumption, one yes");
        assert!(!passed(&heard.answer.unwrap()), "the second call cannot know whose yes the first was");
    };
    tokio::join!(right(), wrong(), tokens());
}
