//! The program as its users meet it: what it prints where, what it writes, how it ends.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

fn command(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.current_dir(directory).args(arguments);
    // These tests may themselves run under GitHub Actions.
    for variable in ["COGNITO_EMAIL_MFA_ONLINE", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"] {
        command.env_remove(variable);
    }
    command
}

fn xtask(directory: &Path, arguments: &[&str]) -> Output {
    command(directory, arguments).output().unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// A repository with this one's stages and templates, and nothing rendered.
fn repository() -> TempDir {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let there = tempfile::tempdir().unwrap();
    for directory in ["deploy/stages", "templates/cloudformation"] {
        fs::create_dir_all(there.path().join(directory)).unwrap();
        for entry in fs::read_dir(here.join(directory)).unwrap() {
            let path = entry.unwrap().path();
            fs::copy(&path, there.path().join(directory).join(path.file_name().unwrap())).unwrap();
        }
    }
    there
}

#[test]
fn wrong_usage_is_a_failure_and_not_changes_pending() {
    let directory = tempfile::tempdir().unwrap();
    assert_eq!(xtask(directory.path(), &["rendr"]).status.code(), Some(1));
    assert_eq!(xtask(directory.path(), &[]).status.code(), Some(1));
    assert_eq!(xtask(directory.path(), &["--help"]).status.code(), Some(0));
    assert_eq!(xtask(directory.path(), &["--version"]).status.code(), Some(0));
}

#[test]
fn outside_of_a_repository_the_error_says_how_to_name_one() {
    let directory = tempfile::tempdir().unwrap();
    let output = xtask(directory.path(), &["render"]);
    assert_eq!(output.status.code(), Some(1));
    let text = stderr(&output);
    assert!(text.starts_with("error: found no repository in `"), "{text}");
    assert!(text.ends_with("\nhint: change into the repository, or name it with `--root DIR`\n"), "{text}");
}

#[test]
fn render_writes_and_check_finds_what_was_edited_by_hand() {
    let repository = repository();
    let root = repository.path().to_str().unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let output = xtask(elsewhere.path(), &["render", "--root", root]);
    assert_eq!((output.status.code(), stdout(&output)), (Some(0), String::new()));
    assert_eq!(xtask(&repository.path().join("deploy"), &["render", "--check"]).status.code(), Some(0));

    let rendered = repository.path().join("deploy/rendered/local.yaml");
    let edited =
        fs::read_to_string(&rendered).unwrap().replace("MfaConfiguration: \"OFF\"", "MfaConfiguration: \"ON\"");
    fs::write(&rendered, &edited).unwrap();
    fs::write(repository.path().join("deploy/rendered/gone.yaml"), "").unwrap();
    let output = xtask(repository.path(), &["render", "--check"]);
    assert_eq!(output.status.code(), Some(1));
    let diff = stdout(&output);
    assert!(diff.contains("\n-      MfaConfiguration: \"ON\"\n+      MfaConfiguration: \"OFF\"\n"), "{diff}");
    assert_eq!(
        stderr(&output),
        "error: not what the stage files and templates say: `deploy/rendered/gone.yaml`, `deploy/rendered/local.yaml`\n\
         hint: `cargo xtask render` mends it; remove those that no stage file asks for\n"
    );
    assert_eq!(fs::read_to_string(&rendered).unwrap(), edited, "a check writes nothing");
}

#[test]
fn a_refused_stage_renders_nothing_and_says_everything() {
    let repository = repository();
    let stage = repository.path().join("deploy/stages/local.toml");
    let text = fs::read_to_string(&stage).unwrap();
    fs::write(&stage, text.replace("code_length = 6", "code_length = 9").replace("sends_per_hour", "send_per_hour"))
        .unwrap();
    let output = xtask(repository.path(), &["render"]);
    assert_eq!(output.status.code(), Some(1));
    let text = stderr(&output);
    for wanted in [
        "9 is outside of 6 to 8",
        "`challenge.sends_per_hour` is missing",
        "unknown key `challenge.send_per_hour`, did you mean `sends_per_hour`?",
    ] {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
    assert!(!repository.path().join("deploy/rendered").exists());
}

#[test]
fn an_unknown_stage_is_answered_with_those_there_are() {
    let repository = repository();
    let output = xtask(repository.path(), &["render", "--stage", "production"]);
    assert_eq!(
        stderr(&output),
        "error: there is no stage `production`\nhint: the stages in `deploy/stages` are `article`, `dev`, `local`, `prod`\n"
    );
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn online_verbs_are_handed_over_with_their_arguments_and_exit_code() {
    let repository = repository();
    let online = repository.path().join("online");
    // Written by another process: while a test beside this one forks, our own handle would keep the script from running.
    let script = r#"printf '%s\n' '#!/bin/sh' 'printf "%s|" "$@"' 'exit 2' > "$0" && chmod +x "$0""#;
    assert!(Command::new("sh").args(["-c", script]).arg(&online).status().unwrap().success());
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.current_dir(repository.path()).env("COGNITO_EMAIL_MFA_ONLINE", &online);
    let output = command.args(["deploy", "--stage", "a b", "--yes"]).output().unwrap();
    assert_eq!((stdout(&output).as_str(), output.status.code()), ("deploy|--stage|a b|--yes|", Some(2)));
}

#[test]
fn under_github_the_error_stands_on_the_page_of_the_run_too() {
    let directory = tempfile::tempdir().unwrap();
    let output = command(directory.path(), &["render"]).env("GITHUB_ACTIONS", "true").output().unwrap();
    assert_eq!((output.status.code(), stdout(&output)), (Some(1), String::new()));
    let text = stderr(&output);
    let (told, shown) = text.trim_end().rsplit_once('\n').unwrap();
    assert!(told.starts_with("error: found no repository in `"), "{text}");
    let one_line = told.strip_prefix("error: ").unwrap().replace('\n', "%0A");
    assert_eq!(shown, format!("::error::{one_line}"));
}

#[test]
fn the_doctor_finds_a_machine_without_programs_wanting() {
    let repository = repository();
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.current_dir(repository.path()).env("PATH", "/nonexistent").env_remove("RUSTC").env_remove("CC");
    let output = command.args(["doctor"]).output().unwrap();
    assert_eq!((output.status.code(), stderr(&output)), (Some(1), String::new()));
    let text = stdout(&output);
    for missing in ["Rust ", "Rust's standard library", "C compiler", "Python 3.10"] {
        let found = text.lines().find(|line| line.starts_with(&format!("missing   {missing}")));
        assert!(found.is_some_and(|line| line.contains(": ")), "{missing}: {text}");
    }
    assert_eq!(fs::read_dir(repository.path()).unwrap().count(), 2, "it writes nothing");
}
