//! A scripted Lambda Runtime API: starts a real `bootstrap`, hands it events, takes its answers.

use std::collections::{HashMap, VecDeque};
use std::fs::File;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context as _, bail};
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::serve::ListenerExt as _;
use serde_json::Value;
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;

/// As long as Cognito waits for a trigger.
const DEADLINE: Duration = Duration::from_secs(5);
/// How long a test waits. Far longer than the deadline, since a machine that runs many tests is slow to start a process.
const BOUND: Duration = Duration::from_secs(300);
/// How soon it is noticed that the function has ended instead of answering.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// What the function made of an event.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    Response(Value),
    Error { error_type: String, message: String },
}

/// An answer, and when it came.
#[derive(Debug, Clone, PartialEq)]
pub struct Answered {
    pub answer: Answer,
    /// From the moment at which the event was handed out.
    pub took: Duration,
    pub at: Instant,
}

/// The Runtime API of one function instance. Closed when dropped.
#[derive(Debug)]
pub struct RuntimeApi {
    shared: Arc<Shared>,
    server: JoinHandle<()>,
    address: SocketAddr,
}

/// A running `bootstrap`. Ended when dropped.
#[derive(Debug)]
pub struct Function {
    child: Mutex<Child>,
    api: RuntimeApi,
    log: PathBuf,
}

#[derive(Debug, Default)]
struct Shared {
    queue: Mutex<Queue>,
    arrived: Notify,
    polled: Notify,
}

#[derive(Debug, Default)]
struct Queue {
    count: u64,
    waiting: VecDeque<(String, Value)>,
    expected: HashMap<String, Expected>,
    init_error: Option<Value>,
    first_poll: Option<Instant>,
}

