//! Reading a function's environment: every value parsed once, at start.

use std::str::FromStr;

/// A setting without which the function does not start. Names the variable, never its value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingError {
    #[error("the environment has no `{0}`")]
    Missing(&'static str),
    #[error("the environment's `{name}` is unusable: {problem}")]
    Unusable { name: &'static str, problem: String },
}

/// # Errors
/// [`SettingError::Missing`] when the variable is absent or empty.
pub fn text(name: &'static str) -> Result<String, SettingError> {
    optional(name).ok_or(SettingError::Missing(name))
}

/// The variable's value, or `None` when it is absent or empty.
#[must_use]
pub fn optional(name: &'static str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// A number that `make` turns into a type of the domain, which knows its range.
///
/// # Errors
/// [`SettingError`] when it is absent, no number, or out of range.
pub fn number<T, E: std::fmt::Display>(
    name: &'static str,
    make: impl FnOnce(u64) -> Result<T, E>,
) -> Result<T, SettingError> {
    let unusable = |problem: String| SettingError::Unusable { name, problem };
    let number = u64::from_str(&text(name)?).map_err(|error| unusable(error.to_string()))?;
    make(number).map_err(|error| unusable(error.to_string()))
}
