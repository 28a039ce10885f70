//! Runs cargo-lambda so that only sources, lock file and tools decide the bytes: no folder and no variable of the machine.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, ensure};

use super::build::Build;
use super::elf::AMAZON_LINUX_2023;
use super::machine::Machine;
use super::rust::{self, Rust};
use crate::cargo;
use crate::tools::{self, Tools};

/// Variables that would change what is built behind the back of the lock file, or link it with another linker.
const FOREIGN_PREFIXES: [&str; 6] =
    ["CARGO_BUILD_", "CARGO_LAMBDA_", "CARGO_PROFILE_", "CARGO_TARGET_", "CARGO_UNSTABLE_", "CARGO_ZIGBUILD_"];

/// A build for AWS.
pub(super) struct Release<'a> {
    build: &'a Build<'a>,
    sysroot: PathBuf,
    tools: Tools,
    flags: Vec<String>,
}

impl<'a> Release<'a> {
    /// # Errors
    /// When the pinned tools are not here and cannot be fetched.
    pub(super) fn of(build: &'a Build<'a>, rust: &Rust, cargo_home: &Path) -> anyhow::Result<Self> {
        let sysroot = rust::sysroot(build.root)?;
        let flags = flags(build.root, cargo_home, &sysroot, &rust.commit, build.machine);
        Ok(Self { build, sysroot, tools: tools::ensure_in(build.root)?, flags })
    }

    /// Builds, and returns cargo's lists of sources.
    ///
    /// # Errors
    /// When the Rust standard library for the machine is missing, or the build fails.
    pub(super) fn compile(&self) -> anyhow::Result<Vec<PathBuf>> {
        let Build { root, machine, packages, programs, quality } = self.build;
        rust::ensure_library(root, &self.sysroot, *machine)?;
        let cargo_lambda = self.tools.program("cargo-lambda");
        let mut command = Command::new(&cargo_lambda);
        // A `CargoLambda.toml` may lie in any folder above this one, and nobody would look for it there.
        command.current_dir(root).args(["lambda", "--global", "/dev/null"]);
        command.args(["build", "--release", "--locked", "--output-format", "binary"]);
        command.arg("--target").arg(format!("{}.{AMAZON_LINUX_2023}", machine.target()));
        command.arg("--lambda-dir").arg(quality.folder(root, *machine));
        for package in *packages {
            command.args(["--package", package]);
        }
        for (variable, _) in std::env::vars_os() {
            if FOREIGN_PREFIXES.iter().any(|prefix| variable.to_string_lossy().starts_with(prefix)) {
                command.env_remove(variable);
            }
        }
        cargo::forget_package(&mut command);
        command.env("CARGO_TARGET_DIR", root.join("target"));
        // Cargo takes this one before every other source of flags, and a path in it may hold a space.
        command.env("CARGO_ENCODED_RUSTFLAGS", self.flags.join("\u{1f}"));
        command.env("PATH", path_with(self.tools.bin())?);
        command.stdin(Stdio::null()).stdout(std::io::stderr());
        let status = command.status().with_context(|| format!("failed to start `{}`", cargo_lambda.display()))?;
        ensure!(
            status.success(),
            "failed to build `{}` for `{}`: cargo-lambda ended with {status}",
            packages.join("`, `"),
            machine.target()
        );
        let output = root.join("target").join(machine.target()).join("release");
        Ok(programs.iter().map(|program| output.join(program).with_extension("d")).collect())
    }

    /// Cargo-lambda, as it introduces itself.
    ///
    /// # Errors
    /// When it cannot be started.
    pub(super) fn version(&self) -> anyhow::Result<String> {
        rust::answer(Command::new(self.tools.program("cargo-lambda")).args(["lambda", "--version"]))
    }

    /// What decides the bytes, beside files and the compiler.
    pub(super) fn words(&self) -> Vec<String> {
        std::iter::once(self.tools.key().to_owned()).chain(self.flags.iter().cloned()).collect()
    }
}

/// Replaces every path that can find its way into a program, and keeps the processor that cargo-lambda chooses, which
/// flags of our own would otherwise unset.
fn flags(root: &Path, cargo_home: &Path, sysroot: &Path, commit: &str, machine: Machine) -> Vec<String> {
    let library = sysroot.join("lib/rustlib/src/rust");
    let mut prefixes = vec![
        (root.to_path_buf(), "/source".to_owned()),
        (cargo_home.to_path_buf(), "/cargo".to_owned()),
        // What the compiler writes by itself where the sources of the standard library are not installed.
        (library, format!("/rustc/{commit}")),
    ];
    // The last that fits wins: the longer one must, where one folder lies in the other.
    prefixes.sort_by_key(|(path, _)| path.as_os_str().len());
    let remap = |(path, name): (PathBuf, String)| format!("--remap-path-prefix={}={name}", path.display());
    let mut flags: Vec<String> = prefixes.into_iter().map(remap).collect();
    flags.push(format!("-Ctarget-cpu={}", machine.cpu()));
    flags
}

/// The search path with the pinned tools in front, since cargo-lambda looks there for zig.
fn path_with(tools: PathBuf) -> anyhow::Result<OsString> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(tools).chain(std::env::split_paths(&path));
    std::env::join_paths(folders).context("failed to build a search path for cargo-lambda")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remapped(root: &str, cargo_home: &str) -> Vec<String> {
        flags(Path::new(root), Path::new(cargo_home), Path::new("/rust"), "c0ffee", Machine::Arm64)
    }

    #[test]
    fn every_path_is_replaced_and_the_processor_kept() {
        let mut flags = remapped("/home/somebody/repository", "/opt/cargo");
        flags.sort();
        assert_eq!(
            flags,
            [
                "--remap-path-prefix=/home/somebody/repository=/source",
                "--remap-path-prefix=/opt/cargo=/cargo",
                "--remap-path-prefix=/rust/lib/rustlib/src/rust=/rustc/c0ffee",
                "-Ctarget-cpu=neoverse-n1",
            ]
        );
    }

    #[test]
    fn the_inner_of_two_nested_folders_wins() {
        for (root, cargo_home, last) in [("/w", "/w/.cargo", "=/cargo"), ("/c/w/repository", "/c/w", "=/source")] {
            let flags = remapped(root, cargo_home);
            let places: Vec<_> =
                flags.iter().filter(|flag| flag.ends_with("=/cargo") || flag.ends_with("=/source")).collect();
            assert!(places.last().is_some_and(|flag| flag.ends_with(last)), "{flags:?}");
        }
    }
}
