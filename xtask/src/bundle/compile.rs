//! Runs cargo-lambda so that only sources, lock file and tools decide the bytes: no folder and no variable of the machine.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::SystemTime;

use anyhow::{Context as _, bail, ensure};

use super::elf::AMAZON_LINUX_2023;
use super::machine::Machine;
use super::manifest::ToolVersions;
use super::quality::Quality;
use super::stamp::{Built, Stamp};
use crate::tools::Tools;

/// Variables that would change what is built behind the back of the lock file.
const FOREIGN_PREFIXES: [&str; 3] = ["CARGO_LAMBDA_", "CARGO_PROFILE_", "CARGO_BUILD_"];

/// Variables that choose compilers, of Rust and of C, and tell them what to do.
const COMPILER_PREFIXES: [&str; 7] = ["RUSTC", "CC", "CXX", "AR", "CFLAGS", "CXXFLAGS", "TARGET_"];

/// What is built together. Cargo unites the features of dependencies over all that one command builds.
#[derive(Debug, Clone, Copy)]
pub struct Build<'a> {
    /// The repository, canonical.
    pub root: &'a Path,
    pub tools: &'a Tools,
    pub machine: Machine,
    /// The Cargo packages, and the programs that they build.
    pub packages: &'a [&'a str],
    pub programs: &'a [&'a str],
    pub quality: Quality,
}

impl Build<'_> {
    /// Builds unless the programs that lie there are what this would make, with cargo's own progress on standard error.
    ///
    /// # Errors
    /// When the Rust standard library for the machine is missing, or the build fails.
    pub fn run(&self) -> anyhow::Result<ToolVersions> {
        let rust = Rust::ask(self.root)?;
        let cargo_home = cargo_home()?;
        let flags = flags(self.root, &cargo_home, &rust, self.machine);
        let words = self.words(&rust, &flags);
        let stamp = self.stamp();
        if let Some(valid) = Stamp::valid(&stamp, &words) {
            return Ok(valid.tools);
        }
        let begun = SystemTime::now();
        self.compile(&rust, &flags)?;
        let cargo_lambda = answer(Command::new(self.tools.program("cargo-lambda")).args(["lambda", "--version"]))?;
        let tools = ToolVersions { cargo_lambda, rustc: rust.version };
        if let Some(made) = Stamp::of(&self.built(&cargo_home), words, tools.clone(), begun)? {
            made.write(&stamp)?;
        }
        Ok(tools)
    }

    fn compile(&self, rust: &Rust, flags: &[String]) -> anyhow::Result<()> {
        let Self { root, tools, machine, packages, quality, .. } = self;
        rust.ensure_target(root, *machine)?;
        let cargo_lambda = tools.program("cargo-lambda");
        let mut command = Command::new(&cargo_lambda);
        command.current_dir(root).args(["lambda", "build", "--locked", "--output-format", "binary"]);
        command.args(quality.arguments());
        command.arg("--target").arg(format!("{}.{AMAZON_LINUX_2023}", machine.target()));
        command.arg("--lambda-dir").arg(quality.folder(root));
        for package in *packages {
            command.args(["--package", package]);
        }
        for (variable, _) in std::env::vars_os() {
            if FOREIGN_PREFIXES.iter().any(|prefix| variable.to_string_lossy().starts_with(prefix)) {
                command.env_remove(variable);
            }
        }
        command.env("CARGO_TARGET_DIR", root.join("target"));
        // Cargo takes this one before every other source of flags, and a path in it may hold a space.
        command.env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"));
        command.env("PATH", path_with(tools.bin())?);
        command.stdin(Stdio::null()).stdout(std::io::stderr());
        let status = command.status().with_context(|| format!("failed to start `{}`", cargo_lambda.display()))?;
        ensure!(
            status.success(),
            "failed to build `{}` for `{}`: cargo-lambda ended with {status}",
            packages.join("`, `"),
            machine.target()
        );
        Ok(())
    }

    /// What decides the bytes beside files.
    fn words(&self, rust: &Rust, flags: &[String]) -> Vec<String> {
        let of_compilers = |name: &str| COMPILER_PREFIXES.iter().any(|prefix| name.starts_with(prefix));
        let mut variables: Vec<_> = std::env::vars_os()
            .filter(|(name, _)| of_compilers(&name.to_string_lossy()))
            .map(|(name, value)| format!("{}={}", name.display(), value.display()))
            .collect();
        variables.sort();
        let mut words = vec![rust.words.clone(), self.tools.key().to_owned(), self.machine.target().to_owned()];
        words.extend(self.quality.arguments().iter().chain(self.packages).map(|word| (*word).to_owned()));
        words.extend_from_slice(flags);
        words.extend(variables);
        words
    }

    fn stamp(&self) -> PathBuf {
        let name = format!("{}.{}.json", self.packages.join("+"), self.machine.target());
        self.quality.folder(self.root).join(name)
    }

    fn built<'b>(&'b self, cargo_home: &'b Path) -> Built<'b> {
        let output = self.root.join("target").join(self.machine.target()).join(self.quality.profile());
        Built {
            root: self.root,
            cargo_home,
            dep_infos: self.programs.iter().map(|program| output.join(program).with_extension("d")).collect(),
            programs: self.programs.iter().map(|program| self.quality.program(self.root, program)).collect(),
        }
    }
}

