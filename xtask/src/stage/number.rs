//! The numbers of a stage file. What the domain limits is limited by the domain's own types.

use challenge::policy::{
    CodeLength, CodeLife, LockAfter, LockFirstWait, LockLongestWait, MaxAttempts, ResendAfter, SendsPerHour,
};
use toml_span::value::{Value, ValueInner};

use super::problem::Collector;
use super::reader::{Setting, described};

/// A whole number from `MIN` to `MAX`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounded<const MIN: u64, const MAX: u64>(u64);

/// Minutes of an access or ID token; Cognito takes 5 minutes to a day.
pub type TokenMinutes = Bounded<5, 1440>;
/// Days of a refresh token; Cognito takes up to ten years.
pub type RefreshDays = Bounded<1, 3650>;

impl<const MIN: u64, const MAX: u64> Bounded<MIN, MAX> {
    /// `None` outside of `MIN` to `MAX`.
    #[must_use]
    pub fn new(value: u64) -> Option<Self> {
        (MIN..=MAX).contains(&value).then_some(Self(value))
    }

    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl<const MIN: u64, const MAX: u64> Setting for Bounded<MIN, MAX> {
    fn read(key: &str, value: &Value<'_>, problems: &mut Collector<'_>) -> Option<Self> {
        read_number(key, value, problems, |number| {
            Self::new(number).ok_or_else(|| format!("{number} is outside of {MIN} to {MAX}"))
        })
    }
}

/// Days that a log group keeps its lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetentionDays(u64);

impl RetentionDays {
    /// What CloudWatch Logs takes, up to two years.
    pub const ALLOWED: [u64; 15] = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731];

    /// `None` for days that CloudWatch Logs does not take.
    #[must_use]
    pub fn new(value: u64) -> Option<Self> {
        Self::ALLOWED.contains(&value).then_some(Self(value))
    }

    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl Setting for RetentionDays {
    fn read(key: &str, value: &Value<'_>, problems: &mut Collector<'_>) -> Option<Self> {
        read_number(key, value, problems, |number| {
            let allowed = Self::ALLOWED.map(|days| days.to_string()).join(", ");
            Self::new(number).ok_or_else(|| format!("{number} is none of {allowed}"))
        })
    }
}

macro_rules! domain_number {
    ($($name:ident),*) => {$(
        impl Setting for $name {
            fn read(key: &str, value: &Value<'_>, problems: &mut Collector<'_>) -> Option<Self> {
                read_number(key, value, problems, |number| Self::new(number).map_err(|error| error.to_string()))
            }
        }
    )*};
}

domain_number!(CodeLength, CodeLife, LockAfter, LockFirstWait, LockLongestWait, MaxAttempts, ResendAfter, SendsPerHour);

fn read_number<T>(
    key: &str,
    value: &Value<'_>,
    problems: &mut Collector<'_>,
    new: impl FnOnce(u64) -> Result<T, String>,
) -> Option<T> {
    let result = match value.as_ref() {
        ValueInner::Integer(number) => match u64::try_from(*number) {
            Ok(number) => new(number),
            Err(_) => Err(format!("{number} is negative")),
        },
        other => Err(format!("expected a whole number, found {}", described(other))),
    };
    result.map_err(|message| problems.add(value.span.start, format!("`{key}`: {message}"))).ok()
}
