//! The loop around a trigger's handler: budget, panics, one log line per event.

use std::{
    future::Future,
    sync::Arc,
    time::{Duration, SystemTime},
};

use challenge::UnixSeconds;
use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::Value;
use tokio::time::Instant;

use crate::{Failure, log};

/// Cognito waits 5 seconds and then calls again; an answer must be on its way well before.
const BUDGET: Duration = Duration::from_millis(3_500);
/// Kept back from Lambda's own deadline, for the answer and the log line.
const RESERVE: Duration = Duration::from_millis(300);

/// The time that one event has. Handlers ask for what is left before a step that they could do without.
#[derive(Debug, Clone, Copy)]
pub struct Budget {
    end: Instant,
}

impl Budget {
    /// Begins now, for an event whose function is ended after `deadline`.
    #[must_use]
    pub fn new(deadline: Duration) -> Self {
        Self { end: Instant::now() + BUDGET.min(deadline.saturating_sub(RESERVE)) }
    }

    #[must_use]
    pub fn left(self) -> Duration {
        self.end.saturating_duration_since(Instant::now())
    }
}

/// An answered event, and what the log says of it.
#[derive(Debug)]
pub struct Reply {
    /// The whole event with its `response`.
    pub event: Value,
    /// A stable word: what was decided.
    pub outcome: &'static str,
    /// A stable word: why; empty when the outcome says it all.
    pub reason: &'static str,
    /// The keyed hash of the user, where the trigger has the key.
    pub user: Option<String>,
}

/// Starts a trigger: logging first, then whatever `setup` makes, then the loop.
///
/// # Errors
/// What `setup` or the runtime's loop ended with; logged already.
pub async fn start<S, F, E>(
    trigger: &'static str,
    setup: impl Future<Output = Result<S, E>>,
    handler: impl Fn(Arc<S>, Value, Budget) -> F,
) -> Result<(), lambda_runtime::Error>
where
    S: Send + Sync + 'static,
    F: Future<Output = Result<Reply, Failure>> + Send + 'static,
    E: std::error::Error + Send + Sync + 'static,
{
    log::init();
    let state = setup.await.map(Arc::new).inspect_err(|error| {
        tracing::error!(target: "trigger", trigger, outcome = "not-started", cause = %error);
    })?;
    run(trigger, |event, budget| handler(Arc::clone(&state), event, budget)).await
}

/// Answers events until the runtime ends.
///
/// # Errors
/// What the runtime's loop ended with.
async fn run<F>(trigger: &'static str, handler: impl Fn(Value, Budget) -> F) -> Result<(), lambda_runtime::Error>
where
    F: Future<Output = Result<Reply, Failure>> + Send + 'static,
{
    lambda_runtime::run(service_fn(|event: LambdaEvent<Value>| {
        let (payload, context) = event.into_parts();
        let begun = Instant::now();
        let budget = Budget::new(context.deadline().duration_since(SystemTime::now()).unwrap_or_default());
        let answer = handler(payload, budget);
        async move {
            let result = within(budget, answer).await;
            report(trigger, &context.request_id, &result, begun.elapsed());
            result.map(|reply| reply.event)
        }
    }))
    .await
}

/// Runs `answer` as a task of its own, so that a panic in it becomes a failure like any other.
///
/// # Errors
/// Those of `answer`; [`Failure::Panicked`], and [`Failure::TimedOut`] when the budget ends first.
pub async fn within(
    budget: Budget,
    answer: impl Future<Output = Result<Reply, Failure>> + Send + 'static,
) -> Result<Reply, Failure> {
    let mut task = tokio::spawn(answer);
    let left = budget.left();
    match tokio::time::timeout(left, &mut task).await {
        Ok(Ok(result)) => result,
        Ok(Err(_)) => Err(Failure::Panicked),
        Err(_) => {
            task.abort();
            Err(Failure::TimedOut(left.as_millis()))
        }
    }
}

fn report(trigger: &str, request_id: &str, result: &Result<Reply, Failure>, took: Duration) {
    let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    match result {
        Ok(Reply { outcome, reason, user, .. }) => {
            let user = user.as_deref().unwrap_or_default();
            tracing::info!(target: "trigger", trigger, request_id, outcome, reason, user, milliseconds);
        }
        Err(failure) => {
            let outcome = failure.outcome();
            tracing::error!(target: "trigger", trigger, request_id, outcome, reason = %failure, milliseconds);
        }
    }
}

/// The moment of an event.
#[must_use]
pub fn now() -> UnixSeconds {
    UnixSeconds(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_and_a_late_answer_are_failures() {
        let budget = |milliseconds| Budget { end: Instant::now() + Duration::from_millis(milliseconds) };
        let panicked = within(budget(1_000), async { unreachable!("on purpose") }).await;
        assert!(matches!(panicked, Err(Failure::Panicked)), "{panicked:?}");
        let late = within(budget(1), std::future::pending()).await;
        assert!(matches!(late, Err(Failure::TimedOut(_))), "{late:?}");
    }
}
