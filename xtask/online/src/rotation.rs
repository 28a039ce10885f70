//! The verb `rotate-key`: another value for the secret that seals states and makes codes.
//!
//! Secrets Manager keeps the value before, and the functions go on opening with it what they sealed with it. It keeps no
//! third, so a second rotation has to wait until nothing under way needs the first value any more.

use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use anyhow::Context as _;
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::primitives::{DateTime, DateTimeFormat};
use rand::RngExt as _;
use rand::distr::Alphanumeric;
use xtask::cli::RotateKeyArgs;
use xtask::stage::Stage;
use xtask::{errln, outln};
use zeroize::Zeroizing;

use crate::aws::{self, Session};
use crate::{outputs, stack};

/// The secret's logical ID in the template.
const SECRET: &str = "CodeKey";
/// As many characters as the stack lets Secrets Manager make.
const CHARACTERS: usize = 64;
/// A sign-in lives no longer than Cognito keeps its session.
const LONGEST_SIGN_IN: Duration = Duration::from_secs(15 * 60);
/// A function that has cached the keys goes on with them for so long.
const CACHED_FOR: Duration = Duration::from_secs(5 * 60);

/// The last rotation is so recent that another one would take away a key in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the last rotation was {} minutes ago, and sign-ins under way still need the key that another one takes away",
    .ago.as_secs() / 60
)]
pub struct TooSoon {
    pub ago: Duration,
    /// From when on it is fine.
    pub fine_at: SystemTime,
}

/// What Secrets Manager says of the secret's values, without the values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct History {
    /// When the current value was made.
    current: Option<SystemTime>,
    /// Whether there is a value before, which a rotation takes away for good.
    has_previous: bool,
}

/// # Errors
/// When the stage is not deployed, the last rotation is too recent, or Secrets Manager refuses.
pub async fn run(root: &Path, args: &RotateKeyArgs) -> anyhow::Result<ExitCode> {
    let session = aws::connect(root, &xtask::stage::load(root, args.stage.name())?).await?;
    let secret = secret(&session).await?;
    let secrets = Client::new(&session.sdk_config);
    let failed = || format!("failed to rotate the key of stage `{}`", session.stage.name);
    let history = history(&secrets, &secret).await.with_context(failed)?;
    match allowed(&history, SystemTime::now()) {
        Err(too_soon) if !args.force => {
            let fine_at = DateTime::from(too_soon.fine_at).fmt(DateTimeFormat::DateTime)?;
            let hint = format!(
                "hint: from {fine_at} on it is fine; `{} --force` does it now, for a key that is known to others",
                command(&session.stage)
            );
            return Err(anyhow::anyhow!("{}: {too_soon}\n{hint}", failed()));
        }
        Err(_) => errln!("warning: so soon after the last rotation, sign-ins under way may have to begin anew"),
        Ok(()) => {}
    }
    replace(&secrets, &secret).await.with_context(failed)?;

    outln!("rotated the key of stage `{}`", session.stage.name);
    errln!("the functions take the new key within {} minutes", CACHED_FOR.as_secs() / 60);
    errln!("sign-ins under way, locks and counts go on: the key before still opens them, until the next rotation");
    if history.has_previous {
        errln!("locks and counts that nobody has touched since the rotation before this one are forgotten");
    }
    Ok(ExitCode::SUCCESS)
}

/// The secret's name or ARN, whichever CloudFormation knows it by; Secrets Manager takes both.
async fn secret(session: &Session) -> anyhow::Result<String> {
    // A stage that is not deployed is told so, with the command that deploys it.
    outputs::read(session).await?;
    let cloudformation = aws_sdk_cloudformation::Client::new(&session.sdk_config);
    let name = session.stage.aws.stack.as_ref();
    let mut resources = stack::resources(&cloudformation, name).await?;
    resources.remove(SECRET).with_context(|| format!("the stack `{name}` has no secret `{SECRET}`"))
}

async fn history(secrets: &Client, secret: &str) -> anyhow::Result<History> {
    let mut pages = secrets.list_secret_version_ids().secret_id(secret).into_paginator().send();
    let mut history = History { current: None, has_previous: false };
    while let Some(page) = pages.try_next().await.map_err(aws::sdk)? {
        for version in page.versions() {
            let is = |stage: &str| version.version_stages().iter().any(|label| label == stage);
            if is("AWSCURRENT") {
                history.current = version.created_date().copied().and_then(|date| SystemTime::try_from(date).ok());
            }
            history.has_previous |= is("AWSPREVIOUS");
        }
    }
    Ok(history)
}

/// Whether nothing under way can need the previous key any more. Before the first rotation there is none.
fn allowed(history: &History, now: SystemTime) -> Result<(), TooSoon> {
    let Some(current) = history.current.filter(|_| history.has_previous) else { return Ok(()) };
    let fine_at = current + LONGEST_SIGN_IN + CACHED_FOR;
    // A clock that is behind that of AWS makes it a rotation of just now.
    let ago = now.duration_since(current).unwrap_or_default();
    if now < fine_at { Err(TooSoon { ago, fine_at }) } else { Ok(()) }
}

/// Puts a new value in the place of the current one, which becomes the previous one.
async fn replace(secrets: &Client, secret: &str) -> anyhow::Result<()> {
    let value = new_value();
    // The SDK marks the value as sensitive, so that no `Debug` of a request shows it.
    secrets.put_secret_value().secret_id(secret).secret_string(value.as_str()).send().await.map_err(aws::sdk)?;
    Ok(())
}

/// 64 letters and digits from a generator that is made for secrets, 381 bits.
fn new_value() -> Zeroizing<String> {
    Zeroizing::new(rand::rng().sample_iter(Alphanumeric).take(CHARACTERS).map(char::from).collect())
}

fn command(stage: &Stage) -> String {
    match stage.name.as_ref() {
        xtask::cli::StageArgs::DEFAULT => "cargo xtask rotate-key".to_owned(),
        name => format!("cargo xtask rotate-key --stage {name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_rotation_waits_for_what_is_under_way() {
        let at = |seconds: u64| SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000 + seconds);
        let rows = [
            ("never rotated, just deployed", Some(0), false, 1, true),
            ("at once", Some(0), true, 0, false),
            ("by a clock that is behind", Some(60), true, 0, false),
            ("a second before", Some(0), true, 20 * 60 - 1, false),
            ("when a code made by a cached key is over", Some(0), true, 20 * 60, true),
            ("a year later", Some(0), true, 365 * 24 * 3600, true),
            ("no current value", None, true, 0, true),
        ];
        for (name, current, has_previous, now, expected) in rows {
            let history = History { current: current.map(at), has_previous };
            assert_eq!(allowed(&history, at(now)).is_ok(), expected, "{name}");
        }
    }

    #[test]
    fn a_new_value_is_a_key_and_never_the_same() {
        let (first, second) = (new_value(), new_value());
        assert_eq!(first.len(), CHARACTERS);
        assert!(first.bytes().all(|byte| byte.is_ascii_alphanumeric()) && first != second);
        assert!(challenge::Key::from_secret(first.as_bytes()).is_ok());
    }
}
