//! A loopback proxy between the command and the local AWS: it sees each request, and can hold or lose any of them.

use std::convert::Infallible;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Context as _;
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use crate::{place, wait};

/// What the names of operations begin with that change nothing.
const READS: [&str; 3] = ["Describe", "Get", "List"];

/// A request on its way, or its answer on the way back.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Step {
    /// Such as `PUT /bucket/key`; after a change set was made also of which kind, and whether it is under way:
    /// `ExecuteChangeSet CREATE`, `DescribeStackEvents CREATE under way`.
    pub call: String,
    pub writes: bool,
    pub moment: Moment,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Moment {
    /// AWS has not seen it.
    Before,
    /// AWS has done it, and nobody has heard.
    After,
}

/// What becomes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Pass,
    /// It goes no further as long as its sender waits.
    Hold,
    /// Its connection is closed.
    Lose,
}

type Judge = dyn FnMut(&Step) -> Fate + Send;

/// What the proxy goes by.
struct Script {
    judge: Box<Judge>,
    /// What the last change set was made for, and whether it was executed.
    kind: String,
    held: Option<Step>,
}

type Shared = Arc<Mutex<Script>>;

/// Ends when dropped.
pub struct Proxy {
    script: Shared,
    folder: TempDir,
    server: JoinHandle<Infallible>,
}

impl Proxy {
    /// In front of the local AWS of these tests, which has to run.
    ///
    /// # Errors
    /// When no port can be opened, or the local AWS has written down nothing of itself.
    pub async fn start() -> anyhow::Result<Self> {
        let note = place::from_runner("COGNITO_EMAIL_MFA_LOCAL_DIR")?.join("local-aws.json");
        let mut note: Value = serde_json::from_slice(&std::fs::read(note).context("the local AWS should run")?)?;
        let port = note["server"]["port"].as_u64().and_then(|port| u16::try_from(port).ok());
        let port = port.context("the local AWS should have a port")?;
        let listener = TcpListener::bind("127.0.0.1:0").await.context("failed to open a port")?;
        note["server"]["port"] = json!(listener.local_addr()?.port());
        let folder = TempDir::new()?;
        std::fs::write(folder.path().join("local-aws.json"), note.to_string())?;
        let script = Script { judge: Box::new(|_| Fate::Pass), kind: String::new(), held: None };
        let script = Arc::new(Mutex::new(script));
        let server = tokio::spawn(serve(listener, port, Arc::clone(&script)));
        Ok(Self { script, folder, server })
    }

    /// The folder that leads the command here, as `COGNITO_EMAIL_MFA_LOCAL_DIR`.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Decides about each step from now on.
    pub fn judge(&self, judge: impl FnMut(&Step) -> Fate + Send + 'static) {
        *lock(&self.script) = Script { judge: Box::new(judge), kind: String::new(), held: None };
    }

    /// The step that was held last, if one was.
    #[must_use]
    pub fn held(&self) -> Option<Step> {
        lock(&self.script).held.clone()
    }

    /// Waits until a step is held.
    ///
    /// # Errors
    /// When none is within the bound.
    pub async fn holds(&self) -> anyhow::Result<Step> {
        wait::until("a request to be held", async || Ok(self.held().ok_or_else(String::new))).await
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl std::fmt::Debug for Proxy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Proxy").field("folder", &self.folder).finish_non_exhaustive()
    }
}

fn lock(script: &Shared) -> MutexGuard<'_, Script> {
    script.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn serve(listener: TcpListener, port: u16, script: Shared) -> Infallible {
    // Connections end with the server.
    let mut connections = JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let script = Arc::clone(&script);
        let service = service_fn(move |request| pass(port, Arc::clone(&script), request));
        connections.spawn(hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        while connections.try_join_next().is_some() {}
    }
}

/// An error closes the connection without an answer.
async fn pass(
    port: u16,
    script: Shared,
    request: hyper::Request<Incoming>,
) -> io::Result<hyper::Response<Full<Bytes>>> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
    let mut step = Step { writes: false, call: String::new(), moment: Moment::Before };
    (step.call, step.writes) = name(&head, &body, &mut lock(&script).kind);
    meet(&script, step.clone()).await?;

    let stream = TcpStream::connect(("127.0.0.1", port)).await?;
    let connected = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await;
    let (mut sender, connection) = connected.map_err(io::Error::other)?;
    let connection = tokio::spawn(connection);
    let request = hyper::Request::from_parts(head, Full::new(body));
    let answer = sender.send_request(request).await.map_err(io::Error::other)?;
    let (head, body) = answer.into_parts();
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
    connection.abort();

    meet(&script, Step { moment: Moment::After, ..step }).await?;
    Ok(hyper::Response::from_parts(head, Full::new(body)))
}

async fn meet(script: &Shared, step: Step) -> io::Result<()> {
    let fate = {
        let mut script = lock(script);
        let fate = (script.judge)(&step);
        if fate == Fate::Hold {
            script.held = Some(step);
        }
        fate
    };
    match fate {
        Fate::Pass => Ok(()),
        Fate::Lose => Err(io::Error::other("lost")),
        Fate::Hold => std::future::pending().await,
    }
}

/// What a request is called, and whether it changes anything.
fn name(head: &hyper::http::request::Parts, body: &[u8], kind: &mut String) -> (String, bool) {
    let header = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let body = std::str::from_utf8(body).unwrap_or_default();
    let parameter = |name: &str| body.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    let writes = |operation: &str| READS.iter().all(|read| !operation.starts_with(read));
    if let Some((_, operation)) = header("x-amz-target").split_once('.') {
        return (operation.to_owned(), writes(operation));
    }
    if let Some(operation) = parameter("Action") {
        if let Some(new) = parameter("ChangeSetType") {
            new.clone_into(kind);
        }
        let call = format!("{operation} {kind}").trim_end().to_owned();
        if operation == "ExecuteChangeSet" {
            kind.push_str(" under way");
        }
        return (call, writes(operation));
    }
    let query = head.uri.query().unwrap_or_default();
    // The SDK names object operations in a query of its own.
    let about = query.split('&').next().filter(|first| !first.is_empty() && !first.starts_with("x-id"));
    let about = about.map(|about| format!("?{}", about.trim_end_matches('='))).unwrap_or_default();
    let call = format!("{} {}{about}", head.method, head.uri.path());
    (call, !matches!(head.method.as_str(), "GET" | "HEAD"))
}
