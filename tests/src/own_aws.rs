//! A local AWS of one test, for commands that start and end it themselves.

use std::process::{Command, Stdio};

use anyhow::Context as _;
use tempfile::TempDir;

use crate::place;
use crate::tool::{self, Run, Started};

const LOCAL_DIR: &str = "COGNITO_EMAIL_MFA_LOCAL_DIR";

/// Where it lives. Ended when dropped, if a command has left it running.
#[derive(Debug)]
pub struct OwnAws {
    folder: TempDir,
}

impl OwnAws {
    /// None runs yet.
    ///
    /// # Errors
    /// When there is no room for its folder.
    pub fn new() -> anyhow::Result<Self> {
        Ok(Self { folder: TempDir::new().context("failed to make a folder for a local AWS")? })
    }

    /// Starts a command that works on it.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(&self, arguments: &[&str]) -> anyhow::Result<Started> {
        Started::spawn(format!("xtask {} of its own", arguments.join(" ")), self.command(arguments)?)
    }

    /// As [`tool::sign_in`].
    ///
    /// # Errors
    /// As there.
    pub async fn sign_in(
        &self,
        email: &str,
        password: &str,
        code: impl AsyncFnMut() -> anyhow::Result<Option<String>>,
    ) -> anyhow::Result<Run> {
        tool::sign_in_by("sign-in of its own", self.command(&["sign-in", email])?, password, code).await
    }

    fn command(&self, arguments: &[&str]) -> anyhow::Result<Command> {
        let mut command = Command::new(place::from_runner(place::XTASK)?);
        command.arg("--root").arg(place::root()).args(arguments).env(LOCAL_DIR, self.folder.path());
        Ok(command)
    }
}

impl Drop for OwnAws {
    fn drop(&mut self) {
        let stop = self.command(&["local", "stop"]);
        let _ = stop.map(|mut stop| stop.stdout(Stdio::null()).stderr(Stdio::null()).status());
    }
}
