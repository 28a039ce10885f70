//! The verb `completions`: what a shell has to know to complete commands.

use std::io::Write as _;
use std::process::ExitCode;

use anyhow::Context as _;

use crate::cli::{self, CompletionsArgs};

/// The word that is completed: `cargo xtask` is cargo's to complete.
const PROGRAM: &str = "xtask";

/// # Errors
/// When standard output is closed.
pub(crate) fn run(args: &CompletionsArgs) -> anyhow::Result<ExitCode> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut cli::command().name(PROGRAM), PROGRAM, &mut script);
    std::io::stdout().write_all(&script).context("failed to print the script")?;
    Ok(ExitCode::SUCCESS)
}
