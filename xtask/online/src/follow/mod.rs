//! Follows an operation on a stack to its end, whatever happens to the view of it.

use std::time::Duration;

use anyhow::{Context as _, anyhow};
use aws_sdk_cloudformation::Client;
use aws_sdk_cloudformation::types::StackStatus;
use tokio::time::Instant;

use crate::aws::Session;
use crate::decision::command;
use crate::events::{self, End, Event, Goal};
use crate::interrupt::Interrupts;
use crate::poll::Pauses;
use crate::stack;

mod look;
mod patience;

pub use look::{Blind, Follower};
use patience::{Patience, Verdict};

/// A first creation takes minutes; an update that waits for something an hour.
const BOUND: Duration = Duration::from_secs(60 * 60);

/// An operation that somebody watches.
#[derive(Debug, Clone, Copy)]
pub struct Operation<'a> {
    /// For people, such as `the deploy`.
    pub name: &'a str,
    pub goal: Goal,
    /// How many resources it is about, as far as that is known.
    pub resources: usize,
}

/// How an operation ended, and all that it told.
#[derive(Debug)]
pub struct Followed {
    pub end: End,
    /// Oldest first.
    pub events: Vec<Event>,
}

/// Shows each event until the stack has come to rest.
///
/// # Errors
/// When the operation can no longer be seen, or somebody wants to see no more: it goes on either way, and the error says so.
pub async fn to_the_end(
    session: &Session,
    client: &Client,
    mut follower: Follower<'_>,
    operation: Operation<'_>,
) -> anyhow::Result<Followed> {
    let stack = session.stage.aws.stack.as_ref();
    let goes_on = |why: &str| {
        let status = command(&session.stage, "status");
        anyhow!("{why}; {} of the stack `{stack}` goes on in AWS\nhint: `{status}` shows how it stands", operation.name)
    };
    let mut interrupts = Interrupts::listen()?;
    let mut view = session.reporter.follow(&format!("{} of the stack `{stack}`", operation.name), operation.resources);
    let mut seen: Vec<Event> = Vec::new();
    let mut pauses = Pauses::within(BOUND);
    let mut patience = Patience::from(Instant::now());
    loop {
        let looked = tokio::select! {
            looked = follower.look() => looked,
            () = interrupts.next() => return Err(goes_on("interrupted")),
        };
        match looked {
            Ok(fresh) => {
                if patience.sighted(Instant::now()) {
                    view.note("CloudFormation answers again");
                }
                if !fresh.is_empty() {
                    pauses.quicken();
                }
                for event in &fresh {
                    view.event(event);
                }
                seen.extend(fresh);
            }
            Err(blind) => match patience.judge(&blind, Instant::now()) {
                Verdict::Wait => {}
                Verdict::WaitAndSay => view.note(&format!("{blind}; trying again for {}", patience::WORDS)),
                Verdict::GiveUp => return Err(goes_on(&blind.to_string())),
            },
        }
        if let Some(end) = events::end(&seen, operation.goal)
            && is_final(client, follower.stack_id(), &end).await.with_context(|| goes_on("lost sight of it"))?
        {
            view.end(&end);
            seen.truncate(events::own(&seen).len());
            return Ok(Followed { end, events: seen });
        }
        let more = tokio::select! {
            more = pauses.pause() => more,
            () = interrupts.next() => return Err(goes_on("interrupted")),
        };
        // Somebody else may have deleted it before this was begun: then no event will ever come.
        if seen.is_empty() && operation.goal == Goal::Deletion && is_gone(client, follower.stack_id()).await {
            let end = End::Done(StackStatus::DeleteComplete.as_str().to_owned());
            view.end(&end);
            return Ok(Followed { end, events: seen });
        }
        if !more {
            return Err(goes_on(&format!("no end after {} minutes", BOUND.as_secs() / 60)));
        }
    }
}

/// What cannot be read is looked for again.
async fn is_gone(client: &Client, stack_id: &str) -> bool {
    let stack = stack::describe(client, stack_id).await;
    stack.is_ok_and(|stack| stack.is_none_or(|stack| stack::status(&stack) == StackStatus::DeleteComplete))
}

/// A stack calls itself failed a moment before it begins to roll back, and stays so only where that is switched off.
async fn is_final(client: &Client, stack_id: &str, end: &End) -> anyhow::Result<bool> {
    match end {
        End::Failed(status) if matches!(status.as_str(), "CREATE_FAILED" | "UPDATE_FAILED") => {
            let stack = stack::describe(client, stack_id).await?;
            Ok(stack.is_none_or(|stack| stack::status(&stack).as_str() == status))
        }
        End::Done(_) | End::Failed(_) => Ok(true),
    }
}

#[cfg(test)]
mod tests;
