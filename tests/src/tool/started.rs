//! A program that a test has started.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};

use super::Run;
use crate::{logs, place, wait};

/// The longest run is a deploy that starts the local AWS. What has not ended by then hangs.
const BOUND: Duration = Duration::from_secs(30 * 60);

/// A run under way. Ended when dropped.
#[derive(Debug)]
pub struct Started {
    what: String,
    pub(super) child: Child,
    stdout: PathBuf,
    stderr: PathBuf,
}

impl Started {
    pub(super) fn new(arguments: &[&str]) -> anyhow::Result<Self> {
        Self::within(place::root(), arguments)
    }

    pub(super) fn within(root: &Path, arguments: &[&str]) -> anyhow::Result<Self> {
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
    pub(super) fn write(&mut self, text: &str) {
        let _ = self.child.stdin.as_mut().map(|stdin| stdin.write_all(text.as_bytes()));
    }

    pub(super) async fn sign_in(
        mut self,
        password: &str,
        mut code: impl AsyncFnMut() -> anyhow::Result<Option<String>>,
    ) -> anyhow::Result<Run> {
        self.write(&format!("{password}\n"));
        let code = wait::until("a mail with a code", async || {
            if let Some(status) = self.child.try_wait()? {
                bail!("`{}` ended with {status}: {}", self.what, self.said()?.1);
            }
            Ok(code().await?.ok_or_else(|| "no mail".to_owned()))
        })
        .await?;
        self.write(&format!("{code}\n"));
        self.end().await
    }

    pub(super) fn said(&self) -> anyhow::Result<(String, String)> {
        Ok((fs::read_to_string(&self.stdout)?, fs::read_to_string(&self.stderr)?))
    }

    /// Waits until it has said these words on standard error; gives what it has printed by then.
    ///
    /// # Errors
    /// When it ends before, or does not say them within the bound.
    pub async fn says(&mut self, words: &str) -> anyhow::Result<String> {
        wait::within(&format!("`{words}` from `{}`", self.what), BOUND, async || {
            let ended = self.child.try_wait()?;
            let stderr = self.said()?.1;
            ensure!(ended.is_none(), "`{}` has ended: {stderr}", self.what);
            // Read once more: what was printed before the words may have come after the first look.
            Ok(if stderr.contains(words) { Ok(self.said()?.0) } else { Err(stderr) })
        })
        .await
    }

    /// Waits until it has printed a line with these words, and gives the line.
    ///
    /// # Errors
    /// When it does not within the bound.
    pub async fn prints(&self, words: &str) -> anyhow::Result<String> {
        wait::within(&format!("`{words}` printed by `{}`", self.what), BOUND, async || {
            let (stdout, stderr) = self.said()?;
            // The last line may be half there.
            let whole = stdout.rsplit_once('\n').map_or("", |(whole, _)| whole);
            let line = whole.lines().find(|line| line.contains(words));
            Ok(line.map(str::to_owned).ok_or(stderr))
        })
        .await
    }

    /// Ends it as Ctrl-C does.
    ///
    /// # Errors
    /// When there is nothing to be ended any more.
    pub fn interrupt(&self) -> anyhow::Result<()> {
        kill_process(Pid::from_child(&self.child), Signal::INT).with_context(|| format!("`{}` has ended", self.what))
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

    pub(super) async fn end_within(mut self, bound: Duration) -> anyhow::Result<Run> {
        drop(self.child.stdin.take());
        let what = format!("the end of `{}`", self.what);
        let status = wait::within(&what, bound, async || match self.child.try_wait()? {
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
