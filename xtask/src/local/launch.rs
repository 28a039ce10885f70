//! Starts a local AWS and sees it ready.

use std::fs::{self, File};
use std::io::Write as _;
use std::iter;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use sha2::{Digest as _, Sha256};

use super::access::{Access, hex, random};
use super::health;
use super::home::Home;
use super::process::Process;
use super::state::{Server, State, endpoint};
use super::{ACCOUNT, Running};
use crate::tools::Tools;

const LAUNCHER: &str = "xtask/local/launcher.py";
/// The modules that the launcher imports.
const CORRECTIONS: &str = "xtask/local/corrections";
/// Two seconds on a quiet machine.
const PATIENCE: Duration = Duration::from_secs(180);
const POLL: Duration = Duration::from_millis(50);
/// Between finding a port free and listening on it, another program may take it.
const TRIES: usize = 3;
/// How much of the log is shown when it does not start.
const TAIL: usize = 8;

/// The environment is these and nothing else: a developer's AWS credentials and settings never reach it.
const SETTINGS: [(&str, &str); 11] = [
    ("PATH", "/usr/local/bin:/usr/bin:/bin"),
    ("LANG", "C.UTF-8"),
    ("BIND_HOST", "127.0.0.1"),
    ("MINISTACK_ACCOUNT_ID", ACCOUNT),
    // Signatures are checked and IAM policies enforced.
    ("AUTH", "true"),
    // A refusal of the gate refuses, as on AWS.
    ("MINISTACK_COGNITO_PRETOKEN_STRICT", "1"),
    // Neither is used here, and both listen on every interface.
    ("IOT_MTLS_ENABLED", "0"),
    ("SFTP_ENABLED", "0"),
    // At its start MiniStack removes the containers of every MiniStack on the machine: with no Docker to be found, none.
    ("DOCKER_HOST", "unix:///nonexistent"),
    ("PERSIST_STATE", "0"),
    ("S3_PERSIST", "0"),
];

/// What to start.
#[derive(Debug)]
pub(super) struct Plan {
    python: PathBuf,
    launcher: PathBuf,
    /// Changes with the launcher, the settings and the tools.
    pub(super) fingerprint: String,
}

impl Plan {
    pub(super) fn new(root: &Path, tools: &Tools) -> anyhow::Result<Self> {
        let launcher = root.join(LAUNCHER);
        let mut hash = Sha256::new();
        hash.update(tools.key());
        hash.update(format!("{SETTINGS:?}"));
        for file in iter::once(launcher.clone()).chain(modules(&root.join(CORRECTIONS))?) {
            let text = fs::read(&file).with_context(|| format!("failed to read `{}`", file.display()))?;
            hash.update(Sha256::digest(text));
        }
        Ok(Self { python: tools.program("python3"), launcher, fingerprint: hex(&hash.finalize()[..8]) })
    }
}

/// The Python files of a folder, in an order of their own.
fn modules(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let entries = entries.with_context(|| format!("failed to read `{}`", folder.display()))?;
    let mut files: Vec<_> = entries.into_iter().map(|entry| entry.path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "py"));
    files.sort();
    Ok(files)
}

/// How a start went.
enum Outcome {
    Ready(Server),
    /// Somebody else was faster on the port.
    PortTaken,
}

/// Starts a local AWS, sees it ready, writes it down. The caller holds the lock and has ended the one before.
pub(super) fn launch(home: &Home, plan: &Plan, state: State) -> anyhow::Result<Running> {
    let mut preferred = state.port;
    for _ in 0..TRIES {
        let port = free_port(preferred.take())?;
        if let Outcome::Ready(server) = attempt(home, plan, port)? {
            return Ok(home.running(server));
        }
    }
    bail!("failed to start the local AWS: {TRIES} ports in a row were taken by other programs")
}

