//! What surrounds a deploy: the workflows, by actionlint and zizmor, and the scripts that they run, by shellcheck.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, bail};

use crate::stage::Problem;
use crate::tools::{self, Tools};

mod output;

/// Where GitHub reads workflows and the settings of Dependabot.
const GITHUB: &str = ".github";
const WORKFLOWS: &str = ".github/workflows";
/// Where the scripts of the pipeline lie.
const SCRIPTS: &str = ".ci";

/// Every finding in the workflows and the pipeline's scripts; none where there are neither.
///
/// # Errors
/// When the tools cannot be had, or one of them fails or says what is not understood.
pub(super) fn findings(root: &Path) -> anyhow::Result<Vec<Problem>> {
    let workflows = files(root, WORKFLOWS, |name, _| name.ends_with(".yml") || name.ends_with(".yaml"))?;
    let scripts = files(root, SCRIPTS, |_, text| text.starts_with("#!"))?;
    if workflows.is_empty() && scripts.is_empty() {
        return Ok(Vec::new());
    }
    let tools = tools::ensure_in(root)?;
    let mut findings = Vec::new();
    if !workflows.is_empty() {
        findings.extend(actionlint(root, &tools, &workflows)?);
        findings.extend(zizmor(root, &tools)?);
    }
    if !scripts.is_empty() {
        findings.extend(shellcheck(root, &tools, &scripts)?);
    }
    Ok(findings)
}

fn actionlint(root: &Path, tools: &Tools, workflows: &[String]) -> anyhow::Result<Vec<Problem>> {
    let mut command = Command::new(tools.program("actionlint"));
    // Python in a step would be checked with whatever the machine has; there is none.
    command.args(["-no-color", "-format", "{{json .}}", "-pyflakes", "", "-shellcheck"]);
    command.arg(tools.program("shellcheck")).args(workflows);
    run(root, command, &[0, 1], output::actionlint)
}

fn zizmor(root: &Path, tools: &Tools) -> anyhow::Result<Vec<Problem>> {
    let mut command = Command::new(tools.program("zizmor"));
    // Offline, so that the same files give the same findings everywhere, with a token or without.
    command.args(["--offline", "--pedantic", "--quiet", "--no-progress", "--no-exit-codes", "--format", "json-v1"]);
    command.arg(GITHUB);
    run(root, command, &[0], output::zizmor)
}

fn shellcheck(root: &Path, tools: &Tools, scripts: &[String]) -> anyhow::Result<Vec<Problem>> {
    let mut command = Command::new(tools.program("shellcheck"));
    command.args(["--norc", "--format", "json1", "--"]).args(scripts);
    run(root, command, &[0, 1], output::shellcheck)
}

/// Runs a linter that ends with one of these codes if it could do its work, and reads what it printed.
fn run(
    root: &Path,
    mut command: Command,
    expected: &[i32],
    read: fn(&[u8]) -> serde_json::Result<Vec<Problem>>,
) -> anyhow::Result<Vec<Problem>> {
    let output = command.current_dir(root).output();
    let program = command.get_program();
    let name = Path::new(program).file_name().unwrap_or(program).display();
    let output = output.with_context(|| format!("failed to start `{}`", program.display()))?;
    let complaint = || format!("{name} failed, {}: {}", output.status, String::from_utf8_lossy(&output.stderr).trim());
    if !output.status.code().is_some_and(|code| expected.contains(&code)) {
        bail!(complaint());
    }
    let findings = read(&output.stdout).with_context(complaint)?;
    if findings.is_empty() && !output.status.success() {
        bail!(complaint());
    }
    Ok(findings)
}

/// The files directly in a directory of the repository that are wanted by name and text, sorted, relative to the root.
fn files(root: &Path, directory: &str, wanted: fn(&str, &str) -> bool) -> anyhow::Result<Vec<String>> {
    let path = root.join(directory);
    if !path.is_dir() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    let listed = || format!("failed to list `{}`", path.display());
    for entry in fs::read_dir(&path).with_context(listed)? {
        let file = entry.with_context(listed)?.path();
        let Some(name) = file.file_name().and_then(OsStr::to_str).filter(|_| file.is_file()) else { continue };
        let text = fs::read(&file).with_context(|| format!("failed to read `{}`", file.display()))?;
        if wanted(name, &String::from_utf8_lossy(&text)) {
            found.push(format!("{directory}/{name}"));
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests;
