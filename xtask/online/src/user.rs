//! `user …`: what the pool's owner does for a user.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use aws_sdk_cognitoidentityprovider::Client;
use aws_sdk_cognitoidentityprovider::types::{AttributeType, MessageActionType};
use challenge::Address;
use trigger_store::Mailbox;
use xtask::cli::{UserArgs, UserVerb};
use xtask::{errln, out, outln};

use crate::password::Password;
use crate::{aws, outputs};

mod found;
mod memory;

pub use found::{Found, NoSuchUser};
pub use memory::{Kept, Memory};

/// Runs the verb on the user pool of its stage.
///
/// # Errors
/// When the stage is not deployed, no password can be read, or AWS refuses.
pub async fn run(root: &Path, verb: &UserVerb) -> anyhow::Result<ExitCode> {
    let UserArgs { stage, email } = verb.args();
    let session = aws::connect(root, &xtask::stage::load(root, stage.name())?).await?;
    let pool = outputs::read(&session).await?.user_pool_id;
    let cognito = Client::new(&session.sdk_config);
    let stage = session.stage.name.as_ref();
    match verb {
        UserVerb::Create(_) => {
            create(&cognito, &pool, email).await?;
            outln!("created {email} with a verified address; no mail was sent");
            errln!("next: {}", command(stage, "user confirm", email));
        }
        UserVerb::Confirm(_) => {
            let password = Password::ask_twice(&format!("New password of {email}: "))?;
            confirm(&cognito, &pool, email, &password).await?;
            outln!("confirmed {email}");
            errln!("next: {}", command(stage, "sign-in", email));
        }
        UserVerb::Show(_) => {
            let memory = Memory::of(&session, &pool).await?;
            let failed = || format!("failed to show {email}");
            let found = memory.find(email).await.with_context(failed)?;
            let kept = memory.kept(&found).await.with_context(failed)?;
            out!("{}", found.to_text(kept));
        }
        UserVerb::Unlock(_) => {
            let memory = Memory::of(&session, &pool).await?;
            let failed = || format!("failed to unlock {email}");
            let found = memory.find(email).await.with_context(failed)?;
            let kept = memory.forget(&found).await.with_context(failed)?;
            outln!(
                "unlocked {email}: {}",
                if kept.is_none() {
                    "nothing was remembered".to_owned()
                } else {
                    format!("forgot what was kept in {kept}")
                }
            );
            errln!("a code that is on its way no longer works: sign in anew");
            errln!(
                "whoever was locked out had the right password: unless it was the user, {} sets another, and {} ends open sessions",
                command(stage, "user confirm", email),
                command(stage, "user sign-out", email)
            );
        }
        UserVerb::SignOut(_) => {
            sign_out(&cognito, &pool, email).await?;
            outln!("signed out {email}: no refresh token of before gives new tokens");
            let minutes =
                session.stage.app_clients.iter().map(|client| client.access_token.get().max(client.id_token.get()));
            errln!(
                "whoever verifies tokens without asking Cognito takes those that are out for up to {} minutes more",
                minutes.max().unwrap_or_default()
            );
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Revokes the refresh tokens that the user has on all devices.
///
/// # Errors
/// When there is no such user, or Cognito refuses.
pub async fn sign_out(cognito: &Client, user_pool_id: &str, email: &str) -> anyhow::Result<()> {
    let failed = || format!("failed to sign out {email}");
    match cognito.admin_user_global_sign_out().user_pool_id(user_pool_id).username(email).send().await {
        Ok(_) => Ok(()),
        Err(error) if error.as_service_error().is_some_and(|error| error.is_user_not_found_exception()) => {
            Err(NoSuchUser).with_context(failed)
        }
        Err(error) => Err(aws::sdk(error)).with_context(failed),
    }
}

/// Creates a user whose address counts as verified. Cognito sends no mail.
///
/// # Errors
/// When the user exists, or Cognito refuses.
pub async fn create(cognito: &Client, user_pool_id: &str, email: &str) -> anyhow::Result<()> {
    mailable(email).with_context(|| format!("failed to create {email}"))?;
    let created = cognito
        .admin_create_user()
        .user_pool_id(user_pool_id)
        .username(email)
        .user_attributes(attribute("email", email)?)
        .user_attributes(attribute("email_verified", "true")?)
        .message_action(MessageActionType::Suppress)
        .send()
        .await;
    match created {
        Ok(_) => Ok(()),
        Err(error) if error.as_service_error().is_some_and(|error| error.is_username_exists_exception()) => {
            anyhow::bail!(
                "failed to create {email}: the user exists\nhint: `cargo xtask user confirm {email}` sets the password"
            )
        }
        Err(error) => Err(aws::sdk(error)).with_context(|| format!("failed to create {email}")),
    }
}

/// No code could ever reach a user whose address SES does not take.
fn mailable(email: &str) -> anyhow::Result<()> {
    let address = Address::parse(email)?;
    Mailbox::of(&address).map(drop).context(
        "SES cannot send to this address\nhint: the part before the `@` must be ASCII, and the part after it a domain",
    )
}

/// Whether there is a user of that address.
///
/// # Errors
/// When Cognito refuses.
pub async fn exists(cognito: &Client, user_pool_id: &str, email: &str) -> anyhow::Result<bool> {
    match cognito.admin_get_user().user_pool_id(user_pool_id).username(email).send().await {
        Ok(_) => Ok(true),
        Err(error) if error.as_service_error().is_some_and(|error| error.is_user_not_found_exception()) => Ok(false),
        Err(error) => Err(aws::sdk(error)).with_context(|| format!("failed to look for {email}")),
    }
}

/// Sets the user's password for good, so that Cognito asks for no other.
///
/// # Errors
/// When there is no such user, or the password is against the pool's policy.
pub async fn confirm(cognito: &Client, user_pool_id: &str, email: &str, password: &Password) -> anyhow::Result<()> {
    let set = cognito
        .admin_set_user_password()
        .user_pool_id(user_pool_id)
        .username(email)
        .password(password.reveal())
        .permanent(true)
        .send()
        .await;
    match set {
        Ok(_) => Ok(()),
        Err(error) if error.as_service_error().is_some_and(|error| error.is_user_not_found_exception()) => {
            anyhow::bail!(
                "failed to set the password of {email}: there is no such user\nhint: `cargo xtask user create {email}`"
            )
        }
        Err(error) => Err(aws::sdk(error)).with_context(|| format!("failed to set the password of {email}")),
    }
}

fn attribute(name: &str, value: &str) -> anyhow::Result<AttributeType> {
    Ok(AttributeType::builder().name(name).value(value).build()?)
}

/// A command that can be pasted: the stage is named only where it is not the one that is meant anyway.
fn command(stage: &str, verb: &str, email: &str) -> String {
    match stage {
        xtask::cli::StageArgs::DEFAULT => format!("`cargo xtask {verb} {email}`"),
        stage => format!("`cargo xtask {verb} --stage {stage} {email}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::{command, mailable};

    #[test]
    fn an_address_that_ses_cannot_take_is_refused() {
        for (address, taken) in [
            ("jane@example.com", true),
            ("jane@müller.example", true),
            ("jané@example.com", false),
            ("jane@müller..example", false),
            ("jane", false),
        ] {
            assert_eq!(mailable(address).is_ok(), taken, "{address}");
        }
    }

    #[test]
    fn the_next_command_names_the_stage_where_it_matters() {
        assert_eq!(command("local", "sign-in", "a@example.com"), "`cargo xtask sign-in a@example.com`");
        assert_eq!(command("prod", "sign-in", "a@example.com"), "`cargo xtask sign-in --stage prod a@example.com`");
    }
}
