//! A thousand calls at once, before the store that counts exactly.

use std::sync::Arc;
use std::time::Duration;

use e2e::event::password_verified;
use e2e::fake_aws::Fault;
use e2e::world::{StoreKind, created, state, verified};
use serde_json::json;
use tokio::task::JoinSet;
use xtask::trigger::Trigger;

use crate::scenario::wrong_answers;
use crate::stage::Stage;

const SESSIONS: usize = 50;
const GUESSES: usize = 1_000;

#[tokio::test(start_paused = true)]
async fn of_a_thousand_guesses_over_fifty_sessions_as_many_are_compared_as_one_challenge_allows() {
    let stage = Arc::new(Stage::new(StoreKind::Table));
    // Everybody reads before anybody has written.
    stage.aws.fail_on("GetItem", Fault::slow(Duration::from_millis(20)));
    // Sessions without a mark, begun at one moment, are one challenge to the functions: the most that one code can be
    // asked about.
    let event = stage.caller.create(&password_verified(), &json!({}));
    let mut sessions = JoinSet::new();
    for _ in 0..SESSIONS {
        let (stage, event) = (Arc::clone(&stage), event.clone());
        sessions.spawn(async move {
            let instance = stage.start(Trigger::Create).await;
            created(&instance.ask(&event).await.answer).unwrap()
        });
    }
    let sessions = sessions.join_all().await;
    assert_eq!(stage.aws.mails().len(), 1, "one mail for all of them");
    let bound: Vec<_> = sessions.iter().filter(|session| session.state() == "CODE_SENT").collect();
    assert!(bound.iter().all(|session| session.private == bound[0].private), "one challenge for all of them");
    println!("{} of {SESSIONS} sessions share the challenge", bound.len());
    assert!(bound.len() >= SESSIONS / 2, "{} sessions are no crowd", bound.len());

    let code = stage.codes().pop().unwrap();
    let verify = stage.start(Trigger::Verify).await;
    let mut guesses = JoinSet::new();
    for (guess, session) in wrong_answers(&code).take(GUESSES).zip(bound.iter().cycle()) {
        let event = stage.caller.verify(&session.private, &guess, &json!({}));
        let verify = verify.clone();
        guesses.spawn(async move { verify.ask(&event).await });
    }
    let answers = guesses.join_all().await;
    assert_eq!(answers.len(), GUESSES);
    assert!(answers.iter().all(|asked| !verified(&asked.answer).unwrap()), "a wrong guess was accepted");
    let compared = answers.iter().filter(|asked| asked.reason == "wrong-code").count();
    let left = state::guesses_left(&stage.aws, &stage.caller).unwrap();
    let reserved = left.windows(2).filter(|pair| pair[1] < pair[0]).count();
    assert_eq!((compared, reserved), (3, 3), "compared and reserved");

    let event = stage.caller.verify(&bound[0].private, &code, &json!({}));
    assert!(!verified(&verify.ask(&event).await.answer).unwrap(), "the right code after so many wrong ones");
}
