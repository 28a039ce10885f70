//! The article to the letter: deployable, and as open as it is.

use aws_sdk_cognitoidentityprovider::types::AuthFlowType;
use e2e::person::{Person, challenge, tokens};
use e2e::stack::Stack;
use e2e::tool;
use xtask_online::aws::sdk;
use xtask_online::sign_in::State;

#[tokio::test(flavor = "multi_thread")]
async fn its_five_flows_answer() {
    let stack = Stack::of("article").await.unwrap();
    let person = Person::new(&stack).await.unwrap();
    let client = stack.app_client("web").await.unwrap();
    assert!(client.secret.is_none());

    // ALLOW_CUSTOM_AUTH: the two steps.
    let flow = challenge(person.start("web").await.unwrap()).unwrap();
    assert!((840..=900).contains(&flow.challenge().seconds_left.unwrap()), "{}", flow.challenge());
    let signed = tokens(flow.answer(&person.code().await.unwrap()).await.unwrap()).unwrap();

    // ALLOW_REFRESH_TOKEN_AUTH.
    let request = stack.cognito.initiate_auth().client_id(&client.id).auth_flow(AuthFlowType::RefreshTokenAuth);
    let request = request.auth_parameters("REFRESH_TOKEN", signed.reveal_refresh().unwrap());
    assert!(request.send().await.map_err(sdk).unwrap().authentication_result.is_some(), "refresh");

    // ALLOW_USER_PASSWORD_AUTH: the password alone.
    let request = stack.cognito.initiate_auth().client_id(&client.id).auth_flow(AuthFlowType::UserPasswordAuth);
    let request = request.auth_parameters("USERNAME", &person.email);
    let request = request.auth_parameters("PASSWORD", person.password.reveal());
    assert!(request.send().await.map_err(sdk).unwrap().authentication_result.is_some(), "password");

    // ALLOW_ADMIN_USER_PASSWORD_AUTH: the same, for administrators.
    let request = stack.cognito.admin_initiate_auth().client_id(&client.id);
    let request = request.user_pool_id(&stack.outputs.user_pool_id).auth_flow(AuthFlowType::AdminUserPasswordAuth);
    let request = request.auth_parameters("USERNAME", &person.email);
    let request = request.auth_parameters("PASSWORD", person.password.reveal());
    assert!(request.send().await.map_err(sdk).unwrap().authentication_result.is_some(), "administrator");

    // ALLOW_USER_SRP_AUTH: the password alone, by SRP.
    let signed = e2e::srp::sign_in(&stack.cognito, &client, &person.email, &person.password).await.unwrap();
    assert!(!signed.reveal_access().is_empty());

    assert_eq!(stack.mails(&person.email).await.unwrap().len(), 1, "one flow of five asks for a code");
}

/// The article gives its client the attribute; what lies there is of no use without the key.
#[tokio::test(flavor = "multi_thread")]
async fn its_attribute_can_be_written_and_is_not_believed() {
    let stack = Stack::of("article").await.unwrap();
    let person = Person::new(&stack).await.unwrap();
    let flow = challenge(person.start("web").await.unwrap()).unwrap();
    let code = person.code().await.unwrap();
    let signed = tokens(flow.answer(&code).await.unwrap()).unwrap();
    let pair = aws_sdk_cognitoidentityprovider::types::AttributeType::builder().name(e2e::world::ATTRIBUTE);
    let request = stack.cognito.update_user_attributes().access_token(signed.reveal_access());
    request.user_attributes(pair.value("123456").build().unwrap()).send().await.map_err(sdk).unwrap();

    // Whoever writes there wants something forgotten: nobody gets in until an operator has had a look.
    let flow = challenge(person.start("web").await.unwrap()).unwrap();
    assert_eq!(flow.challenge().state, State::Locked);
    tool::run(&["user", "unlock", "--stage", "article", &person.email], "").await.unwrap().succeeded().unwrap();
    let flow = challenge(person.start("web").await.unwrap()).unwrap();
    tokens(flow.answer(&person.code().await.unwrap()).await.unwrap()).unwrap();
}
