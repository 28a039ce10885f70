//! What must not be printed in a sign-in: the secret of a confidential app client, and tokens.

use std::time::Duration;

use anyhow::Context as _;
use aws_sdk_cognitoidentityprovider::Client;
use aws_sdk_cognitoidentityprovider::types::{AuthenticationResultType, TimeUnitsType, UserPoolClientType};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::aws;

/// The app client that a sign-in goes through.
#[derive(Debug, Clone)]
pub struct AppClient {
    pub user_pool_id: String,
    pub id: String,
    pub secret: Option<ClientSecret>,
    /// How long a refresh token is good for, where Cognito says.
    pub refresh_lifetime: Option<Duration>,
}

impl AppClient {
    /// Asks Cognito for the app client, its secret included.
    ///
    /// # Errors
    /// When the call fails, for example since there is no such client.
    pub async fn describe(cognito: &Client, user_pool_id: &str, id: &str) -> anyhow::Result<Self> {
        let described = cognito.describe_user_pool_client().user_pool_id(user_pool_id).client_id(id).send().await;
        let client = described
            .map_err(aws::sdk)
            .and_then(|output| output.user_pool_client.context("the answer holds no app client"))
            .with_context(|| format!("failed to describe the app client `{id}` of user pool `{user_pool_id}`"))?;
        Ok(Self {
            user_pool_id: user_pool_id.to_owned(),
            id: id.to_owned(),
            refresh_lifetime: refresh_lifetime(&client),
            secret: client.client_secret.filter(|secret| !secret.is_empty()).map(ClientSecret::new),
        })
    }

    /// `SECRET_HASH` for a call that names `username`; none for a public client.
    #[must_use]
    pub fn secret_hash(&self, username: &str) -> Option<String> {
        self.secret.as_ref().and_then(|secret| secret.hash(username, &self.id))
    }
}

fn refresh_lifetime(client: &UserPoolClientType) -> Option<Duration> {
    let validity = u64::try_from(client.refresh_token_validity).ok().filter(|validity| *validity > 0)?;
    let unit = client.token_validity_units.as_ref().and_then(|units| units.refresh_token.clone());
    let seconds = match unit {
        Some(TimeUnitsType::Seconds) => 1,
        Some(TimeUnitsType::Minutes) => 60,
        Some(TimeUnitsType::Hours) => 3_600,
        // Days are Cognito's own default for this lifetime.
        _ => 86_400,
    };
    Some(Duration::from_secs(validity * seconds))
}

/// The secret of a confidential app client.
#[derive(Clone)]
pub struct ClientSecret(Zeroizing<String>);

impl std::fmt::Debug for ClientSecret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("ClientSecret(…)")
    }
}

impl ClientSecret {
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// Base64 of HMAC-SHA-256(secret, user name ‖ client id), as Cognito defines it.
    fn hash(&self, username: &str, client_id: &str) -> Option<String> {
        // HMAC takes a key of any length, so the error of `new_from_slice` cannot happen.
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.as_bytes()).ok()?;
        mac.update(username.as_bytes());
        mac.update(client_id.as_bytes());
        Some(STANDARD.encode(mac.finalize().into_bytes()))
    }
}

/// The tokens of a sign-in. They can be handed on, but not printed.
#[derive(Clone)]
pub struct Tokens {
    id: Zeroizing<String>,
    access: Zeroizing<String>,
    refresh: Option<Zeroizing<String>>,
    /// How long the access token is good for.
    pub lifetime: Duration,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Tokens").field("lifetime", &self.lifetime).finish_non_exhaustive()
    }
}

impl Tokens {
    /// None when the ID token or the access token is missing: half a sign-in is none.
    #[must_use]
    pub fn from_result(result: AuthenticationResultType) -> Option<Self> {
        Some(Self {
            lifetime: Duration::from_secs(u64::try_from(result.expires_in).unwrap_or(0)),
            id: Zeroizing::new(result.id_token?),
            access: Zeroizing::new(result.access_token?),
            refresh: result.refresh_token.map(Zeroizing::new),
        })
    }

    #[must_use]
    pub fn reveal_id(&self) -> &str {
        &self.id
    }

    #[must_use]
    pub fn reveal_access(&self) -> &str {
        &self.access
    }

    #[must_use]
    pub fn reveal_refresh(&self) -> Option<&str> {
        self.refresh.as_ref().map(|token| token.as_str())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn secret_hash_is_the_documented_one() {
        // Made with: printf '%s' user@example.com1example23456789 | openssl dgst -sha256 -hmac secret -binary | base64
        let client = AppClient {
            user_pool_id: "eu-central-1_example".to_owned(),
            id: "1example23456789".to_owned(),
            secret: Some(ClientSecret::new("secret".to_owned())),
            refresh_lifetime: None,
        };
        assert_eq!(client.secret_hash("user@example.com").unwrap(), "dzRFDa2962Vcu4nE6kuTGY5vEEEbJMU++8vBr61ZJ4w=");
        assert_eq!(AppClient { secret: None, ..client }.secret_hash("user@example.com"), None);
    }

    #[test]
    fn debug_keeps_secrets() {
        let result = AuthenticationResultType::builder()
            .id_token("the-id")
            .access_token("the-access")
            .refresh_token("the-refresh")
            .expires_in(3600)
            .build();
        let shown = format!("{:?} {:?}", Tokens::from_result(result).unwrap(), ClientSecret::new("hidden".to_owned()));
        assert_eq!(shown, "Tokens { lifetime: 3600s, .. } ClientSecret(…)");
    }

    #[test]
    fn half_an_answer_is_no_sign_in() {
        assert!(Tokens::from_result(AuthenticationResultType::builder().id_token("the-id").build()).is_none());
    }
}
