//! The operation that stands in the way of another: CloudFormation does one thing at a time on a stack.

use std::fmt;

use aws_sdk_cloudformation::Client;
use aws_sdk_cloudformation::error::ProvideErrorMetadata as _;
use aws_sdk_cloudformation::types::{ChangeSetStatus, ExecutionStatus};
use xtask::stage::Stage;
use xtask::terminal::line;

use crate::decision::{Obstacle, command};
use crate::events::{self, Event};

/// An operation on a stack that is not over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnderWay {
    /// The name or id of the stack.
    pub stack: String,
    /// The state that the stack is in now.
    pub status: String,
    /// The state that it began with.
    pub began_as: String,
    /// RFC 3339, UTC.
    pub since: String,
    /// What whoever began it called it.
    pub token: Option<String>,
    pub reason: Option<String>,
}

/// Why a change set was not executed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It was: the operation is the one that was asked for.
    #[error("it is under way already")]
    Begun,
    #[error("{0}")]
    Busy(String),
    #[error(
        "the change set `{set}` of the stack `{stack}` is {state}: somebody deleted it, or changed the stack after it was made\nhint: `{plan}` shows what would change now, `{deploy}` applies it"
    )]
    Outdated { set: String, state: String, stack: String, plan: String, deploy: String },
}

impl UnderWay {
    /// Of the events of a stack since it last rested, oldest first.
    #[must_use]
    pub fn of(stack: &str, events: &[Event]) -> Option<Self> {
        let mut of_stack = events.iter().filter(|event| event.of_stack);
        let first = of_stack.next()?;
        let last = of_stack.next_back().unwrap_or(first);
        last.is_under_way().then(|| Self {
            stack: stack.to_owned(),
            status: last.status.clone(),
            began_as: first.status.clone(),
            since: first.time(),
            token: first.token.clone(),
            reason: first.reason.clone(),
        })
    }

    fn name(&self) -> &'static str {
        let names = [
            ("CREATE", "a creation"),
            ("UPDATE", "an update"),
            ("DELETE", "a deletion"),
            ("IMPORT", "an import"),
            ("ROLLBACK", "a rollback"),
        ];
        let name = names.into_iter().find(|(prefix, _)| self.began_as.starts_with(prefix));
        name.map_or("an operation", |(_, name)| name)
    }
}

impl fmt::Display for UnderWay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { stack, status, since, token, reason, .. } = self;
        write!(f, "{} is under way on the stack `{stack}` since {since}", self.name())?;
        token.iter().try_for_each(|token| write!(f, ", begun as `{}`", line(token)))?;
        reason.iter().try_for_each(|reason| write!(f, " ({})", line(reason)))?;
        write!(f, "; it is in {}", line(status))
    }
}

/// What is under way on the stack of that name or id; none if nothing is, or it cannot be seen.
pub async fn under_way(client: &Client, stack: &str) -> Option<UnderWay> {
    UnderWay::of(stack, &events::since_rest(client, stack).await.ok()?)
}

/// How a change set is called.
#[derive(Debug, Clone, Copy)]
pub struct SetName<'a> {
    pub name: &'a str,
    /// Its ARN.
    pub id: &'a str,
}

/// Why a change set was not executed, by what can be seen of it and its stack; none if that tells nothing.
pub async fn refusal(stage: &Stage, client: &Client, stack_id: &str, set: SetName<'_>) -> Option<Refusal> {
    let events = events::since_rest(client, stack_id).await.ok()?;
    if events.iter().any(|event| event.of_stack && event.token.as_deref() == Some(set.name)) {
        return Some(Refusal::Begun);
    }
    if let Some(under_way) = UnderWay::of(stage.aws.stack.as_ref(), &events) {
        return Some(Refusal::Busy(format!("{under_way}\n{}", Obstacle::Busy.hint(stage))));
    }
    let outdated = |state: &str| Refusal::Outdated {
        set: set.name.to_owned(),
        state: state.to_owned(),
        stack: stage.aws.stack.to_string(),
        plan: command(stage, "plan"),
        deploy: command(stage, "deploy"),
    };
    match client.describe_change_set().stack_name(stack_id).change_set_name(set.id).send().await {
        // Whoever executes one deletes the others.
        Err(error) if error.code() == Some("ChangeSetNotFound") => Some(outdated("gone")),
        Err(_) => None,
        Ok(answer) => match (answer.execution_status(), answer.status()) {
            (Some(ExecutionStatus::Available), _) => None,
            (Some(status), Some(ChangeSetStatus::CreateComplete)) => Some(outdated(status.as_str())),
            _ => None,
        },
    }
}
