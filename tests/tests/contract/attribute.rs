//! The store `attribute`. Cognito has no conditional write, so of two calls at once the later one wins: what is soft here
//! says so in its name, and SECURITY.md says by how much.

use e2e::event::{attempt, password_verified};
use e2e::person::other_than;
use e2e::world::{StoreKind, World, created, passed, verified};
use xtask::trigger::Trigger;

const STORE: StoreKind = StoreKind::Attribute;

#[path = "suite/mod.rs"]
mod suite;

#[tokio::test(flavor = "multi_thread")]
async fn soft_guesses_that_overlap_are_all_compared_and_counted_as_one() {
    let world = World::with(STORE, &[("MAX_ATTEMPTS", "1")]).await.unwrap();
    let made = world.create(&password_verified(), &attempt(1)).await.unwrap();
    let code = world.last_code().unwrap();
    let writes = world.aws.hold(STORE.write(), 2);
    let [one, other] = [
        world.instance(Trigger::Verify, "-one").await.unwrap(),
        world.instance(Trigger::Verify, "-other").await.unwrap(),
    ];
    let events = [other_than(&code), code].map(|guess| world.caller.verify(&made.private, &guess, &attempt(1)));
    let ((), wrong, right) = tokio::join!(
        async {
            writes.arrived(2).await.unwrap();
            writes.release();
        },
        one.invoke(&events[0]),
        other.invoke(&events[1])
    );
    assert!(!verified(&wrong.unwrap()).unwrap());
    assert!(verified(&right.unwrap()).unwrap(), "one guess is allowed, and two were compared");
}

#[tokio::test(flavor = "multi_thread")]
async fn soft_of_two_at_the_gate_at_once_both_pass() {
    let world = World::start(STORE).await.unwrap();
    let made = world.create(&password_verified(), &attempt(1)).await.unwrap();
    assert!(world.verify(&made, &world.last_code().unwrap(), &attempt(1)).await.unwrap());
    let event = world.caller.pre_token_generation("Authentication", &attempt(1));
    let writes = world.aws.hold(STORE.write(), 2);
    let [one, other] =
        [world.instance(Trigger::Gate, "-one").await.unwrap(), world.instance(Trigger::Gate, "-other").await.unwrap()];
    let ((), one, other) = tokio::join!(
        async {
            writes.arrived(2).await.unwrap();
            writes.release();
        },
        one.invoke(&event),
        other.invoke(&event)
    );
    assert!(passed(&one.unwrap()) && passed(&other.unwrap()));
    assert!(!world.gate("Authentication", &attempt(1)).await.unwrap(), "but nobody after them");
}

#[tokio::test(flavor = "multi_thread")]
async fn soft_a_wrong_answer_given_while_the_mail_is_marked_as_sent_may_be_forgotten() {
    let world = World::start(STORE).await.unwrap();
    let event = world.caller.create(&password_verified(), &attempt(1));
    world.aws.spare(STORE.write(), 1);
    let marking = world.aws.hold(STORE.write(), 1);
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
    created(&answer.unwrap()).unwrap();
    // In the first round, where nothing but the state limits the attempts.
    assert_eq!(world.create(&password_verified(), &attempt(1)).await.unwrap().public["attemptsLeft"], "3");
}

#[tokio::test(flavor = "multi_thread")]
async fn soft_of_two_that_begin_at_the_same_moment_both_send_a_mail_and_one_code_works() {
    let world = World::start(STORE).await.unwrap();
    let event = world.caller.create(&password_verified(), &attempt(1));
    let writes = world.aws.hold(STORE.write(), 2);
    let [one, other] = [
        world.instance(Trigger::Create, "-one").await.unwrap(),
        world.instance(Trigger::Create, "-other").await.unwrap(),
    ];
    let ((), one, other) = tokio::join!(
        async {
            writes.arrived(2).await.unwrap();
            writes.release();
        },
        one.invoke(&event),
        other.invoke(&event)
    );
    let answers = [created(&one.unwrap()).unwrap(), created(&other.unwrap()).unwrap()];
    let mails = world.aws.mails();
    assert_eq!(mails.len(), 2);
    let mut right = 0;
    for mail in mails {
        for made in &answers {
            right += u8::from(world.verify(made, &mail.code().unwrap(), &attempt(1)).await.unwrap());
        }
    }
    assert_eq!(right, 1, "the challenge that was written last");
}
