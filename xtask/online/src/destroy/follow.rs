//! Deletes a stack and follows that to its end.

use anyhow::{Context as _, anyhow};
use aws_sdk_cloudformation::Client;
use aws_sdk_cloudformation::types::StackStatus;

use super::judge::Doomed;
use crate::aws::{self, Session};
use crate::cause::Why;
use crate::decision::command;
use crate::events::{End, Goal};
use crate::follow::{self, Followed, Follower, Operation};
use crate::{recovery, stack};

/// Deletes the stack, unless somebody has begun that already, and shows every event.
///
/// # Errors
/// When CloudFormation refuses, or a resource could not be deleted: then with the first one and its reason.
pub(super) async fn delete(
    session: &Session,
    client: &Client,
    doomed: &Doomed,
    role_arn: Option<&str>,
) -> anyhow::Result<()> {
    let name = session.stage.aws.stack.as_ref();
    // From before the request, or the end could come between it and the first look.
    let follower = Follower::start(client, &doomed.id).await.context("failed to look at the stack")?;
    if doomed.is_being_deleted() {
        let now = stack::describe(client, &doomed.id).await?;
        if now.is_none_or(|now| stack::status(&now) == StackStatus::DeleteComplete) {
            return Ok(());
        }
        session.reporter.note(&format!("the stack `{name}` is being deleted already"));
    } else {
        let request = client.delete_stack().stack_name(&doomed.id).set_role_arn(role_arn.map(str::to_owned));
        if let Err(error) = request.send().await.map_err(aws::sdk) {
            let error = error.context(format!("failed to delete the stack `{name}`"));
            return Err(match recovery::under_way(client, name).await {
                Some(under_way) => error.context(under_way),
                None => error,
            });
        }
    }
    let operation = Operation { name: "the deletion", goal: Goal::Deletion, resources: doomed.resources() };
    let Followed { end, events } = follow::to_the_end(session, client, follower, operation).await?;
    let End::Failed(status) = end else { return Ok(()) };
    let why = Why::of(client, &doomed.id, &events).await;
    let again = command(&session.stage, "destroy");
    Err(anyhow!("the stack `{name}` is in {status}: {why}\nhint: mend the cause; `{again}` goes on from there"))
}
