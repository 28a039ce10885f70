//! What a deploy tells on its way: for people a line, for programs an object of a stream.

use aws_sdk_cloudformation::primitives::{DateTime, DateTimeFormat};
use serde::Serialize;
use xtask::terminal;

use crate::events;
use crate::outputs::document::{Document, Outputs};
use crate::plan::Plan;

/// The shape of `deploy --json`.
pub const SCHEMA_VERSION: u32 = 1;

/// One object of the stream. A kind or a key is never taken away or given another meaning under one version.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "event", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Message<'a> {
    /// Where everything goes.
    Stage { stage: &'a str, account: &'a str, region: &'a str, stack: &'a str, endpoint: Option<&'a str> },
    /// The artefact bucket is being made.
    Bucket { name: &'a str },
    /// An archive is being stored.
    Artefact { key: &'a str, bytes: usize },
    /// What is about to change.
    Plan { plan: &'a Plan },
    /// The stack is as it should be.
    Unchanged,
    /// A step of the stack or of a resource of it.
    Resource { logical_id: &'a str, kind: &'a str, status: &'a str, reason: Option<&'a str>, of_stack: bool },
    /// An operation on the stack is over.
    End { status: &'a str, succeeded: bool },
    /// An app client of the user pool is deleted.
    ClientDeleted { id: &'a str, name: &'a str },
    /// Anything else that a person would like to read.
    Note { text: &'a str },
    /// The last word if all went well.
    Outputs { outputs: Document<'a> },
    /// The last word if not.
    Error { message: &'a str, hints: &'a [String] },
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line<'a> {
    schema_version: u32,
    time: String,
    #[serde(flatten)]
    message: &'a Message<'a>,
}

impl<'a> Message<'a> {
    #[must_use]
    pub fn resource(event: &'a events::Event) -> Self {
        Self::Resource {
            logical_id: &event.logical_id,
            kind: &event.kind,
            status: &event.status,
            reason: event.reason.as_deref(),
            of_stack: event.of_stack,
        }
    }

    #[must_use]
    pub fn outputs(outputs: &'a Outputs) -> Self {
        Self::Outputs { outputs: outputs.document() }
    }

    /// The line for people; none where something else shows it to them.
    #[must_use]
    pub fn text(&self) -> Option<String> {
        match self {
            Self::Bucket { name } => Some(format!("making the artefact bucket `{name}`")),
            Self::Artefact { key, bytes } => Some(format!("storing {key} ({bytes} bytes)")),
            Self::Plan { plan } => Some(plan.brief().to_string()),
            Self::Unchanged => Some("nothing to change".to_owned()),
            Self::ClientDeleted { id, name } => {
                Some(format!("deleted the app client `{}` ({})", terminal::line(name), terminal::line(id)))
            }
            Self::Note { text } => Some((*text).to_owned()),
            Self::Stage { .. }
            | Self::Resource { .. }
            | Self::End { .. }
            | Self::Outputs { .. }
            | Self::Error { .. } => None,
        }
    }

    /// The object for programs, on one line: what happened, and when.
    #[must_use]
    pub fn json(&self, at: DateTime) -> String {
        let time = at.fmt(DateTimeFormat::DateTime).unwrap_or_default();
        let line = Line { schema_version: SCHEMA_VERSION, time, message: self };
        // Nothing in here has keys that are no text, the one thing that fails.
        terminal::object(&line).unwrap_or_default()
    }
}
