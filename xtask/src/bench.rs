//! The verb `bench`: builds what is measured and what it is measured with, and hands over.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context as _, ensure};

use crate::bundle::{self, Build, Machine, Quality};
use crate::cli::{BenchArgs, StageArgs};
use crate::{handover, programs, stage, tools};

/// The package that measures, and its folder.
const PACKAGE: &str = "bench";
const FOLDER: &str = "tests/bench";
/// The package of the functions that are there to compare with, and its programs.
const BARE: (&str, [&str; 2]) = ("bare", ["empty", "calls"]);

/// # Errors
/// When something cannot be built, or cannot be measured at all. Figures that miss what they should reach are no error.
pub(crate) fn run(root: &Path, args: &BenchArgs) -> anyhow::Result<ExitCode> {
    let root = &root.canonicalize().with_context(|| format!("failed to open the repository `{}`", root.display()))?;
    let stage = stage::load(root, StageArgs::DEFAULT)?;
    let machine = Machine::of(stage.aws.architecture)?;
    let out = bundle::dir_of(root, &stage.name);
    bundle::build(root, &[stage], &out, Quality::Release)?;
    let tools = tools::ensure_in(root)?;
    {
        let _alone = bundle::alone(root)?;
        let (packages, programs) = ([BARE.0], BARE.1);
        let (packages, programs) = (packages.as_slice(), programs.as_slice());
        Build { root, tools: &tools, machine, packages, programs, quality: Quality::Release }.run()?;
    }
    // The program that `deploy` is handed over to, as people have it.
    done(cargo(root).args(["build", "--quiet", "--package", "xtask-online"]))?;

    let mut command = cargo(root);
    command.args(["run", "--quiet", "--profile", "bench", "--package", PACKAGE, "--bin", PACKAGE, "--", "--root"]);
    command.arg(root).args(args.words());
    command.env("BENCH_PROGRAMS", Quality::Release.folder(root));
    command.env("BENCH_XTASK", std::env::current_exe().context("failed to find this program")?);
    command.env(handover::ONLINE, target(root).join("debug/xtask-online"));
    match node(root)? {
        Some(functions) => command.env("BENCH_NODE", functions),
        None => command.env_remove("BENCH_NODE"),
    };
    let status = command.status().context("failed to start the measurements")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Node's functions, built; `None` where there is no Node.
fn node(root: &Path) -> anyhow::Result<Option<PathBuf>> {
    if !["node", "npm"].iter().all(|name| programs::on_path(Path::new(name)).is_some()) {
        return Ok(None);
    }
    let folder = root.join(FOLDER).join("node");
    let npm = |arguments: &[&str]| done(Command::new("npm").args(arguments).current_dir(&folder));
    npm(&["ci", "--silent"])?;
    npm(&["run", "--silent", "build"])?;
    // The one package that has to be compiled. Whoever measures without it is told.
    if let Err(error) = npm(&["rebuild", "--silent", "--ignore-scripts=false", "aws-lambda-ric"]) {
        eprintln!("{error:#}");
    }
    Ok(Some(folder.join("dist")))
}

fn cargo(root: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root);
    command
}

fn target(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from)
}

fn done(command: &mut Command) -> anyhow::Result<()> {
    let program = command.get_program().to_owned();
    let status = command.stdout(std::io::stderr()).status();
    let status = status.with_context(|| format!("failed to start `{}`", program.display()))?;
    let arguments: Vec<_> = command.get_args().map(std::ffi::OsStr::to_string_lossy).collect();
    ensure!(status.success(), "`{} {}` ended with {status}", program.display(), arguments.join(" "));
    Ok(())
}
