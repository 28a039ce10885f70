//! The events of a stack, and what they say about the operation that they belong to.

use std::time::Duration;

use aws_sdk_cloudformation::primitives::{DateTime, DateTimeFormat};
use aws_sdk_cloudformation::types::StackEvent;
use xtask::terminal::{line, words};

mod read;

#[cfg(test)]
pub(crate) mod tests;

pub use read::{all, since_rest};

/// One step of one resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub id: String,
    pub at: DateTime,
    pub logical_id: String,
    pub kind: String,
    pub status: String,
    pub reason: Option<String>,
    /// Whether it is about the stack itself.
    pub of_stack: bool,
    /// What whoever began the operation called it.
    pub token: Option<String>,
    /// CloudFormation's id of the operation; a rollback is one of its own.
    pub operation: Option<String>,
}

impl Event {
    pub(crate) fn new(event: &StackEvent) -> Self {
        let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
        Self {
            id: text(event.event_id()),
            at: event.timestamp().copied().unwrap_or_else(|| DateTime::from_secs(0)),
            logical_id: text(event.logical_resource_id()),
            kind: text(event.resource_type()),
            status: text(event.resource_status().map(|status| status.as_str())),
            reason: event.resource_status_reason().filter(|reason| !reason.is_empty()).map(words),
            of_stack: event.physical_resource_id() == event.stack_id(),
            token: event.client_request_token().map(str::to_owned),
            operation: event.operation_id().map(str::to_owned),
        }
    }

    /// RFC 3339, UTC, whole seconds.
    #[must_use]
    pub fn time(&self) -> String {
        DateTime::from_secs(self.at.secs()).fmt(DateTimeFormat::DateTime).unwrap_or_default()
    }

    #[must_use]
    pub fn is_under_way(&self) -> bool {
        self.status.ends_with("_IN_PROGRESS")
    }

    /// Whether the stack does nothing after this. It calls itself failed before it rolls back, too.
    fn is_rest(&self) -> bool {
        !self.is_under_way() && !matches!(self.status.as_str(), "CREATE_FAILED" | "UPDATE_FAILED")
    }

    #[must_use]
    pub fn is_failure(&self) -> bool {
        self.status.ends_with("_FAILED")
    }

    /// How long after another event this one came.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Duration {
        Duration::from_secs(self.at.secs().saturating_sub(earlier.at.secs()).try_into().unwrap_or(0))
    }
}

impl std::fmt::Display for Event {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let time = self.time();
        write!(f, "{} {:<40} {}", time.get(11..19).unwrap_or(&time), line(&self.logical_id), line(&self.status))?;
        self.reason.iter().try_for_each(|reason| write!(f, "  {reason}"))
    }
}

/// What an operation is to lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goal {
    /// A stack that is created, updated, or has taken resources in.
    Change,
    Deletion,
    /// The stack as it was before an update that failed.
    Rollback,
}

impl Goal {
    fn is_reached_in(self, status: &str) -> bool {
        match self {
            Self::Change => matches!(status, "CREATE_COMPLETE" | "UPDATE_COMPLETE" | "IMPORT_COMPLETE"),
            Self::Deletion => status == "DELETE_COMPLETE",
            Self::Rollback => status == "UPDATE_ROLLBACK_COMPLETE",
        }
    }
}

/// How an operation ended, with the state that the stack is left in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    Done(String),
    Failed(String),
}

/// Those events, oldest first, that are of the operation that they begin with: what comes after its rest is somebody else's.
#[must_use]
pub fn own(events: &[Event]) -> &[Event] {
    let rest = events.iter().position(|event| event.of_stack && event.is_rest());
    &events[..rest.map_or(events.len(), |rest| rest + 1)]
}

/// The end of the operation that these events are of, oldest first; none while it is under way.
#[must_use]
pub fn end(events: &[Event], goal: Goal) -> Option<End> {
    let last = own(events).iter().rfind(|event| event.of_stack).filter(|last| !last.is_under_way())?;
    let status = last.status.clone();
    Some(if goal.is_reached_in(&status) { End::Done(status) } else { End::Failed(status) })
}
