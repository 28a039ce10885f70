//! The pinned tools (cargo-lambda, zig, MiniStack, linters) in a virtual environment of their own, made once per
//! `xtask/requirements.txt` and Python version and shared by every clone on the machine.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use sha2::{Digest as _, Sha256};

mod pip;
mod python;

use python::Python;

use crate::errln;

/// Where the tools and their hashes are pinned, in the repository.
const REQUIREMENTS: &str = "xtask/requirements.txt";
/// Written last, so that an environment without it is half made.
const COMPLETE: &str = "complete";

/// A complete environment of the pinned tools.
#[derive(Debug, Clone)]
pub struct Tools {
    directory: PathBuf,
}

impl Tools {
    /// The path of one tool, such as `cargo-lambda`. Whether there is such a tool is for the caller to know.
    #[must_use]
    pub fn program(&self, name: &str) -> PathBuf {
        self.bin().join(name)
    }

    /// The directory of the programs. cargo-lambda finds zig through the `python3` in it: put it first in its `PATH`.
    #[must_use]
    pub fn bin(&self) -> PathBuf {
        self.directory.join("bin")
    }

    /// The name of the environment, which changes with every pinned version and with Python's.
    #[must_use]
    pub(crate) fn key(&self) -> &str {
        self.directory.file_name().and_then(|name| name.to_str()).unwrap_or_default()
    }
}

/// The tools pinned by this repository, fetched unless an earlier command did so.
///
/// # Errors
/// When there is no Python to make a virtual environment with, or pip cannot fetch what is pinned.
pub fn ensure_in(root: &Path) -> anyhow::Result<Tools> {
    let requirements = root.join(REQUIREMENTS);
    let pinned = fs::read(&requirements).with_context(|| format!("failed to read `{}`", requirements.display()))?;
    let python = Python::find().context("failed to fetch the pinned tools")?;
    ensure_at(&cache()?, &python, &requirements, &pinned)
}

/// The interpreter that the tools run on.
///
/// # Errors
/// With what is missing and how to get it.
pub(crate) fn python() -> Result<PathBuf, impl std::error::Error> {
    Python::find().map(|python| python.program)
}

/// Whether the tools pinned by this repository are here already.
#[must_use]
pub(crate) fn are_fetched(root: &Path) -> bool {
    let directory = || -> anyhow::Result<PathBuf> {
        let pinned = fs::read(root.join(REQUIREMENTS))?;
        Ok(cache()?.join(environment_name(&pinned, &Python::find()?.tag)))
    };
    directory().is_ok_and(|directory| is_complete(&directory))
}

fn ensure_at(cache: &Path, python: &Python, requirements: &Path, pinned: &[u8]) -> anyhow::Result<Tools> {
    let directory = cache.join(environment_name(pinned, &python.tag));
    if is_complete(&directory) {
        return Ok(Tools { directory });
    }
    fs::create_dir_all(cache).with_context(|| format!("failed to make the cache `{}`", cache.display()))?;
    let _lock = lock(&directory.with_extension("lock"))?;
    // Whoever held the lock may have been fetching the very same.
    if !is_complete(&directory) {
        make(&directory, python, requirements)?;
    }
    Ok(Tools { directory })
}

/// Makes the environment where it stays: the scripts in it name their interpreter by its whole path, so it cannot be made
/// elsewhere and moved. What an interrupted command left is removed first.
fn make(directory: &Path, python: &Python, requirements: &Path) -> anyhow::Result<()> {
    if directory.exists() {
        fs::remove_dir_all(directory)
            .with_context(|| format!("failed to remove the half-made tools `{}`", directory.display()))?;
    }
    errln!("Fetching the pinned tools (cargo-lambda, zig, MiniStack, linters), once, into {}", directory.display());
    if let Err(error) = pip::install(python, directory, requirements) {
        // Nobody takes it for complete; it is removed to give the space back.
        let _ = fs::remove_dir_all(directory);
        return Err(error);
    }
    let marker = directory.join(COMPLETE);
    fs::write(&marker, b"").with_context(|| format!("failed to write `{}`", marker.display()))
}

/// Complete, and its interpreter, which is a link to the system's, is still there.
fn is_complete(directory: &Path) -> bool {
    directory.join(COMPLETE).is_file() && directory.join("bin/python3").is_file()
}

fn environment_name(pinned: &[u8], python_tag: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(pinned);
    hash.update([0]);
    hash.update(python_tag);
    let hex: String = hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("tools-{hex}")
}

fn cache() -> anyhow::Result<PathBuf> {
    cache_directory(|name| std::env::var_os(name).map(PathBuf::from))
}

fn cache_directory(variable: impl Fn(&str) -> Option<PathBuf>) -> anyhow::Result<PathBuf> {
    // The XDG specification has relative paths ignored.
    let cache = variable("XDG_CACHE_HOME").filter(|path| path.is_absolute());
    let home = || variable("HOME").filter(|path| path.is_absolute()).map(|home| home.join(".cache"));
    match cache.or_else(home) {
        Some(cache) => Ok(cache.join("cognito-email-mfa")),
        None => bail!("found no place for the pinned tools: neither `XDG_CACHE_HOME` nor `HOME` is set"),
    }
}

fn lock(path: &Path) -> anyhow::Result<File> {
    let locked = || -> std::io::Result<File> {
        let file = File::options().create(true).truncate(false).write(true).open(path)?;
        if file.try_lock().is_err() {
            errln!("Waiting for another command that fetches the pinned tools");
            file.lock()?;
        }
        Ok(file)
    };
    locked().with_context(|| format!("failed to lock `{}`", path.display()))
}

#[cfg(test)]
mod tests;
