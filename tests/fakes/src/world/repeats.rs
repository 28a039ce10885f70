//! Calling a trigger as Cognito does: after 5 s without an answer again, with the same payload, three times in all
//! (cognito-user-pools-working-with-lambda-triggers). The calls overlap, each in an instance of its own, as on Lambda.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use serde_json::Value;
use tokio::task::JoinSet;
use xtask::trigger::Trigger;

use super::World;
use crate::runtime_api::Answer;

const PATIENCE: Duration = Duration::from_secs(5);

/// What keeps one of the calls from being answered in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    None,
    /// The function begins to work on the event only after this: a cold start.
    StartsAfter(Duration),
    /// The function answers, and Cognito does not hear of it.
    AnswerLost,
}

/// What Cognito has after its calls.
#[derive(Debug)]
pub struct Heard {
    /// The answer that Cognito goes on with; `None` when the third call was in vain as well.
    pub answer: Option<Answer>,
    /// What each call came to, heard or not, in the order in which they ended.
    pub all: Vec<Answer>,
    pub calls: usize,
    pub took: Duration,
}

/// Calls as Cognito does, with one trouble for each call in turn, and waits for the calls that it no longer waits for.
///
/// # Errors
/// When an instance cannot be started, or does not answer at all.
pub async fn call(world: &World, trigger: Trigger, event: &Value, troubles: [Trouble; 3]) -> anyhow::Result<Heard> {
    let begun = Instant::now();
    let mut instances = Vec::new();
    for number in 1..=troubles.len() {
        instances.push(world.instance(trigger, &format!("-call-{number}")).await?);
    }
    let mut under_way = JoinSet::new();
    let (mut heard, mut all, mut calls) = (None, Vec::new(), 0);
    for (trouble, instance) in troubles.into_iter().zip(instances) {
        calls += 1;
        let event = event.clone();
        let (sender, receiver) = tokio::sync::oneshot::channel();
        under_way.spawn(async move {
            if let Trouble::StartsAfter(delay) = trouble {
                tokio::time::sleep(delay).await;
            }
            let answer = instance.invoke(&event).await?;
            if trouble != Trouble::AnswerLost {
                // Cognito may have stopped listening.
                let _ = sender.send(answer.clone());
                return Ok::<_, anyhow::Error>(answer);
            }
            // As long as nobody says anything, Cognito waits.
            tokio::time::sleep(PATIENCE).await;
            drop(sender);
            Ok(answer)
        });
        if let Ok(Ok(answer)) = tokio::time::timeout(PATIENCE, receiver).await {
            heard = Some(answer);
            break;
        }
    }
    let took = begun.elapsed();
    while let Some(ended) = under_way.join_next().await {
        all.push(ended.context("the call goes on to its end")??);
    }
    Ok(Heard { answer: heard, all, calls, took })
}
