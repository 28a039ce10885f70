//! What a run under GitHub Actions shows beyond its log: annotations, folded groups, the summary of the step.
//!
//! Source: GitHub's documentation, "Workflow commands for GitHub Actions". Commands go to standard error, which the runner
//! reads like standard output, so that data stays data. Anywhere else all of this does nothing.

use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::stage::Problem;
use crate::{errln, terminal};

mod summary;

/// What GitHub Actions gives to a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GitHub {
    /// Where the Markdown of the step's summary is collected.
    summary: Option<PathBuf>,
}

impl GitHub {
    /// None outside of GitHub Actions.
    #[must_use]
    pub fn from_environment() -> Option<Self> {
        Self::from(|name| std::env::var_os(name))
    }

    fn from(variable: impl Fn(&str) -> Option<OsString>) -> Option<Self> {
        let here = variable("GITHUB_ACTIONS").is_some_and(|value| value == "true");
        let summary = || variable("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()).map(PathBuf::from);
        here.then(|| Self { summary: summary() })
    }

    /// Shows the findings beside the lines that they are about.
    pub fn annotate(&self, findings: &[Problem]) {
        for finding in findings {
            command(&annotation(finding));
        }
    }

    /// Shows the error that ended the command on the page of the run.
    pub fn error(&self, text: &str) {
        command(&Command { name: "error", properties: Vec::new(), message: text }.to_string());
    }
}

/// Folds what is printed until the guard is dropped under one line. A group inside of a group ends the outer one: GitHub knows
/// no nesting.
#[must_use = "the group ends when this is dropped"]
#[derive(Debug)]
pub struct Group {
    /// False outside of GitHub Actions.
    open: bool,
}

/// Begins a group, if this is GitHub Actions.
pub fn group(title: &str) -> Group {
    let open = GitHub::from_environment().is_some();
    if open {
        command(&Command { name: "group", properties: Vec::new(), message: title }.to_string());
    }
    Group { open }
}

impl Drop for Group {
    fn drop(&mut self) {
        if self.open {
            command(&Command { name: "endgroup", properties: Vec::new(), message: "" }.to_string());
        }
    }
}

/// Adds Markdown to the summary of the step, if this is GitHub Actions. What fails here is told and fails nothing else: a
/// deploy is not undone because its summary could not be written.
pub fn step_summary(markdown: &str) {
    let Some(path) = GitHub::from_environment().and_then(|github| github.summary) else { return };
    if let Err(error) = append(&path, markdown) {
        errln!("warning: failed to add to the step's summary `{}`: {error}", path.display());
    }
}

fn append(path: &Path, markdown: &str) -> std::io::Result<()> {
    let mut file = File::options().create(true).append(true).open(path)?;
    let written = file.metadata()?.len();
    file.write_all(summary::fitting(markdown, written).as_bytes())
}

/// A finding as GitHub shows it: in the list of the run, and in the diff of a pull request.
fn annotation(finding: &Problem) -> String {
    let (line, column) = (finding.line.to_string(), finding.column.to_string());
    let mut properties = vec![("file", finding.file.as_str())];
    if finding.line > 0 {
        properties.extend([("line", line.as_str()), ("col", column.as_str())]);
    }
    Command { name: "error", properties, message: &finding.message }.to_string()
}

/// A line that the runner takes for itself: `::name key=value,key=value::message`.
struct Command<'text> {
    name: &'static str,
    properties: Vec<(&'static str, &'text str)>,
    message: &'text str,
}

impl fmt::Display for Command<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "::{}", self.name)?;
        for (index, (key, value)) in self.properties.iter().enumerate() {
            let separator = if index == 0 { ' ' } else { ',' };
            write!(out, "{separator}{key}={}", escape(value).replace(':', "%3A").replace(',', "%2C"))?;
        }
        write!(out, "::{}", escape(self.message))
    }
}

/// The only lines that may be commands are those that are made to be.
#[expect(clippy::print_stderr, reason = "what is printed otherwise is never a command")]
fn command(line: &str) {
    eprintln!("{line}");
}

/// Keeps a text on its one line, without what acts on a terminal. The percent sign goes first, or it would be escaped twice.
fn escape(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A").replace(terminal::acts, "\u{fffd}")
}

#[cfg(test)]
mod tests;
