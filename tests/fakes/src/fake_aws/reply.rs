//! An answer in the words of the AWS protocols.

use serde_json::{Value, json};

/// What is answered to a call.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reply {
    pub(super) status: u16,
    /// The error code, if it is one.
    pub(super) code: Option<String>,
    pub(super) body: Value,
}

impl Reply {
    pub(super) const fn ok(body: Value) -> Self {
        Self { status: 200, code: None, body }
    }

    pub(super) fn refused(code: &str, message: &str) -> Self {
        Self::error(400, code, message)
    }

    pub(super) fn error(status: u16, code: &str, message: &str) -> Self {
        Self { status, code: Some(code.to_owned()), body: json!({ "__type": code, "message": message }) }
    }
}
