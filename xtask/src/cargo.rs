//! Starts cargo, and reads what it says.

use std::collections::BTreeMap;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, ensure};
use serde::Deserialize;

/// The one that has started us, if one has.
pub(crate) fn here() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// The same, in another folder.
pub(crate) fn at(root: &Path) -> Command {
    let mut command = here();
    command.current_dir(root);
    command
}

/// Runs a `cargo build`, and returns where its programs lie, by name. Its progress and complaints go to standard error.
///
/// # Errors
/// When it cannot be started, or fails.
pub(crate) fn built(build: &mut Command) -> anyhow::Result<BTreeMap<String, PathBuf>> {
    build.args(["--message-format", "json-render-diagnostics"]).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = build.spawn().context("failed to start `cargo build`")?;
    let output = child.stdout.take().context("failed to read from `cargo build`")?;
    let programs = programs(serde_json::Deserializer::from_reader(BufReader::new(output)).into_iter());
    let status = child.wait().context("failed to wait for `cargo build`")?;
    ensure!(status.success(), "`cargo build` ended with {status}");
    programs
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

fn programs(messages: impl Iterator<Item = serde_json::Result<Message>>) -> anyhow::Result<BTreeMap<String, PathBuf>> {
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
    Ok(programs)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn parse(lines: &str) -> anyhow::Result<BTreeMap<String, PathBuf>> {
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
        assert_eq!(parse(lines).unwrap(), wanted.map(|(name, path)| (name.to_owned(), path.into())).into());
    }

    #[test]
    fn what_cargo_does_not_say_is_an_error() {
        assert!(parse("no json").is_err());
    }
}