fn attempt(home: &Home, plan: &Plan, port: u16) -> anyhow::Result<Outcome> {
    let id = hex(&random::<16>()?);
    let access = Access::random()?;
    let child = &mut Guarded(Some(spawn(home, plan, port, &id, &access)?));
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            let log = fs::read_to_string(home.log()).unwrap_or_default();
            if log.contains("already in use") {
                return Ok(Outcome::PortTaken);
            }
            bail!("the local AWS ended at its start ({status})\n{}", tail(&log, &home.log()));
        }
        if health::is_ready(port, &id) {
            break;
        }
        if start.elapsed() > PATIENCE {
            let log = fs::read_to_string(home.log()).unwrap_or_default();
            bail!("the local AWS was not ready within {} s\n{}", PATIENCE.as_secs(), tail(&log, &home.log()));
        }
        thread::sleep(POLL);
    }
    let process = Process::of(child.id()).context("the local AWS ended as soon as it was ready")?;
    let server = Server { port, process, id, fingerprint: plan.fingerprint.clone(), access };
    // First written down, then told to live on: interrupted in between, it ends by itself and the note is stale.
    home.write(&State::new(server.clone()))?;
    child.keep().context("failed to tell the local AWS to live on")?;
    Ok(Outcome::Ready(server))
}

fn spawn(home: &Home, plan: &Plan, port: u16, id: &str, access: &Access) -> anyhow::Result<Child> {
    let scratch = home.make_scratch()?;
    let log = File::create(home.log()).with_context(|| format!("failed to write `{}`", home.log().display()))?;
    let mut command = Command::new(&plan.python);
    // Isolated: neither the working directory nor the user's packages are imported from. Unbuffered: the log is current.
    command.args(["-I", "-u"]).arg(&plan.launcher);
    command.env_clear().envs(SETTINGS);
    command.env("GATEWAY_PORT", port.to_string()).env("MINISTACK_EDITION", id);
    command.envs(access.environment());
    // Functions reach AWS by this; without it they would call the real one.
    command.env("AWS_ENDPOINT_URL", endpoint(port));
    command.env("TMPDIR", &scratch).env("HOME", &scratch).current_dir(&scratch);
    command.stdin(Stdio::piped()).stdout(log.try_clone()?).stderr(log);
    command.spawn().with_context(|| format!("failed to start `{}`", plan.python.display()))
}

/// A process that is ended again unless it is kept.
struct Guarded(Option<Child>);

impl Guarded {
    fn child(&mut self) -> std::io::Result<&mut Child> {
        self.0.as_mut().ok_or_else(|| std::io::ErrorKind::NotFound.into())
    }

    fn id(&self) -> u32 {
        self.0.as_ref().map_or(0, Child::id)
    }

    fn try_wait(&mut self) -> std::io::Result<Option<std::process::ExitStatus>> {
        self.child()?.try_wait()
    }

    /// The launcher ends the process when the pipe closes without this word.
    fn keep(&mut self) -> std::io::Result<()> {
        if let Some(pipe) = &mut self.child()?.stdin {
            pipe.write_all(b"keep\n")?;
        }
        self.0 = None;
        Ok(())
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        if let Some(child) = &mut self.0 {
            // It fails only if the process has ended, which is what is wanted.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Whether the loopback interface has nobody on this port.
pub(super) fn is_free(port: u16) -> bool {
    bound(port).is_ok()
}

fn bound(port: u16) -> std::io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).and_then(|listener| listener.local_addr())
}

/// The preferred port if it is free, else one that the system gives.
fn free_port(preferred: Option<u16>) -> anyhow::Result<u16> {
    let preferred = preferred.and_then(|port| bound(port).ok());
    let address = preferred.map_or_else(|| bound(0), Ok).context("failed to find a free port for the local AWS")?;
    Ok(address.port())
}

fn tail(log: &str, path: &Path) -> String {
    let lines: Vec<&str> = log.lines().filter(|line| !line.trim().is_empty()).collect();
    let shown = lines[lines.len().saturating_sub(TAIL)..].iter().map(|line| format!("  {line}\n")).collect::<String>();
    format!("{shown}hint: its whole log is {}", path.display())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn the_port_of_last_time_is_taken_again_only_if_it_is_free() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        assert_ne!(free_port(Some(port)).unwrap(), port);
        drop(taken);
        assert_eq!(free_port(Some(port)).unwrap(), port);
    }
}
