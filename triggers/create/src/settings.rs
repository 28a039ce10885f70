//! The function's environment.

use message::Locale;
use trigger_runtime::settings::{SettingError, optional, text};
use trigger_store::StoreSettings;

pub struct Settings {
    pub(crate) store: StoreSettings,
    pub(crate) mail: MailSettings,
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings").field("store", &self.store).finish_non_exhaustive()
    }
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
    /// # Errors
    /// [`SettingError`] for the first variable that is missing or unusable.
    pub fn from_environment() -> Result<Self, SettingError> {
        let locale = text("DEFAULT_LOCALE")?;
        Ok(Self {
            store: StoreSettings::from_environment()?,
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
