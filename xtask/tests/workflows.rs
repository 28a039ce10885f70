//! What zizmor does not know of our workflows: who may run whose code.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::path::{Path, PathBuf};

use saphyr::{LoadableYamlNode as _, Yaml};

/// Every job of every workflow: file, name, and the job.
fn jobs() -> Vec<(String, String, Yaml<'static>)> {
    let mut jobs = Vec::new();
    for path in workflows() {
        let text: &'static str = fs::read_to_string(&path).unwrap().leak();
        let workflow = Yaml::load_from_str(text).unwrap().remove(0);
        let file = path.file_name().unwrap().to_str().unwrap();
        let permissions = workflow.as_mapping_get("permissions").unwrap();
        assert!(permissions.as_mapping().unwrap().is_empty(), "{file} gives something to every job");
        for (name, job) in workflow.as_mapping_get("jobs").unwrap().as_mapping().unwrap() {
            jobs.push((file.to_owned(), name.as_str().unwrap().to_owned(), job.clone()));
        }
    }
    assert!(jobs.len() > 5);
    jobs
}

fn workflows() -> Vec<PathBuf> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join(".github/workflows");
    fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect()
}

/// `permission: level`, for each that the job has.
fn permissions(job: &Yaml<'_>) -> Vec<String> {
    let given = job.as_mapping_get("permissions").unwrap().as_mapping().unwrap();
    given.iter().map(|(name, level)| format!("{}: {}", name.as_str().unwrap(), level.as_str().unwrap())).collect()
}

/// The actions and scripts of the job's steps, in their order.
fn steps(job: &Yaml<'_>) -> Vec<String> {
    let text = |step: &Yaml<'_>, key: &str| step.as_mapping_get(key).and_then(Yaml::as_str).map(str::to_owned);
    let steps = job.as_mapping_get("steps").unwrap().as_sequence().unwrap();
    steps.iter().map(|step| text(step, "uses").or_else(|| text(step, "run")).unwrap()).collect()
}

#[test]
fn a_job_that_can_get_credentials_or_write_has_no_code_of_the_repository() {
    let mut trusted = Vec::new();
    for (file, name, job) in jobs() {
        if permissions(&job).iter().all(|permission| permission.ends_with(": read")) {
            continue;
        }
        for step in steps(&job) {
            for foreign in ["actions/checkout", "cargo", "rustup", "git ", "gh pr checkout"] {
                assert!(!step.contains(foreign), "{file}, {name}: {step}");
            }
        }
        trusted.push(format!("{file} {name}: {}", permissions(&job).join(", ")));
    }
    trusted.sort();
    // The whole list, so that a job that is added to it is noticed.
    assert_eq!(
        trusted,
        [
            "deploy.yml deploy: contents: read, id-token: write",
            "plan.yml comment: pull-requests: write",
            "plan.yml plan: id-token: write",
        ]
    );
}

#[test]
fn what_was_built_is_verified_before_it_is_run_with_credentials() {
    for (file, name, job) in jobs() {
        if !permissions(&job).contains(&"id-token: write".to_owned()) {
            continue;
        }
        let steps = steps(&job);
        let at = |wanted: &str| steps.iter().position(|step| step.contains(wanted)).unwrap();
        let run = steps.iter().position(|step| step.contains("pipeline deploy") || step.contains("xtask-online plan"));
        assert!(at("download-artifact") < at("sha256sum --check"), "{file}, {name}");
        assert!(at("sha256sum --check") <= run.unwrap(), "{file}, {name}");
    }
}

#[test]
fn a_deploy_is_never_cut_off() {
    let (_, _, deploy) = jobs().into_iter().find(|(file, name, _)| file == "deploy.yml" && name == "deploy").unwrap();
    let concurrency = deploy.as_mapping_get("concurrency").unwrap();
    assert_eq!(concurrency.as_mapping_get("cancel-in-progress").unwrap().as_bool(), Some(false));
    assert_eq!(concurrency.as_mapping_get("group").unwrap().as_str(), Some("deploy-${{ matrix.stage }}"));
}
