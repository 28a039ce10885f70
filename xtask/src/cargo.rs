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

/// Where the programs of a `cargo build` lie, by name.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Programs(BTreeMap<String, PathBuf>);

impl Programs {
    /// # Errors
    /// When the build has made no such program.
    pub(crate) fn path(&self, name: &str) -> anyhow::Result<&Path> {
        let path = self.0.get(name).with_context(|| format!("`cargo build` named no program `{name}`"))?;
        Ok(path)
    }
}

/// Runs a `cargo build`. Its progress and complaints go to standard error.
///
/// # Errors
/// When it cannot be started, or fails.
pub(crate) fn built(build: &mut Command) -> anyhow::Result<Programs> {
    build.args(["--message-format", "json-render-diagnostics"]).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = build.spawn().context("failed to start `cargo build`")?;
    let output = child.stdout.take().context("failed to read from `cargo build`")?;
    let programs = programs(serde_json::Deserializer::from_reader(BufReader::new(output)).into_iter());
    let status = child.wait().context("failed to wait for `cargo build`")?;
    ensure!(status.success(), "`cargo build` ended with {status}");
    programs
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
    target: Option<Target>,
    profile: Option<Profile>,
    executable: Option<PathBuf>,
}

#[derive(Debug, Deserialize)]
struct Target {
    name: String,
}

#[derive(Debug, Deserialize)]
struct Profile {
    test: bool,
}

fn programs(messages: impl Iterator<Item = serde_json::Result<Message>>) -> anyhow::Result<Programs> {
    let mut programs = BTreeMap::new();
    // To the end in any case, or cargo would find its output closed.
    for message in messages {
        let message = message.context("failed to understand the output of `cargo build`")?;
        if let Message { target: Some(target), profile: Some(Profile { test: false }), executable: Some(path) } =
            message
        {
            programs.insert(target.name, path);
        }
    }
    Ok(Programs(programs))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn parse(lines: &str) -> anyhow::Result<Programs> {
        programs(serde_json::Deserializer::from_str(lines).into_iter())
    }

    #[test]
    fn programs_are_told_from_tests_and_libraries_of_the_same_name() {
        let lines = r#"
            {"reason":"compiler-artifact","target":{"name":"xtask"},"profile":{"test":false},"executable":null}
            {"reason":"compiler-artifact","target":{"name":"xtask"},"profile":{"test":true},"executable":"/t/xtask-1"}
            {"reason":"build-script-executed","package_id":"x"}
            {"reason":"compiler-artifact","target":{"name":"xtask"},"profile":{"test":false},"executable":"/t/xtask"}
            {"reason":"compiler-artifact","target":{"name":"xtask-online"},"profile":{"test":false},"executable":"/t/online"}
            {"reason":"build-finished","success":true}"#;
        let wanted = [("xtask", "/t/xtask"), ("xtask-online", "/t/online")];
        assert_eq!(parse(lines).unwrap().0, wanted.map(|(name, path)| (name.to_owned(), path.into())).into());
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
