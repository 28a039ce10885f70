//! The real command, as people run it.

mod started;

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::ensure;

pub use started::Started;

use crate::{place, wait};

/// A build of the triggers from nothing, on a slow machine that has other things to do.
const BUILD_BOUND: Duration = Duration::from_secs(2 * 3_600);

/// What a run of the command left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// None when a signal ended it.
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    /// The run, if it went well.
    ///
    /// # Errors
    /// With what the command said, if it did not.
    pub fn succeeded(self) -> anyhow::Result<Self> {
        ensure!(self.code == Some(0), "the command ended with {:?}:\n{}{}", self.code, self.stdout, self.stderr);
        Ok(self)
    }
}

/// Runs `xtask` with these arguments and this standard input.
///
/// # Errors
/// When it cannot be started, or does not end within the bound.
pub async fn run(arguments: &[&str], input: &str) -> anyhow::Result<Run> {
    let mut started = Started::new(arguments)?;
    started.write(input);
    started.end().await
}

/// Runs `xtask` in another repository than this one.
///
/// # Errors
/// As [`run`].
pub async fn run_in(root: &Path, arguments: &[&str]) -> anyhow::Result<Run> {
    Started::within(root, arguments)?.end().await
}

/// Runs `outputs` for a stage on AWS with nothing but this home folder and environment: neither the profiles of whoever runs
/// the tests nor the machine's own role lead to AWS.
///
/// # Errors
/// As [`run`].
pub async fn outputs_as(home: &Path, stage: &str, environment: &[(&str, &str)]) -> anyhow::Result<Run> {
    let mut command = Command::new(place::from_runner("COGNITO_EMAIL_MFA_ONLINE")?);
    command.args(["outputs", "--stage", stage, "--root"]).arg(place::root()).env_clear();
    command.env("HOME", home).env("AWS_EC2_METADATA_DISABLED", "true").envs(environment.iter().copied());
    Started::spawn(format!("xtask outputs --stage {stage} as somebody"), command)?.end().await
}

/// Deploys a stage as people do.
///
/// # Errors
/// With what the command said, when it fails.
pub async fn deploy(stage: &str) -> anyhow::Result<Run> {
    let run = run(&["deploy", "--release", "--stage", stage], "").await?.succeeded()?;
    ensure!(!run.stdout.is_empty(), "`deploy` printed no outputs: {}", run.stderr);
    Ok(run)
}

/// Starts the local AWS of these tests, unless it runs.
///
/// # Errors
/// With what the command said, when it fails.
pub async fn local_aws() -> anyhow::Result<()> {
    run(&["local", "start"], "").await?.succeeded().map(drop)
}

/// Signs in: the password as the first line, and as the second the code, once `code` finds it.
///
/// # Errors
/// When no code is found within the bound, or the command does not end.
pub async fn sign_in(
    email: &str,
    password: &str,
    code: impl AsyncFnMut() -> anyhow::Result<Option<String>>,
) -> anyhow::Result<Run> {
    Started::new(&["sign-in", email])?.sign_in(password, code).await
}

/// As [`sign_in`], through another program than `xtask` that reads the same two lines.
///
/// # Errors
/// As there.
pub async fn sign_in_by(
    what: &str,
    command: Command,
    password: &str,
    code: impl AsyncFnMut() -> anyhow::Result<Option<String>>,
) -> anyhow::Result<Run> {
    Started::spawn(what.to_owned(), command)?.sign_in(password, code).await
}

/// Runs `logs --follow` with these arguments: does `act` once it follows, and ends it when it has printed all of these
/// texts. Gives what it printed.
///
/// # Errors
/// When it does not print them within the bound.
pub async fn follow(arguments: &[&str], act: impl AsyncFnOnce(), texts: &[&str]) -> anyhow::Result<String> {
    let mut started = Started::new(&[&["logs", "--follow"], arguments].concat())?;
    wait::until("`logs --follow` to follow", async || {
        let stderr = started.said()?.1;
        ensure!(started.child.try_wait()?.is_none(), "`logs --follow` ended: {stderr}");
        Ok(if stderr.contains("following") { Ok(()) } else { Err(stderr) })
    })
    .await?;
    act().await;
    wait::until(&format!("{texts:?} from `logs --follow`"), async || {
        let stdout = started.said()?.0;
        Ok(if texts.iter().all(|text| stdout.contains(text)) { Ok(stdout) } else { Err(stdout) })
    })
    .await
}

/// Bundles the stage `local` of another repository, with a home of cargo's that nothing was built from yet.
///
/// # Errors
/// With what the command said, when it fails.
pub async fn bundle(root: &Path, cargo_home: &Path) -> anyhow::Result<Run> {
    let mut command = Command::new(place::from_runner(place::XTASK)?);
    command.args(["bundle", "--stage", "local", "--root"]).arg(root).env("CARGO_HOME", cargo_home);
    let started = Started::spawn("xtask bundle elsewhere".to_owned(), command)?;
    started.end_within(BUILD_BOUND).await?.succeeded()
}

/// Runs another program than `xtask`, within a bound of its own.
///
/// # Errors
/// With what it said, when it fails or does not end.
pub async fn program(what: &str, command: Command, bound: Duration) -> anyhow::Result<Run> {
    Started::spawn(what.to_owned(), command)?.end_within(bound).await?.succeeded()
}
