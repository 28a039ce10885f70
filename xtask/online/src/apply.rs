//! Executes a change set and follows it to its end.

use anyhow::Context as _;
use aws_sdk_cloudformation::Client;

use crate::aws::{self, Session};
use crate::cause::Why;
use crate::change_set::ChangeSet;
use crate::events::{End, Goal};
use crate::follow::{self, Followed, Follower, Operation};
use crate::recovery;

/// Executes the change set and shows every event, until the stack has come to rest.
///
/// # Errors
/// When CloudFormation refuses, or a resource failed: then with the first that did, its reason, and what to do next.
pub async fn execute(session: &Session, client: &Client, set: &ChangeSet) -> anyhow::Result<()> {
    let follower = Follower::start(client, &set.stack_id).await.context("failed to look at the stack")?;
    start(session, client, set).await?;
    let operation = Operation { name: "the deploy", goal: Goal::Change, resources: set.changes.len() };
    let Followed { end, events } = follow::to_the_end(session, client, follower, operation).await?;
    let End::Failed(status) = end else { return Ok(()) };
    let why = Why::of(client, &set.stack_id, &events).await;
    Err(recovery::failure(&session.stage, operation.name, &status, &why))
}

/// Whether it has begun is what CloudFormation says in the end: the answer to a call that got through can be lost, and its
/// repetition is refused.
async fn start(session: &Session, client: &Client, set: &ChangeSet) -> anyhow::Result<()> {
    let request =
        client.execute_change_set().stack_name(&set.stack_id).change_set_name(&set.id).client_request_token(&set.name);
    let Err(error) = request.send().await else { return Ok(()) };
    let error = aws::sdk(error).context(format!("failed to execute the change set `{}`", set.name));
    let name = recovery::SetName { name: &set.name, id: &set.id };
    match recovery::refusal(&session.stage, client, &set.stack_id, name).await {
        Some(recovery::Refusal::Begun) => Ok(()),
        Some(refusal) => Err(error.context(refusal)),
        None => Err(error),
    }
}

#[cfg(test)]
mod tests;
