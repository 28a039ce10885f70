//! The function's environment.

use message::Locale;
use trigger_runtime::settings::{SettingError, optional, text};
use trigger_store::StoreSettings;

pub struct Settings {
    pub store: StoreSettings,
    pub mail: MailSettings,
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings").field("store", &self.store).finish_non_exhaustive()
    }
}

/// Who sends the mail, in whose name, in which words.
#[derive(Debug, Clone)]
pub struct MailSettings {
    pub from: String,
    /// The sender's name beside the address.
    pub from_name: String,
    pub reply_to: Option<String>,
    pub region: String,
    pub configuration_set: Option<String>,
    pub product: String,
    pub locale: Locale,
}

impl Settings {
    /// # Errors
    /// [`SettingError`] for the first variable that is missing or unusable.
    pub fn from_environment() -> Result<Self, SettingError> {
        let locale = text("DEFAULT_LOCALE")?;
        let product = text("PRODUCT_NAME")?;
        Ok(Self {
            store: StoreSettings::from_environment()?,
            mail: MailSettings {
                from: text("EMAIL_FROM_ADDRESS")?,
                from_name: optional("EMAIL_FROM_NAME").unwrap_or_else(|| product.clone()),
                reply_to: optional("EMAIL_REPLY_TO"),
                region: text("EMAIL_REGION")?,
                configuration_set: optional("EMAIL_CONFIGURATION_SET"),
                product,
                locale: Locale::parse(&locale).ok_or_else(|| SettingError::Unusable {
                    name: "DEFAULT_LOCALE",
                    problem: format!("there is no mail in `{locale}`"),
                })?,
            },
        })
    }
}
