//! Keys that are old, cannot be fetched again, or are newer than what an instance knows.

use std::time::Duration;

use challenge::State;
use e2e::event::{attempt, password_verified};
use e2e::fake_aws::Fault;
use e2e::fake_aws::secrets::SECOND;
use e2e::world::{Created, StoreKind, created, state, verified};
use tokio::time::advance;
use xtask::trigger::Trigger;

use crate::stage::{Instance, Stage};

/// A key is fetched again after five minutes.
const STALE: Duration = Duration::from_secs(301);

fn fetches(stage: &Stage) -> usize {
    stage.aws.calls("GetSecretValue").len()
}

/// Begins a sign-in of its own.
async fn begin(stage: &Stage, create: &Instance, number: u128) -> (Created, Duration) {
    let asked = create.ask(&stage.caller.create(&password_verified(), &attempt(number))).await;
    (created(&asked.answer).unwrap(), asked.took)
}

async fn is_right(stage: &Stage, verify: &Instance, made: &Created, number: u128) -> bool {
    let code = stage.codes().pop().unwrap();
    let asked = verify.ask(&stage.caller.verify(&made.private, &code, &attempt(number))).await;
    verified(&asked.answer).unwrap()
}

/// Has the store hold a state of a key that nobody has any more.
fn outlive(stage: &Stage, number: u8) {
    let sealed = state::seal(&stage.caller, &format!("{number:064}"), &State::default()).unwrap();
    state::put_sealed(&stage.aws, stage.store, &stage.caller, &sealed).unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_known_key_serves_while_a_newer_one_cannot_be_had_and_few_wait_for_that() {
    for store in StoreKind::ALL {
        let stage = Stage::new(store);
        let create = stage.start(Trigger::Create).await;
        advance(STALE).await;
        stage.aws.fail_on("GetSecretValue", Fault::silent());
        let before = fetches(&stage);
        for (number, wait, asked) in [(1, Duration::from_millis(500), 1), (2, Duration::ZERO, 1)] {
            let (made, took) = begin(&stage, &create, number).await;
            assert_eq!((made.state(), took), ("CODE_SENT", wait), "{store:?}");
            assert_eq!(fetches(&stage) - before, asked, "{store:?}");
        }
        assert_eq!(stage.codes().len(), 2);
        // It is tried again, and then the new key is used.
        stage.aws.heal();
        stage.aws.rotate_secret(SECOND);
        advance(Duration::from_secs(31)).await;
        let (made, _) = begin(&stage, &create, 3).await;
        assert_eq!(made.state(), "CODE_SENT", "{store:?}");
        let sealed = state::sealed(&stage.aws, store, &stage.caller).unwrap();
        assert!(state::open(&stage.caller, &sealed, SECOND).is_ok(), "{store:?}: sealed with the key of before");
    }
}

#[tokio::test(start_paused = true)]
async fn a_state_of_a_newer_key_is_never_taken_for_one_that_has_outlived_its_key() {
    for store in StoreKind::ALL {
        let stage = Stage::new(store);
        let verify = stage.start(Trigger::Verify).await;
        outlive(&stage, 1);
        let event = stage.caller.verify(&serde_json::json!({ "challenge": "0".repeat(32) }), "000000", &attempt(1));
        // Looked for just now, and once for each.
        for _ in 0..2 {
            let before = fetches(&stage);
            verify.ask(&event).await;
            let looked = fetches(&stage) - before;
            assert!(looked <= 2, "{store:?}: {looked}");
        }
        let before = fetches(&stage);
        verify.ask(&event).await;
        assert_eq!(fetches(&stage), before, "{store:?}: a key that is gone is looked for once");

        stage.aws.rotate_secret(SECOND);
        let newer = stage.start(Trigger::Create).await;
        let (made, _) = begin(&stage, &newer, 2).await;
        assert!(is_right(&stage, &verify, &made, 2).await, "{store:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn many_forged_key_ids_make_neither_many_calls_nor_a_newer_key_a_forgotten_one() {
    for store in StoreKind::ALL {
        let stage = Stage::new(store);
        let verify = stage.start(Trigger::Verify).await;
        let event = stage.caller.verify(&serde_json::json!({ "challenge": "0".repeat(32) }), "000000", &attempt(1));
        let before = fetches(&stage);
        for number in 1..=30 {
            outlive(&stage, number);
            verify.ask(&event).await;
        }
        assert!(fetches(&stage) - before <= 2 * 9, "{store:?}: {} calls", fetches(&stage) - before);

        stage.aws.rotate_secret(SECOND);
        let newer = stage.start(Trigger::Create).await;
        let (made, _) = begin(&stage, &newer, 2).await;
        let sealed = state::sealed(&stage.aws, store, &stage.caller);
        assert!(!is_right(&stage, &verify, &made, 2).await, "{store:?}: it cannot be told now");
        assert_eq!(state::sealed(&stage.aws, store, &stage.caller), sealed, "{store:?}: and nothing is forgotten");
        advance(Duration::from_secs(11)).await;
        assert!(is_right(&stage, &verify, &made, 2).await, "{store:?}: then it can");
    }
}
