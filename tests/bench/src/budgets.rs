//! Budgets that do not depend on a machine's mood: instructions and bytes. Measured at rustc 1.95 on x86_64, with a margin of
//! a fifth for instructions, which change with the processor that valgrind plays, and with the C library.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use fakes::place;
use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair};
use xtask::trigger::Trigger;

use crate::instance::Instance;
use crate::program::{Functions, Program};
use crate::scene::Scene;

/// What a function may cost.
struct Budget {
    trigger: Trigger,
    /// From the start of the process to its first answer.
    first_answer: u64,
    /// For each answer after that.
    each_answer: u64,
    archive_bytes: u64,
}

const BUDGETS: [Budget; 4] = [
    Budget { trigger: Trigger::Define, first_answer: 830_000, each_answer: 340_000, archive_bytes: 524_288 },
    Budget { trigger: Trigger::Create, first_answer: 15_500_000, each_answer: 4_800_000, archive_bytes: 2_200_000 },
    Budget { trigger: Trigger::Verify, first_answer: 13_500_000, each_answer: 3_900_000, archive_bytes: 2_100_000 },
    Budget { trigger: Trigger::Gate, first_answer: 11_600_000, each_answer: 2_150_000, archive_bytes: 2_100_000 },
];

/// As many as Amazon Linux trusts, about.
const AUTHORITIES: usize = 140;
/// Answers after the first, so that one more costs what it costs.
const MORE: u64 = 5;

#[test]
fn archives_stay_within_their_budgets() {
    let folder = bootstraps();
    for budget in &BUDGETS {
        let folder = folder.join(budget.trigger.package());
        let mut files = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
        let archive = files.find(|path| path.extension().is_some_and(|extension| extension == "zip"));
        let bytes = fs::metadata(archive.expect("the bundle keeps its archives")).unwrap().len();
        println!("{:?}: {bytes} bytes", budget.trigger);
        assert!(
            bytes <= budget.archive_bytes,
            "{:?}: {bytes} bytes, the budget is {}",
            budget.trigger,
            budget.archive_bytes
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn functions_stay_within_their_budgets_of_instructions() {
    if !has_valgrind() {
        let refused = std::env::var_os("CI").is_some_and(|value| value == "true");
        assert!(!refused, "valgrind is not installed, and in CI nothing is left out");
        eprintln!("left out: instruction counts, since valgrind is not installed");
        return;
    }
    let ours = Functions::Ours(bootstraps());
    let (mut scene, _) = Scene::play(&ours, None).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let authorities = folder.path().join("authorities.pem");
    fs::write(&authorities, (0..AUTHORITIES).map(|_| authority()).collect::<String>()).unwrap();
    scene.environment.push(("SSL_CERT_FILE".to_owned(), authorities.display().to_string()));
    scene.environment.push(("LD_PRELOAD".to_owned(), slow_clock(folder.path()).display().to_string()));
    for budget in &BUDGETS {
        let first = instructions(&ours, &scene, budget.trigger, 0).await;
        let more = instructions(&ours, &scene, budget.trigger, MORE).await;
        let each = more.saturating_sub(first) / MORE;
        println!("{:?}: {first} instructions to the first answer, {each} for each more", budget.trigger);
        for (what, counted, allowed) in [("first", first, budget.first_answer), ("each", each, budget.each_answer)] {
            assert!(
                counted <= allowed,
                "{:?}, {what} answer: {counted} instructions, the budget is {allowed}",
                budget.trigger
            );
        }
    }
}

/// A certificate like those of an operating system.
fn authority() -> String {
    let mut parameters = CertificateParams::new(Vec::new()).unwrap();
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    parameters.self_signed(&KeyPair::generate().unwrap()).unwrap().pem()
}

/// Under valgrind a function takes many times as long as its own time limits allow, unless its clock is slow as well.
fn slow_clock(folder: &Path) -> PathBuf {
    let library = folder.join("slow_clock.so");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/slow_clock.c");
    let status = Command::new("cc").args(["-O1", "-shared", "-fPIC", "-o"]).arg(&library).arg(source).status().unwrap();
    assert!(status.success(), "`cc` ended with {status}");
    library
}

fn bootstraps() -> PathBuf {
    let any = place::bootstrap(Trigger::Define).unwrap();
    any.ancestors().nth(2).map(Path::to_owned).unwrap()
}

fn has_valgrind() -> bool {
    let version = Command::new("valgrind").arg("--version").output();
    version.is_ok_and(|output| output.status.success())
}

/// What a process of the function executes until it has given one answer and `more`.
async fn instructions(ours: &Functions, scene: &Scene, trigger: Trigger, more: u64) -> u64 {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let plain = ours.program(trigger).unwrap();
    let mut words: Vec<OsString> =
        ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"].map(Into::into).into();
    words.push(format!("--log-file={}", log.display()).into());
    words.extend(plain.words);
    let program = Program { words, ..plain };
    let mut instance = Instance::start(&program, &scene.environment, None).await.unwrap();
    for _ in 0..=more {
        let step = scene.rewind(trigger).unwrap();
        let (answer, _) = instance.ask(&step.event).await.unwrap();
        step.ensure_done(&answer).unwrap();
    }
    instance.terminate().await.unwrap();
    let said = fs::read_to_string(&log).unwrap();
    let collected = said.lines().find_map(|line| line.split("Collected :").nth(1)?.trim().parse().ok());
    collected.unwrap_or_else(|| panic!("valgrind counted nothing:\n{said}"))
}
