//! Why something failed: what everything else follows from, as CloudFormation tells it.

use std::fmt;

use aws_sdk_cloudformation::Client;
use xtask::terminal::{line, words};

use crate::events::Event;

mod told;

use told::{of_change_set, of_operation};

/// What a resource that never had its own failure says.
const ECHOES: [&str; 3] = ["Resource creation cancelled", "Resource update cancelled", "Resource deletion cancelled"];

/// One resource that failed, and the reason in the words of its service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    pub logical_id: String,
    /// The type of the resource.
    pub kind: String,
    /// What happened to it, such as `CREATE_FAILED`, or the check that it did not pass.
    pub what: String,
    /// Where in the template, if it is that exact.
    pub path: Option<String>,
    /// Whole, on one line.
    pub reason: Option<String>,
}

impl Cause {
    #[must_use]
    pub fn of(event: &Event) -> Self {
        Self {
            logical_id: event.logical_id.clone(),
            kind: event.kind.clone(),
            what: event.status.clone(),
            path: None,
            reason: event.reason.clone(),
        }
    }

    /// Whether it only says that something else failed.
    #[must_use]
    pub fn is_echo(&self) -> bool {
        self.reason.as_deref().is_some_and(|reason| ECHOES.iter().any(|echo| reason.contains(echo)))
    }

    fn is_of_stack(&self) -> bool {
        self.kind == "AWS::CloudFormation::Stack"
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { logical_id, kind, what, path, reason } = self;
        write!(f, "`{}` ({}) {}", line(logical_id), line(kind), line(what))?;
        path.iter().try_for_each(|path| write!(f, " at {}", line(path)))?;
        write!(f, ": {}", reason.as_deref().map_or_else(|| "without a reason".to_owned(), line))
    }
}

/// Why an operation failed, as an error says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Why {
    /// What is known without a resource.
    pub words: String,
    /// The first one first; empty where CloudFormation names none.
    pub causes: Vec<Cause>,
    /// What would have been seen with more rights.
    pub note: Option<String>,
}

impl Why {
    /// Of the operation whose events are these, oldest first.
    pub async fn of(client: &Client, stack_id: &str, events: &[Event]) -> Self {
        let told = of_operation(client, stack_id, events).await;
        let known: Vec<_> = first_cause(events).into_iter().collect();
        let of_resource = known.iter().any(|cause| !cause.is_of_stack() && !cause.is_echo());
        let note = told.note().filter(|_| !of_resource);
        let told = told.causes();
        Self { causes: if told.is_empty() { known } else { told }, note, ..Self::from(Vec::new()) }
    }

    /// Of a change set that CloudFormation could not make, for the reason that it gives.
    pub async fn of_change_set(client: &Client, set_id: &str, reason: String) -> Self {
        let told = of_change_set(client, set_id).await;
        let note = told.note();
        Self { words: words(&reason), causes: told.causes(), note }
    }
}

impl From<Vec<Cause>> for Why {
    fn from(causes: Vec<Cause>) -> Self {
        Self { words: "the stack tells no cause".to_owned(), causes, note: None }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.causes[..] {
            [] => f.write_str(&self.words)?,
            [cause] => write!(f, "{cause}")?,
            causes => {
                write!(f, "{} causes", causes.len())?;
                causes.iter().try_for_each(|cause| write!(f, "\n  {cause}"))?;
            }
        }
        self.note.iter().try_for_each(|note| write!(f, "\n{note}"))
    }
}

/// What everything else follows from: the first failure that is not the echo of another.
#[must_use]
pub fn first_cause(events: &[Event]) -> Option<Cause> {
    let failures = || events.iter().filter(|event| event.is_failure());
    let of_resource = failures().find(|event| !event.of_stack && !Cause::of(event).is_echo());
    // A failure before the first resource stands at the stack, with the rollback that it leads to.
    let of_stack =
        || events.iter().find(|event| event.of_stack && event.status.contains("ROLLBACK") && event.reason.is_some());
    of_resource.or_else(of_stack).or_else(|| failures().next()).map(Cause::of)
}

#[cfg(test)]
mod tests;
