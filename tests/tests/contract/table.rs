//! The store `table`. A write goes through only if nobody else has written, so limits are exact.

use e2e::event::{attempt, password_verified};
use e2e::person::other_than;
use e2e::runtime_api::Answer;
use e2e::world::{StoreKind, World, created, passed, state, verified};
use xtask::trigger::Trigger;

const STORE: StoreKind = StoreKind::Table;

#[path = "suite/mod.rs"]
mod suite;

/// How many processes of a function run at once.
const PROCESSES: usize = 8;

#[tokio::test(flavor = "multi_thread")]
async fn exact_of_many_guesses_in_parallel_three_are_compared() {
    let world = World::with(STORE, &[("LOCK_AFTER", "10")]).await.unwrap();
    let made = world.create(&password_verified(), &attempt(1)).await.unwrap();
    let code = world.last_code().unwrap();
    let mut processes = Vec::new();
    for number in 0..PROCESSES {
        processes.push(world.instance(Trigger::Verify, &format!("-{number}")).await.unwrap());
    }
    let guesses: Vec<_> = (0..1_000).map(|number| format!("{number:06}")).filter(|guess| *guess != code).collect();
    let in_turn = processes.iter().zip(guesses.chunks(guesses.len().div_ceil(PROCESSES)));
    let all = in_turn.map(async |(process, guesses)| {
        for guess in guesses {
            let event = world.caller.verify(&made.private, guess, &attempt(1));
            assert!(!verified(&process.invoke(&event).await.unwrap()).unwrap(), "{guess}");
        }
    });
    join_all(all).await;
    let left = state::guesses_left(&world.aws, &world.caller).unwrap();
    let reserved = left.windows(2).filter(|pair| pair[1] < pair[0]).count();
    let compared: usize =
        processes.iter().map(|process| process.log().unwrap().matches("\"wrong-code\"").count()).sum();
    assert_eq!((reserved, compared), (3, 3), "reserved and compared");
    assert!(!world.verify(&made, &code, &attempt(1)).await.unwrap(), "the right code after so many wrong ones");
}

#[tokio::test(flavor = "multi_thread")]
async fn exact_of_two_at_the_gate_at_once_one_passes() {
    let world = World::start(STORE).await.unwrap();
    let made = world.create(&password_verified(), &attempt(1)).await.unwrap();
    assert!(world.verify(&made, &world.last_code().unwrap(), &attempt(1)).await.unwrap());
    let answers =
        at_once(&world, Trigger::Gate, &world.caller.pre_token_generation("Authentication", &attempt(1))).await;
    assert_eq!(answers.iter().filter(|answer| passed(answer)).count(), 1, "{answers:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn exact_of_two_that_begin_at_once_one_sends_the_mail() {
    let world = World::start(STORE).await.unwrap();
    let event = world.caller.create(&password_verified(), &attempt(1));
    let answers = at_once(&world, Trigger::Create, &event).await.map(|answer| created(&answer).unwrap());
    assert_eq!(world.aws.mails().len(), 1);
    let code = world.last_code().unwrap();
    assert_eq!(answers[0].private, answers[1].private);
    assert!(world.verify(&answers[0], &code, &attempt(1)).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn exact_a_right_answer_that_cognito_repeats_while_it_is_stored_is_right_both_times() {
    let world = World::start(STORE).await.unwrap();
    let made = world.create(&password_verified(), &attempt(1)).await.unwrap();
    let event = world.caller.verify(&made.private, &world.last_code().unwrap(), &attempt(1));
    // Cognito takes whichever answer comes in time, so neither may be a no.
    let answers = at_once(&world, Trigger::Verify, &event).await;
    assert!(answers.iter().all(|answer| verified(answer).unwrap()), "{answers:?}");
    assert!(world.gate("Authentication", &attempt(1)).await.unwrap());
    assert!(!world.gate("Authentication", &attempt(1)).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn exact_a_wrong_answer_that_is_given_while_the_mail_is_marked_as_sent_is_counted() {
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
    assert_eq!(world.create(&password_verified(), &attempt(1)).await.unwrap().public["attemptsLeft"], "2");
}

/// Two instances that are both about to write what they made of the same state.
async fn at_once(world: &World, trigger: Trigger, event: &serde_json::Value) -> [Answer; 2] {
    let writes = world.aws.hold(STORE.write(), 2);
    let [one, other] =
        [world.instance(trigger, "-one").await.unwrap(), world.instance(trigger, "-other").await.unwrap()];
    let (held, one, other) = tokio::join!(
        async {
            writes.arrived(2).await.unwrap();
            writes.release();
        },
        one.invoke(event),
        other.invoke(event)
    );
    let () = held;
    [one.unwrap(), other.unwrap()]
}

async fn join_all(futures: impl Iterator<Item = impl Future<Output = ()>>) {
    let mut all: Vec<_> = futures.map(Box::pin).collect();
    std::future::poll_fn(|context| {
        all.retain_mut(|future| future.as_mut().poll(context).is_pending());
        if all.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
}
