//! A folder for each test's process logs, kept after the test.

use std::fs;
use std::path::PathBuf;

use anyhow::Context as _;

/// Makes an empty folder for the running test and says where it is; the test runner shows that line on failure only.
///
/// # Errors
/// When the folder cannot be made.
pub fn folder() -> anyhow::Result<PathBuf> {
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("unnamed").replace("::", "-");
    let folder = crate::place::root().join("target/e2e/logs").join(test);
    match fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(error).with_context(|| format!("failed to empty `{}`", folder.display()));
        }
        _ => {}
    }
    fs::create_dir_all(&folder).with_context(|| format!("failed to make `{}`", folder.display()))?;
    eprintln!("logs: {}", folder.display());
    Ok(folder)
}
