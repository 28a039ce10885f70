//! What `test --long` runs after the tests: fuzzing that the compiler's coverage counters guide, and mutants of the domain.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::AtomicBool;

use anyhow::Context as _;

use super::{LONG_BOUND, run_bounded};
use crate::cargo;
use crate::errln;

/// The targets of the package `fuzz`.
const TARGETS: [&str; 5] = ["sealed_state", "state", "answer", "metadata", "event"];
const SECONDS_PER_TARGET: u32 = 60;

/// Counters at every edge and operands of every comparison, which libFuzzer reads. Stable flags all of them: only the
/// memory sanitizers would need more, and there is no unsafe code here to look for.
const COVERAGE: [&str; 9] = [
    "--cfg=fuzzing",
    "--cfg=fuzzing_libfuzzer",
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Clink-dead-code",
    "-Copt-level=1",
];

/// Whether all of it passed. What is not installed is left out by name.
pub(super) fn run(root: &Path, interrupted: &AtomicBool) -> anyhow::Result<bool> {
    let mut passed = true;
    if answers("c++", &["--version"]) {
        for target in TARGETS {
            passed &= fuzz(root, target, interrupted)?;
        }
    } else {
        errln!("left out: guided fuzzing, since libFuzzer is compiled and there is no C++ compiler `c++`");
    }
    if answers("cargo", &["mutants", "--version"]) {
        let mut mutants = cargo::at(root);
        mutants.args(["mutants", "--package", "challenge", "--output", "target", "--colors", "never"]);
        passed &= run_bounded(&mut mutants, LONG_BOUND, interrupted)?;
    } else {
        errln!("left out: mutants of `challenge`, since `cargo mutants` is not installed");
    }
    Ok(passed)
}

fn answers(program: &str, arguments: &[&str]) -> bool {
    let status = Command::new(program).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

/// New inputs stay below `target`; whoever finds one worth keeping copies it into the corpus of the repository.
fn fuzz(root: &Path, target: &str, interrupted: &AtomicBool) -> anyhow::Result<bool> {
    let found = root.join("target/fuzz/corpus").join(target);
    fs::create_dir_all(&found).with_context(|| format!("failed to make `{}`", found.display()))?;
    let kept = root.join("tests/fuzz/tests/__fuzz__").join(target).join("corpus");
    let arguments =
        format!("{} {} -max_total_time={SECONDS_PER_TARGET} -max_len=1024", found.display(), kept.display());
    let machine = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    let mut command = cargo::at(root);
    // Naming the target machine keeps the counters out of build scripts.
    command.args(["test", "--package", "fuzz", "--test", "targets", "--target", &machine, "--"]);
    command.args([target, "--exact", "--nocapture", "--test-threads", "1"]);
    command.env("CARGO_TARGET_DIR", root.join("target/fuzz"));
    command.env("CARGO_ENCODED_RUSTFLAGS", COVERAGE.join("\u{1f}"));
    command.env("BOLERO_TEST_NAME", target).env("BOLERO_LIBTEST_HARNESS", "1");
    command.env("BOLERO_LIBFUZZER_ARGS", arguments);
    run_bounded(&mut command, LONG_BOUND, interrupted)
}
