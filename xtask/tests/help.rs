//! The help and the documents speak of commands that there are, and say what a newcomer asks.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use clap::FromArgMatches as _;
use xtask::cli::{self, Cli};

fn xtask(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xtask")).args(arguments).output().unwrap()
}

fn long_help(verb: &[String]) -> String {
    let arguments: Vec<_> = verb.iter().map(String::as_str).chain(["--help"]).collect();
    let output = xtask(&arguments);
    assert!(output.status.success(), "{verb:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The verbs that do something, such as `["user", "create"]`.
fn verbs(command: &clap::Command, above: &[String]) -> Vec<Vec<String>> {
    if !command.has_subcommands() {
        return vec![above.to_vec()];
    }
    let path = |verb: &clap::Command| above.iter().cloned().chain([verb.get_name().to_owned()]).collect::<Vec<_>>();
    command.get_subcommands().flat_map(|verb| verbs(verb, &path(verb))).collect()
}

/// The verb of a whole command, and whether it goes to AWS; or what is wrong with the command.
fn parse(line: &str) -> Result<(Vec<String>, bool), String> {
    let words = line.strip_prefix("cargo ").ok_or("no cargo command")?.split_whitespace();
    let matches = cli::command().try_get_matches_from(words).map_err(|error| error.to_string())?;
    let mut verb = Vec::new();
    let mut below = matches.subcommand();
    while let Some((name, matches)) = below {
        verb.push(name.to_owned());
        below = matches.subcommand();
    }
    let cli = Cli::from_arg_matches(&matches).map_err(|error| error.to_string())?;
    Ok((verb, cli.verb.is_online()))
}

/// What stands below a heading of the help, a line each.
fn section<'a>(help: &'a str, heading: &str) -> Vec<&'a str> {
    let lines = help.lines().skip_while(|line| *line != format!("{heading}:")).skip(1);
    lines.take_while(|line| line.starts_with("  ")).map(str::trim).collect()
}

#[test]
fn every_verb_says_what_it_touches_prints_and_ends_with() {
    let command = cli::command();
    for verb in verbs(&command, &[]) {
        let help = long_help(&verb);
        let [touches] = section(&help, "Touches")[..] else { panic!("{verb:?} does not say what it touches: {help}") };
        let [prints] = section(&help, "Prints")[..] else { panic!("{verb:?} does not say what it prints: {help}") };
        let codes: Vec<_> = section(&help, "Exit codes").iter().map(|line| line.as_bytes()[0]).collect();
        let detailed = help.contains("--detailed-exitcode");
        assert_eq!(codes, if detailed { &b"012"[..] } else { &b"01"[..] }, "{verb:?}: {help}");
        assert_eq!(help.contains("--json"), prints.contains("--json"), "{verb:?}: {help}");

        let examples = section(&help, "Examples");
        assert!(!examples.is_empty(), "{verb:?} has no example: {help}");
        for example in examples {
            let (found, online) = parse(example).unwrap_or_else(|error| panic!("`{example}`: {error}"));
            assert_eq!(found, verb, "`{example}` is an example of another verb");
            // The one verb that deploys and yet never reaches AWS.
            let on_aws = online && verb != ["dev"];
            assert_eq!(on_aws, touches.starts_with("AWS"), "{verb:?}: {touches}");
        }
    }
}

#[test]
fn the_first_help_shows_every_verb_once_and_how_to_begin() {
    let help = long_help(&[]);
    let command = cli::command();
    for verb in command.get_subcommands() {
        let about = verb.get_about().unwrap().to_string();
        let row = |line: &&str| line.trim_start().split_once(' ').is_some_and(|(name, _)| name == verb.get_name());
        let rows: Vec<_> = help.lines().filter(|line| line.starts_with("  ")).filter(row).collect();
        assert!(rows.len() == 1 && rows[0].ends_with(&about), "`{}`: {rows:?}", verb.get_name());
    }
    let steps = section(&help, "First steps");
    assert_eq!(steps.len(), 5, "{help}");
    for step in steps {
        parse(step.split("  ").next().unwrap()).unwrap_or_else(|error| panic!("`{step}`: {error}"));
    }
    assert!(help.lines().all(|line| line.chars().count() <= 100), "too wide: {help}");
}

#[test]
fn escape_codes_are_for_terminals() {
    let help = long_help(&[]) + &long_help(&["doctor".to_owned()]);
    assert!(!help.contains('\u{1b}'), "{help:?}");
}

/// Every document that people read, by its path.
fn documents() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let folders = [root.to_path_buf(), root.join("docs")].into_iter().filter(|folder| folder.is_dir());
    let files = folders.flat_map(|folder| fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()));
    let mut files: Vec<_> = files.filter(|path| path.extension().is_some_and(|extension| extension == "md")).collect();
    files.sort();
    files
}

#[test]
fn the_documents_speak_of_commands_that_there_are() {
    let mut seen = BTreeSet::new();
    for document in documents() {
        let text = fs::read_to_string(&document).unwrap();
        // A line of its own in a block of code; what begins with `#` says what it does.
        for line in text.lines().map(str::trim).filter(|line| line.starts_with("cargo xtask ")) {
            let command = line.split('#').next().unwrap().trim();
            let (verb, _) = parse(command).unwrap_or_else(|error| panic!("{}: `{line}`: {error}", document.display()));
            seen.insert(verb);
        }
    }
    assert!(seen.len() > 10, "{seen:?}");
}

#[test]
fn bash_takes_the_completions_and_completes_verbs_and_values() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("completions");
    let mut completions = Command::new(env!("CARGO_BIN_EXE_xtask"));
    // Of no repository.
    let written = completions.args(["completions", "bash"]).current_dir(folder.path()).output().unwrap();
    fs::write(&file, written.stdout).unwrap();
    assert!(Command::new("bash").arg("-n").arg(&file).status().unwrap().success());
    let script = r#"set -eu; source "$1"; words=($2); last=$((${#words[@]} - 1))
        COMP_WORDS=("${words[@]}"); COMP_CWORD=$last; COMPREPLY=()
        _xtask xtask "${words[$last]}" "${words[$((last - 1))]}"; echo "${COMPREPLY[@]}""#;
    for (typed, offered) in
        [("xtask ren", "render"), ("xtask local sta", "start status"), ("xtask completions f", "fish")]
    {
        let mut bash = Command::new("bash");
        let output = bash.args(["-c", script, "bash"]).arg(&file).arg(typed).output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert_eq!(said.trim(), offered, "{typed}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn there_are_completions_for_every_shell() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = String::from_utf8(xtask(&["completions", shell]).stdout).unwrap();
        assert!(script.contains("rotate-key") && script.contains("xtask"), "{shell}: {script}");
        assert!(!script.contains("cargo xtask\""), "{shell} completes a word of cargo's");
    }
    assert_eq!(xtask(&["completions", "tcsh"]).status.code(), Some(1));
}
