//! Handing the mail to SES.

use aws_config::{Region, SdkConfig};
use aws_sdk_sesv2::{
    Client,
    error::SdkError,
    types::{Body, Content as Part, Destination, EmailContent, Message as Parts},
};
use challenge::{Address, Code};
use message::Content;
use trigger_runtime::Failure;

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
        let config = aws_sdk_sesv2::config::Builder::from(config).region(region).build();
        Self { client: Client::from_conf(config), settings }
    }

    /// Sends `code`, which works for `seconds_left` more.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the mail will not go out.
    pub(crate) async fn send(&self, to: &Address, code: &Code, seconds_left: u64) -> Result<Delivered, Failure> {
        let content =
            Content { code: code.expose(), product: &self.settings.product, minutes: (seconds_left / 60).max(1) };
        let mail = message::render(self.settings.locale, &content).map_err(|error| unsent(&error))?;
        let part = |text: &str| Part::builder().charset("UTF-8").data(text).build().map_err(|error| unsent(&error));
        let body = Body::builder().text(part(&mail.text)?).html(part(&mail.html)?).build();
        let parts = Parts::builder().subject(part(&mail.subject)?).body(body).build();
        let answer = self
            .client
            .send_email()
            .from_email_address(&self.settings.from)
            .destination(Destination::builder().to_addresses(to.expose()).build())
            .content(EmailContent::builder().simple(parts).build())
            .set_configuration_set_name(self.settings.configuration_set.clone())
            .send()
            .await;
        match answer {
            Ok(_) => Ok(Delivered::Accepted),
            Err(SdkError::TimeoutError(_) | SdkError::ResponseError(_)) => Ok(Delivered::Unknown),
            Err(error) => Err(trigger_store::failure("SendEmail", &error)),
        }
    }
}

fn unsent(error: &dyn std::error::Error) -> Failure {
    Failure::unavailable("SendEmail", &error.to_string())
}
