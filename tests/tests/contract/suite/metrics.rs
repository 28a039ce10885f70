//! What is counted, in embedded metric format (CloudWatch_Embedded_Metric_Format_Specification). Alarms watch the names.

use std::collections::BTreeMap;
use std::sync::LazyLock;
use std::time::{SystemTime, UNIX_EPOCH};

use super::STORE;
use e2e::event::{attempt, entry, password_verified, resend};
use e2e::fake_aws::Fault;
use e2e::world::{World, state};
use serde_json::{Value, json};

/// When the test began: nothing was counted before.
static BEGUN: LazyLock<SystemTime> = LazyLock::new(SystemTime::now);

/// How often each metric was counted so far.
fn counted(world: &World) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for line in world.logs().unwrap().lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let Some(directive) = line.get("_aws") else { continue };
        let milliseconds = |at: SystemTime| at.duration_since(UNIX_EPOCH).unwrap().as_millis();
        let at = u128::from(directive["Timestamp"].as_u64().unwrap());
        let test = milliseconds(*BEGUN)..=milliseconds(SystemTime::now());
        assert!(test.contains(&at), "in milliseconds: {line}");
        assert_eq!(line["Stack"], "email-mfa-test");
        for metrics in directive["CloudWatchMetrics"].as_array().unwrap() {
            assert_eq!(metrics["Namespace"], "CognitoEmailMfa");
            assert_eq!(metrics["Dimensions"], json!([["Stack"]]));
            for metric in metrics["Metrics"].as_array().unwrap() {
                assert_eq!(metric["Unit"], "Count");
                let name = metric["Name"].as_str().unwrap();
                *counts.entry(name.to_owned()).or_default() += line[name].as_u64().unwrap();
            }
        }
    }
    counts
}

/// Runs `step` and says what was counted in it.
async fn counting(world: &World, step: impl Future<Output = ()>) -> Vec<(String, u64)> {
    let before = counted(world);
    step.await;
    let mut after = counted(world);
    for (name, count) in before {
        *after.get_mut(&name).unwrap() -= count;
    }
    after.retain(|_, count| *count > 0);
    after.into_iter().collect()
}

fn once(names: &[&str]) -> Vec<(String, u64)> {
    names.iter().map(|name| ((*name).to_owned(), 1)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_thing_that_somebody_should_know_is_counted_by_its_name() {
    LazyLock::force(&BEGUN);
    let world = World::with(STORE, &[("LOCK_AFTER", "3")]).await.unwrap();
    let caller = &world.caller;
    let made = world.create(&password_verified(), &attempt(1)).await.unwrap();
    assert_eq!(counted(&world).into_iter().collect::<Vec<_>>(), once(&["CodesSent"]));
    let code = world.last_code().unwrap();
    let mut session = password_verified();
    session.push(entry("CUSTOM_CHALLENGE", false, made.metadata.as_deref()));

    let wrong = counting(&world, async { assert!(!world.verify(&made, "1", &attempt(1)).await.unwrap()) });
    assert_eq!(wrong.await, once(&["CodesRejected"]));
    let too_early = counting(&world, async { drop(world.create(&session, &resend(1)).await.unwrap()) });
    assert_eq!(too_early.await, once(&[]), "an impatient person");
    let refused = counting(&world, async { assert!(!world.gate("Authentication", &attempt(1)).await.unwrap()) });
    assert_eq!(refused.await, once(&["GateRefused"]));
    let right = counting(&world, async { assert!(world.verify(&made, &code, &attempt(1)).await.unwrap()) });
    assert_eq!(right.await, once(&["CodesVerified"]));
    let passed = counting(&world, async { assert!(world.gate("Authentication", &attempt(1)).await.unwrap()) });
    assert_eq!(passed.await, once(&[]));

    world.age(caller, 60).unwrap();
    world.aws.fail_on("SendEmail", Fault::refused("MessageRejected"));
    let undelivered = counting(&world, async { drop(world.create(&password_verified(), &attempt(2)).await.unwrap()) });
    assert_eq!(undelivered.await, once(&["DeliveryFailed"]));
    world.aws.heal();

    world.age(caller, 60).unwrap();
    world.aws.fail_on("SendEmail", Fault::silent());
    let unanswered = counting(&world, async { drop(world.create(&password_verified(), &attempt(7)).await.unwrap()) });
    assert_eq!(unanswered.await, once(&["DeliveryFailed"]), "who waits for a code cannot wait for a count");
    world.aws.heal();

    world.age(caller, 60).unwrap();
    world.aws.fail_on(STORE.write(), Fault::refused("AccessDeniedException"));
    let unstored = counting(&world, async { drop(world.create(&password_verified(), &attempt(3)).await.unwrap()) });
    assert_eq!(unstored.await, once(&["StoreFault"]));
    world.aws.heal();

    world.age(caller, 60).unwrap();
    let made = world.create(&password_verified(), &attempt(4)).await.unwrap();
    let code: u32 = world.last_code().unwrap().parse().unwrap();
    let locked = counting(&world, async {
        for further in 1..=3 {
            let wrong = format!("{:06}", (code + further) % 1_000_000);
            assert!(!world.verify(&made, &wrong, &attempt(4)).await.unwrap());
        }
        assert_eq!(world.create(&password_verified(), &attempt(5)).await.unwrap().state(), "LOCKED");
    });
    let locked = locked.await;
    assert!(locked.contains(&("UsersLocked".to_owned(), 1)), "{locked:?}");
    assert!(locked.contains(&("CodesRejected".to_owned(), 3)), "{locked:?}");

    state::put_sealed(&world.aws, STORE, caller, "v1.forged").unwrap();
    let forged = counting(&world, async { drop(world.create(&password_verified(), &attempt(6)).await.unwrap()) });
    let forged = forged.await;
    assert!(forged.contains(&("StateForged".to_owned(), 1)), "{forged:?}");
}
