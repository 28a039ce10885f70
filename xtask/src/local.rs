//! The local AWS: MiniStack behind `xtask/local/launcher.py`, one per clone, on the loopback interface alone. It outlives
//! the command that starts it, and the next command finds it again.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};

mod access;
mod environment;
mod health;
mod home;
mod launch;
mod process;
mod state;

use crate::cli::{LocalVerb, StageArgs};
use crate::{errln, out, outln, stage, tools};
pub use access::{Access, Secret};
pub(crate) use health::client;
use home::Home;
use process::Process;
use state::{Server, State};

const NOT_RUNNING: &str =
    "the local AWS does not run\nhint: `cargo xtask local start` starts it, and `cargo xtask deploy` does too";

/// The account that the local credentials belong to.
pub const ACCOUNT: &str = "000000000000";

/// A local AWS that answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Running {
    /// Such as `http://127.0.0.1:4566`: the endpoint of every service.
    pub endpoint: String,
    pub pid: u32,
    /// What it printed since it was started.
    pub log: PathBuf,
    /// The root user of its account is who has these keys. Functions get credentials of their roles instead.
    pub access: Access,
}

/// What is there, as far as the state file, the process table and the port tell.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Found {
    /// Nothing of ours runs.
    Nothing,
    /// It answers, and was started as this clone would start it now.
    Current(Server),
    /// It answers, but was started by another version of the launcher or of the tools.
    Outdated(Server),
    /// The process is there, and does not answer by its token.
    Silent(Server),
}

/// The local AWS of this repository: the one that runs, else a new one.
///
/// # Errors
/// When the tools cannot be had, or the new one does not become ready within a minute.
pub fn ensure_started(root: &Path) -> anyhow::Result<Running> {
    if !cfg!(target_os = "linux") {
        bail!(
            "the local AWS runs the functions as Linux programs, and this is no Linux\nhint: use Linux, or WSL on Windows"
        );
    }
    let home = Home::of(root);
    let tools = tools::ensure_in(root)?;
    let plan = launch::Plan::new(root, &tools)?;
    if let Found::Current(server) = look(&home.state()?, &plan.fingerprint) {
        return Ok(home.running(server));
    }

    home.make()?;
    let _lock = home.lock()?;
    let mut state = home.state()?;
    end_open(&mut state)?;
    match look(&state, &plan.fingerprint) {
        // Whoever held the lock has just started it.
        Found::Current(server) => return Ok(home.running(server)),
        Found::Nothing => {}
        Found::Outdated(server) => {
            errln!("The local AWS was started by another version of its launcher: starting afresh");
            server.process.end()?;
        }
        Found::Silent(server) => {
            errln!("The local AWS does not answer: starting afresh");
            server.process.end()?;
        }
    }
    state.server = None;
    launch::launch(&home, &plan, state)
}

/// The local AWS of this repository, if it runs and answers.
#[must_use]
pub fn find(root: &Path) -> Option<Running> {
    let home = Home::of(root);
    match look(&home.state().ok()?, "") {
        Found::Current(server) | Found::Outdated(server) => Some(home.running(server)),
        Found::Nothing | Found::Silent(_) => None,
    }
}

/// How the local AWS of a repository stands, for those who only look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    Running(Running),
    Stopped {
        /// The port that it would like to have again, if another program has it now.
        taken: Option<u16>,
    },
}

/// # Errors
/// When its state cannot be read, or it runs and does not answer.
pub fn standing(root: &Path) -> anyhow::Result<Standing> {
    let home = Home::of(root);
    let state = home.state()?;
    match look(&state, "") {
        Found::Current(server) | Found::Outdated(server) => Ok(Standing::Running(home.running(server))),
        Found::Silent(server) => bail!("process {} does not answer", server.process.pid),
        Found::Nothing => Ok(Standing::Stopped { taken: state.port.filter(|port| !launch::is_free(*port)) }),
    }
}

/// Ends the local AWS of this repository, and what it held with it. Gives the process that was ended, if there was one.
///
/// # Errors
/// When its state cannot be read or written.
pub fn stop(root: &Path) -> anyhow::Result<Option<u32>> {
    let home = Home::of(root);
    if !home.exists() {
        return Ok(None);
    }
    let _lock = home.lock()?;
    let mut state = home.state()?;
    end_open(&mut state)?;
    let ended = state.server.take().filter(|server| server.process.is_alive());
    if let Some(server) = &ended {
        server.process.end()?;
    }
    home.forget_scratch()?;
    // The port stays written down, so that the next one is found where people remember it.
    home.write(&state)?;
    Ok(ended.map(|server| server.process.pid))
}

/// Runs `local start`, `local status`, `local env` or `local stop`.
///
/// # Errors
/// As the function of the verb.
pub fn run(root: &Path, verb: &LocalVerb) -> anyhow::Result<ExitCode> {
    match verb {
        LocalVerb::Start => {
            let running = ensure_started(root).context("failed to start the local AWS")?;
            errln!("The local AWS runs as process {}; its log is {}", running.pid, running.log.display());
            outln!("{}", running.endpoint);
        }
        LocalVerb::Status => match find(root) {
            Some(running) => {
                outln!("running at {} as process {}", running.endpoint, running.pid);
                outln!("log: {}", running.log.display());
            }
            None => outln!("not running"),
        },
        LocalVerb::Env(args) => {
            let running = find(root).context(NOT_RUNNING)?;
            let region = stage::load(root, StageArgs::DEFAULT)?.aws.region.to_string();
            out!("{}", environment::text(&running, &region, args.json)?);
        }
        LocalVerb::Stop => match stop(root).context("failed to stop the local AWS")? {
            Some(pid) => errln!("Ended the local AWS (process {pid})"),
            None => errln!("The local AWS does not run"),
        },
    }
    Ok(ExitCode::SUCCESS)
}

/// The local AWS of the version before took every caller for its root user.
fn end_open(state: &mut State) -> anyhow::Result<()> {
    state.open.take().map_or(Ok(()), Process::end)
}

fn look(state: &State, fingerprint: &str) -> Found {
    let Some(server) = &state.server else { return Found::Nothing };
    let alive = server.process.is_alive();
    let answers = alive && health::is_ready(server.port, &server.id);
    judge(server, alive, answers, fingerprint)
}

fn judge(server: &Server, alive: bool, answers: bool, fingerprint: &str) -> Found {
    match (alive, answers) {
        (false, _) => Found::Nothing,
        (true, false) => Found::Silent(server.clone()),
        (true, true) if server.fingerprint == fingerprint => Found::Current(server.clone()),
        (true, true) => Found::Outdated(server.clone()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn what_is_found_decides_what_is_reused() {
        let server = Server {
            port: 4566,
            process: Process { pid: 42, started: 7 },
            id: "i".to_owned(),
            fingerprint: "now".to_owned(),
            access: Access::random().unwrap(),
        };
        let table = [
            ("dead", false, false, "now", Found::Nothing),
            ("dead, and its port answers for somebody else", false, true, "now", Found::Nothing),
            ("hangs, or its port is another's", true, false, "now", Found::Silent(server.clone())),
            ("answers", true, true, "now", Found::Current(server.clone())),
            ("answers, after an update", true, true, "then", Found::Outdated(server.clone())),
        ];
        for (name, alive, answers, fingerprint, expected) in table {
            assert_eq!(judge(&server, alive, answers, fingerprint), expected, "{name}");
        }
    }
}
