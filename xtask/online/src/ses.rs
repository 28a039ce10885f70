//! What SES says of an account and of its identities.

use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::config::{Builder, Region};
use serde::Serialize;

use crate::aws::Session;
use crate::unread::Unread;

/// What an account may send in a Region.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// Whether the account may send at all.
    pub sending: bool,
    /// In the sandbox only verified recipients get mail.
    pub sandbox: bool,
    /// None where SES does not tell.
    pub quota: Option<Quota>,
}

/// How much mail an account may send.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Quota {
    /// Mails in 24 hours; none is no limit.
    pub per_day: Option<f64>,
    pub per_second: f64,
    /// Mails in the last 24 hours.
    pub sent: f64,
}

impl Quota {
    /// How much of the day's quota is used, from 0 to 1.
    #[must_use]
    pub fn used(&self) -> f64 {
        match self.per_day {
            None => 0.0,
            Some(per_day) if self.sent >= per_day => 1.0,
            Some(per_day) => self.sent / per_day,
        }
    }
}

/// A client for the Region that the stage sends from.
#[must_use]
pub fn client(session: &Session) -> Client {
    let region = Region::new(session.stage.email.region.to_string());
    Client::from_conf(Builder::from(&session.sdk_config).region(region).build())
}

/// # Errors
/// When SES does not answer, or refuses to.
pub async fn account(client: &Client) -> Result<Account, Unread> {
    let account = client.get_account().send().await.map_err(Unread::of("ses:GetAccount"))?;
    let quota = account.send_quota().map(|quota| Quota {
        // A negative limit is none.
        per_day: Some(quota.max24_hour_send()).filter(|limit| *limit >= 0.0),
        per_second: quota.max_send_rate(),
        sent: quota.sent_last24_hours(),
    });
    Ok(Account { sending: account.sending_enabled(), sandbox: !account.production_access_enabled(), quota })
}

/// Whether an identity is verified; none where SES does not know it.
///
/// # Errors
/// When SES does not answer, or refuses to.
pub async fn is_verified(client: &Client, identity: &str) -> Result<Option<bool>, Unread> {
    match client.get_email_identity().email_identity(identity).send().await {
        Ok(found) => Ok(Some(found.verified_for_sending_status())),
        Err(error) if error.as_service_error().is_some_and(|error| error.is_not_found_exception()) => Ok(None),
        Err(error) => Err(Unread::of("ses:GetEmailIdentity")(error)),
    }
}
