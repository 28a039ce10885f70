//! The sign-in as a client does it: SRP for the password, then the code, each step a value.

use std::collections::HashMap;

use anyhow::Context as _;
use aws_cognito_srp::{SrpClient, User};
use aws_sdk_cognitoidentityprovider::Client;
use aws_sdk_cognitoidentityprovider::operation::initiate_auth::InitiateAuthOutput;
use aws_sdk_cognitoidentityprovider::types::{AuthFlowType, ChallengeNameType};

use super::challenge::Challenge;
use super::refusal::{self, Refusal, Step as RefusedAt};
use super::secret::{AppClient, Tokens};
use crate::password::Password;

/// What a step of the sign-in led to.
#[derive(Debug)]
pub enum Step {
    /// Cognito waits for the code.
    Challenge(Box<Flow>),
    Signed(Tokens),
    Refused(Refusal),
}

/// A sign-in whose password was accepted, and which waits for the code.
#[derive(Debug)]
pub struct Flow {
    caller: Caller,
    session: Session,
    challenge: Challenge,
    parameters: HashMap<String, String>,
}

impl Flow {
    /// Proves the password by SRP and asks for the challenge.
    ///
    /// # Errors
    /// When Cognito cannot be reached, or answers what SRP cannot use. A refusal is no error but a [`Step`].
    pub async fn start(
        cognito: &Client,
        app_client: &AppClient,
        email: &str,
        password: &Password,
    ) -> anyhow::Result<Step> {
        let user = User::new(&app_client.user_pool_id, email, password.reveal());
        let srp = SrpClient::new(user, &app_client.id, None);
        let mut parameters = HashMap::from([
            ("USERNAME".to_owned(), email.to_owned()),
            ("CHALLENGE_NAME".to_owned(), "SRP_A".to_owned()),
            ("SRP_A".to_owned(), srp.get_auth_parameters().a),
        ]);
        parameters.extend(app_client.secret_hash(email).map(|hash| ("SECRET_HASH".to_owned(), hash)));
        let initiated = cognito
            .initiate_auth()
            .auth_flow(AuthFlowType::CustomAuth)
            .client_id(&app_client.id)
            .set_auth_parameters(Some(parameters))
            .send()
            .await;
        let output = match initiated {
            Ok(output) => output,
            Err(error) => {
                let refusal = refusal::refused(RefusedAt::Password, error).context("failed to begin the sign-in")?;
                return Ok(Step::Refused(refusal));
            }
        };
        if output.challenge_name != Some(ChallengeNameType::PasswordVerifier) {
            return Ok(Step::Refused(unexpected(output.challenge_name.as_ref())));
        }
        let (username, responses) = prove(&srp, &output).context("failed to prove the password by SRP")?;
        let caller = Caller { cognito: cognito.clone(), app_client: app_client.clone(), username, attempt: attempt() };
        let session = output.session.map(Session);
        caller.respond(ChallengeNameType::PasswordVerifier, session, responses, None).await
    }

    /// Where the challenge stands.
    #[must_use]
    pub fn challenge(&self) -> &Challenge {
        &self.challenge
    }

    /// Everything that Cognito told the client about the challenge.
    #[must_use]
    pub fn parameters(&self) -> &HashMap<String, String> {
        &self.parameters
    }

    /// Answers with a code.
    ///
    /// # Errors
    /// When Cognito cannot be reached. A refusal is no error but a [`Step`].
    pub async fn answer(self, code: &str) -> anyhow::Result<Step> {
        self.respond(code, None).await
    }

    /// Asks for the mail again, which is no attempt.
    ///
    /// # Errors
    /// As [`Flow::answer`].
    pub async fn resend(self) -> anyhow::Result<Step> {
        // Cognito requires an answer; the triggers do not look at it when the action is `resend`.
        self.respond("-", Some("resend")).await
    }

