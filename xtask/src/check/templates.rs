//! The rendered templates: whether they are fresh, and whether what they say may be deployed.

use std::collections::BTreeSet;
use std::path::Path;

use crate::render::{self, Rendered};
use crate::stage::{Problem, Risk, Stage, StageName};
use crate::template::Template;

use super::rules;

/// # Errors
/// When a rendered file is there but cannot be read.
pub(super) fn findings(root: &Path, names: &[StageName], stages: &[Stage]) -> anyhow::Result<Vec<Problem>> {
    let mut findings = Vec::new();
    for stage in stages {
        match render::all(root, stage) {
            Ok(all) => {
                for fresh in &all {
                    findings.extend(of_file(root, stage, fresh)?);
                }
            }
            Err(error) => findings.push(Problem::of_file(render::TEMPLATES, format!("{error:#}"))),
        }
    }
    for orphan in render::orphans(root, names, stages)? {
        findings.push(Problem::of_file(
            &orphan,
            "no stage file asks for it; remove one or bring back the other".to_owned(),
        ));
    }
    Ok(findings)
}

/// A stale file is judged twice: as it was committed, and as the next deploy would have it.
fn of_file(root: &Path, stage: &Stage, fresh: &Rendered) -> anyhow::Result<Vec<Problem>> {
    let file = &fresh.file;
    let mut findings = judged(file, &fresh.text, &stage.accepted);
    if render::drift(root, fresh)?.is_none() {
        return Ok(findings);
    }
    let message = "not what the stage file and the templates say; `cargo xtask render` mends it";
    findings.push(Problem::of_file(file, message.to_owned()));
    if let Ok(committed) = std::fs::read_to_string(root.join(file)) {
        let known: BTreeSet<_> = findings.iter().map(|finding| finding.message.clone()).collect();
        let more = judged(file, &committed, &stage.accepted);
        findings.extend(more.into_iter().filter(|finding| !known.contains(&finding.message)));
    }
    Ok(findings)
}

/// What the rules find in a template, each at the line where its resource begins.
fn judged(file: &str, text: &str, accepted: &[Risk]) -> Vec<Problem> {
    let template = match Template::parse(text) {
        Ok(template) => template,
        Err(error) => return vec![Problem::of_file(file, format!("{error:#}"))],
    };
    let found = rules::judge(&template, accepted);
    found.into_iter().map(|finding| problem(file, text, &finding)).collect()
}

fn problem(file: &str, text: &str, finding: &rules::Finding) -> Problem {
    let message = finding.to_string();
    match line(text, &finding.resource) {
        Some(line) => Problem { file: file.to_owned(), line, column: 3, message },
        None => Problem::of_file(file, message),
    }
}

/// Resources and outputs stand at two spaces; parameters, which stand so as well, come before them.
fn line(text: &str, id: &str) -> Option<usize> {
    let key = format!("  {id}:");
    let mut lines = text.lines().enumerate().skip_while(|(_, line)| *line != "Resources:");
    lines.find(|(_, line)| *line == key).map(|(index, _)| index + 1)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use crate::stage;

    use super::*;

    /// A repository with this one's stages and templates, of which one says something else.
    fn repository(template: &str, from: &str, to: &str) -> tempfile::TempDir {
        let here = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let there = tempfile::tempdir().unwrap();
        for directory in [stage::DIRECTORY, render::TEMPLATES, render::DIRECTORY] {
            std::fs::create_dir_all(there.path().join(directory)).unwrap();
            for entry in std::fs::read_dir(here.join(directory)).unwrap() {
                let path = entry.unwrap().path();
                std::fs::copy(&path, there.path().join(directory).join(path.file_name().unwrap())).unwrap();
            }
        }
        let path = there.path().join(template);
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text.matches(from).count(), 1, "`{from}` should stand once in `{template}`");
        std::fs::write(path, text.replace(from, to)).unwrap();
        there
    }

    fn told(root: &Path) -> Vec<String> {
        let stages = [stage::load(root, "local").unwrap()];
        let names = stage::names(root).unwrap();
        let mut told: Vec<_> = findings(root, &names, &stages).unwrap().iter().map(ToString::to_string).collect();
        told.sort();
        told
    }

    const STALE: &str =
        "deploy/rendered/local.yaml: not what the stage file and the templates say; `cargo xtask render` mends it";

    #[test]
    fn a_careless_edit_of_a_template_is_found_before_it_is_rendered() {
        let root = repository(
            "templates/cloudformation/app-clients.yaml.tera",
            "EnableTokenRevocation: true",
            "EnableTokenRevocation: false",
        );
        let told = told(root.path());
        assert_eq!(told.len(), 3, "{told:#?}");
        assert_eq!(told[0], STALE);
        assert!(told[1..].iter().all(|line| line.ends_with("(token-revocation)")), "{told:#?}");
    }

    #[test]
    fn an_edit_of_the_rendered_file_is_found_with_its_line() {
        let file = "deploy/rendered/local.yaml";
        let root = repository(file, "MfaConfiguration: \"OFF\"", "MfaConfiguration: \"ON\"");
        let told = told(root.path());
        let text = std::fs::read_to_string(root.path().join(file)).unwrap();
        let line = text.lines().position(|line| line == "  UserPool:").unwrap() + 1;
        assert_eq!(told[0], STALE);
        assert!(told[1].starts_with(&format!("{file}:{line}:3: ")) && told[1].ends_with("(own-mfa)"), "{told:#?}");
        assert_eq!(told.len(), 2);
    }
}
