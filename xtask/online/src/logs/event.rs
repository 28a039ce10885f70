//! One line of a log, and how it is told from the others.

use aws_sdk_cloudwatchlogs::types::FilteredLogEvent;
use xtask::trigger::Trigger;

/// A line that a function, or Lambda on its behalf, has logged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Event {
    /// Milliseconds after 1970-01-01, UTC.
    pub(super) time: i64,
    pub(super) trigger: Trigger,
    /// Of an instance of the function.
    pub(super) stream: String,
    pub(super) id: Option<String>,
    pub(super) message: String,
}

/// What tells a line from every other of its group.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Identity {
    Id(String),
    /// Where a service gives no ids: the same text may stand in one stream more than once at the same time.
    Place {
        stream: String,
        message: String,
        occurrence: usize,
    },
}

impl Event {
    pub(super) fn new(trigger: Trigger, event: FilteredLogEvent) -> Self {
        Self {
            time: event.timestamp.unwrap_or_default(),
            trigger,
            stream: event.log_stream_name.unwrap_or_default(),
            id: event.event_id.filter(|id| !id.is_empty()),
            message: event.message.unwrap_or_default(),
        }
    }

    pub(super) fn identity(&self, occurrence: usize) -> Identity {
        self.id.clone().map_or_else(
            || Identity::Place { stream: self.stream.clone(), message: self.message.clone(), occurrence },
            Identity::Id,
        )
    }
}
