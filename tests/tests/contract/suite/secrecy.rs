//! The code is in the mail and nowhere else, and what the functions print tells nothing that a reader of logs must not know.

use super::STORE;
use e2e::event::{attempt, entry, password_verified, resend};
use e2e::fake_aws::Fault;
use e2e::world::{World, state};
use serde_json::{Value, json};
use xtask::trigger::Trigger;

/// Everything that makes Rust programs, their runtime on Lambda or the SDK say more.
const LOUD: [&[(&str, &str)]; 4] = [
    &[("RUST_LOG", "trace"), ("AWS_LAMBDA_LOG_LEVEL", "TRACE"), ("AWS_LAMBDA_LOG_FORMAT", "JSON")],
    &[("RUST_LOG", "debug"), ("AWS_LAMBDA_LOG_LEVEL", "DEBUG"), ("AWS_LAMBDA_LOG_FORMAT", "Text")],
    &[("RUST_BACKTRACE", "full"), ("RUST_LIB_BACKTRACE", "1"), ("AWS_LAMBDA_LOG_LEVEL", "INFO")],
    &[("RUST_LOG", "error"), ("AWS_LAMBDA_LOG_LEVEL", "ERROR")],
];
const WRONG: &str = "12345670";

#[tokio::test(flavor = "multi_thread")]
async fn nothing_but_the_mail_shows_the_code() {
    // Eight digits, so that a time stamp in a log does not hold them by chance.
    let world = World::with(STORE, &[("CODE_LENGTH", "8")]).await.unwrap();
    let created = world.create(&password_verified(), &attempt(1)).await.unwrap();
    let code = world.last_code().unwrap();
    assert!(!world.verify(&created, WRONG, &attempt(1)).await.unwrap());
    let mut session = password_verified();
    session.push(entry("CUSTOM_CHALLENGE", false, created.metadata.as_deref()));
    let again = world.create(&session, &attempt(1)).await.unwrap();
    assert!(world.verify(&again, &code, &attempt(1)).await.unwrap());

    let written = format!("{:?}", world.aws.calls(STORE.write()));
    assert!(written.contains(&world.sealed().unwrap()), "{written}");
    let places = [
        ("everything that was stored", &written),
        ("public parameters", &format!("{:?} {:?}", created.public, again.public)),
        ("private parameters", &format!("{} {}", created.private, again.private)),
        ("metadata", &format!("{:?} {:?}", created.metadata, again.metadata)),
    ];
    for (place, text) in places {
        assert!(!text.contains(&code), "{place}");
    }
}

/// Every road through the functions on which something could be said.
async fn everything_that_can_happen(world: &World) {
    let made = world.create(&password_verified(), &attempt(1)).await.unwrap();
    let code = world.last_code().unwrap();
    assert!(!world.verify(&made, WRONG, &attempt(1)).await.unwrap());
    let mut session = password_verified();
    session.push(entry("CUSTOM_CHALLENGE", false, made.metadata.as_deref()));
    world.create(&session, &resend(1)).await.unwrap();
    assert!(world.verify(&made, &code, &attempt(1)).await.unwrap());
    session.push(entry("CUSTOM_CHALLENGE", true, made.metadata.as_deref()));
    world.define(&session, &attempt(1)).await.unwrap();
    assert!(world.gate("Authentication", &attempt(1)).await.unwrap());
    assert!(!world.gate("NewPasswordChallenge", &attempt(1)).await.unwrap());

    // Services repeat what they were asked for in their words.
    let caller = &world.caller;
    let words = format!("failed for {} <{}>", caller.email, caller.email);
    for operation in ["SendEmail", "AdminGetUser", "GetSecretValue", STORE.write(), STORE.read()] {
        world.age(caller, 60).unwrap();
        world.aws.fail_on(operation, Fault::refused_saying("AccessDeniedException", &words));
        let cold = world.instance(Trigger::Create, &format!("-{operation}")).await.unwrap();
        cold.invoke(&caller.create(&password_verified(), &attempt(2))).await.unwrap();
        assert!(!cold.log().unwrap().contains(&caller.email), "{operation}: {}", cold.log().unwrap());
        world.call(Trigger::Verify, &caller.verify(&made.private, &code, &attempt(1))).await.unwrap();
        world.call(Trigger::Gate, &caller.pre_token_generation("Authentication", &attempt(1))).await.unwrap();
        world.aws.heal();
    }
    for trigger in Trigger::ALL {
        let nonsense = json!({ "userName": caller.email, "request": { "challengeAnswer": code, "session": [code] } });
        world.call(trigger, &nonsense).await.unwrap();
    }
    state::put_sealed(&world.aws, STORE, caller, &format!("v1.{code}")).unwrap();
    world.create(&password_verified(), &attempt(3)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn logs_hold_no_code_key_session_or_address_however_loud_they_are_set() {
    for settings in LOUD {
        let all = [settings, &[("CODE_LENGTH", "8"), ("SENDS_PER_HOUR", "10"), ("RESEND_AFTER", "0")]].concat();
        let world = World::with(STORE, &all).await.unwrap();
        everything_that_can_happen(&world).await;
        let logs = world.logs().unwrap();
        let mut secrets = vec![
            ("an answer", WRONG.to_owned()),
            ("the address", world.caller.email.clone()),
            ("the address's name", "jane.doe".to_owned()),
            ("the user's name", world.caller.user.clone()),
            ("the key", world.aws.secret()),
            ("the client's mark", attempt(1)["attempt"].as_str().unwrap().to_owned()),
        ];
        secrets.extend(world.aws.mails().iter().filter_map(|mail| Some(("a code", mail.code().ok()?))));
        for call in world.aws.calls(STORE.write()) {
            let sealed = call.body.to_string().split('"').find(|text| text.starts_with("v2.")).map(str::to_owned);
            secrets.push(("a state", sealed.unwrap()));
        }
        assert!(secrets.len() > 10, "{}", secrets.len());
        for (what, secret) in secrets {
            let line = logs.lines().find(|line| line.contains(&secret));
            assert_eq!(line, None, "{what}, with {settings:?}");
        }
        for line in logs.lines() {
            let line: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"));
            assert!(line.is_object(), "{line}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_event_has_a_line_that_says_what_came_of_it() {
    let world = World::start(STORE).await.unwrap();
    everything_that_can_happen(&world).await;
    let mut users = std::collections::BTreeSet::new();
    for (trigger, name) in
        [(Trigger::Define, "define"), (Trigger::Create, "create"), (Trigger::Verify, "verify"), (Trigger::Gate, "gate")]
    {
        let mut events = 0;
        for line in world.log(trigger).unwrap().lines() {
            let line: Value = serde_json::from_str(line).unwrap();
            if line["request_id"].is_null() {
                continue;
            }
            events += 1;
            assert_eq!(line["trigger"], name, "{line}");
            assert!(line["outcome"].as_str().is_some_and(|outcome| !outcome.is_empty()), "{line}");
            assert!(line["milliseconds"].is_u64() && line["reason"].is_string(), "{line}");
            users.extend(line["user"].as_str().filter(|user| !user.is_empty()).map(str::to_owned));
        }
        assert!(events >= 2, "{name}: {events} lines");
    }
    assert_eq!(users.len(), 1, "one user, one hash: {users:?}");
}
