//! Starts cargo, and reads what it says.

use std::collections::BTreeMap;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, ensure};
use serde::Deserialize;

/// How the variables begin in which cargo tells a program about its own package.
const OF_A_PACKAGE: [&str; 2] = ["CARGO_MANIFEST_", "CARGO_PKG_"];

/// The one that has started us, if one has.
#[must_use]
pub fn here() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    forget_package(&mut command);
    command
}

/// Takes away what cargo has told us about our package. Build scripts watch such variables (ring's does), and what they
/// build would be built again by every command that comes from another package than the one before.
pub(crate) fn forget_package(command: &mut Command) {
    for (variable, _) in std::env::vars_os() {
        if OF_A_PACKAGE.iter().any(|prefix| variable.to_string_lossy().starts_with(prefix)) {
            command.env_remove(variable);
        }
    }
}

/// The same, in another folder.
pub(crate) fn at(root: &Path) -> Command {
    let mut command = here();
    command.current_dir(root);
    command
}

/// What a `cargo build` has made.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Built {
    /// Where the programs lie, by name.
    programs: BTreeMap<String, PathBuf>,
    /// The test programs, in the order in which they were built.
    pub(crate) tests: Vec<Test>,
}

/// A test program.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Test {
    target: String,
    /// Whether it is made of a file in `tests`, and not of a library or a program.
    pub(crate) is_integration: bool,
    executable: PathBuf,
    manifest: PathBuf,
}

impl Test {
    /// As people call it.
    pub(crate) fn name(&self) -> String {
        if self.is_integration { self.target.clone() } else { format!("{} (unit)", self.target) }
    }

    /// Runs it as `cargo test` does: in the folder of its package, and told about that.
    ///
    /// # Errors
    /// When it belongs to none of these packages.
    pub(crate) fn command(&self, members: &[Member]) -> anyhow::Result<Command> {
        let member = members.iter().find(|member| member.manifest_path == self.manifest);
        let member = member.with_context(|| format!("no package has the manifest `{}`", self.manifest.display()))?;
        let folder = self.manifest.parent().context("a manifest lies in a folder")?;
        let mut command = Command::new(&self.executable);
        forget_package(&mut command);
        command.current_dir(folder).env("CARGO_PKG_NAME", &member.name);
        command.env("CARGO_MANIFEST_DIR", folder).env("CARGO_MANIFEST_PATH", &self.manifest);
        Ok(command)
    }
}

impl Built {
    /// # Errors
    /// When the build has made no such program.
    pub(crate) fn path(&self, name: &str) -> anyhow::Result<&Path> {
        let path = self.programs.get(name).with_context(|| format!("`cargo build` named no program `{name}`"))?;
        Ok(path)
    }
}

/// Runs a `cargo build`. Its progress and complaints go to standard error.
///
/// # Errors
/// When it cannot be started, or fails.
pub(crate) fn built(build: &mut Command) -> anyhow::Result<Built> {
    build.args(["--message-format", "json-render-diagnostics"]).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = build.spawn().context("failed to start `cargo build`")?;
    let output = child.stdout.take().context("failed to read from `cargo build`")?;
    let built = read(serde_json::Deserializer::from_reader(BufReader::new(output)).into_iter());
    let status = child.wait().context("failed to wait for `cargo build`")?;
    ensure!(status.success(), "`cargo build` ended with {status}");
    built
}

/// A package of a workspace.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) manifest_path: PathBuf,
}

/// The packages of the workspace in `root`. Looks at no dependency.
///
/// # Errors
/// When cargo cannot be started, or does not understand a manifest.
pub(crate) fn members(root: &Path) -> anyhow::Result<Vec<Member>> {
    #[derive(Deserialize)]
    struct Metadata {
        packages: Vec<Member>,
    }
    let mut command = at(root);
    command.args(["metadata", "--no-deps", "--format-version", "1"]).stdin(Stdio::null()).stderr(Stdio::inherit());
    let output = command.output().context("failed to start `cargo metadata`")?;
    ensure!(output.status.success(), "`cargo metadata` ended with {}", output.status);
    let metadata: Metadata =
        serde_json::from_slice(&output.stdout).context("failed to understand the output of `cargo metadata`")?;
    Ok(metadata.packages)
}

/// A line of `--message-format json`; of some lines only what they have in common.
#[derive(Debug, Deserialize)]
struct Message {
    manifest_path: Option<PathBuf>,
    target: Option<Target>,
    profile: Option<Profile>,
    executable: Option<PathBuf>,
}

#[derive(Debug, Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Profile {
    test: bool,
}

