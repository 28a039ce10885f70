//! `cargo xtask check`: everything that can be known without AWS, every finding in one run.

use std::path::Path;
use std::process::ExitCode;

use anyhow::bail;

use crate::github::GitHub;
use crate::render;
use crate::stage::{self, Problem, Stage, StageName};
use crate::{errln, outln};

mod lint;
pub mod rules;
mod templates;
mod workflows;

/// Prints one line per finding on standard output, and what the stages accept on standard error.
///
/// # Errors
/// When there is a finding, or a check cannot be made.
pub fn run(root: &Path) -> anyhow::Result<ExitCode> {
    let names = stage::names(root)?;
    let mut findings = Vec::new();
    let stages = read(root, &names, &mut findings)?;
    findings.extend(shared_stacks(&stages));
    findings.extend(templates::findings(root, &names, &stages)?);
    stages.iter().flat_map(accepted).for_each(|line| errln!("{line}"));
    let files = names.iter().flat_map(|name| [render::file(name), render::pipeline_file(name)]);
    let files: Vec<_> = files.filter(|file| root.join(file).is_file()).collect();
    // What has been found is worth reading even where the linters cannot be had.
    let linted = [lint::lint(root, &files, &stages), workflows::findings(root)].map(|linted| match linted {
        Ok(found) => {
            findings.extend(found);
            Ok(())
        }
        Err(error) => Err(error),
    });
    findings.sort();
    for finding in &findings {
        outln!("{finding}");
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
    errln!("no findings in the stages {} and the workflows", names.join(", "));
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

/// What a stage takes on purpose is as worth reading as what is wrong.
fn accepted(stage: &Stage) -> Vec<String> {
    stage.accepted.iter().map(|risk| format!("stage `{}` accepts {}", stage.name, risk.told())).collect()
}

/// Two stages that deploy into one stack would undo each other, clients and functions included.
fn shared_stacks(stages: &[Stage]) -> Vec<Problem> {
    let place = |stage: &Stage| (stage.aws.account.clone(), stage.aws.region.clone(), stage.aws.stack.clone());
    let mut problems = Vec::new();
    for (index, stage) in stages.iter().enumerate() {
        if let Some(other) = stages[..index].iter().find(|other| place(other) == place(stage)) {
            let message = format!(
                "stage `{}` deploys to the stack `{}` of stage `{}`, and each would undo the other",
                stage.name, stage.aws.stack, other.name
            );
            problems.push(Problem::of_file(&stage::file(&stage.name), message));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn stage(name: &str, text: &str) -> Stage {
        Stage::parse(StageName::new(name).unwrap(), text).unwrap()
    }

    #[test]
    fn a_stack_belongs_to_one_stage() {
        let dev = include_str!("../../../deploy/stages/dev.toml");
        let prod = include_str!("../../../deploy/stages/prod.toml");
        assert_eq!(shared_stacks(&[stage("dev", dev), stage("prod", prod)]), []);
        let copied = dev.replace("cognito-email-mfa-dev", "cognito-email-mfa-prod");
        let found = shared_stacks(&[stage("dev", &copied), stage("prod", prod)]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].file, "deploy/stages/prod.toml");
        let elsewhere = copied.replace("\nregion = \"eu-central-1\"\nstack", "\nregion = \"eu-west-1\"\nstack");
        assert_eq!(shared_stacks(&[stage("dev", &elsewhere), stage("prod", prod)]), []);
    }

    #[test]
    fn what_is_accepted_is_told_with_its_consequence() {
        let article = stage("article", include_str!("../../../deploy/stages/article.toml"));
        let lines = accepted(&article);
        assert_eq!(lines.len(), 5);
        assert_eq!(
            lines[2],
            "stage `article` accepts `no-gate`: tokens are issued without proof that a code was confirmed"
        );
    }
}