/// Replaces every path that can find its way into a program, and keeps the processor that cargo-lambda chooses, which
/// flags of our own would otherwise unset.
fn flags(root: &Path, cargo_home: &Path, rust: &Rust, machine: Machine) -> Vec<String> {
    let library = rust.sysroot.join("lib/rustlib/src/rust");
    let mut prefixes = vec![
        (root.to_path_buf(), "/source".to_owned()),
        (cargo_home.to_path_buf(), "/cargo".to_owned()),
        // What the compiler writes by itself where the sources of the standard library are not installed.
        (library, format!("/rustc/{}", rust.commit)),
    ];
    // The last that fits wins: the longer one must, where one folder lies in the other.
    prefixes.sort_by_key(|(path, _)| path.as_os_str().len());
    let remap = |(path, name): (PathBuf, String)| format!("--remap-path-prefix={}={name}", path.display());
    let mut flags: Vec<String> = prefixes.into_iter().map(remap).collect();
    flags.push(format!("-Ctarget-cpu={}", machine.cpu()));
    flags
}

/// The installed compiler.
struct Rust {
    /// All that it says of itself.
    words: String,
    version: String,
    commit: String,
    sysroot: PathBuf,
}

impl Rust {
    fn ask(root: &Path) -> anyhow::Result<Self> {
        let words = answer(rustc(root).arg("-vV"))?;
        let version = words.lines().next().unwrap_or_default().to_owned();
        let commit = words.lines().find_map(|line| line.strip_prefix("commit-hash: ")).unwrap_or("unknown").to_owned();
        let sysroot = answer(rustc(root).args(["--print", "sysroot"]))?.into();
        Ok(Self { words, version, commit, sysroot })
    }

    fn ensure_target(&self, root: &Path, machine: Machine) -> anyhow::Result<()> {
        if !has_library(root, machine) {
            bail!(
                "the Rust standard library for `{target}` is not installed in `{}`\nhint: `rustup target add {target}` installs it",
                self.sysroot.display(),
                target = machine.target(),
            );
        }
        Ok(())
    }
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
fn answer(command: &mut Command) -> anyhow::Result<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output();
    let output = output.with_context(|| format!("failed to start `{}`", command.get_program().display()))?;
    ensure!(output.status.success(), "`{}` ended with {}", command.get_program().display(), output.status);
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Where cargo keeps the sources of the dependencies, by cargo's own rule.
fn cargo_home() -> anyhow::Result<PathBuf> {
    if let Some(home) = std::env::var_os("CARGO_HOME").filter(|home| !home.is_empty()) {
        return std::path::absolute(PathBuf::from(home)).context("failed to resolve `CARGO_HOME`");
    }
    let home = std::env::home_dir().context("found neither `CARGO_HOME` nor a home directory")?;
    Ok(home.join(".cargo"))
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
        let rust =
            Rust { words: String::new(), version: String::new(), commit: "c0ffee".to_owned(), sysroot: "/rust".into() };
        flags(Path::new(root), Path::new(cargo_home), &rust, Machine::Arm64)
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
