//! Hands the verbs that talk to AWS over to `xtask-online`, which costs minutes to build, under the same arguments.

use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::Context as _;

use crate::cli::Cli;
use crate::{cargo, root};

/// The package that has the online verbs, and its program.
pub const PACKAGE: &str = "xtask-online";
/// Names the program that runs the online verbs, where it has been built already.
pub const ONLINE: &str = "COGNITO_EMAIL_MFA_ONLINE";

/// Replaces this process by the online program, so that signals and exit codes are its own.
///
/// # Errors
/// When the repository is not found or the program cannot be started.
pub fn exec(cli: Cli) -> anyhow::Result<ExitCode> {
    let root = root::find(cli.root.as_deref())?;
    let program = std::env::var_os(ONLINE).filter(|program| !program.is_empty()).map(PathBuf::from);
    let mut command = command(program.as_deref(), &root);
    command.args(std::env::args_os().skip(1));
    let error = command.exec();
    Err(error).with_context(|| format!("failed to start `{}` for an online verb", command.get_program().display()))
}

fn command(online: Option<&Path>, root: &Path) -> Command {
    if let Some(online) = online {
        return Command::new(online);
    }
    let mut command = cargo::here();
    command.args(["run", "--package", PACKAGE, "--manifest-path"]);
    command.arg(root.join("Cargo.toml")).arg("--");
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_built_program_is_preferred_to_building_one() {
        let root = Path::new("/repository");
        assert_eq!(command(Some(Path::new("/bin/online")), root).get_program(), "/bin/online");
        let built = command(None, root);
        let arguments: Vec<_> = built.get_args().collect();
        assert_eq!(arguments, ["run", "--package", "xtask-online", "--manifest-path", "/repository/Cargo.toml", "--"]);
    }
}
