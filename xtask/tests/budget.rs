//! `xtask` stays small: a reviewer's `cargo xtask render --check` on a cold clone compiles in seconds.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeSet;
use std::process::Command;

/// Raise it only for something that is worth the wait of everybody who clones.
const CRATES: usize = 110;

/// What belongs into `xtask-online`, or into the triggers.
const FOREIGN: [&str; 6] = ["aws-", "hyper", "lambda_runtime", "reqwest", "tokio", "axum"];

#[test]
fn the_offline_tool_stays_within_its_budget_of_crates() {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--locked", "--edges", "normal,build", "--prefix", "none", "--format", "{p}"])
        .args(["--manifest-path", manifest, "--package", "xtask"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    // Lines of crates that were printed before end in `(*)`; name and version are the same.
    let crates: BTreeSet<_> = text.lines().map(|line| line.split(' ').take(2).collect::<Vec<_>>().join(" ")).collect();
    assert!(crates.len() > 10 && crates.iter().any(|name| name.starts_with("tera ")), "{crates:?}");
    let foreign: Vec<_> =
        crates.iter().filter(|name| FOREIGN.iter().any(|foreign| name.starts_with(foreign))).collect();
    assert!(foreign.is_empty(), "{foreign:?} belong into `xtask-online`");
    assert!(crates.len() <= CRATES, "{} crates, the budget is {CRATES}: {crates:#?}", crates.len());
}
