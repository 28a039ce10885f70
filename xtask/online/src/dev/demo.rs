//! Two people to sign in as, on the local AWS alone.

use std::fmt;

use anyhow::Context as _;
use aws_sdk_cognitoidentityprovider::Client;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::password::Password;
use crate::user;

const ADDRESSES: [&str; 2] = ["first@example.com", "second@example.com"];

/// Somebody who exists, with a password of this run. It is shown on purpose: it opens nothing but this local AWS.
#[derive(Debug)]
pub(super) struct DemoUser {
    email: &'static str,
    password: Password,
}

impl fmt::Display for DemoUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<20} {}", self.email, self.password.reveal())
    }
}

/// Makes the users unless they are there, and gives each a new password.
///
/// # Errors
/// When Cognito refuses.
pub(super) async fn users(cognito: &Client, pool: &str) -> anyhow::Result<Vec<DemoUser>> {
    let mut users = Vec::new();
    for email in ADDRESSES {
        if !user::exists(cognito, pool, email).await? {
            user::create(cognito, pool, email).await?;
        }
        let password = password()?;
        user::confirm(cognito, pool, email, &password).await?;
        users.push(DemoUser { email, password });
    }
    Ok(users)
}

/// One that any policy of the pool takes: long, with letters of both cases, a digit and a sign.
fn password() -> anyhow::Result<Password> {
    let random: [u8; 12] = rand::random();
    Password::new(format!("{}-aA1", URL_SAFE_NO_PAD.encode(random))).context("failed to make a password")
}
