//! Executes a change set and follows it to its end.

use std::time::Duration;

use anyhow::{Context as _, anyhow, bail};
use aws_sdk_cloudformation::Client;
use aws_sdk_cloudformation::types::StackStatus;
use xtask::stage::Stage;

use crate::aws;
use crate::change_set::ChangeSet;
use crate::decision::{Condition, deploy_command};
use crate::events::{self, End, Event, Follower};
use crate::poll::Pauses;

/// A first creation takes minutes; an update that waits for something an hour.
const BOUND: Duration = Duration::from_secs(60 * 60);

/// Executes the change set, with a line on standard error for each event, until the stack has come to rest.
///
/// # Errors
/// When CloudFormation refuses, or a resource failed: then with the first that did, its reason, and what to do next.
pub async fn execute(client: &Client, stage: &Stage, set: &ChangeSet) -> anyhow::Result<()> {
    let mut follower = Follower::start(client, &set.stack_id).await?;
    let request = client.execute_change_set().change_set_name(&set.id).client_request_token(&set.name);
    let executed = request.send().await.map_err(aws::sdk);
    executed.with_context(|| format!("failed to execute the change set `{}`", set.name))?;

    let mut seen: Vec<Event> = Vec::new();
    let mut pauses = Pauses::within(BOUND);
    loop {
        let fresh = follower.look().await.with_context(|| lost_sight(stage))?;
        if !fresh.is_empty() {
            pauses.quicken();
        }
        for event in &fresh {
            eprintln!("{event}");
        }
        seen.extend(fresh);
        match events::end(&seen) {
            Some(End::Done) => return Ok(()),
            Some(End::Failed(status)) => return Err(failure(stage, &status, events::first_cause(&seen))),
            None => {}
        }
        if !pauses.pause().await {
            bail!("no end after {} minutes: {}", BOUND.as_secs() / 60, lost_sight(stage));
        }
    }
}

/// Said when the operation outlives our view of it.
fn lost_sight(stage: &Stage) -> String {
    format!(
        "the deploy of the stack `{}` goes on without this command\nhint: `{}` says how it ended",
        stage.aws.stack,
        deploy_command(stage)
    )
}

fn failure(stage: &Stage, status: &str, cause: Option<&Event>) -> anyhow::Error {
    let hint = match Condition::of(&StackStatus::from(status)) {
        Condition::Obstructed(obstacle) => obstacle.hint(stage),
        Condition::Empty | Condition::Steady => {
            format!("hint: the stack is as it was before; mend the cause, then `{}`", deploy_command(stage))
        }
    };
    let cause = cause.map_or_else(
        || "the stack tells no cause".to_owned(),
        |event| {
            let reason = event.reason.as_deref().unwrap_or("without a reason");
            format!("`{}` ({}) {}: {reason}", event.logical_id, event.kind, event.status)
        },
    );
    anyhow!("the stack `{}` is in {status}: {cause}\n{hint}", stage.aws.stack)
}
