//! The verb `doctor`: what a command here may need of this machine, whether it is there, and how to get it.

use std::path::Path;
use std::process::ExitCode;

mod facts;
mod judge;

use facts::Facts;
use judge::{State, judge};

use crate::outln;

/// # Errors
/// Never for what is missing: that is the answer.
pub(crate) fn run(root: &Path) -> anyhow::Result<ExitCode> {
    let rows = judge(&Facts::gather(root));
    for row in &rows {
        outln!("{row}");
    }
    let missing = rows.iter().any(|row| row.state == State::Missing);
    Ok(if missing { ExitCode::from(crate::report::FAILURE) } else { ExitCode::SUCCESS })
}
