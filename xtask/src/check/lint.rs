//! cfn-lint on the rendered templates.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, bail};
use serde::Deserialize;

use crate::stage::{Problem, Region, Stage};
use crate::tools;

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

/// Runs cfn-lint on the files, for the Regions that the stages name, information included.
pub(super) fn lint(root: &Path, files: &[String], stages: &[Stage]) -> anyhow::Result<Vec<Problem>> {
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
    command.arg("--").args(files);
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