#[derive(Debug)]
struct Expected {
    handed_out: Instant,
    sender: oneshot::Sender<Answered>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl RuntimeApi {
    /// Opens a port on the loopback interface.
    ///
    /// # Errors
    /// When there is none.
    pub async fn open() -> anyhow::Result<Self> {
        let shared = Arc::new(Shared::default());
        let router = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/response", post(response))
            .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
            .route("/2018-06-01/runtime/init/error", post(init_error))
            .with_state(Arc::clone(&shared));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.context("failed to open a port")?;
        let address = listener.local_addr()?;
        let server = tokio::spawn(async move {
            let _ = axum::serve(listener.tap_io(|stream| drop(stream.set_nodelay(true))), router).await;
        });
        Ok(Self { shared, server, address })
    }

    /// What Lambda sets in the environment of a function, this API's address included.
    pub fn environment(&self) -> impl Iterator<Item = (String, String)> {
        [
            ("AWS_LAMBDA_RUNTIME_API", self.address.to_string()),
            ("AWS_LAMBDA_FUNCTION_NAME", "function-under-test".to_owned()),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST".to_owned()),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256".to_owned()),
            ("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/function-under-test".to_owned()),
            ("AWS_LAMBDA_LOG_STREAM_NAME", "stream".to_owned()),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
    }

    /// Has the event wait for the next poll.
    pub fn hand_out(&self, event: &Value) -> oneshot::Receiver<Answered> {
        let (sender, answered) = oneshot::channel();
        let mut queue = self.shared.lock();
        queue.count += 1;
        let id = format!("00000000-0000-4000-8000-{:012}", queue.count);
        queue.waiting.push_back((id.clone(), event.clone()));
        queue.expected.insert(id, Expected { handed_out: Instant::now(), sender });
        drop(queue);
        self.shared.arrived.notify_one();
        answered
    }

    /// Waits until the function has asked for its first event, and says when that was.
    pub async fn first_poll(&self) -> Instant {
        loop {
            let polled = self.shared.polled.notified();
            if let Some(at) = self.shared.lock().first_poll {
                return at;
            }
            polled.await;
        }
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Function {
    /// Starts the program with this environment and nothing of the tests' own. Its output goes to `log`.
    ///
    /// # Errors
    /// When the program cannot be started.
    pub async fn start(program: PathBuf, environment: &[(String, String)], log: PathBuf) -> anyhow::Result<Self> {
        let api = RuntimeApi::open().await?;
        let output = File::create(&log).with_context(|| format!("failed to make `{}`", log.display()))?;
        let child = Command::new(&program)
            .env_clear()
            .envs(api.environment())
            .envs(environment.iter().cloned())
            .stdout(output.try_clone()?)
            .stderr(output)
            .spawn()
            .with_context(|| format!("failed to start `{}`", program.display()))?;
        Ok(Self { child: Mutex::new(child), api, log })
    }

    /// Hands the function an event and waits for what it makes of it.
    ///
    /// # Errors
    /// When the function ends, or does not answer within the bound.
    pub async fn invoke(&self, event: &Value) -> anyhow::Result<Answer> {
        let mut answered = self.api.hand_out(event);
        let begun = Instant::now();
        while begun.elapsed() < BOUND {
            if let Ok(answered) = tokio::time::timeout(LOOK_EVERY, &mut answered).await {
                return answered.map(|answered| answered.answer).context("the Runtime API was closed");
            }
            if let Some(error) = &self.api.shared.lock().init_error {
                bail!("the function did not start: {error}; its log is `{}`", self.log.display());
            }
            let ended = self.child.lock().unwrap_or_else(PoisonError::into_inner).try_wait()?;
            if let Some(status) = ended {
                bail!("the function ended with {status}; its log is `{}`", self.log.display());
            }
        }
        bail!("the function runs, but has not answered within {BOUND:?}; its log is `{}`", self.log.display())
    }

    /// Everything that the function has written.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn log(&self) -> anyhow::Result<String> {
        std::fs::read_to_string(&self.log).with_context(|| format!("failed to read `{}`", self.log.display()))
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        let child = self.child.get_mut().unwrap_or_else(PoisonError::into_inner);
        let _ = child.kill();
        let _ = child.wait();
    }
}

async fn next(State(shared): State<Arc<Shared>>) -> Response {
    shared.lock().first_poll.get_or_insert_with(Instant::now);
    shared.polled.notify_one();
    loop {
        let arrived = shared.arrived.notified();
        let event = shared.lock().waiting.pop_front();
        if let Some((id, event)) = event {
            if let Some(expected) = shared.lock().expected.get_mut(&id) {
                expected.handed_out = Instant::now();
            }
            let deadline = SystemTime::now() + DEADLINE;
            let milliseconds = deadline.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_millis();
            let headers = [
                ("lambda-runtime-aws-request-id", id),
                ("lambda-runtime-deadline-ms", milliseconds.to_string()),
                (
                    "lambda-runtime-invoked-function-arn",
                    "arn:aws:lambda:eu-central-1:000000000000:function:function-under-test".to_owned(),
                ),
                ("lambda-runtime-trace-id", "Root=1-00000000-000000000000000000000000".to_owned()),
            ];
            return (headers, axum::Json(event)).into_response();
        }
        arrived.await;
    }
}

async fn response(State(shared): State<Arc<Shared>>, Path(id): Path<String>, body: String) -> StatusCode {
    // What is no JSON is still an answer, and one that the test should see.
    let value = serde_json::from_str(&body).unwrap_or(Value::String(body));
    deliver(&shared, &id, Answer::Response(value))
}

async fn error(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: String,
) -> StatusCode {
    let value: Value = serde_json::from_str(&body).unwrap_or_default();
    let header = headers.get("lambda-runtime-function-error-type").and_then(|value| value.to_str().ok());
    let error_type = value["errorType"].as_str().or(header).unwrap_or_default().to_owned();
    let message = value["errorMessage"].as_str().unwrap_or(&body).to_owned();
    deliver(&shared, &id, Answer::Error { error_type, message })
}

async fn init_error(State(shared): State<Arc<Shared>>, body: String) -> StatusCode {
    shared.lock().init_error = Some(serde_json::from_str(&body).unwrap_or(Value::String(body)));
    StatusCode::ACCEPTED
}

fn deliver(shared: &Shared, id: &str, answer: Answer) -> StatusCode {
    let at = Instant::now();
    match shared.lock().expected.remove(id) {
        Some(Expected { handed_out, sender }) => {
            let _ = sender.send(Answered { answer, took: at - handed_out, at });
            StatusCode::ACCEPTED
        }
        None => StatusCode::NOT_FOUND,
    }
}
