//! Ways to tokens without both steps, each closed.

use std::sync::atomic::{AtomicBool, Ordering};

use aws_sdk_cognitoidentityprovider::types::{AuthFlowType, ChallengeNameType, ExplicitAuthFlowsType};
use e2e::person::{Person, challenge, refusal, tokens};
use e2e::stack::Stack;
use xtask::trigger::Trigger;
use xtask_online::aws::sdk;
use xtask_online::password::Password;
use xtask_online::sign_in::{AppClient, Flow, Refusal};

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password() {
    let stack = Stack::of("local").await.unwrap();
    let mut person = Person::new(&stack).await.unwrap();
    person.password = Password::new("Not-the-password-1").unwrap();
    let refused = refusal(person.start("web").await.unwrap()).unwrap();
    assert!(matches!(refused, Refusal::Password(_)), "{refused}");
    assert!(stack.mails(&person.email).await.unwrap().is_empty(), "the password comes before the mail");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_password_first() {
    let stack = Stack::of("local").await.unwrap();
    let person = Person::new(&stack).await.unwrap();
    let client = stack.app_client("web").await.unwrap();
    let request = stack.cognito.initiate_auth().client_id(&client.id).auth_flow(AuthFlowType::CustomAuth);
    let refused = request.auth_parameters("USERNAME", &person.email).send().await.unwrap_err();
    assert!(refused.as_service_error().unwrap().is_not_authorized_exception(), "{refused:?}");
    assert!(stack.mails(&person.email).await.unwrap().is_empty());
    stack.logged(Trigger::Define, &["password-not-first"]).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn flows_that_take_a_password_alone() {
    let stack = Stack::of("local").await.unwrap();
    let person = Person::new(&stack).await.unwrap();
    for name in ["web", "server"] {
        let client = stack.app_client(name).await.unwrap();
        for flow in ["USER_PASSWORD_AUTH", "USER_SRP_AUTH"] {
            let mut request = stack.cognito.initiate_auth().client_id(&client.id).auth_flow(flow.into());
            request = request.auth_parameters("USERNAME", &person.email);
            request = request.auth_parameters("PASSWORD", person.password.reveal()).auth_parameters("SRP_A", "ab");
            if let Some(hash) = client.secret_hash(&person.email) {
                request = request.auth_parameters("SECRET_HASH", hash);
            }
            let refused = sdk(request.send().await.unwrap_err()).to_string();
            assert!(refused.contains("not enabled"), "{flow} through {name}: {refused}");
        }
        let mut request = stack.cognito.admin_initiate_auth().client_id(&client.id);
        request = request.user_pool_id(&stack.outputs.user_pool_id).auth_flow(AuthFlowType::AdminUserPasswordAuth);
        request = request.auth_parameters("USERNAME", &person.email);
        request = request.auth_parameters("PASSWORD", person.password.reveal());
        if let Some(hash) = client.secret_hash(&person.email) {
            request = request.auth_parameters("SECRET_HASH", hash);
        }
        let refused = sdk(request.send().await.unwrap_err()).to_string();
        assert!(refused.contains("not enabled"), "the administrators' flow through {name}: {refused}");
    }
}

/// On AWS, whoever was invited answers this challenge after the temporary password, and gets tokens without a code. The
/// local AWS does not raise it here, but lets it be answered.
#[tokio::test(flavor = "multi_thread")]
async fn a_new_password() {
    let stack = Stack::of("local").await.unwrap();
    let person = Person::invited(&stack).await.unwrap();
    let client = stack.app_client("web").await.unwrap();
    let request = stack.cognito.respond_to_auth_challenge().client_id(&client.id);
    let request = request.challenge_name(ChallengeNameType::NewPasswordRequired).session("a".repeat(20));
    let request = request.challenge_responses("USERNAME", &person.email);
    let refused = request.challenge_responses("NEW_PASSWORD", person.password.reveal()).send().await.unwrap_err();
    assert!(refused.as_service_error().unwrap().is_user_lambda_validation_exception(), "{refused:?}");
    stack.logged(Trigger::Gate, &["source-not-allowed"]).await.unwrap();
}

/// A client that has a password-only flow beside the code, as drift makes it. An attacker with the password asks for tokens
/// without a pause, so that some of his calls come between the victim's right code and the victim's tokens.
#[tokio::test(flavor = "multi_thread")]
async fn a_password_only_flow_beside_the_code() {
    let stack = Stack::alone().await.unwrap();
    let request = stack.cognito.create_user_pool_client().user_pool_id(&stack.outputs.user_pool_id);
    let request = request.client_name("drifted").explicit_auth_flows(ExplicitAuthFlowsType::AllowCustomAuth);
    let request = request.explicit_auth_flows(ExplicitAuthFlowsType::AllowUserPasswordAuth);
    let made = request.send().await.unwrap().user_pool_client.unwrap();
    let id = made.client_id().unwrap();
    let client = AppClient::describe(&stack.cognito, &stack.outputs.user_pool_id, id).await.unwrap();
    let victim = Person::new(&stack).await.unwrap();

    let over = AtomicBool::new(false);
    let attack = async {
        let (mut refused, mut taken) = (0, 0);
        while !over.load(Ordering::Relaxed) {
            let request = stack.cognito.initiate_auth().client_id(id).auth_flow(AuthFlowType::UserPasswordAuth);
            let request = request.auth_parameters("USERNAME", &victim.email);
            match request.auth_parameters("PASSWORD", victim.password.reveal()).send().await {
                Ok(_) => taken += 1,
                Err(_) => refused += 1,
            }
        }
        (refused, taken)
    };
    let sign_ins = async {
        let mut signed_in = 0;
        for _ in 0..6 {
            let flow = Flow::start(&stack.cognito, &client, &victim.email, &victim.password).await.unwrap();
            let flow = challenge(flow).unwrap();
            let code = victim.code().await.unwrap();
            signed_in += u32::from(tokens(flow.answer(&code).await.unwrap()).is_ok());
        }
        over.store(true, Ordering::Relaxed);
        signed_in
    };
    let ((refused, taken), signed_in) = tokio::join!(attack, sign_ins);
    let request = stack.cognito.delete_user_pool_client().user_pool_id(&stack.outputs.user_pool_id);
    request.client_id(id).send().await.unwrap();
    assert_eq!((signed_in, taken), (6, 0), "sign-ins of the victim, and tokens of the attacker");
    assert!(refused > 0, "the attacker has asked");
}
