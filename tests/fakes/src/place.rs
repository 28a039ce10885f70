//! Where things lie: `cargo xtask test` says so by environment variables, the rest follows from the checkout.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use xtask::bundle::{Machine, Quality};
use xtask::stage::Architecture;
use xtask::trigger::Trigger;

/// The folder with `<package>/bootstrap` of each trigger.
pub const BOOTSTRAPS: &str = "E2E_BOOTSTRAPS";
/// The program `xtask`.
pub const XTASK: &str = "E2E_XTASK";

/// The checkout that these tests were compiled in.
#[must_use]
pub fn root() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.ancestors().nth(2).unwrap_or(package)
}

/// The program of a trigger as it is deployed.
///
/// # Errors
/// When it was not built.
pub fn bootstrap(trigger: Trigger) -> anyhow::Result<PathBuf> {
    let folder = match std::env::var_os(BOOTSTRAPS) {
        Some(folder) => PathBuf::from(folder),
        None => Quality::Release.folder(root(), Machine::of(Architecture::Host)?),
    };
    let path = folder.join(trigger.package()).join("bootstrap");
    ensure!(
        path.is_file(),
        "there is no `{}`\nhint: run the tests by `cargo xtask test`, which builds it",
        path.display()
    );
    Ok(path)
}

/// A path that only `cargo xtask test` knows.
///
/// # Errors
/// When the variable is not set.
pub fn from_runner(variable: &str) -> anyhow::Result<PathBuf> {
    std::env::var_os(variable)
        .map(PathBuf::from)
        .with_context(|| format!("`{variable}` is not set\nhint: run the tests by `cargo xtask test`"))
}
