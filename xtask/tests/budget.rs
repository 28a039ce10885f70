//! `xtask` stays small: a reviewer's `cargo xtask render --check` on a cold clone compiles in seconds.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeSet;
use std::process::Command;

/// Raise it only for something that is worth the wait of everybody who clones.
const CRATES: usize = 110;

/// What belongs into `xtask-online`, or into the triggers.
const FOREIGN: [&str; 6] = ["aws-", "hyper", "lambda_runtime", "reqwest", "tokio", "axum"];

/// Cargo's answer about the crates that the packages are made of, each by name and version with `more` of it.
fn crates(packages: &[&str], more: &str) -> BTreeSet<String> {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let mut tree = Command::new(env!("CARGO"));
    tree.args(["tree", "--offline", "--locked", "--edges", "normal,build", "--prefix", "none"]);
    tree.args(["--format", &format!("{{p}}{more}"), "--manifest-path", manifest]);
    for package in packages {
        tree.args(["--package", package]);
    }
    let output = tree.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    // A crate that was printed before ends in `(*)`.
    text.lines().map(|line| line.trim_end_matches(" (*)").to_owned()).filter(|line| !line.is_empty()).collect()
}

#[test]
fn the_offline_tool_stays_within_its_budget_of_crates() {
    let crates = crates(&["xtask"], "");
    assert!(crates.len() > 10 && crates.iter().any(|name| name.starts_with("tera ")), "{crates:?}");
    let foreign: Vec<_> =
        crates.iter().filter(|name| FOREIGN.iter().any(|foreign| name.starts_with(foreign))).collect();
    assert!(foreign.is_empty(), "{foreign:?} belong into `xtask-online`");
    assert!(crates.len() <= CRATES, "{} crates, the budget is {CRATES}: {crates:#?}", crates.len());
}

/// A first local deploy builds the tool, and then the triggers beside it. Whatever feature the triggers add to a crate would
/// compile that crate again, and all that is made of it: minutes of SDKs.
#[test]
fn the_triggers_add_no_feature_to_what_the_tool_is_made_of() {
    let triggers = ["trigger-define", "trigger-create", "trigger-verify", "trigger-gate"];
    let tool = crates(&["xtask-online"], " {f}");
    let both = crates(&[&["xtask-online"], &triggers[..]].concat(), " {f}");
    let added: Vec<_> =
        both.difference(&tool).filter(|line| !triggers.iter().any(|name| line.starts_with(name))).collect();
    assert!(both.len() > tool.len() && added.is_empty(), "added: {added:#?}");
}
