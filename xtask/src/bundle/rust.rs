//! The installed compiler.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail, ensure};

use super::machine::Machine;

/// What it says of itself.
pub(super) struct Rust {
    /// All of it.
    pub(super) words: String,
    pub(super) version: String,
    pub(super) commit: String,
}

impl Rust {
    pub(super) fn ask(root: &Path) -> anyhow::Result<Self> {
        let words = answer(rustc(root).arg("-vV"))?;
        let version = words.lines().next().unwrap_or_default().to_owned();
        let commit = words.lines().find_map(|line| line.strip_prefix("commit-hash: ")).unwrap_or("unknown").to_owned();
        Ok(Self { words, version, commit })
    }
}

/// The folder that it is installed in.
pub(super) fn sysroot(root: &Path) -> anyhow::Result<PathBuf> {
    Ok(answer(rustc(root).args(["--print", "sysroot"]))?.into())
}

pub(super) fn ensure_library(root: &Path, sysroot: &Path, machine: Machine) -> anyhow::Result<()> {
    if !has_library(root, machine) {
        bail!(
            "the Rust standard library for `{target}` is not installed in `{}`\nhint: `rustup target add {target}` installs it",
            sysroot.display(),
            target = machine.target(),
        );
    }
    Ok(())
}

/// Whether the Rust standard library for the machine is installed.
#[must_use]
pub fn has_library(root: &Path, machine: Machine) -> bool {
    let library = answer(rustc(root).args(["--print", "target-libdir", "--target", machine.target()]));
    library.is_ok_and(|library| Path::new(&library).is_dir())
}

fn rustc(root: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| OsString::from("rustc")));
    command.current_dir(root);
    command
}

/// What the program says on standard output, without the line's end.
pub(super) fn answer(command: &mut Command) -> anyhow::Result<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output();
    let output = output.with_context(|| format!("failed to start `{}`", command.get_program().display()))?;
    ensure!(output.status.success(), "`{}` ended with {}", command.get_program().display(), output.status);
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
