//! A thing that could not be read, for those who show the rest all the same.

use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};
use serde::ser::{Serialize, SerializeMap as _, Serializer};

use crate::aws;
use crate::trouble::Trouble;

/// Why a read gave no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unread {
    #[error("not allowed to read: {action}")]
    NotAllowed {
        /// As a policy names it, such as `ses:GetAccount`.
        action: &'static str,
    },
    #[error("`{action}` failed: {cause}")]
    Failed { action: &'static str, cause: String },
}

/// What was read, or why it was not. In JSON, what was not read is an object with the one key `unread`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen<T>(pub Result<T, Unread>);

impl Unread {
    /// Turns the error of a call into the reason that is shown.
    pub fn of<E, R>(action: &'static str) -> impl FnOnce(SdkError<E, R>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
        R: std::fmt::Debug + Send + Sync + 'static,
    {
        move |error| match Trouble::of(&error) {
            Some(Trouble::NotAllowed) => Self::NotAllowed { action },
            _ => Self::Failed { action, cause: format!("{:#}", aws::words(error)) },
        }
    }

    const fn action(&self) -> &'static str {
        match self {
            Self::NotAllowed { action } | Self::Failed { action, .. } => action,
        }
    }
}

impl<T> Seen<T> {
    /// The thing, if it was read.
    pub const fn get(&self) -> Option<&T> {
        match &self.0 {
            Ok(thing) => Some(thing),
            Err(_) => None,
        }
    }

    /// What `text` says of the thing, or why there is nothing to say.
    pub fn text(&self, text: impl FnOnce(&T) -> String) -> String {
        match &self.0 {
            Ok(thing) => text(thing),
            Err(unread) => unread.to_string(),
        }
    }
}

impl<T: Serialize> Serialize for Seen<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Ok(thing) => thing.serialize(serializer),
            Err(unread) => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry("unread", unread)?;
                map.end()
            }
        }
    }
}

impl Serialize for Unread {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(3))?;
        map.serialize_entry("action", self.action())?;
        map.serialize_entry("notAllowed", &matches!(self, Self::NotAllowed { .. }))?;
        map.serialize_entry("message", &self.to_string())?;
        map.end()
    }
}
