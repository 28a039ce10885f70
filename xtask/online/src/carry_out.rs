//! From what there is to do to what was done: decided by reads, carried out by change sets that were agreed to.

use anyhow::ensure;
use aws_sdk_cloudformation::Client;
use aws_sdk_cloudformation::types::StackStatus;
use xtask::stage::Stage;

use crate::aws::Session;
use crate::change_set::{ChangeSet, Purpose};
use crate::decision::{self, Decision, Deployed, Desired};
use crate::{apply, change_set, recovery, stack};

/// Executes a change set that was agreed to. Where it creates the stack, the user pool is protected once it is there: a
/// protected one could not be taken back if something else fails.
///
/// # Errors
/// When CloudFormation refuses, or a resource failed.
pub async fn carry_out(
    session: &Session,
    decision: Decision,
    desired: &Desired,
    set: &ChangeSet,
    role: Option<&str>,
) -> anyhow::Result<()> {
    let client = Client::new(&session.sdk_config);
    apply::execute(session, &client, set).await?;
    if decision == Decision::Create { protect(session, desired, role).await } else { Ok(()) }
}

/// Turns on the protection that a first creation goes without, if the template asks for it.
///
/// # Errors
/// When CloudFormation refuses.
pub async fn protect(session: &Session, desired: &Desired, role: Option<&str>) -> anyhow::Result<()> {
    let client = Client::new(&session.sdk_config);
    let name = session.stage.aws.stack.as_ref();
    let (rest, deployed) = decide(&client, &session.stage, desired).await?;
    if rest == Decision::Nothing {
        return Ok(());
    }
    // Nobody was asked about anything but the protection of what was just made.
    ensure!(
        decision::decide(&desired.unprotected(), deployed.as_ref()) == Ok(Decision::Nothing),
        "the stack `{name}` was changed by somebody else meanwhile, so its user pool may not be protected yet\nhint: `{}` shows what is left to do",
        decision::command(&session.stage, "plan")
    );
    session.reporter.note("the stack is there; now the user pool is protected from deletion");
    match change_set::create(&client, name, rest, desired, role, Purpose::Deploy).await? {
        Some(set) => apply::execute(session, &client, &set).await,
        None => Ok(()),
    }
}

/// What there is to do, by reads alone.
///
/// # Errors
/// When the stack cannot be read, or is in a state that nothing can be done from.
pub async fn decide(client: &Client, stage: &Stage, desired: &Desired) -> anyhow::Result<(Decision, Option<Deployed>)> {
    let name = stage.aws.stack.as_ref();
    let deployed = stack::read(client, name).await?;
    match (decision::decide(desired, deployed.as_ref()), deployed) {
        (Ok(decision), deployed) => Ok((decision, deployed)),
        (Err(obstacle), deployed) => {
            let status = deployed.map_or(StackStatus::DeleteComplete, |deployed| deployed.status);
            Err(recovery::explain(client, stage, obstacle, &status).await)
        }
    }
}
