//! A stack that cannot be changed as it is: what happened to it, and the way back.

use anyhow::Context as _;
use aws_sdk_cloudformation::Client;

use crate::aws::Session;
use crate::cause::Why;
use crate::consent::Consent;
use crate::decision::{Condition, Obstacle};
use crate::events::{self, End};
use crate::follow::{self, Followed, Follower, Operation};
use crate::stack;

mod at_stake;
mod explain;
mod failure;
mod remedy;
mod under_way;

#[cfg(test)]
mod tests;

pub use at_stake::AtStake;
pub use explain::explain;
pub use failure::failure;
pub use remedy::Remedy;
pub use under_way::{Refusal, SetName, UnderWay, refusal, under_way};

/// Brings a stack that an earlier deploy left unusable to where a change set can start from, if that is agreed to and nothing
/// of value is lost by it. Any other stack is left alone.
///
/// # Errors
/// When it is not agreed to, users would be lost, or the way back fails as well.
pub async fn mend(session: &Session, yes: bool, role: Option<&str>) -> anyhow::Result<()> {
    let client = Client::new(&session.sdk_config);
    let stage = &session.stage;
    let name = stage.aws.stack.as_ref();
    let Some(stack) = stack::describe(&client, name).await? else { return Ok(()) };
    let status = stack::status(&stack);
    let Condition::Obstructed(obstacle) = Condition::of(&status) else { return Ok(()) };
    let stack_id = stack.stack_id().unwrap_or(name);
    // What no remedy is known for is explained where the deploy finds that it cannot start.
    let Some(remedy) = Remedy::of(obstacle) else { return Ok(()) };

    let events = events::all(&client, stack_id).await?;
    let story = explain::story(&client, stack_id, obstacle, &events).await;
    session.reporter.note(&format!("the stack `{name}` is in {}: {obstacle}: {story}", status.as_str()));
    let refused = || format!("refused to mend the stack `{name}`");
    match remedy {
        Remedy::Recreate => at_stake::check(session, &client, stack_id).await.with_context(refused)?,
        Remedy::RollBack => remedy::has_good_state(&events, stage).with_context(refused)?,
        Remedy::ContinueRollback => {}
    }
    let question = remedy.question(name, &session.account);
    Consent::of(stage, yes)?.obtain(&question).await.with_context(|| format!("the stack `{name}` is as it was"))?;
    carry_out(session, &client, remedy, stack_id, role).await
}

async fn carry_out(
    session: &Session,
    client: &Client,
    remedy: Remedy,
    stack_id: &str,
    role: Option<&str>,
) -> anyhow::Result<()> {
    let follower = Follower::start(client, stack_id).await.context("failed to look at the stack")?;
    let context = || format!("failed to begin {} of the stack `{}`", remedy.name(), session.stage.aws.stack);
    if let Err(error) = remedy.begin(client, stack_id, role).await {
        let error = error.context(context());
        return Err(match under_way(client, session.stage.aws.stack.as_ref()).await {
            Some(under_way) => error.context(format!("{under_way}\n{}", Obstacle::Busy.hint(&session.stage))),
            None => error,
        });
    }
    let operation = Operation { name: remedy.name(), goal: remedy.goal(), resources: 0 };
    let Followed { end, events } = follow::to_the_end(session, client, follower, operation).await?;
    match end {
        End::Done(_) => Ok(()),
        End::Failed(status) => {
            let why = Why::of(client, stack_id, &events).await;
            Err(failure(&session.stage, remedy.name(), &status, &why))
        }
    }
}
