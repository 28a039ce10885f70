//! Every fault of every call of every function, once and for good: what is promised under each.

use e2e::world::StoreKind;

use crate::faults::{Befalls, Kind};
use crate::promises::promises;
use crate::scenario::{Scenario, Start};
use crate::stage::Stage;

/// Every call that a scenario makes without faults, by operation.
async fn calls(store: StoreKind, scenario: Scenario, start: Start) -> Vec<(String, usize)> {
    let stage = Stage::new(store);
    let prepared = scenario.prepare(&stage).await;
    let before = std::sync::Mutex::new(0);
    let count = || stage.aws.all_calls().len();
    let function = start.function(&stage, prepared.trigger, || *before.lock().unwrap() = count()).await;
    function.ask(&prepared.event).await;
    let mut calls: Vec<(String, usize)> = Vec::new();
    for call in stage.aws.all_calls().split_off(*before.lock().unwrap()) {
        match calls.iter_mut().find(|(operation, _)| *operation == call.operation) {
            Some((_, times)) => *times += 1,
            None => calls.push((call.operation, 1)),
        }
    }
    calls
}

async fn try_all(store: StoreKind, scenario: Scenario) {
    let mut problems = Vec::new();
    let mut tried = 0;
    let kinds = Kind::tried();
    for start in Start::ALL {
        for (operation, times) in calls(store, scenario, start).await {
            // What the keys' age changes is the keys.
            if start == Start::Stale && operation != "GetSecretValue" {
                continue;
            }
            for nth in 0..times {
                for &kind in kinds {
                    for lasts in [false, true] {
                        let befalls = Befalls { operation: operation.clone(), nth, kind, lasts };
                        tried += 1;
                        if let Err(problem) = promises(store, scenario, start, std::slice::from_ref(&befalls)).await {
                            problems.push(format!("{start:?} {befalls:?}: {problem}"));
                        }
                    }
                }
            }
        }
    }
    println!("{store:?} {scenario:?}: {tried} faults");
    // The gate makes the fewest calls: the key, the state and its consumption, and the key again when it is stale. Each fails
    // once, and lastingly.
    assert!(tried >= (3 + 1) * 2 * kinds.len(), "{tried} faults are not all");
    assert!(problems.is_empty(), "{} of {tried}:\n{}", problems.len(), problems.join("\n"));
}

/// Two calls in trouble at once, drawn at random: what is promised of one fault is promised of any.
async fn try_pairs(store: StoreKind) {
    use Scenario::{CreateFirst, CreateLocked, CreateResend, Gate, VerifyLocking, VerifyRight, VerifyWrong};
    let kinds = Kind::all();
    let pairs = if e2e::long::wanted("more pairs of faults") { 200 } else { 8 };
    for scenario in [CreateFirst, CreateResend, CreateLocked, VerifyRight, VerifyWrong, VerifyLocking, Gate] {
        let calls = calls(store, scenario, Start::Cold).await;
        for _ in 0..pairs {
            let mut befalls: Vec<Befalls> = Vec::new();
            while befalls.len() < 2 {
                let (operation, times) = &calls[rand::random_range(0..calls.len())];
                if befalls.iter().all(|other| other.operation != *operation) {
                    let kind = kinds[rand::random_range(0..kinds.len())];
                    let (operation, nth) = (operation.clone(), rand::random_range(0..*times));
                    befalls.push(Befalls { operation, nth, kind, lasts: rand::random() });
                }
            }
            let kept = promises(store, scenario, Start::Cold, &befalls).await;
            assert_eq!(kept, Ok(()), "{store:?} {scenario:?} {befalls:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn pairs_of_faults_before_the_attribute() {
    try_pairs(StoreKind::Attribute).await;
}

#[tokio::test(start_paused = true)]
async fn pairs_of_faults_before_the_table() {
    try_pairs(StoreKind::Table).await;
}

macro_rules! matrix {
    ($($store:ident: $($name:ident $scenario:ident),+;)+) => {
        $(mod $store {
            use super::*;

            const STORE: StoreKind = super::$store();

            $(#[tokio::test(start_paused = true)]
            async fn $name() {
                try_all(STORE, Scenario::$scenario).await;
            })+
        })+
    };
}

const fn attribute() -> StoreKind {
    StoreKind::Attribute
}

const fn table() -> StoreKind {
    StoreKind::Table
}

matrix! {
    attribute:
        create_first CreateFirst, create_resend CreateResend, create_locked CreateLocked, verify_right VerifyRight,
        verify_wrong VerifyWrong, verify_locking VerifyLocking, gate Gate;
    table:
        create_first CreateFirst, create_resend CreateResend, create_locked CreateLocked, verify_right VerifyRight,
        verify_wrong VerifyWrong, verify_locking VerifyLocking, gate Gate;
}
