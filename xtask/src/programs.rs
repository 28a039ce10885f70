//! Looks for programs of this machine.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a program says first when asked for its version; none where it cannot be run. The program may be a line with
/// arguments, as `CC` can be.
pub(crate) fn first_line(program: &str, folder: &Path) -> Option<String> {
    let mut words = program.split_whitespace();
    let mut command = Command::new(words.next()?);
    let output = command.args(words).arg("--version").current_dir(folder).stdin(Stdio::null()).output().ok()?;
    let said = String::from_utf8_lossy(&output.stdout);
    output.status.success().then(|| said.lines().next().unwrap_or_default().trim().to_owned())
}

/// Where a program lies among those that can be named without a path.
pub(crate) fn on_path(name: &Path) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| is_executable(file))
}

pub(crate) fn is_executable(path: &Path) -> bool {
    path.is_file() && rustix::fs::access(path, rustix::fs::Access::EXEC_OK).is_ok()
}
