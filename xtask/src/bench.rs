//! The verb `bench`: builds what is measured and what it is measured with, and hands over.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context as _, ensure};

use crate::bundle::{self, Build, Machine, Quality};
use crate::cli::{BenchArgs, BenchPart, StageArgs};
use crate::errln;
use crate::programs::on_path;
use crate::stage::Stage;
use crate::{cargo, handover, stage};

/// Names the folder with `<name>/bootstrap` of every Rust function to what measures them.
pub const PROGRAMS: &str = "BENCH_PROGRAMS";
/// The folder with Node's functions, each in one file; absent where there is no Node.
pub const NODE: &str = "BENCH_NODE";
/// This very program.
pub const XTASK: &str = "BENCH_XTASK";

/// The package that measures, and its folder.
const PACKAGE: &str = "bench";
const FOLDER: &str = "tests/bench";
/// The package of the functions that are there to compare with, and its programs.
const BARE: (&str, [&str; 2]) = ("bare", ["empty", "calls"]);

/// # Errors
/// When something cannot be built, or cannot be measured at all. Figures that miss what they should reach are no error.
pub(crate) fn run(root: &Path, args: &BenchArgs) -> anyhow::Result<ExitCode> {
    let root = &root.canonicalize().with_context(|| format!("failed to open the repository `{}`", root.display()))?;
    let parts = args.parts();
    let any_of = |wanted: &[BenchPart]| parts.iter().any(|part| wanted.contains(part));
    let stage = stage::load(root, StageArgs::DEFAULT)?;
    let machine = Machine::of(stage.aws.architecture)?;
    if any_of(&[BenchPart::Start, BenchPart::Memory, BenchPart::Warm]) {
        functions(root, stage, machine)?;
    }
    // The program that `deploy` is handed over to, as people have it.
    let online = if any_of(&[BenchPart::Commands]) { Some(online(root)?) } else { None };
    let node = if any_of(&[BenchPart::Start]) { node(root)? } else { None };

    let mut command = cargo::at(root);
    command.args(["run", "--profile", "bench", "--package", PACKAGE, "--bin", PACKAGE, "--", "--root"]);
    command.arg(root).args(args.words());
    command.env(PROGRAMS, Quality::Release.folder(root, machine));
    command.env(XTASK, std::env::current_exe().context("failed to find this program")?);
    for (variable, path) in [(handover::ONLINE, online), (NODE, node)] {
        match path {
            Some(path) => command.env(variable, path),
            None => command.env_remove(variable),
        };
    }
    let status = command.status().context("failed to start the measurements")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Ours and those to compare them with.
fn functions(root: &Path, stage: Stage, machine: Machine) -> anyhow::Result<()> {
    let out = bundle::dir_of(root, &stage.name);
    bundle::build(root, &[stage], &out, Quality::Release)?;
    let _alone = bundle::alone(root)?;
    let (packages, programs) = (&[BARE.0], &BARE.1);
    bundle::compile(&Build { root, machine, packages, programs, quality: Quality::Release })?;
    Ok(())
}

/// Node's functions, built; `None` where there is no Node.
fn node(root: &Path) -> anyhow::Result<Option<PathBuf>> {
    if !["node", "npm"].iter().all(|name| on_path(Path::new(name)).is_some()) {
        return Ok(None);
    }
    let folder = root.join(FOLDER).join("node");
    let npm = |arguments: &[&str]| done(Command::new("npm").args(arguments).current_dir(&folder));
    npm(&["ci", "--silent"])?;
    npm(&["run", "--silent", "build"])?;
    // The one package that has to be compiled. Whoever measures without it is told.
    if let Err(error) = npm(&["rebuild", "--silent", "--ignore-scripts=false", "aws-lambda-ric"]) {
        errln!("{error:#}");
    }
    Ok(Some(folder.join("dist")))
}

fn online(root: &Path) -> anyhow::Result<PathBuf> {
    let built = cargo::built(cargo::at(root).args(["build", "--package", handover::PACKAGE]))?;
    Ok(built.path(handover::PACKAGE)?.to_owned())
}

fn done(command: &mut Command) -> anyhow::Result<()> {
    let program = command.get_program().to_owned();
    let status = command.stdout(std::io::stderr()).status();
    let status = status.with_context(|| format!("failed to start `{}`", program.display()))?;
    let arguments: Vec<_> = command.get_args().map(std::ffi::OsStr::to_string_lossy).collect();
    ensure!(status.success(), "`{} {}` ended with {status}", program.display(), arguments.join(" "));
    Ok(())
}
