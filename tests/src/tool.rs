//! The real command, as people run it.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};

use crate::{logs, place, wait};

/// The longest run is a deploy that starts the local AWS.
const BOUND: Duration = Duration::from_secs(300);
/// A build of the triggers from nothing, on a machine that has other things to do.
const BUILD_BOUND: Duration = Duration::from_secs(30 * 60);
/// How long a mail may take.
const MAIL_BOUND: Duration = Duration::from_secs(30);

/// How long a line of a log may take to be printed.
const LOG_BOUND: Duration = Duration::from_secs(30);

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
    let run = run(&["deploy", "--stage", stage], "").await?.succeeded()?;
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
    mut code: impl AsyncFnMut() -> anyhow::Result<Option<String>>,
) -> anyhow::Result<Run> {
    let mut started = Started::new(&["sign-in", email])?;
    started.write(&format!("{password}\n"));
    let code = wait::until("a mail with a code", MAIL_BOUND, async || {
        if let Some(status) = started.child.try_wait()? {
            bail!("`sign-in` ended with {status}: {}", started.said()?.1);
        }
        Ok(code().await?.ok_or_else(|| "no mail".to_owned()))
    })
    .await?;
    started.write(&format!("{code}\n"));
    started.end().await
}

/// Runs `logs --follow` with these arguments: does `act` once it follows, and ends it when it has printed all of these
/// texts. Gives what it printed.
///
/// # Errors
/// When it does not print them within the bound.
pub async fn follow(arguments: &[&str], act: impl AsyncFnOnce(), texts: &[&str]) -> anyhow::Result<String> {
    let mut started = Started::new(&[&["logs", "--follow"], arguments].concat())?;
    wait::until("`logs --follow` to follow", LOG_BOUND, async || {
        let stderr = started.said()?.1;
        ensure!(started.child.try_wait()?.is_none(), "`logs --follow` ended: {stderr}");
        Ok(if stderr.contains("following") { Ok(()) } else { Err(stderr) })
    })
    .await?;
    act().await;
    wait::until(&format!("{texts:?} from `logs --follow`"), LOG_BOUND, async || {
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

/// A run under way. Ended when dropped.
#[derive(Debug)]
pub struct Started {
    what: String,
    child: Child,
    stdout: PathBuf,
    stderr: PathBuf,
}

impl Started {
    fn new(arguments: &[&str]) -> anyhow::Result<Self> {
        Self::within(place::root(), arguments)
    }

    fn within(root: &Path, arguments: &[&str]) -> anyhow::Result<Self> {
        let mut command = Command::new(place::from_runner(place::XTASK)?);
        command.arg("--root").arg(root).args(arguments);
        Self::spawn(format!("xtask {}", arguments.join(" ")), command)
    }

    pub(crate) fn spawn(what: String, mut command: Command) -> anyhow::Result<Self> {
        let folder = logs::folder_for(&format!("{}-{:08x}", what.replace(' ', "-"), rand::random::<u32>()))?;
        let (stdout, stderr) = (folder.join("stdout.log"), folder.join("stderr.log"));
        // Where these tests run under GitHub Actions, the commands would speak to it.
        command.env_remove("GITHUB_ACTIONS").env_remove("GITHUB_STEP_SUMMARY");
        let child = command
            .stdin(Stdio::piped())
            .stdout(File::create(&stdout)?)
            .stderr(File::create(&stderr)?)
            .spawn()
            .with_context(|| format!("failed to start `{what}`"))?;
        Ok(Self { what, child, stdout, stderr })
    }

    /// A command that ends without reading is no fault of the writer's.
    fn write(&mut self, text: &str) {
        let _ = self.child.stdin.as_mut().map(|stdin| stdin.write_all(text.as_bytes()));
    }

    fn said(&self) -> anyhow::Result<(String, String)> {
        Ok((fs::read_to_string(&self.stdout)?, fs::read_to_string(&self.stderr)?))
    }

    /// Kills it, as nothing can be caught that comes by SIGKILL.
    ///
    /// # Errors
    /// When there is nothing to be killed any more.
    pub fn kill(mut self) -> anyhow::Result<()> {
        ensure!(self.child.try_wait()?.is_none(), "`{}` has ended: {}", self.what, self.said()?.1);
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Whether it has ended by itself.
    ///
    /// # Errors
    /// When the system does not tell.
    pub fn has_ended(&mut self) -> anyhow::Result<bool> {
        Ok(self.child.try_wait()?.is_some())
    }

    /// Waits for its end.
    ///
    /// # Errors
    /// When it does not end within the bound.
    pub async fn end(self) -> anyhow::Result<Run> {
        self.end_within(BOUND).await
    }

    async fn end_within(mut self, bound: Duration) -> anyhow::Result<Run> {
        drop(self.child.stdin.take());
        let what = format!("the end of `{}`", self.what);
        let status = wait::until(&what, bound, async || match self.child.try_wait()? {
            Some(status) => Ok(Ok(status)),
            None => Ok(Err(self.said()?.1)),
        })
        .await?;
        let (stdout, stderr) = self.said()?;
        Ok(Run { code: status.code(), stdout, stderr })
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
