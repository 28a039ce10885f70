//! Which codes lead to tokens.

use challenge::CodeLength;
use e2e::person::{Person, challenge, other_than, refusal, tokens};
use e2e::stack::Stack;
use xtask::trigger::Trigger;
use xtask_online::sign_in::{Refusal, State};

#[tokio::test(flavor = "multi_thread")]
async fn the_right_code() {
    let stack = Stack::of("local").await.unwrap();
    let person = Person::new(&stack).await.unwrap();
    let flow = person.challenge().await.unwrap();
    assert_eq!(flow.challenge().state, State::CodeSent);
    assert_eq!((flow.challenge().code_length.map(CodeLength::get), flow.challenge().attempts_left), (Some(6), Some(3)));
    assert_eq!(stack.mails(&person.email).await.unwrap().len(), 1);
    let tokens = tokens(flow.answer(&person.code().await.unwrap()).await.unwrap()).unwrap();
    assert!(tokens.reveal_refresh().is_some());
    let request = stack.cognito.get_user().access_token(tokens.reveal_access());
    assert_eq!(request.send().await.unwrap().username(), person.name, "the access token is the user's");
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_wrong_right() {
    let stack = Stack::of("local").await.unwrap();
    let person = Person::new(&stack).await.unwrap();
    let mut flow = person.challenge().await.unwrap();
    let code = person.code().await.unwrap();
    let mut wrong = code.clone();
    for left in [2, 1] {
        wrong = other_than(&wrong);
        flow = challenge(flow.answer(&wrong).await.unwrap()).unwrap();
        assert_eq!((&flow.challenge().state, flow.challenge().attempts_left), (&State::CodeWrong, Some(left)));
    }
    tokens(flow.answer(&code).await.unwrap()).unwrap();
    assert_eq!(stack.mails(&person.email).await.unwrap().len(), 1, "a wrong answer sends nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn three_wrong() {
    let stack = Stack::of("local").await.unwrap();
    let person = Person::new(&stack).await.unwrap();
    let mut flow = person.challenge().await.unwrap();
    let wrong = other_than(&person.code().await.unwrap());
    for _ in 0..2 {
        flow = challenge(flow.answer(&wrong).await.unwrap()).unwrap();
    }
    let refused = refusal(flow.answer(&wrong).await.unwrap()).unwrap();
    assert!(matches!(refused, Refusal::Ended(_)), "{refused}");
    stack.logged(Trigger::Define, &["too-many-wrong-answers"]).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_code() {
    let stack = Stack::of("local").await.unwrap();
    let person = Person::new(&stack).await.unwrap();
    let flow = person.challenge().await.unwrap();
    person.age(601).await.unwrap();
    let flow = challenge(flow.answer(&person.code().await.unwrap()).await.unwrap()).unwrap();
    assert_eq!(flow.challenge().state, State::CodeExpired);
    stack.logged(Trigger::Verify, &[&person.hash().await.unwrap(), "\"expired\""]).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_of_a_sign_in_that_is_over() {
    let stack = Stack::of("local").await.unwrap();
    let person = Person::new(&stack).await.unwrap();
    let code = {
        let flow = person.challenge().await.unwrap();
        let code = person.code().await.unwrap();
        tokens(flow.answer(&code).await.unwrap()).unwrap();
        code
    };
    person.age(60).await.unwrap();
    let flow = challenge(person.start("web").await.unwrap()).unwrap();
    assert_ne!(person.code().await.unwrap(), code, "the second sign-in has a code of its own");
    let flow = challenge(flow.answer(&code).await.unwrap()).unwrap();
    assert_eq!((&flow.challenge().state, flow.challenge().attempts_left), (&State::CodeOlder, Some(2)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resend() {
    let stack = Stack::of("local").await.unwrap();
    let person = Person::new(&stack).await.unwrap();
    let flow = person.challenge().await.unwrap();
    let flow = challenge(flow.resend().await.unwrap()).unwrap();
    assert_eq!(flow.challenge().state, State::SendThrottled, "not within {:?}", flow.challenge().seconds_to_wait);
    person.age(31).await.unwrap();
    let flow = challenge(flow.resend().await.unwrap()).unwrap();
    assert_eq!((&flow.challenge().state, flow.challenge().attempts_left), (&State::CodeSent, Some(3)));
    assert_eq!(stack.mails(&person.email).await.unwrap().len(), 2);
    tokens(flow.answer(&person.code().await.unwrap()).await.unwrap()).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_moved_to_another_user() {
    let stack = Stack::of("local").await.unwrap();
    let (jane, john) = (Person::new(&stack).await.unwrap(), Person::new(&stack).await.unwrap());
    let _janes = jane.challenge().await.unwrap();
    let johns = john.challenge().await.unwrap();
    john.put_sealed(&jane.sealed().await.unwrap()).await.unwrap();
    let flow = challenge(johns.answer(&jane.code().await.unwrap()).await.unwrap()).unwrap();
    assert_eq!(flow.challenge().state, State::Locked, "a state that is not genuine locks");
    stack.logged(Trigger::Verify, &["seal is broken"]).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_not_verified() {
    let stack = Stack::of("local").await.unwrap();
    let person = Person::new(&stack).await.unwrap();
    person.write("email_verified", "false").await.unwrap();
    let flow = person.challenge().await.unwrap();
    assert_eq!(flow.challenge().state, State::NoVerifiedAddress);
    assert!(stack.mails(&person.email).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_with_a_secret_and_its_refresh() {
    let stack = Stack::of("local").await.unwrap();
    let person = Person::new(&stack).await.unwrap();
    for name in ["server", "web"] {
        let flow = challenge(person.start(name).await.unwrap()).unwrap();
        let tokens = tokens(flow.answer(&person.code().await.unwrap()).await.unwrap()).unwrap();
        let client = stack.app_client(name).await.unwrap();
        assert_eq!(client.secret.is_some(), name == "server");
        let mut request = stack.cognito.initiate_auth().client_id(&client.id);
        request = request.auth_flow("REFRESH_TOKEN_AUTH".into());
        request = request.auth_parameters("REFRESH_TOKEN", tokens.reveal_refresh().unwrap());
        // Cognito takes the hash of the `sub` here, not of the address.
        if let Some(hash) = client.secret_hash(&person.name) {
            request = request.auth_parameters("SECRET_HASH", hash);
        }
        let refreshed = request.send().await.unwrap_or_else(|error| panic!("{name}: {error:?}"));
        assert!(refreshed.authentication_result.unwrap().access_token.is_some(), "{name}");
        person.age(60).await.unwrap();
    }
}
