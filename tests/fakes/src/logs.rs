//! A folder for each test's process logs, kept after the test.

use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;

use anyhow::Context as _;

/// Makes an empty folder for the running test and says where it is; the test runner shows that line on failure only.
///
/// # Errors
/// When the folder cannot be made.
pub fn folder() -> anyhow::Result<PathBuf> {
    let thread = std::thread::current();
    folder_for(thread.name().unwrap_or("unnamed"))
}

/// As [`folder`], for something with a name of its own.
///
/// # Errors
/// When the folder cannot be made.
pub fn folder_for(name: &str) -> anyhow::Result<PathBuf> {
    let folder = crate::place::root().join("target/e2e/logs").join(name.replace("::", "-").replace('/', "-"));
    match fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => fs::create_dir_all(&folder),
    }
    .with_context(|| format!("failed to make `{}` anew", folder.display()))?;
    eprintln!("logs: {}", folder.display());
    Ok(folder)
}
