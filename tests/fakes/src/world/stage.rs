//! The environment that a stage gives to its functions.

use challenge::{
    AttemptRule, CodeLength, CodeLife, LockAfter, LockFirstWait, LockLongestWait, Lockout, MaxAttempts, OutOfRange,
    Policy, ResendAfter, SendsPerHour,
};

use crate::fake_aws::{dynamodb, secrets};

pub const ATTRIBUTE: &str = "custom:authChallenge";

/// Where a stage keeps the state of its users.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreKind {
    Attribute,
    Table,
}

impl StoreKind {
    pub const ALL: [Self; 2] = [Self::Attribute, Self::Table];

    /// The operation that stores a state.
    #[must_use]
    pub const fn write(self) -> &'static str {
        match self {
            Self::Attribute => "AdminUpdateUserAttributes",
            Self::Table => "PutItem",
        }
    }

    /// The operation that reads a state.
    #[must_use]
    pub const fn read(self) -> &'static str {
        match self {
            Self::Attribute => "AdminGetUser",
            Self::Table => "GetItem",
        }
    }

    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Attribute => Self::Table,
            Self::Table => Self::Attribute,
        }
    }

    pub(super) fn variables(self) -> impl Iterator<Item = (String, String)> {
        let variables: &[_] = match self {
            Self::Attribute => &[("STATE_STORE", "attribute")],
            Self::Table => &[("STATE_STORE", "table"), ("STATE_TABLE", dynamodb::TABLE)],
        };
        variables.iter().map(owned)
    }
}

/// The settings of a usual stage, with some changed.
#[must_use]
pub fn environment(store: StoreKind, endpoint: &str, changed: &[(&str, &str)]) -> Vec<(String, String)> {
    let usual = [
        ("AWS_REGION", "eu-central-1"),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_ENDPOINT_URL", endpoint),
        ("STACK_NAME", "email-mfa-test"),
        ("CUSTOM_ATTRIBUTES", ATTRIBUTE),
        ("EMAIL_FROM_ADDRESS", "no-reply@example.com"),
        ("EMAIL_REGION", "eu-central-1"),
        ("PRODUCT_NAME", "Example"),
        ("DEFAULT_LOCALE", "en"),
        ("CONFIRM_CODE_TIMEOUT", "10"),
        ("CODE_LENGTH", "6"),
        ("MAX_ATTEMPTS", "3"),
        ("RESEND_AFTER", "30"),
        ("SENDS_PER_HOUR", "5"),
        ("ATTEMPT", "optional"),
        ("LOCK_AFTER", "5"),
        ("LOCK_FIRST_WAIT", "60"),
        ("LOCK_LONGEST_WAIT", "86400"),
        ("CODE_KEY_SECRET", secrets::ARN),
    ];
    // Of two variables of one name the later one counts.
    usual.iter().map(owned).chain(store.variables()).chain(changed.iter().map(owned)).collect()
}

/// What a stage may allow: soon locked, and not for long.
///
/// # Errors
/// When a value is out of the domain's range by now.
pub fn policy() -> Result<Policy, OutOfRange> {
    Ok(Policy {
        code_length: CodeLength::new(6)?,
        code_life: CodeLife::new(10)?,
        max_attempts: MaxAttempts::new(3)?,
        resend_after: ResendAfter::new(30)?,
        sends_per_hour: SendsPerHour::new(10)?,
        attempt: AttemptRule::Optional,
        lockout: Lockout {
            after: LockAfter::new(3)?,
            first_wait: LockFirstWait::new(60)?,
            longest_wait: LockLongestWait::new(3_600)?,
        },
    })
}

fn owned((name, value): &(&str, &str)) -> (String, String) {
    ((*name).to_owned(), (*value).to_owned())
}
