//! The loop around a trigger's handler: budget, panics, one log line per event.

use std::{
    future::Future,
    io,
    sync::Arc,
    time::{Duration, SystemTime},
};

use challenge::UnixSeconds;
use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::Value;
use tokio::{
    sync::{Notify, watch},
    time::Instant,
};

use crate::{Failure, log, settings::SettingError};

/// Cognito waits 5 seconds and then calls again; an answer must be on its way well before.
const BUDGET: Duration = Duration::from_millis(3_500);
/// Kept back from Lambda's own deadline, for the answer and the log line.
const RESERVE: Duration = Duration::from_millis(300);

/// What the first poll takes at most to be sent, on a small share of a processor.
const HEAD_START: Duration = Duration::from_millis(10);

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

/// A trigger's program: what it is told, what it makes of that once, and what it makes of each event.
pub trait Function: Send + Sync + Sized + 'static {
    /// As the log names it.
    const NAME: &'static str;
    type Settings: Send + 'static;

    /// Reads the environment, which costs next to nothing.
    ///
    /// # Errors
    /// [`SettingError`] for what is missing or unusable: the function does not start.
    fn settings() -> Result<Self::Settings, SettingError>;

    /// May compute for milliseconds: it runs once the first poll is sent.
    ///
    /// # Errors
    /// When the machine lacks something. The process ends then, and Lambda starts another one.
    fn new(settings: Self::Settings) -> io::Result<Self>;

    /// Runs beside the first event, and helps it.
    fn warm(self: Arc<Self>) -> impl Future<Output = ()> + Send {
        async {}
    }

    /// Answers one event. What it returns as an error ends the sign-in.
    fn answer(
        self: Arc<Self>,
        event: Value,
        budget: Budget,
    ) -> impl Future<Output = Result<Reply, Failure>> + Send + 'static;
}

/// Starts a function, and answers events until the runtime ends.
///
/// # Errors
/// A setting that is missing or unusable, what the function cannot be made without, or what the runtime's loop ended with;
/// the first two logged already.
pub async fn start<F: Function>() -> Result<(), lambda_runtime::Error> {
    log::init();
    let settings = F::settings().inspect_err(|error| not_started::<F>(error))?;
    let (sender, made) = watch::channel(None);
    let needed = Arc::new(Notify::new());
    let answering = lambda_runtime::run(service_fn(|event: LambdaEvent<Value>| {
        let (payload, context) = event.into_parts();
        let begun = Instant::now();
        let budget = Budget::new(context.deadline().duration_since(SystemTime::now()).unwrap_or_default());
        needed.notify_one();
        let answer = answer::<F>(made.clone(), payload, budget);
        async move {
            let result = within(budget, answer).await;
            report(F::NAME, &context.request_id, &result, begun.elapsed());
            result.map(|reply| reply.event)
        }
    }));
    tokio::select! {
        ended = answering => ended,
        error = make::<F>(settings, &needed, sender) => Err(error),
    }
}

/// Makes the function once it is needed, or once the first poll is on its way: Lambda hands out events with that, and it
/// shall not wait. Ends only when it fails.
async fn make<F: Function>(
    settings: F::Settings,
    needed: &Notify,
    made: watch::Sender<Option<Arc<F>>>,
) -> lambda_runtime::Error {
    // Who waits longer for an event than this mostly finds everything ready. Lambda may freeze an instance that waits for its
    // first one; then the rest is done with that.
    let _ = tokio::time::timeout(HEAD_START, needed.notified()).await;
    match F::new(settings) {
        Ok(function) => {
            let function = Arc::new(function);
            made.send_replace(Some(Arc::clone(&function)));
            function.warm().await;
            std::future::pending().await
        }
        Err(error) => {
            not_started::<F>(&error);
            error.into()
        }
    }
}

async fn answer<F: Function>(
    mut made: watch::Receiver<Option<Arc<F>>>,
    event: Value,
    budget: Budget,
) -> Result<Reply, Failure> {
    let function = made.wait_for(Option::is_some).await.ok().and_then(|made| made.clone());
    // Boxed: types that hold a whole chain of SDK calls are more than the compiler wants to lay out at once.
    Box::pin(function.ok_or(Failure::Panicked)?.answer(event, budget)).await
}

fn not_started<F: Function>(error: &dyn std::error::Error) {
    tracing::error!(target: "trigger", trigger = F::NAME, outcome = "not-started", cause = %error);
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

    #[tokio::test(start_paused = true)]
    async fn an_answer_takes_its_budget_at_most() {
        for (name, deadline, expected) in [
            ("as long as Cognito waits", 5_000, 3_500),
            ("much longer", 60_000, 3_500),
            ("just enough", 3_800, 3_500),
            ("less", 2_000, 1_700),
            ("nothing but the reserve", 300, 0),
            ("nothing", 0, 0),
        ] {
            let budget = Budget::new(Duration::from_millis(deadline));
            let expected = Duration::from_millis(expected);
            assert_eq!(budget.left(), expected, "{name}");
            let begun = Instant::now();
            let late = within(budget, std::future::pending()).await;
            assert!(matches!(late, Err(Failure::TimedOut(_))), "{name}: {late:?}");
            // Timers count whole milliseconds.
            assert!(
                begun.elapsed().saturating_sub(expected) <= Duration::from_millis(1),
                "{name}: {:?}",
                begun.elapsed()
            );
            assert_eq!(budget.left(), Duration::ZERO, "{name}");
        }
    }
}
