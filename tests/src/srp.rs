//! `USER_SRP_AUTH`: the password alone, which the product's own client never does.

use anyhow::Context as _;
use aws_cognito_srp::{SrpClient, User};
use aws_sdk_cognitoidentityprovider::Client;
use aws_sdk_cognitoidentityprovider::types::{AuthFlowType, ChallengeNameType};
use xtask_online::aws::sdk;
use xtask_online::password::Password;
use xtask_online::sign_in::{AppClient, Tokens};

/// Signs in through a public client.
///
/// # Errors
/// When Cognito refuses.
pub async fn sign_in(cognito: &Client, client: &AppClient, email: &str, password: &Password) -> anyhow::Result<Tokens> {
    let srp = SrpClient::new(User::new(&client.user_pool_id, email, password.reveal()), &client.id, None);
    let request = cognito.initiate_auth().client_id(&client.id).auth_flow(AuthFlowType::UserSrpAuth);
    let request = request.auth_parameters("USERNAME", email).auth_parameters("SRP_A", srp.get_auth_parameters().a);
    let answer = request.send().await.map_err(sdk)?;
    let parameters = answer.challenge_parameters.unwrap_or_default();
    let parameter = |name: &str| parameters.get(name).with_context(|| format!("there is no `{name}`"));
    let user = parameter("USER_ID_FOR_SRP")?;
    let proof = srp.verify(parameter("SECRET_BLOCK")?, user, parameter("SALT")?, parameter("SRP_B")?)?;
    let request = cognito.respond_to_auth_challenge().client_id(&client.id).set_session(answer.session);
    let request = request.challenge_name(ChallengeNameType::PasswordVerifier).challenge_responses("USERNAME", user);
    let answer = request
        .challenge_responses("PASSWORD_CLAIM_SECRET_BLOCK", proof.password_claim_secret_block)
        .challenge_responses("PASSWORD_CLAIM_SIGNATURE", proof.password_claim_signature)
        .challenge_responses("TIMESTAMP", proof.timestamp)
        .send()
        .await
        .map_err(sdk)?;
    answer.authentication_result.and_then(Tokens::from_result).context("no tokens came")
}
