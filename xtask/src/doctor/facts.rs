//! Looks at the machine. Nothing is decided here, and nothing changed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::bundle::{self, Machine};
use crate::programs::{first_line, is_executable, on_path};
use crate::{browser, handover, local, stage, tools};

/// Programs that show a page, the user's own choice first.
const BROWSERS: [&str; 7] =
    ["xdg-open", "wslview", "firefox", "google-chrome", "chromium", "chromium-browser", "microsoft-edge"];

/// What was found on the machine.
#[derive(Debug, Clone)]
pub(super) struct Facts {
    pub(super) linux: bool,
    /// The compiler's first line, such as `rustc 1.95.0 (…)`.
    pub(super) rustc: Option<String>,
    pub(super) rustup: bool,
    /// What the stages are built for; or why that is not known.
    pub(super) targets: Result<Vec<Target>, String>,
    /// The first line of the C compiler.
    pub(super) compiler: Option<String>,
    /// The interpreter that the pinned tools run on, or why there is none.
    pub(super) python: Result<PathBuf, String>,
    /// Whether the pinned tools are in the cache.
    pub(super) fetched: bool,
    /// On the file system of the repository.
    pub(super) free_bytes: Option<u64>,
    pub(super) git: Option<String>,
    /// The program that is named for the online verbs, and whether it can be run.
    pub(super) online: Option<(PathBuf, bool)>,
    pub(super) local: Result<local::Standing, String>,
    pub(super) browser: Option<String>,
    pub(super) front_end: browser::Tools,
}

/// A kind of machine that some stages' functions run on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) name: &'static str,
    pub(super) stages: Vec<String>,
    /// Whether Rust's standard library for it is there.
    pub(super) installed: bool,
}

impl Facts {
    pub(super) fn gather(root: &Path) -> Self {
        let python = tools::python();
        let online = std::env::var_os(handover::ONLINE).filter(|program| !program.is_empty()).map(PathBuf::from);
        Self {
            linux: cfg!(target_os = "linux"),
            rustc: first_line(variable("RUSTC").as_deref().unwrap_or("rustc"), root),
            rustup: first_line("rustup", root).is_some(),
            targets: targets(root).map_err(|error| format!("{error:#}")),
            compiler: first_line(variable("CC").as_deref().unwrap_or("cc"), root),
            fetched: tools::are_fetched(root),
            python: python.map_err(|error| error.to_string()),
            free_bytes: rustix::fs::statvfs(root).ok().map(|file_system| file_system.f_bavail * file_system.f_frsize),
            git: first_line("git", root),
            online: online.map(|program| {
                let runs =
                    is_executable(&program) || (program.components().count() == 1 && on_path(&program).is_some());
                (program, runs)
            }),
            local: local::standing(root).map_err(|error| format!("{error:#}")),
            browser: page_shower(),
            front_end: browser::Tools::find(root),
        }
    }
}

fn targets(root: &Path) -> anyhow::Result<Vec<Target>> {
    let mut stages: BTreeMap<&'static str, (Machine, Vec<String>)> = BTreeMap::new();
    for name in stage::names(root)? {
        let stage = stage::load(root, name.as_ref())?;
        let machine = Machine::of(stage.aws.architecture)?;
        stages.entry(machine.target()).or_insert((machine, Vec::new())).1.push(name.to_string());
    }
    let target = |(name, (machine, stages))| {
        let installed = bundle::has_library(root, machine);
        Target { name, stages, installed }
    };
    Ok(stages.into_iter().map(target).collect())
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.trim().is_empty())
}

fn page_shower() -> Option<String> {
    let chosen = variable("BROWSER");
    chosen.or_else(|| BROWSERS.iter().find(|name| on_path(Path::new(name)).is_some()).map(|name| (*name).to_owned()))
}
