//! The examples: packages of Node's in folders of the repository.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::Context as _;

use crate::{place, tool};

/// Packages come from a registry, which may be slow.
const FETCH_BOUND: Duration = Duration::from_secs(30 * 60);

/// Whether the runner has found what the examples need. It has said what is missing, and how to get it.
#[must_use]
pub fn is_there() -> bool {
    let there = std::env::var_os(xtask::browser::CHROMIUM).is_some();
    if !there {
        eprintln!("left out: `{}` is not set", xtask::browser::CHROMIUM);
    }
    there
}

/// An example whose pinned packages are there.
#[derive(Debug)]
pub struct Example {
    folder: PathBuf,
}

impl Example {
    /// Fetches the packages, unless they are those of before.
    ///
    /// # Errors
    /// With what npm said, when it fails.
    pub async fn of(name: &str) -> anyhow::Result<Self> {
        let example = Self { folder: place::root().join("examples").join(name) };
        let lock = example.folder.join("package-lock.json");
        let wanted = fs::read(&lock).with_context(|| format!("failed to read `{}`", lock.display()))?;
        // Inside of what `npm ci` removes before it begins.
        let stamp = example.folder.join("node_modules/.fetched-by-package-lock.json");
        if fs::read(&stamp).is_ok_and(|fetched| fetched == wanted) {
            return Ok(example);
        }
        tool::program(&format!("npm ci in {name}"), example.command("npm", &["ci"]), FETCH_BOUND).await?;
        fs::write(&stamp, wanted).with_context(|| format!("failed to write `{}`", stamp.display()))?;
        Ok(example)
    }

    /// A program that works in the example's folder.
    #[must_use]
    pub fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(&self.folder).env("NO_COLOR", "1");
        command
    }
}
