//! The verb `outputs`: what a front end needs to know of a deployed stage, and nothing secret.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use xtask::cli::OutputsArgs;
use xtask::{errln, out, outln, terminal};

pub mod document;

use document::Outputs;

use crate::aws::{self, Session};
use crate::decision::deploy_command;
use crate::unread::Seen;
use crate::{clients, stack};

/// The verb `outputs`.
///
/// # Errors
/// When the stage is not deployed.
pub async fn run(root: &Path, args: &OutputsArgs) -> anyhow::Result<ExitCode> {
    let session = aws::connect(root, &xtask::stage::load(root, args.stage.name())?).await?;
    let (outputs, values) = with_values(&session).await?;
    let cognito = aws_sdk_cognitoidentityprovider::Client::new(&session.sdk_config);
    let clients = clients::list(&cognito, &outputs.user_pool_id).await;
    let others = Seen(clients.map(|clients| clients::others(clients, &values)));
    if args.json {
        outln!("{}", terminal::document(&outputs.document().with_other_clients(&others))?);
        return Ok(ExitCode::SUCCESS);
    }
    out!("{}", outputs.to_text());
    match &others.0 {
        Ok(others) => out!("{}", document::others_to_text(others)),
        Err(unread) => errln!("warning: whether the user pool has app clients that are none of the stage's: {unread}"),
    }
    Ok(ExitCode::SUCCESS)
}

/// Reads the outputs of the session's stage.
///
/// # Errors
/// When the stage is not deployed, or by a template that lacks an output.
pub async fn read(session: &Session) -> anyhow::Result<Outputs> {
    with_values(session).await.map(|(outputs, _)| outputs)
}

/// With everything that the stack puts out.
async fn with_values(session: &Session) -> anyhow::Result<(Outputs, BTreeMap<String, String>)> {
    let stage = &session.stage;
    let client = aws_sdk_cloudformation::Client::new(&session.sdk_config);
    let missing = || format!("the stage `{}` is not deployed\nhint: `{}`", stage.name, deploy_command(stage));
    let stack = stack::describe(&client, stage.aws.stack.as_ref()).await?.with_context(missing)?;
    let values = stack::outputs(&stack);
    if values.is_empty() {
        anyhow::bail!("{}", missing());
    }
    let outputs = Outputs::new(stage, session.endpoint.clone(), &values)
        .with_context(|| format!("failed to read the outputs of the stack `{}`", stage.aws.stack))?;
    Ok((outputs, values))
}
