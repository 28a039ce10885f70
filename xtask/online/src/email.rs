//! `email check`: what SES says that stands in the way of a mail. It answers a sender nothing of the kind: mail to an
//! address on its suppression list is taken, and dropped.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::primitives::DateTimeFormat;
use xtask::cli::CheckArgs;
use xtask::stage::Email;
use xtask::{errln, outln};

use crate::unread::Unread;
use crate::{aws, ses};

/// What SES says about mail from a stage's sender to one address.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Standing {
    /// Whether the account may send at all.
    sending: bool,
    /// In the sandbox only verified recipients get mail.
    sandbox: bool,
    /// Whether the quota of the last 24 hours is used up.
    quota_used_up: bool,
    sender_verified: bool,
    /// Asked only where it matters: in the sandbox.
    recipient_verified: bool,
    suppressed: Option<Suppressed>,
}

/// An entry on the account's suppression list.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Suppressed {
    /// `BOUNCE` or `COMPLAINT`.
    reason: String,
    /// RFC 3339.
    since: String,
}

/// Says what stands in the way of mail to the address; fails if anything does.
///
/// # Errors
/// When SES does not answer, or refuses to.
pub async fn run(root: &Path, args: &CheckArgs) -> anyhow::Result<ExitCode> {
    let session = aws::connect(root, &xtask::stage::load(root, args.stage.name())?).await?;
    let stage = &session.stage.email;
    let standing = ask(&ses::client(&session), stage.identity_name.as_ref(), &args.address).await;
    let standing = standing.with_context(|| format!("failed to ask SES about mail to {}", args.address))?;
    let obstacles = obstacles(&standing, stage, &args.address);
    if obstacles.is_empty() {
        outln!("SES knows of nothing that stands in the way of mail from {} to {}", stage.from_address, args.address);
        if session.stage.is_local() {
            errln!("the local AWS delivers nothing: `cargo xtask inbox` prints the mail");
        }
        return Ok(ExitCode::SUCCESS);
    }
    for obstacle in obstacles {
        outln!("{obstacle}");
    }
    Ok(ExitCode::FAILURE)
}

async fn ask(client: &Client, sender: &str, address: &str) -> anyhow::Result<Standing> {
    let account = ses::account(client).await?;
    let domain = address.rsplit_once('@').map_or(address, |(_, domain)| domain);
    let verified = async |identity| Ok::<_, Unread>(ses::is_verified(client, identity).await? == Some(true));
    Ok(Standing {
        sending: account.sending,
        sandbox: account.sandbox,
        quota_used_up: account.quota.is_some_and(|quota| quota.used() >= 1.0),
        sender_verified: verified(sender).await?,
        recipient_verified: account.sandbox && (verified(address).await? || verified(domain).await?),
        suppressed: suppressed(client, address).await?,
    })
}

async fn suppressed(ses: &Client, address: &str) -> anyhow::Result<Option<Suppressed>> {
    let found = match ses.get_suppressed_destination().email_address(address).send().await {
        Ok(found) => found.suppressed_destination,
        Err(error) if error.as_service_error().is_some_and(|error| error.is_not_found_exception()) => None,
        Err(error) => return Err(aws::sdk(error)).context("`GetSuppressedDestination`"),
    };
    let entry = |found: aws_sdk_sesv2::types::SuppressedDestination| {
        let since = found.last_update_time().fmt(DateTimeFormat::DateTime)?;
        Ok(Suppressed { reason: found.reason().as_str().to_owned(), since })
    };
    found.map(entry).transpose()
}

/// Each with what to do about it.
fn obstacles(standing: &Standing, stage: &Email, address: &str) -> Vec<String> {
    let Standing { sending, sandbox, quota_used_up, sender_verified, recipient_verified, suppressed } = standing;
    let region = &stage.region;
    let mut obstacles = Vec::new();
    let mut add = |stands: bool, what: String, hint: String| {
        if stands {
            obstacles.push(format!("{what}\nhint: {hint}"));
        }
    };
    add(
        !sending,
        format!("the account may not send mail in {region}"),
        "the SES console's page `Reputation` says why".to_owned(),
    );
    add(
        !sender_verified,
        format!("the sender's identity {} is not verified in {region}", stage.identity_name),
        "publish its DKIM records, or follow the link in SES's mail to it".to_owned(),
    );
    add(
        *sandbox && !recipient_verified,
        format!(
            "the account is in the sandbox of SES in {region}, where only verified recipients get mail: {address} is none"
        ),
        "ask for production access in the SES console".to_owned(),
    );
    add(
        *quota_used_up,
        format!("the account has sent as many mails in the last 24 hours as SES lets it in {region}"),
        "ask for a higher quota".to_owned(),
    );
    if let Some(Suppressed { reason, since }) = suppressed {
        add(
            true,
            format!("{address} is on the suppression list since {since} ({reason}): SES takes mail to it and drops it"),
            format!(
                "once its owner can and wants to get mail: `aws sesv2 delete-suppressed-destination --region {region} --email-address {address}`"
            ),
        );
    }
    obstacles
}

#[cfg(test)]
mod tests;
