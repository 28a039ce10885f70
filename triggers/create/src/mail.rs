//! Handing the mail to SES.

use std::time::Duration;

use aws_config::{Region, SdkConfig, timeout::TimeoutConfig};
use aws_sdk_sesv2::{
    Client,
    error::SdkError,
    types::{Body, Content as Part, Destination, EmailContent, Message as Parts},
};
use challenge::{Address, Code};
use message::Content;
use trigger_runtime::Failure;
use trigger_store::CONNECT_TIMEOUT;

use crate::settings::MailSettings;

pub(crate) struct Mailer {
    client: Client,
    settings: MailSettings,
}

/// What is known of a mail that was not refused.
pub(crate) enum Delivered {
    Accepted,
    /// SES was asked and its answer was lost: the mail may or may not go out.
    Unknown,
}

impl Mailer {
    /// The sender's identity may live in another Region than the pool.
    pub(crate) fn new(config: &SdkConfig, settings: MailSettings) -> Self {
        let region = Region::new(settings.region.clone());
        // Only the caller's patience ends a call: an attempt that timed out would be repeated, and SES, which was merely
        // slow, would send a mail for each.
        let timeouts = TimeoutConfig::builder().connect_timeout(CONNECT_TIMEOUT).disable_operation_attempt_timeout();
        let timeouts = timeouts.disable_operation_timeout().build();
        let config = aws_sdk_sesv2::config::Builder::from(config).region(region).timeout_config(timeouts).build();
        Self { client: Client::from_conf(config), settings }
    }

    /// Sends `code`, which works for `seconds_left` more, and waits for SES as long as `patience` lasts.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the mail will not go out.
    pub(crate) async fn send(
        &self,
        to: &Address,
        code: &Code,
        seconds_left: u64,
        patience: Duration,
    ) -> Result<Delivered, Failure> {
        let content =
            Content { code: code.expose(), product: &self.settings.product, minutes: (seconds_left / 60).max(1) };
        let mail = message::render(self.settings.locale, &content).map_err(|error| unsent(&error))?;
        let part = |text: &str| Part::builder().charset("UTF-8").data(text).build().map_err(|error| unsent(&error));
        let body = Body::builder().text(part(&mail.text)?).html(part(&mail.html)?).build();
        let parts = Parts::builder().subject(part(&mail.subject)?).body(body).build();
        let request = self
            .client
            .send_email()
            .from_email_address(&self.settings.from)
            .destination(Destination::builder().to_addresses(to.expose()).build())
            .content(EmailContent::builder().simple(parts).build())
            .set_configuration_set_name(self.settings.configuration_set.clone());
        match tokio::time::timeout(patience, request.send()).await {
            Ok(Ok(_)) => Ok(Delivered::Accepted),
            Err(_) | Ok(Err(SdkError::TimeoutError(_) | SdkError::ResponseError(_))) => Ok(Delivered::Unknown),
            Ok(Err(error)) => Err(trigger_store::failure("SendEmail", &error)),
        }
    }
}

fn unsent(error: &dyn std::error::Error) -> Failure {
    Failure::unavailable("SendEmail", &error.to_string())
}
