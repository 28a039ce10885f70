//! The function's environment.

use challenge::{CodeLength, CodeLife, MaxAttempts, Policy, ResendAfter, SendsPerHour};
use message::Locale;
use trigger_runtime::settings::{SettingError, number, optional, text};

pub(crate) struct Settings {
    pub(crate) attribute: String,
    /// The ARN of the key's secret.
    pub(crate) secret: String,
    pub(crate) policy: Policy,
    pub(crate) mail: MailSettings,
}

#[derive(Clone)]
pub(crate) struct MailSettings {
    pub(crate) from: String,
    pub(crate) region: String,
    pub(crate) configuration_set: Option<String>,
    pub(crate) product: String,
    pub(crate) locale: Locale,
}

impl Settings {
    pub(crate) fn from_environment() -> Result<Self, SettingError> {
        let locale = text("DEFAULT_LOCALE")?;
        Ok(Self {
            attribute: text("CUSTOM_ATTRIBUTES")?,
            secret: text("CODE_KEY_SECRET")?,
            policy: Policy {
                code_length: number("CODE_LENGTH", CodeLength::new)?,
                code_life: number("CONFIRM_CODE_TIMEOUT", CodeLife::new)?,
                max_attempts: number("MAX_ATTEMPTS", MaxAttempts::new)?,
                resend_after: number("RESEND_AFTER", ResendAfter::new)?,
                sends_per_hour: number("SENDS_PER_HOUR", SendsPerHour::new)?,
            },
            mail: MailSettings {
                from: text("EMAIL_FROM_ADDRESS")?,
                region: text("EMAIL_REGION")?,
                configuration_set: optional("EMAIL_CONFIGURATION_SET"),
                product: text("PRODUCT_NAME")?,
                locale: Locale::parse(&locale).ok_or_else(|| SettingError::Unusable {
                    name: "DEFAULT_LOCALE",
                    problem: format!("there is no mail in `{locale}`"),
                })?,
            },
        })
    }
}
