//! The commands that people wait for, as whole processes.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, ensure};
use xtask::bench::XTASK;

use crate::report::Row;
use crate::sample::Sample;

/// Rendering, and a deploy that finds nothing to do, on a local AWS of its own.
pub(crate) fn run(root: &Path, runs: usize) -> anyhow::Result<Vec<Row>> {
    let folder = tempfile::tempdir()?;
    let mut rows = Vec::new();
    let mut render = Sample::default();
    for _ in 0..runs {
        render.push(timed(&mut xtask(root, folder.path(), &["render", "--check"])?)?);
    }
    rows.extend(Row::new("command", "render --check", "ms", &render).map(|row| row.at_most(20.0)));

    let stop = Stop { root, folder: folder.path() };
    timed(&mut xtask(root, folder.path(), &["deploy"])?)?;
    let mut nothing = Sample::default();
    for _ in 0..runs {
        nothing.push(timed(&mut xtask(root, folder.path(), &["deploy"])?)?);
    }
    drop(stop);
    rows.extend(Row::new("command", "deploy with nothing to change", "ms", &nothing).map(|row| row.at_most(600.0)));
    Ok(rows)
}

/// The local AWS ends with the measurement, whatever came of it.
struct Stop<'a> {
    root: &'a Path,
    folder: &'a Path,
}

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        let stopped = xtask(self.root, self.folder, &["local", "stop"]).and_then(|mut command| timed(&mut command));
        if let Err(error) = stopped {
            eprintln!("failed to stop the local AWS: {error:#}");
        }
    }
}

fn xtask(root: &Path, local: &Path, arguments: &[&str]) -> anyhow::Result<Command> {
    let program = std::env::var_os(XTASK).with_context(|| format!("`{XTASK}` is not set"))?;
    let mut command = Command::new(program);
    command.args(arguments).arg("--root").arg(root).env("COGNITO_EMAIL_MFA_LOCAL_DIR", local);
    Ok(command)
}

/// Runs the command to its end, in milliseconds.
pub(crate) fn timed(command: &mut Command) -> anyhow::Result<f64> {
    let begun = Instant::now();
    let output = command.stdin(Stdio::null()).output();
    let output = output.with_context(|| format!("failed to start `{}`", command.get_program().display()))?;
    let took = begun.elapsed().as_secs_f64() * 1e3;
    let arguments: Vec<_> = command.get_args().map(std::ffi::OsStr::to_string_lossy).collect();
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "`{}` ended with {}:\n{}", arguments.join(" "), output.status, said.trim());
    Ok(took)
}
