//! The verb `outputs`: what a front end needs to know of a deployed stage, and nothing secret.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use xtask::cli::OutputsArgs;

pub mod document;

use document::Outputs;

use crate::aws::{self, Session};
use crate::decision::deploy_command;
use crate::stack;

/// The verb `outputs`.
///
/// # Errors
/// When the stage is not deployed.
pub async fn run(root: &Path, args: &OutputsArgs) -> anyhow::Result<ExitCode> {
    let session = aws::connect(root, &xtask::stage::load(root, args.stage.name())?).await?;
    let outputs = read(&session).await?;
    if args.json {
        println!("{}", serde_json::to_string_pretty(&outputs.document())?);
    } else {
        print!("{}", outputs.to_text());
    }
    Ok(ExitCode::SUCCESS)
}

/// Reads the outputs of the session's stage.
///
/// # Errors
/// When the stage is not deployed, or by a template that lacks an output.
pub async fn read(session: &Session) -> anyhow::Result<Outputs> {
    let stage = &session.stage;
    let client = aws_sdk_cloudformation::Client::new(&session.sdk_config);
    let missing = || format!("the stage `{}` is not deployed\nhint: `{}`", stage.name, deploy_command(stage));
    let stack = stack::describe(&client, stage.aws.stack.as_ref()).await?.with_context(missing)?;
    let values = stack::outputs(&stack);
    if values.is_empty() {
        anyhow::bail!("{}", missing());
    }
    Outputs::new(stage, session.endpoint.clone(), &values)
        .with_context(|| format!("failed to read the outputs of the stack `{}`", stage.aws.stack))
}