    async fn respond(self, answer: &str, action: Option<&str>) -> anyhow::Result<Step> {
        let responses = HashMap::from([("ANSWER".to_owned(), answer.to_owned())]);
        self.caller.respond(ChallengeNameType::CustomChallenge, Some(self.session), responses, action).await
    }
}

/// Cognito's handle to a sign-in under way: whoever has it can answer in the user's place.
struct Session(String);

impl std::fmt::Debug for Session {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Session(…)")
    }
}

/// What stays the same through one sign-in.
#[derive(Debug)]
struct Caller {
    cognito: Client,
    app_client: AppClient,
    /// The name that Cognito knows the user by, which is not the address that was typed.
    username: String,
    attempt: String,
}

impl Caller {
    async fn respond(
        self,
        challenge: ChallengeNameType,
        session: Option<Session>,
        mut responses: HashMap<String, String>,
        action: Option<&str>,
    ) -> anyhow::Result<Step> {
        let step = match challenge {
            ChallengeNameType::PasswordVerifier => RefusedAt::Password,
            _ => RefusedAt::Code,
        };
        responses.insert("USERNAME".to_owned(), self.username.clone());
        responses.extend(self.app_client.secret_hash(&self.username).map(|hash| ("SECRET_HASH".to_owned(), hash)));
        let mut metadata = HashMap::from([("attempt".to_owned(), self.attempt.clone())]);
        metadata.extend(action.map(|action| ("action".to_owned(), action.to_owned())));
        let responded = self
            .cognito
            .respond_to_auth_challenge()
            .client_id(&self.app_client.id)
            .challenge_name(challenge)
            .set_session(session.map(|session| session.0))
            .set_challenge_responses(Some(responses))
            .set_client_metadata(Some(metadata))
            .send()
            .await;
        let output = match responded {
            Ok(output) => output,
            Err(error) => {
                let refusal = refusal::refused(step, error).context("failed to answer the challenge")?;
                return Ok(Step::Refused(refusal));
            }
        };
        if let Some(tokens) = output.authentication_result.and_then(Tokens::from_result) {
            return Ok(Step::Signed(tokens));
        }
        match (output.challenge_name, output.session) {
            (Some(ChallengeNameType::CustomChallenge), Some(session)) => {
                let parameters = output.challenge_parameters.unwrap_or_default();
                let challenge = Challenge::from_parameters(&parameters);
                let flow = Flow { caller: self, session: Session(session), challenge, parameters };
                Ok(Step::Challenge(Box::new(flow)))
            }
            (name, _) => Ok(Step::Refused(unexpected(name.as_ref()))),
        }
    }
}

/// The user's name in the pool and the answers to `PASSWORD_VERIFIER`.
fn prove(srp: &SrpClient<User>, output: &InitiateAuthOutput) -> anyhow::Result<(String, HashMap<String, String>)> {
    let parameter = |name: &str| {
        let parameters = output.challenge_parameters.as_ref();
        parameters
            .and_then(|parameters| parameters.get(name))
            .with_context(|| format!("Cognito's challenge has no `{name}`"))
    };
    let username = parameter("USER_ID_FOR_SRP")?;
    let proof = srp.verify(parameter("SECRET_BLOCK")?, username, parameter("SALT")?, parameter("SRP_B")?)?;
    let responses = HashMap::from([
        ("PASSWORD_CLAIM_SECRET_BLOCK".to_owned(), proof.password_claim_secret_block),
        ("PASSWORD_CLAIM_SIGNATURE".to_owned(), proof.password_claim_signature),
        ("TIMESTAMP".to_owned(), proof.timestamp),
    ]);
    Ok((username.clone(), responses))
}

fn unexpected(challenge: Option<&ChallengeNameType>) -> Refusal {
    challenge.map_or(Refusal::NoAnswer, |name| Refusal::UnknownChallenge(name.as_str().to_owned()))
}

/// The id by which the triggers tell a repeated call from a second sign-in: 128 random bits in hexadecimal.
#[must_use]
pub fn attempt() -> String {
    format!("{:032x}", rand::random::<u128>())
}
