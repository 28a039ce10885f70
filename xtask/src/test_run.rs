//! The verb `test`: builds the triggers and the workspace once, runs every test, ends what the tests started.

mod long;
mod summary;

use std::fs::{self, File};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use rustix::process::{Pid, Signal, kill_process_group};

use crate::bundle::{self, Machine, Quality};
use crate::cli::{StageArgs, TestArgs};
use crate::programs::on_path;
use crate::{browser, cargo, handover, stage};
use crate::{err, errln};
use summary::Summary;

/// The longest that one part of the tests may run. The longest part takes a few minutes, and on a slow machine an hour: what
/// has not ended by then hangs.
const BOUND: Duration = Duration::from_secs(4 * 3_600);
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// How long the tests may take to end when they are told to.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where the tests keep a local AWS of their own. Not below `target`, so that `cargo clean` leaves nothing running that
/// nobody can find again.
const LOCAL_DIR: &str = ".local/tests";

/// # Errors
/// When something cannot be built, or the tests cannot be run. Tests that fail are no error but an exit code.
pub fn run(root: &Path, args: &TestArgs) -> anyhow::Result<ExitCode> {
    let ci = std::env::var_os("CI").is_some_and(|value| value == "true");
    let chromium = browser::Tools::find(root).for_tests(ci)?;
    let local_dir = root.join(LOCAL_DIR);
    fs::create_dir_all(&local_dir).with_context(|| format!("failed to make `{}`", local_dir.display()))?;
    let _lock = lock(&local_dir)?;
    let mut summary = Summary::default();
    let passed = run_all(root, args, chromium.as_ref().ok(), local_dir, &mut summary);
    if let Some(filter) = &args.filter {
        summary.leave_out(format!("tests without `{filter}` in their name"));
    }
    if !args.long {
        summary.leave_out(
            "what takes long, without `--long`: all faults, guided fuzzing, a second build to compare with, mutants",
        );
    }
    if on_path(Path::new("valgrind")).is_none() {
        summary.leave_out("instruction counts, since valgrind is not installed");
    }
    if let Err(lacking) = chromium {
        summary.leave_out(lacking);
    }
    err!("{summary}");
    Ok(if passed? { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Whether everything passed, part by part.
fn run_all(
    root: &Path,
    args: &TestArgs,
    chromium: Option<&PathBuf>,
    local_dir: PathBuf,
    summary: &mut Summary,
) -> anyhow::Result<bool> {
    let stage = stage::load(root, StageArgs::DEFAULT)?;
    let machine = Machine::of(stage.aws.architecture)?;
    let out = bundle::dir_of(root, &stage.name);
    summary.build("build of the triggers", || bundle::build(root, &[stage], &out, Quality::Release))?;
    let built = summary.build("build of the tests", || build(root))?;
    let environment = [
        ("E2E_BOOTSTRAPS", Quality::Release.folder(root, machine)),
        ("E2E_XTASK", built.xtask.clone()),
        (handover::ONLINE, built.online),
        ("COGNITO_EMAIL_MFA_LOCAL_DIR", local_dir.clone()),
    ];
    let local_aws = LocalAws { xtask: built.xtask, root: root.to_owned(), dir: local_dir };
    // A run that was killed may have left one behind, with all that its tests wrote.
    local_aws.stop()?;

    let interrupted = Arc::new(AtomicBool::new(false));
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        signal_hook::flag::register(signal, Arc::clone(&interrupted)).context("failed to watch for signals")?;
    }
    let mut examples = cargo::at(root);
    examples.args(["test", "--workspace", "--no-fail-fast", "--doc"]);
    let examples = ("examples in the documentation".to_owned(), examples);
    let mut passed = true;
    for (name, mut command) in built.tests.into_iter().chain([examples]) {
        command.args(&args.filter).envs(environment.clone());
        if args.long {
            command.env("E2E_LONG", "1");
        }
        match chromium {
            Some(chromium) => command.env(browser::CHROMIUM, chromium),
            None => command.env_remove(browser::CHROMIUM),
        };
        errln!("     Running {name}");
        passed &= summary.test(&name, || run_bounded(&mut command, BOUND, &interrupted))?;
    }
    local_aws.stop()?;
    if args.long {
        passed &= long::run(root, &interrupted, summary)?;
    }
    Ok(passed)
}

/// Whether the command succeeds. It gets a group of its own: ended as a whole, and only by us, so that what has to be done
/// after it is always done.
fn run_bounded(command: &mut Command, bound: Duration, interrupted: &AtomicBool) -> anyhow::Result<bool> {
    let mut child = command
        .stdin(Stdio::null())
        .process_group(0)
        .spawn()
        .with_context(|| format!("failed to start `{}`", command.get_program().display()))?;
    Ok(wait(&mut child, bound, interrupted)?.success())
}

/// Two runs at once would share one local AWS.
fn lock(folder: &Path) -> anyhow::Result<File> {
    let path = folder.join("test-run.lock");
    let file = File::create(&path).with_context(|| format!("failed to make `{}`", path.display()))?;
    ensure!(
        file.try_lock().is_ok(),
        "failed to begin: another `cargo xtask test` runs in this clone\nhint: wait for it, or end it"
    );
    Ok(file)
}

/// The programs that the tests start, and those that are the tests, by name.
#[derive(Debug)]
struct Built {
    xtask: PathBuf,
    online: PathBuf,
    tests: Vec<(String, Command)>,
}

/// One build for the programs and all tests, in the very form in which `cargo test --workspace` makes them. What is run is what
/// this has built, whatever is saved meanwhile.
fn build(root: &Path) -> anyhow::Result<Built> {
    let mut command = cargo::at(root);
    command.args(["build", "--workspace", "--tests", "--bin", "xtask", "--bin", handover::PACKAGE]);
    let mut built = cargo::built(&mut command).context("failed to build the tests")?;
    let members = cargo::members(root)?;
    built.tests.sort_by_key(|test| (test.is_integration, test.name()));
    let tests = built.tests.iter().map(|test| Ok((test.name(), test.command(&members)?)));
    Ok(Built {
        tests: tests.collect::<anyhow::Result<_>>()?,
        xtask: built.path("xtask")?.to_owned(),
        online: built.path(handover::PACKAGE)?.to_owned(),
    })
}

/// Waits for the tests, and ends them when they take too long or somebody asks for it.
fn wait(tests: &mut Child, bound: Duration, interrupted: &AtomicBool) -> anyhow::Result<ExitStatus> {
    let begun = Instant::now();
    loop {
        if let Some(status) = tests.try_wait().context("failed to wait for the tests")? {
            return Ok(status);
        }
        if interrupted.load(Ordering::Relaxed) {
            end(tests)?;
            bail!("interrupted; the tests were ended");
        }
        if begun.elapsed() > bound {
            end(tests)?;
            bail!("the tests were ended after {} minutes, while still running", bound.as_secs() / 60);
        }
        std::thread::sleep(LOOK_EVERY);
    }
}

/// Ends the whole group: the test program, and what it has started.
fn end(tests: &mut Child) -> anyhow::Result<()> {
    let group = i32::try_from(tests.id()).ok().and_then(Pid::from_raw).context("the tests have no process id")?;
    for signal in [Signal::TERM, Signal::KILL] {
        // The group may be gone by now.
        let _ = kill_process_group(group, signal);
        let told = Instant::now();
        while told.elapsed() < PATIENCE {
            if tests.try_wait().context("failed to wait for the tests")?.is_some() {
                let _ = kill_process_group(group, Signal::KILL);
                return Ok(());
            }
            std::thread::sleep(LOOK_EVERY);
        }
    }
    bail!("failed to end the tests, process {}", tests.id())
}

/// The local AWS that tests start on demand. Stopped when dropped.
#[derive(Debug)]
struct LocalAws {
    xtask: PathBuf,
    root: PathBuf,
    dir: PathBuf,
}

impl LocalAws {
    /// Through the command, since only a process of its own can be given another `COGNITO_EMAIL_MFA_LOCAL_DIR`.
    fn stop(&self) -> anyhow::Result<()> {
        let stopped = Command::new(&self.xtask)
            .args(["local", "stop", "--root"])
            .arg(&self.root)
            .env("COGNITO_EMAIL_MFA_LOCAL_DIR", &self.dir)
            .output()
            .with_context(|| format!("failed to start `{}`", self.xtask.display()))?;
        let said = String::from_utf8_lossy(&stopped.stderr);
        ensure!(stopped.status.success(), "failed to stop the local AWS of the tests: {}", said.trim());
        Ok(())
    }
}

impl Drop for LocalAws {
    fn drop(&mut self) {
        let _ = self.stop();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn tests_are_ended_with_all_that_they_started() {
        let mut shell = Command::new("sh");
        shell.args(["-c", "sleep 600 & echo $!; wait"]).stdout(Stdio::piped()).process_group(0);
        let mut tests = shell.spawn().unwrap();
        let mut line = String::new();
        std::io::BufRead::read_line(&mut std::io::BufReader::new(tests.stdout.take().unwrap()), &mut line).unwrap();
        assert!(wait(&mut tests, BOUND, &AtomicBool::new(true)).is_err());
        let grandchild = PathBuf::from(format!("/proc/{}/cmdline", line.trim()));
        let begun = Instant::now();
        // A zombie of a killed process has an empty command line until its new parent takes note.
        while fs::read_to_string(&grandchild).is_ok_and(|text| text.contains("sleep")) {
            assert!(begun.elapsed() < Duration::from_secs(300), "the grandchild still runs");
            std::thread::sleep(LOOK_EVERY);
        }
    }
}
