//! `cargo xtask check`: everything that can be known without AWS, every finding in one run.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Context as _, bail};
use serde::Deserialize;

use crate::github::GitHub;
use crate::stage::{self, Problem, Region, Stage, StageName};
use crate::{render, tools};

mod workflows;

/// Prints one line per finding on standard output.
///
/// # Errors
/// When there is a finding, or a check cannot be made.
pub fn run(root: &Path) -> anyhow::Result<ExitCode> {
    let names = stage::names(root)?;
    let mut findings = Vec::new();
    let stages = read(root, &names, &mut findings)?;
    freshness(root, &names, &stages, &mut findings)?;
    // What has been found is worth reading even where the linters cannot be had.
    let linted = [lint(root, &names, &stages), workflows::findings(root)].map(|linted| match linted {
        Ok(found) => {
            findings.extend(found);
            Ok(())
        }
        Err(error) => Err(error),
    });
    findings.sort();
    for finding in &findings {
        println!("{finding}");
    }
    if let Some(github) = GitHub::from_environment() {
        github.annotate(&findings);
    }
    linted.into_iter().collect::<anyhow::Result<()>>()?;
    match findings.len() {
        0 => Ok(done(&names)),
        1 => bail!("1 finding"),
        count => bail!("{count} findings"),
    }
}

fn done(names: &[StageName]) -> ExitCode {
    let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    eprintln!("no findings in the stages {} and the workflows", names.join(", "));
    ExitCode::SUCCESS
}

fn read(root: &Path, names: &[StageName], findings: &mut Vec<Problem>) -> anyhow::Result<Vec<Stage>> {
    let mut stages = Vec::new();
    for name in names {
        match Stage::parse(name.clone(), &stage::read(root, name)?) {
            Ok(stage) => stages.push(stage),
            Err(problems) => findings.extend(problems.into_vec()),
        }
    }
    Ok(stages)
}

fn freshness(root: &Path, names: &[StageName], stages: &[Stage], findings: &mut Vec<Problem>) -> anyhow::Result<()> {
    for stage in stages {
        let file = render::file(&stage.name);
        match render::render(root, stage) {
            Ok(fresh) => {
                if render::drift(root, &stage.name, &fresh)?.is_some() {
                    let message = "not what the stage file and the templates say; `cargo xtask render` mends it";
                    findings.push(Problem::of_file(&file, message.to_owned()));
                }
            }
            Err(error) => findings.push(Problem::of_file(render::TEMPLATES, format!("{error:#}"))),
        }
    }
    for orphan in render::orphans(root, names)? {
        findings.push(Problem::of_file(&orphan, "has no stage file; remove one or bring back the other".to_owned()));
    }
    Ok(())
}

/// One finding of cfn-lint, as its JSON has it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Match {
    filename: String,
    location: Location,
    message: String,
    rule: Rule,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Location {
    start: Start,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Start {
    line_number: usize,
    column_number: usize,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Rule {
    id: String,
}

/// Runs cfn-lint on the committed files, for the Regions that the stages name, information included.
fn lint(root: &Path, names: &[StageName], stages: &[Stage]) -> anyhow::Result<Vec<Problem>> {
    let files: Vec<_> = names.iter().map(render::file).filter(|file| root.join(file).is_file()).collect();
    if files.is_empty() {
        return Ok(Vec::new());
    }
    let cfn_lint = tools::ensure_in(root)?.program("cfn-lint");
    let mut command = Command::new(&cfn_lint);
    command.current_dir(root).args(["--format", "json", "--include-checks", "I"]);
    let regions: BTreeSet<&Region> = stages.iter().map(|stage| &stage.aws.region).collect();
    if !regions.is_empty() {
        command.arg("--regions").args(regions.iter().map(|region| region.as_ref()));
    }
    command.arg("--").args(&files);
    let output = command.output().with_context(|| format!("failed to start `{}`", cfn_lint.display()))?;
    let complaint =
        || format!("cfn-lint failed, {}: {}", output.status, String::from_utf8_lossy(&output.stderr).trim());
    let findings = linted(&output.stdout).with_context(complaint)?;
    if findings.is_empty() && !output.status.success() {
        bail!(complaint());
    }
    Ok(findings)
}

/// What cfn-lint says in JSON, as findings.
fn linted(json: &[u8]) -> serde_json::Result<Vec<Problem>> {
    let matches: Vec<Match> = serde_json::from_slice(json)?;
    Ok(matches.into_iter().map(problem).collect())
}

fn problem(found: Match) -> Problem {
    let start = found.location.start;
    let message = format!("{} ({})", found.message, found.rule.id);
    Problem { file: found.filename, line: start.line_number, column: start.column_number, message }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_lint_finding_reads_like_ours() {
        let json = r#"[{"Filename": "deploy/rendered/local.yaml", "Id": "x", "Level": "Error",
            "Location": {"End": {"ColumnNumber": 17, "LineNumber": 131}, "Path": ["Resources"],
                         "Start": {"ColumnNumber": 7, "LineNumber": 131}},
            "Message": "'abc' is not of type 'integer'", "ParentId": null,
            "Rule": {"Description": "d", "Id": "E3012", "ShortDescription": "s", "Source": "u"}}]"#;
        let findings = linted(json.as_bytes()).unwrap();
        let lines: Vec<_> = findings.iter().map(ToString::to_string).collect();
        assert_eq!(lines, ["deploy/rendered/local.yaml:131:7: 'abc' is not of type 'integer' (E3012)"]);
        assert!(linted(b"[]").unwrap().is_empty());
        assert!(linted(b"").is_err());
    }
}
