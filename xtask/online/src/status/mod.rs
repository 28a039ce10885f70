//! The verb `status`: a deployed stage as it stands, each thing read by itself.

use std::path::Path;
use std::process::ExitCode;

use xtask::cli::StatusArgs;
use xtask::{out, outln, terminal};

use crate::aws;

mod attention;
mod drift;
mod functions;
mod here;
mod read;
mod text;
mod view;

#[cfg(test)]
mod tests;

pub use view::{
    Attention, CodeHere, DriftedProperty, DriftedResource, Fixed, Function, Lambda, Quotas, SCHEMA_VERSION, Sender,
    StackView, Status, UserPool,
};

/// # Errors
/// When there is no connection to the stage's account, or what is here cannot be read.
pub async fn run(root: &Path, args: &StatusArgs) -> anyhow::Result<ExitCode> {
    let session = aws::connect(root, &xtask::stage::load(root, args.stage.name())?).await?;
    let here = here::read(root, &session.stage)?;
    let status = read::status(&session, here, args.drift).await;
    if args.json {
        outln!("{}", terminal::document(&status)?);
    } else {
        out!("{}", text::of(&status));
    }
    Ok(ExitCode::SUCCESS)
}
