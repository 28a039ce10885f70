//! What create, verify and gate read from their environment alike.

use challenge::{
    AttemptRule, CodeLength, CodeLife, LockAfter, LockFirstWait, LockLongestWait, Lockout, MaxAttempts, Policy,
    ResendAfter, SendsPerHour,
};
use trigger_runtime::settings::{SettingError, number, optional, text};

/// Where the state is kept, and what the stage allows.
#[derive(Debug, Clone)]
pub struct StoreSettings {
    /// The attribute's full name, such as `custom:authChallenge`.
    pub attribute: String,
    /// The table's name, where the store is one.
    pub table: Option<String>,
    /// The ARN of the key's secret.
    pub secret: String,
    pub policy: Policy,
}

impl StoreSettings {
    /// # Errors
    /// [`SettingError`] for the first variable that is missing or unusable.
    pub fn from_environment() -> Result<Self, SettingError> {
        let table = match text("STATE_STORE")?.as_str() {
            "attribute" => None,
            "table" => Some(text("STATE_TABLE")?),
            other => {
                let problem = format!("there is no store `{other}`");
                return Err(SettingError::Unusable { name: "STATE_STORE", problem });
            }
        };
        // Lambda updates code and settings by two calls, so that this code may run with the settings of the version before.
        let attempt = match optional("ATTEMPT").as_deref() {
            None | Some("optional") => AttemptRule::Optional,
            Some("required") => AttemptRule::Required,
            Some(other) => {
                let problem = format!("a mark is not `{other}`");
                return Err(SettingError::Unusable { name: "ATTEMPT", problem });
            }
        };
        Ok(Self {
            attribute: text("CUSTOM_ATTRIBUTES")?,
            table,
            secret: text("CODE_KEY_SECRET")?,
            policy: Policy {
                code_length: number("CODE_LENGTH", CodeLength::new)?,
                code_life: number("CONFIRM_CODE_TIMEOUT", CodeLife::new)?,
                max_attempts: number("MAX_ATTEMPTS", MaxAttempts::new)?,
                resend_after: number("RESEND_AFTER", ResendAfter::new)?,
                sends_per_hour: number("SENDS_PER_HOUR", SendsPerHour::new)?,
                attempt,
                lockout: Lockout {
                    after: number("LOCK_AFTER", LockAfter::new)?,
                    first_wait: number("LOCK_FIRST_WAIT", LockFirstWait::new)?,
                    longest_wait: number("LOCK_LONGEST_WAIT", LockLongestWait::new)?,
                },
            },
        })
    }
}
