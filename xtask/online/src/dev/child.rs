//! Other runs of this program, one for each step: what they start ends with them, and they end with this.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::Context as _;
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::{Child, Command};
use xtask::err;

/// A run of this program in a group of its own, which is killed with the group when dropped.
#[derive(Debug)]
struct Run {
    child: Child,
    group: Option<Pid>,
}

impl Drop for Run {
    fn drop(&mut self) {
        // Until the child was waited for, its id is nobody else's.
        if matches!(self.child.try_wait(), Ok(None)) {
            let _ = self.group.map(|group| kill_process_group(group, Signal::KILL));
        }
    }
}

/// This program, also when somebody has built another one in its place meanwhile.
fn program() -> anyhow::Result<PathBuf> {
    if cfg!(target_os = "linux") {
        return Ok("/proc/self/exe".into());
    }
    std::env::current_exe().context("failed to find this program")
}

fn start(root: &Path, arguments: &[&OsStr], stderr: Stdio, stdout: Stdio) -> anyhow::Result<Run> {
    let mut command = Command::new(program()?);
    command.arg("--root").arg(root).args(arguments);
    command.stdin(Stdio::null()).stdout(stdout).stderr(stderr).process_group(0);
    let child = command.spawn().context("failed to start this program once more")?;
    let group = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
    Ok(Run { child, group })
}

/// Runs a verb, with what it says on standard error. Whether it went well.
///
/// # Errors
/// When it cannot be started.
pub(super) async fn shown(root: &Path, arguments: &[&OsStr]) -> anyhow::Result<bool> {
    let mut run = start(root, arguments, Stdio::inherit(), Stdio::null())?;
    Ok(run.child.wait().await.context("failed to wait for a step")?.success())
}

/// Runs a verb, and says what it said only if it failed. Whether it went well.
///
/// # Errors
/// When it cannot be started.
pub(super) async fn quiet(root: &Path, arguments: &[&OsStr]) -> anyhow::Result<bool> {
    use tokio::io::AsyncReadExt as _;
    let mut run = start(root, arguments, Stdio::piped(), Stdio::null())?;
    let mut said = String::new();
    if let Some(stderr) = &mut run.child.stderr {
        stderr.read_to_string(&mut said).await.context("failed to listen to a step")?;
    }
    let well = run.child.wait().await.context("failed to wait for a step")?.success();
    if !well {
        err!("{said}");
    }
    Ok(well)
}
