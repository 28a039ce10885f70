//! A state that nothing can be changed from, in words: what it is, what led to it, what leads out of it.

use anyhow::anyhow;
use aws_sdk_cloudformation::Client;
use aws_sdk_cloudformation::types::StackStatus;
use xtask::stage::Stage;

use super::under_way::under_way;
use crate::cause::{Cause, Why};
use crate::decision::Obstacle;
use crate::events::{self, Event};

/// The error that a deploy ends with before it has begun. What cannot be read is left out: the state alone is reason enough.
pub async fn explain(client: &Client, stage: &Stage, obstacle: Obstacle, status: &StackStatus) -> anyhow::Error {
    let name = stage.aws.stack.as_ref();
    if obstacle == Obstacle::Busy
        && let Some(under_way) = under_way(client, name).await
    {
        return anyhow!("{under_way}\n{}", obstacle.hint(stage));
    }
    let events = events::all(client, name).await.unwrap_or_default();
    let story = match obstacle {
        Obstacle::Busy | Obstacle::Unknown => String::new(),
        _ if events.is_empty() => String::new(),
        _ => format!(": {}", story(client, name, obstacle, &events).await),
    };
    anyhow!("the stack `{name}` is in {}: {obstacle}{story}\n{}", status.as_str(), obstacle.hint(stage))
}

/// What led there: for a creation the first cause, else the resources that CloudFormation could bring neither forth nor back.
pub(super) async fn story(client: &Client, stack: &str, obstacle: Obstacle, events: &[Event]) -> String {
    let left = last_failures(events);
    match obstacle {
        Obstacle::RollbackFailed | Obstacle::DeletionFailed | Obstacle::ImportFailed if !left.is_empty() => {
            Why::from(left).to_string()
        }
        _ => Why::of(client, stack, events).await.to_string(),
    }
}

/// What failed in the last thing that was tried on the stack, each resource once.
fn last_failures(events: &[Event]) -> Vec<Cause> {
    let begun = events.iter().rposition(|event| event.of_stack && event.is_under_way()).unwrap_or(0);
    let failed = events[begun..].iter().filter(|event| event.is_failure() && !event.of_stack).map(Cause::of);
    let mut causes: Vec<Cause> = Vec::new();
    for cause in failed.filter(|cause| !cause.is_echo()) {
        causes.retain(|known| known.logical_id != cause.logical_id);
        causes.push(cause);
    }
    causes
}
