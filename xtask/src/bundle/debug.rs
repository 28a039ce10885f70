//! Builds for the local AWS, whose functions are processes of this machine, with the cargo that has built the tool: what was
//! compiled for the one is not compiled again for the other.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, ensure};

use super::build::Build;
use super::machine::Machine;
use crate::stage::Architecture;
use crate::{cargo, handover};

/// The variables of cargo's that decide what it builds, by how they begin. They are obeyed, as they were for the tool.
pub(super) const OBEYED_PREFIXES: [&str; 5] =
    ["CARGO_BUILD_", "CARGO_ENCODED_RUSTFLAGS", "CARGO_PROFILE_", "CARGO_TARGET_", "RUSTFLAGS"];

/// Builds, leaves the programs where `build.quality` says, and returns cargo's lists of sources.
///
/// # Errors
/// When the programs would be for another machine, the build fails, or a program cannot be copied.
pub(super) fn compile(build: &Build<'_>) -> anyhow::Result<Vec<PathBuf>> {
    let Build { root, machine, packages, programs, quality } = build;
    let here = Machine::of(Architecture::Host)?;
    ensure!(
        *machine == here,
        "the local AWS runs programs of this machine, `{}`, and the stage file wants `{}`\nhint: `architecture = \"host\"`",
        here.as_str(),
        machine.as_str()
    );
    let mut command = cargo::at(root);
    // Compiled with the tool's, and left in a folder of our own: what somebody else builds at the same time, or in another
    // checkout with the same target folder, may have other features and other sources.
    command.env("CARGO_BUILD_BUILD_DIR", root.join("target"));
    command.env("CARGO_TARGET_DIR", root.join("target/lambda-debug/cargo"));
    // Selected together with what is built, though nothing of it is: cargo unites the features of all selected packages,
    // and where they are the same the compiled SDKs are, too.
    command.args(["build", "--package", handover::PACKAGE]);
    for package in *packages {
        command.args(["--package", package]);
    }
    for program in *programs {
        command.args(["--bin", program]);
    }
    let built = cargo::built(&mut command).with_context(|| format!("failed to build `{}`", packages.join("`, `")))?;
    let mut dep_infos = Vec::new();
    for program in *programs {
        let from = built.path(program)?;
        let to = quality.program(root, *machine, program);
        let copied = to.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::copy(from, &to));
        copied.with_context(|| format!("failed to copy `{}` to `{}`", from.display(), to.display()))?;
        dep_infos.push(from.with_extension("d"));
    }
    Ok(dep_infos)
}
