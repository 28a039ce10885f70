//! Faults by operation. Here is the place for answers that come late, get lost, or never come.

use std::collections::{HashMap, VecDeque};

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};

use super::Reply;

/// What befalls a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Refused with this error code, such as `AccessDeniedException`; nothing is done.
    Refuse(String),
    /// Done, but answered with this error code: the caller cannot know.
    DoneButRefused(String),
}

impl Fault {
    pub(super) fn apply(self, serve: impl FnOnce() -> Reply) -> Response {
        let code = match self {
            Self::Refuse(code) => code,
            Self::DoneButRefused(code) => {
                serve();
                code
            }
        };
        let status =
            if code.starts_with("Internal") { StatusCode::INTERNAL_SERVER_ERROR } else { StatusCode::BAD_REQUEST };
        Reply::Refused { status, code, message: "scripted fault".to_owned() }.into_response()
    }
}

/// The faults that are still to come.
#[derive(Debug, Default)]
pub(super) struct Script(HashMap<String, VecDeque<Fault>>);

impl Script {
    pub(super) fn add(&mut self, operation: &str, fault: Fault, times: usize) {
        self.0.entry(operation.to_owned()).or_default().extend(std::iter::repeat_n(fault, times));
    }

    pub(super) fn take(&mut self, operation: &str) -> Option<Fault> {
        self.0.get_mut(operation)?.pop_front()
    }
}
