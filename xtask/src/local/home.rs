//! Where a clone keeps its local AWS: state, lock, log, scratch files.

use std::fs::{self, DirBuilder, File};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::Running;
use super::state::{Server, State, endpoint};

use crate::errln;

/// Names another place than `.local` in the repository. Tests have local AWSs of their own by it.
const ELSEWHERE: &str = "COGNITO_EMAIL_MFA_LOCAL_DIR";

#[derive(Debug, Clone)]
pub(super) struct Home(PathBuf);

impl Home {
    pub(super) fn of(root: &Path) -> Self {
        Self::choose(root, std::env::var_os(ELSEWHERE).map(PathBuf::from))
    }

    fn choose(root: &Path, elsewhere: Option<PathBuf>) -> Self {
        Self(
            elsewhere
                .filter(|path| !path.as_os_str().is_empty())
                .map_or_else(|| root.join(".local"), |path| root.join(path)),
        )
    }

    pub(super) fn exists(&self) -> bool {
        self.0.is_dir()
    }

    /// For the user alone, since the log tells who was sent mail.
    pub(super) fn make(&self) -> anyhow::Result<()> {
        make_private(&self.0).with_context(|| format!("failed to make `{}`", self.0.display()))
    }

    pub(super) fn log(&self) -> PathBuf {
        self.0.join("local-aws.log")
    }

    /// Where the local AWS unpacks functions.
    pub(super) fn scratch(&self) -> PathBuf {
        self.0.join("scratch")
    }

    pub(super) fn make_scratch(&self) -> anyhow::Result<PathBuf> {
        self.forget_scratch()?;
        let scratch = self.scratch();
        make_private(&scratch).with_context(|| format!("failed to make `{}`", scratch.display()))?;
        Ok(scratch)
    }

    pub(super) fn forget_scratch(&self) -> anyhow::Result<()> {
        match fs::remove_dir_all(self.scratch()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(error).with_context(|| format!("failed to remove `{}`", self.scratch().display()))
            }
            _ => Ok(()),
        }
    }

    /// Starting and stopping are one at a time. The lock goes with the process that holds it, however that ends.
    pub(super) fn lock(&self) -> anyhow::Result<File> {
        let path = self.0.join("local-aws.lock");
        let locked = || -> io::Result<File> {
            let file = File::options().create(true).truncate(false).write(true).open(&path)?;
            if file.try_lock().is_err() {
                errln!("Waiting for another command that starts or stops the local AWS");
                file.lock()?;
            }
            Ok(file)
        };
        locked().with_context(|| format!("failed to lock `{}`", path.display()))
    }

    /// A local AWS that was started here, as others see it.
    pub(super) fn running(&self, server: Server) -> Running {
        let Server { port, process, access, .. } = server;
        Running { endpoint: endpoint(port), pid: process.pid, log: self.log(), access }
    }

    pub(super) fn state(&self) -> anyhow::Result<State> {
        match fs::read_to_string(self.state_file()) {
            Ok(text) => Ok(State::parse(&text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(State::default()),
            Err(error) => Err(error).with_context(|| format!("failed to read `{}`", self.state_file().display())),
        }
    }

    /// Whole or not at all: readers do not take the lock. For the user alone, since it holds the keys.
    pub(super) fn write(&self, state: &State) -> anyhow::Result<()> {
        let path = self.state_file();
        let draft = path.with_extension("json.new");
        let written = || -> anyhow::Result<()> {
            // One of an interrupted command may be there, with rights of its own.
            if let Err(error) = fs::remove_file(&draft)
                && error.kind() != io::ErrorKind::NotFound
            {
                return Err(error.into());
            }
            let mut file = File::options().create_new(true).write(true).mode(0o600).open(&draft)?;
            file.write_all(state.to_text()?.as_bytes())?;
            fs::rename(&draft, &path)?;
            Ok(())
        };
        written().with_context(|| format!("failed to write `{}`", path.display()))
    }

    fn state_file(&self) -> PathBuf {
        self.0.join("local-aws.json")
    }
}

fn make_private(directory: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(directory)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_clone_has_a_place_of_its_own() {
        let table = [
            ("by default", None, "/clone/.local"),
            ("named", Some("/tmp/other"), "/tmp/other"),
            ("named relative to the clone", Some("here"), "/clone/here"),
            ("named by nothing", Some(""), "/clone/.local"),
        ];
        for (name, elsewhere, expected) in table {
            let home = Home::choose(Path::new("/clone"), elsewhere.map(PathBuf::from));
            assert_eq!(home.0, Path::new(expected), "{name}");
        }
    }
}