fn read(messages: impl Iterator<Item = serde_json::Result<Message>>) -> anyhow::Result<Built> {
    let mut built = Built::default();
    // To the end in any case, or cargo would find its output closed.
    for message in messages {
        let Message {
            manifest_path: Some(manifest),
            target: Some(Target { name, kind }),
            profile: Some(profile),
            executable: Some(executable),
        } = message.context("failed to understand the output of `cargo build`")?
        else {
            continue;
        };
        if profile.test {
            built.tests.push(Test { target: name, is_integration: kind == ["test"], executable, manifest });
        } else {
            built.programs.insert(name, executable);
        }
    }
    Ok(built)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn parse(lines: &str) -> anyhow::Result<Built> {
        read(serde_json::Deserializer::from_str(lines).into_iter())
    }

    #[test]
    fn programs_are_told_from_tests_and_libraries_of_the_same_name() {
        let lines = r#"
            {"manifest_path":"/x/Cargo.toml","target":{"name":"xtask","kind":["lib"]},"profile":{"test":false},"executable":null}
            {"manifest_path":"/x/Cargo.toml","target":{"name":"xtask","kind":["lib"]},"profile":{"test":true},"executable":"/t/xtask-1"}
            {"manifest_path":"/x/Cargo.toml","target":{"name":"xtask","kind":["bin"]},"profile":{"test":true},"executable":"/t/xtask-2"}
            {"manifest_path":"/x/Cargo.toml","target":{"name":"words","kind":["test"]},"profile":{"test":true},"executable":"/t/words-1"}
            {"manifest_path":"/y/Cargo.toml","target":{"name":"words","kind":["test"]},"profile":{"test":true},"executable":"/t/words-2"}
            {"reason":"build-script-executed","package_id":"x"}
            {"manifest_path":"/x/Cargo.toml","target":{"name":"xtask","kind":["bin"]},"profile":{"test":false},"executable":"/t/xtask"}
            {"manifest_path":"/x/Cargo.toml","target":{"name":"xtask-online","kind":["bin"]},"profile":{"test":false},"executable":"/t/online"}
            {"reason":"build-finished","success":true}"#;
        let built = parse(lines).unwrap();
        let wanted = [("xtask", "/t/xtask"), ("xtask-online", "/t/online")];
        assert_eq!(built.programs, wanted.map(|(name, path)| (name.to_owned(), path.into())).into());
        let tests: Vec<_> = built.tests.iter().map(|test| (test.name(), test.executable.to_str().unwrap())).collect();
        let unit = "xtask (unit)".to_owned();
        let wanted = [("/t/xtask-1", &unit), ("/t/xtask-2", &unit)].map(|(path, name)| (name.clone(), path));
        assert_eq!(tests[..2], wanted);
        assert_eq!(tests[2..], [("words".to_owned(), "/t/words-1"), ("words".to_owned(), "/t/words-2")]);
    }

    #[test]
    fn a_test_program_runs_in_its_package_and_in_no_other() {
        let test = Test {
            target: "words".to_owned(),
            is_integration: true,
            executable: "/t/words-1".into(),
            manifest: "/x/Cargo.toml".into(),
        };
        let member = |name: &str, folder: &str| Member {
            name: name.to_owned(),
            manifest_path: Path::new(folder).join("Cargo.toml"),
        };
        let command = test.command(&[member("other", "/y"), member("own", "/x")]).unwrap();
        assert_eq!((command.get_program(), command.get_current_dir()), ("/t/words-1".as_ref(), Some(Path::new("/x"))));
        let told: BTreeMap<_, _> = command.get_envs().filter_map(|(name, value)| Some((name, value?))).collect();
        for (name, value) in [("CARGO_PKG_NAME", "own"), ("CARGO_MANIFEST_DIR", "/x")] {
            assert_eq!(told.get(std::ffi::OsStr::new(name)).unwrap(), &value, "{name}");
        }
        assert!(test.command(&[member("other", "/y")]).is_err());
    }

    /// This test runs under cargo, which has told it about this package.
    #[test]
    fn what_cargo_told_us_of_our_package_goes_no_further() {
        assert!(std::env::var_os("CARGO_MANIFEST_DIR").is_some());
        let here = here();
        let removed: Vec<_> = here.get_envs().filter(|(_, value)| value.is_none()).map(|(name, _)| name).collect();
        for name in ["CARGO_MANIFEST_DIR", "CARGO_PKG_NAME"] {
            assert!(removed.iter().any(|removed| *removed == name), "{name} is not among {removed:?}");
        }
    }

    #[test]
    fn what_cargo_does_not_say_is_an_error() {
        assert!(parse("no json").is_err());
    }
}
