//! Faults on the wire, as the real programs meet them. The rest of the matrix runs in process, where time stands still and
//! the limits of an answer's time are exact.

use std::time::Duration;

use e2e::event::{attempt, entry, password_verified, resend};
use e2e::fake_aws::Fault;
use e2e::world::{World, created, verified};
use xtask::trigger::Trigger;

use super::STORE;

#[tokio::test(flavor = "multi_thread")]
async fn a_create_under_a_fault_answers_and_mails_only_codes_that_work() {
    let befall = async |name: &str, operation: &str, fault: Fault, lasts: bool, expected: &str, mails: usize| {
        let world = World::named(STORE, name).await.unwrap();
        if lasts {
            world.aws.fail_on(operation, fault);
        } else {
            world.aws.fail(operation, fault, 1);
        }
        // Started under the fault, as after a night without anybody.
        let cold = world.instance(Trigger::Create, "-cold").await.unwrap();
        let event = world.caller.create(&password_verified(), &attempt(1));
        let made = created(&cold.invoke(&event).await.unwrap()).unwrap();
        assert_eq!((made.state(), world.aws.mails().len()), (expected, mails), "{name}");

        world.aws.heal();
        let mut made = made;
        if expected != "CODE_SENT" || mails == 0 {
            let _ = world.age(&world.caller, 31);
            let mut session = password_verified();
            session.push(entry("CUSTOM_CHALLENGE", false, made.metadata.as_deref()));
            made = created(&cold.invoke(&world.caller.create(&session, &resend(1))).await.unwrap()).unwrap();
            assert_eq!(made.state(), "CODE_SENT", "{name}: the next try");
        }
        for mail in world.aws.mails() {
            assert_eq!(mail.code().unwrap(), world.last_code().unwrap(), "{name}: one code for one challenge");
        }
        assert!(world.verify(&made, &world.last_code().unwrap(), &attempt(1)).await.unwrap(), "{name}");
        assert!(world.gate("Authentication", &attempt(1)).await.unwrap(), "{name}");
    };
    let six = Duration::from_secs(6);
    tokio::join!(
        befall("SES refuses", "SendEmail", Fault::refused("MessageRejected"), true, "SEND_FAILED", 0),
        befall("SES never answers", "SendEmail", Fault::silent(), true, "CODE_SENT", 0),
        befall("SES is slow", "SendEmail", Fault::slow(six), true, "CODE_SENT", 1),
        befall("SES takes a mail and the answer is lost", "SendEmail", Fault::answer_lost(), false, "CODE_SENT", 2),
        befall("SES closes the connection once", "SendEmail", Fault::reset(), false, "CODE_SENT", 1),
        befall("the store never answers", STORE.write(), Fault::silent(), true, "SEND_FAILED", 0),
        befall("the store's answer is lost once", STORE.write(), Fault::answer_lost(), false, "CODE_SENT", 1),
        befall("the store is throttled", STORE.write(), Fault::throttled(), true, "SEND_FAILED", 0),
        befall("reads never answer", STORE.read(), Fault::silent(), true, "SEND_FAILED", 0),
        befall("no keys", "GetSecretValue", Fault::silent(), true, "SEND_FAILED", 0),
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_verify_under_a_fault_says_yes_only_to_what_is_stored() {
    let befall = async |name: &str, operation: &str, fault: Fault, lasts: bool, expected: bool| {
        let world = World::named(STORE, name).await.unwrap();
        let made = world.create(&password_verified(), &attempt(1)).await.unwrap();
        let code = world.last_code().unwrap();
        if lasts {
            world.aws.fail_on(operation, fault);
        } else {
            world.aws.fail(operation, fault, 1);
        }
        let cold = world.instance(Trigger::Verify, "-cold").await.unwrap();
        let event = world.caller.verify(&made.private, &code, &attempt(1));
        let right = verified(&cold.invoke(&event).await.unwrap()).unwrap();
        assert_eq!(right, expected, "{name}");
        world.aws.heal();
        if !right {
            assert!(verified(&cold.invoke(&event).await.unwrap()).unwrap(), "{name}: the next try");
        }
        assert!(world.gate("Authentication", &attempt(1)).await.unwrap(), "{name}");
    };
    tokio::join!(
        befall("a guess cannot be stored", STORE.write(), Fault::refused("AccessDeniedException"), true, false),
        befall("the write never answers", STORE.write(), Fault::silent(), true, false),
        befall("the write's answer is lost once", STORE.write(), Fault::answer_lost(), false, true),
        befall("the write's answer is always lost", STORE.write(), Fault::answer_lost(), true, false),
        befall("the connection is closed once", STORE.read(), Fault::reset(), false, true),
        befall("reads fail", STORE.read(), Fault::server_error(), true, false),
    );
}
