//! What operators do for users and for the key, by the real command.

use std::time::Instant;

use challenge::{Key, KeyRing, SealedState, Subject};
use e2e::person::{Person, challenge, tokens};
use e2e::stack::Stack;
use e2e::tool::{self, Run};
use xtask_online::sign_in::{AppClient, Flow, State, Tokens};

use crate::lock::locked;

async fn ran(arguments: &[&str]) -> Run {
    tool::run(arguments, "").await.unwrap()
}

fn said(run: &Run, texts: &[&str]) {
    for text in texts {
        assert!(run.stdout.contains(text) || run.stderr.contains(text), "{text:?} in {run:?}");
    }
}

/// New instances of the functions whose settings the change touches; they fetch the keys when they start.
async fn replaced(stack: &Stack, from: &str, to: &str) {
    stack.update_template(|template| template.replace(from, to)).await.unwrap();
}

/// Whether the person's state was sealed with this secret.
async fn sealed_with(person: &Person<'_>, secret: &str) -> bool {
    let keys = KeyRing { current: Key::from_secret(secret.as_bytes()).unwrap(), previous: None };
    let subject = Subject { user_pool: &person.stack.outputs.user_pool_id, user: &person.name };
    SealedState::new(person.sealed().await.unwrap()).open(&subject, &keys).is_ok()
}

async fn answered(person: &Person<'_>, flow: Flow) -> Tokens {
    tokens(flow.answer(&person.code().await.unwrap()).await.unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_loses_no_sign_in_under_way() {
    let stack = Stack::alone().await.unwrap();
    let (early, late) = (Person::new(&stack).await.unwrap(), Person::new(&stack).await.unwrap());
    let (earlys, lates) = (early.challenge().await.unwrap(), late.challenge().await.unwrap());
    let before = stack.secret().await.unwrap();

    let begun = Instant::now();
    let run = ran(&["rotate-key"]).await.succeeded().unwrap();
    said(&run, &["rotated the key of stage `local`", "within 5 minutes"]);
    let after = stack.secret().await.unwrap();
    assert_ne!(after, before);
    assert!(after.len() == 64 && after.bytes().all(|byte| byte.is_ascii_alphanumeric()), "not what a stack makes");
    assert!(!format!("{run:?}").contains(&after), "the key is shown");

    // Functions that have cached the key of before, and do not know of another.
    answered(&early, earlys).await;
    // Create is a new instance and works with the new key; Verify and the gate meet it for the first time.
    replaced(&stack, "\"Example\"", "\"Rotated\"").await;
    let new = Person::new(&stack).await.unwrap();
    let news = new.challenge().await.unwrap();
    assert!(sealed_with(&new, &after).await);
    answered(&new, news).await;
    // All are new instances, and open what the key of before has sealed.
    replaced(&stack, "LOCK_FIRST_WAIT: \"60\"", "LOCK_FIRST_WAIT: \"61\"").await;
    assert!(sealed_with(&late, &before).await);
    answered(&late, lates).await;
    assert!(sealed_with(&late, &after).await, "what is written next is sealed with the new key");

    let again = ran(&["rotate-key"]).await;
    assert_eq!(again.code, Some(1), "{again:?}");
    said(&again, &["the last rotation was ", " minutes ago", "hint: from 2", "--force"]);
    let minutes = again.stderr.split("the last rotation was ").nth(1).unwrap().split(' ').next().unwrap();
    assert!(minutes.parse::<u64>().unwrap() <= (begun.elapsed().as_secs() + 1) / 60, "{again:?}");
    assert_eq!(stack.secret().await.unwrap(), after, "a refusal writes nothing");
    said(&ran(&["rotate-key", "--force"]).await.succeeded().unwrap(), &["rotated", "warning:", "are forgotten"]);
    assert_ne!(stack.secret().await.unwrap(), after);

    // Leaves no instance behind that still seals with an older key.
    tool::deploy("local").await.unwrap();
    let person = Person::new(&stack).await.unwrap();
    let flow = person.challenge().await.unwrap();
    answered(&person, flow).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_user_is_let_in_again() {
    let stack = Stack::of("local").await.unwrap();
    let person = Person::new(&stack).await.unwrap();
    locked(&person).await;
    let shown = ran(&["user", "show", &person.email]).await.succeeded().unwrap();
    said(&shown, &[&person.name, "CONFIRMED, enabled", "verified", "kept in the table and the attribute"]);

    let unlocked = ran(&["user", "unlock", &person.email]).await.succeeded().unwrap();
    said(&unlocked, &["forgot what was kept in the table and the attribute", "sign in anew"]);
    said(&ran(&["user", "show", &person.email]).await.succeeded().unwrap(), &["state    none"]);
    let flow = person.challenge().await.unwrap();
    assert_eq!(flow.challenge().state, State::CodeSent);
    answered(&person, flow).await;

    // Once more does no harm, and nobody is unlocked who is not there.
    ran(&["user", "unlock", &person.email]).await.succeeded().unwrap();
    said(&ran(&["user", "unlock", &person.email]).await.succeeded().unwrap(), &["nothing was remembered"]);
    for verb in ["unlock", "show", "sign-out"] {
        let nobody = ran(&["user", verb, "nobody@example.com"]).await;
        assert_eq!(nobody.code, Some(1), "{nobody:?}");
        said(&nobody, &["nobody@example.com: there is no such user", "hint: "]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_on_its_way_is_of_no_use_after_unlocking() {
    let stack = Stack::of("local").await.unwrap();
    let person = Person::new(&stack).await.unwrap();
    let flow = person.challenge().await.unwrap();
    ran(&["user", "unlock", &person.email]).await.succeeded().unwrap();
    let flow = challenge(flow.answer(&person.code().await.unwrap()).await.unwrap()).unwrap();
    assert_eq!(flow.challenge().state, State::CodeSuperseded);
}

async fn refreshed(stack: &Stack, client: &AppClient, tokens: &Tokens) -> bool {
    let request = stack.cognito.initiate_auth().client_id(&client.id).auth_flow("REFRESH_TOKEN_AUTH".into());
    match request.auth_parameters("REFRESH_TOKEN", tokens.reveal_refresh().unwrap()).send().await {
        Ok(answer) => answer.authentication_result.is_some(),
        Err(error) => {
            assert!(error.as_service_error().is_some_and(|error| error.is_not_authorized_exception()), "{error:?}");
            false
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_who_is_signed_out_gets_no_new_tokens() {
    let stack = Stack::of("local").await.unwrap();
    let (person, other) = (Person::new(&stack).await.unwrap(), Person::new(&stack).await.unwrap());
    let client = stack.app_client("web").await.unwrap();
    let (flow, others) = (person.challenge().await.unwrap(), other.challenge().await.unwrap());
    let (mine, others) = (answered(&person, flow).await, answered(&other, others).await);
    assert!(refreshed(&stack, &client, &mine).await && refreshed(&stack, &client, &others).await);

    let run = ran(&["user", "sign-out", &person.email]).await.succeeded().unwrap();
    said(&run, &["signed out", "up to 60 minutes more"]);
    assert!(!refreshed(&stack, &client, &mine).await, "the refresh token of before still works");
    assert!(refreshed(&stack, &client, &others).await, "another user is signed out too");
}
