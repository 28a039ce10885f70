//! Handing mails to SES.

use std::error::Error;
use std::time::Duration;

use aws_sdk_sesv2::{
    Client,
    config::{Region, timeout::TimeoutConfig},
    error::SdkError,
    operation::send_email::SendEmailError,
    types::{Body, Content as Part, Destination, EmailContent, Message as Parts, MessageHeader},
};
use aws_types::SdkConfig;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use challenge::{Address, ChallengeId, Code, policy::REPEAT_WINDOW_SECONDS};
use message::{Content, Locale, Message, Notice};
use trigger_runtime::Failure;
use trigger_store::{CONNECT_TIMEOUT, Mailbox};

use crate::settings::MailSettings;

/// What SES needs to take a mail, on a connection that is not there yet.
const LEAST_PATIENCE: Duration = Duration::from_millis(250);

pub(crate) struct Mailer {
    client: Client,
    settings: MailSettings,
    /// The sender as SES takes it.
    from: String,
}

/// What is known of a mail that was not refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delivered {
    /// SES took it. It also takes mail to addresses on its suppression list, and drops that without a word.
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
        let from = sender(&settings.from_name, &settings.from);
        Self { client: Client::from_conf(config), settings, from }
    }

    /// Sends `code`, which works for `seconds_left` more, and waits for SES as long as `patience` lasts.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] with SES's code and reason when the mail will not go out.
    pub(crate) async fn send(
        &self,
        locale: Locale,
        to: &Address,
        code: &Code,
        challenge: ChallengeId,
        seconds_left: u64,
        patience: Duration,
    ) -> Result<Delivered, Failure> {
        let (reference, minutes) = (challenge.reference(), minutes(seconds_left));
        let content = Content { code: code.expose(), reference: &reference, product: &self.settings.product, minutes };
        let mail = message::render(locale, &content).map_err(|error| unsent(&error))?;
        self.hand_over(to, &mail, patience).await
    }

    /// Tells somebody that their account was locked, and waits for SES as long as `patience` lasts.
    ///
    /// # Errors
    /// As [`Mailer::send`].
    pub(crate) async fn send_notice(
        &self,
        locale: Locale,
        to: &Address,
        patience: Duration,
    ) -> Result<Delivered, Failure> {
        let notice = Notice { product: &self.settings.product };
        let mail = message::render_notice(locale, &notice).map_err(|error| unsent(&error))?;
        self.hand_over(to, &mail, patience).await
    }

    async fn hand_over(&self, to: &Address, mail: &Message, patience: Duration) -> Result<Delivered, Failure> {
        // Begun and given up at once, it would be a mail of which nobody knows whether it went out.
        if patience < LEAST_PATIENCE {
            return Err(Failure::unavailable("SendEmail", "no time was left for it"));
        }
        let to = Mailbox::of(to).ok_or_else(|| Failure::unavailable("SendEmail", "SES takes no such address"))?;
        let request = self
            .client
            .send_email()
            .from_email_address(&self.from)
            .destination(Destination::builder().to_addresses(to.expose()).build())
            .set_reply_to_addresses(self.settings.reply_to.clone().map(|address| vec![address]))
            .content(EmailContent::builder().simple(parts(mail)?).build())
            .set_configuration_set_name(self.settings.configuration_set.clone());
        match tokio::time::timeout(patience, request.send()).await {
            Ok(Ok(_)) => Ok(Delivered::Accepted),
            Err(_) => Ok(Delivered::Unknown),
            Ok(Err(error)) if may_have_arrived(&error) => Ok(Delivered::Unknown),
            Ok(Err(error)) => Err(trigger_store::failure("SendEmail", &error)),
        }
    }
}

/// Whole minutes, at least one. A code of ten minutes is told as ten although seconds have passed before its mail is written:
/// as many as Cognito takes for its repeated calls, and no more, or a code that is sent again would be promised too long.
fn minutes(seconds_left: u64) -> u64 {
    (seconds_left.saturating_add(REPEAT_WINDOW_SECONDS) / 60).max(1)
}

fn parts(mail: &Message) -> Result<Parts, Failure> {
    let part = |text: &str| Part::builder().charset("UTF-8").data(text).build().map_err(|error| unsent(&error));
    let body = Body::builder().text(part(&mail.text)?).html(part(&mail.html)?).build();
    // RFC 3834: no out-of-office answers, please.
    let automatic = MessageHeader::builder().name("Auto-Submitted").value("auto-generated").build();
    let automatic = automatic.map_err(|error| unsent(&error))?;
    Ok(Parts::builder().subject(part(&mail.subject)?).body(body).headers(automatic).build())
}

/// `"Name" <address>` (RFC 5322 §3.4). A name that holds more than printable ASCII becomes encoded words (RFC 2047), so
/// that whatever is in it stays within the name: no line ends, no second address.
fn sender(name: &str, address: &str) -> String {
    /// What base64 makes 60 characters of: a word has at most 75, and 12 of them stand around the text.
    const WORD_BYTES: usize = 45;
    if name.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()) {
        let quoted = name.replace('\\', "\\\\").replace('"', "\\\"");
        return format!("\"{quoted}\" <{address}>");
    }
    let mut words = vec![String::new()];
    for c in name.chars() {
        match words.last_mut() {
            Some(word) if word.len() + c.len_utf8() <= WORD_BYTES => word.push(c),
            _ => words.push(c.to_string()),
        }
    }
    let encoded: Vec<_> = words.iter().map(|word| format!("=?UTF-8?B?{}?=", STANDARD.encode(word))).collect();
    format!("{} <{address}>", encoded.join(" "))
}

/// Whether SES may have taken the mail although the call failed. What it answers itself is a refusal, and without a
/// connection there was nobody to take it.
fn may_have_arrived(error: &SdkError<SendEmailError>) -> bool {
    match error {
        SdkError::TimeoutError(_) | SdkError::ResponseError(_) => true,
        // Of the time limits only the one for connecting is on.
        SdkError::DispatchFailure(failure) => !failure.is_user() && !failure.is_timeout() && !never_connected(error),
        // A yes that cannot be read.
        SdkError::ServiceError(answer) => answer.raw().status().is_success(),
        _ => false,
    }
}

fn never_connected(error: &(dyn Error + 'static)) -> bool {
    let connecting = error.downcast_ref::<hyper_util::client::legacy::Error>().is_some_and(|error| error.is_connect());
    connecting || error.source().is_some_and(never_connected)
}

fn unsent(error: &dyn Error) -> Failure {
    Failure::unavailable("SendEmail", &error.to_string())
}

#[cfg(test)]
mod tests;
