//! The script that deploys what another job has built, with a program in place of ours that says how it was called.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

fn sh(directory: &Path, script: &str, role: Option<&str>) -> Output {
    let mut command = Command::new("sh");
    command.current_dir(directory).args(["-c", script]).env_remove("EXECUTION_ROLE_ARN");
    command.envs(role.map(|role| ("EXECUTION_ROLE_ARN", role))).output().unwrap()
}

/// What the first job hands on, as an artefact store gives it back: nothing in it can be run.
fn built(program: &str) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join(".ci/pipeline");
    fs::write(directory.path().join("pipeline"), fs::read(script).unwrap()).unwrap();
    fs::write(directory.path().join("xtask-online"), program).unwrap();
    fs::create_dir(directory.path().join("bundle")).unwrap();
    fs::write(directory.path().join("bundle/manifest.json"), "{}").unwrap();
    let sums = sh(directory.path(), "sha256sum pipeline xtask-online bundle/manifest.json > SHA256SUMS", None);
    assert!(sums.status.success());
    directory
}

#[test]
fn deploys_the_bundle_without_asking_and_ends_as_the_program_does() {
    let built = built("#!/bin/sh\necho \"$@\"\nexit 7\n");
    let elsewhere = tempfile::tempdir().unwrap();
    let script = format!("sh {}/pipeline deploy prod", built.path().display());
    let table = [
        ("no role", None, "deploy --stage prod --bundle bundle --yes\n"),
        ("an empty one", Some(""), "deploy --stage prod --bundle bundle --yes\n"),
        ("a role", Some("arn:x"), "deploy --stage prod --bundle bundle --yes --role-arn arn:x\n"),
    ];
    for (name, role, expected) in table {
        let output = sh(elsewhere.path(), &script, role);
        assert_eq!(String::from_utf8_lossy(&output.stdout), expected, "{name}");
        assert_eq!(output.status.code(), Some(7), "{name}");
    }
}

#[test]
fn a_folder_that_is_not_what_was_built_is_refused() {
    for (name, script) in [
        ("another manifest", "echo '{ }' > bundle/manifest.json"),
        ("another program", "echo '#!/bin/sh' > xtask-online"),
        ("a file less", "rm bundle/manifest.json"),
        ("no sums", "rm SHA256SUMS"),
        ("empty sums", ": > SHA256SUMS"),
    ] {
        let built = built("#!/bin/sh\necho deployed\n");
        assert!(sh(built.path(), script, None).status.success(), "{name}");
        let output = sh(built.path(), "sh pipeline deploy prod", None);
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0), "{name}: {text}");
        assert!(text.contains("is not what was built\n"), "{name}: {text}");
    }
}

#[test]
fn wrong_usage_is_told() {
    for arguments in ["", "deploy", "bundle", "deploy prod now", "destroy prod"] {
        let built = built("");
        let output = sh(built.path(), &format!("sh pipeline {arguments}"), None);
        assert_eq!(output.status.code(), Some(1), "{arguments}");
        assert!(String::from_utf8_lossy(&output.stderr).starts_with("error: usage: "), "{arguments}");
    }
}
