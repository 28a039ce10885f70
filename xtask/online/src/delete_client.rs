//! `deploy --delete-client`: deletes an app client that the stack has let go of. It was kept, and people sign in through it.

use std::path::Path;

use anyhow::Context as _;
use aws_sdk_cloudformation::Client as CloudFormation;
use aws_sdk_cognitoidentityprovider::Client as Cognito;
use xtask::cli::DeployArgs;
use xtask::stage::{self, Stage};
use xtask::terminal::line;

use crate::aws::{self, Session};
use crate::clients::{self, PoolClient};
use crate::consent::Consent;
use crate::decision::{command, deploy_command};
use crate::progress::{Message, Reporter};
use crate::stack::Holder;
use crate::{outputs, stack};

#[cfg(test)]
mod tests;

/// Why a client is not deleted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error(
        "the user pool has no app client of the name or id `{given}`\nhint: `{status}` names those that are none of the stage's"
    )]
    Unknown { given: String, status: String },
    #[error("`{given}` is more than one app client{}\nhint: give the id in the place of the name", lines(.clients))]
    Ambiguous { given: String, clients: Vec<PoolClient> },
    #[error(
        "the stage `{stage}` names an app client `{given}`\nhint: take it out of `{file}` and deploy, or give the id of the client that is meant"
    )]
    Named { given: String, stage: String, file: String },
    #[error(
        "the stack `{}` holds the {client}, as `{}`\nhint: it has to leave that stack first",
        line(&.holder.stack), line(&.holder.logical_id)
    )]
    Held { client: PoolClient, holder: Holder },
}

fn lines(clients: &[PoolClient]) -> String {
    clients.iter().map(|client| format!("\n  {client}")).collect()
}

/// Deletes the client that was named, and prints the outputs as a deploy does.
///
/// # Errors
/// [`Refusal`]; when that was not agreed to; when AWS refuses.
pub async fn run(root: &Path, args: &DeployArgs, given: &str, reporter: Reporter) -> anyhow::Result<()> {
    let mut session = aws::connect(root, &stage::load(root, args.stage.name())?).await?;
    session.tell_by(reporter);
    let outputs = outputs::read(&session).await?;
    delete(&session, &outputs.user_pool_id, given, args.yes).await?;
    reporter.outputs(&outputs);
    Ok(())
}

async fn delete(session: &Session, pool: &str, given: &str, yes: bool) -> anyhow::Result<()> {
    let stage = &session.stage;
    let cloudformation = CloudFormation::new(&session.sdk_config);
    let cognito = Cognito::new(&session.sdk_config);
    let refused = || format!("refused to delete the app client `{}`", line(given));
    let clients = clients::list(&cognito, pool).await.with_context(refused)?;
    let client = choose(&clients, given, stage).with_context(refused)?;
    // The pool may serve the clients of other stacks, too.
    let holder = stack::holder(&cloudformation, stage.aws.stack.as_ref(), &client.id).await.with_context(refused)?;
    if let Some(holder) = holder {
        return Err(Refusal::Held { client: client.clone(), holder }).with_context(refused);
    }
    let again = format!("{} --delete-client {}", deploy_command(stage), line(given));
    let consent = Consent::of_command(stage, yes, again)?;
    session.reporter.note(&format!(
        "to be deleted for good: the {client} of the user pool `{pool}`. No sign-in \
         and no refresh goes through it any longer; tokens that are out are good until they expire"
    ));
    let question = format!("Delete the app client {} in account {}?", line(&client.id), session.account);
    consent.obtain(&question).await.context("nothing was deleted")?;
    let request = cognito.delete_user_pool_client().user_pool_id(pool).client_id(&client.id);
    match request.send().await {
        Ok(_) => {}
        // Another deletion was faster, or the answer to this call was lost and it was sent again.
        Err(error) if error.as_service_error().is_some_and(|error| error.is_resource_not_found_exception()) => {
            session.reporter.note("it was gone already");
        }
        Err(error) => return Err(aws::sdk(error)).with_context(|| format!("failed to delete the {client}")),
    }
    session.reporter.tell(&Message::ClientDeleted { id: &client.id, name: &client.name });
    Ok(())
}

/// The one client that is meant.
fn choose<'a>(clients: &'a [PoolClient], given: &str, stage: &Stage) -> Result<&'a PoolClient, Refusal> {
    if stage.app_clients.iter().any(|client| client.name.as_ref() == given) {
        return Err(Refusal::Named {
            given: given.to_owned(),
            stage: stage.name.to_string(),
            file: stage::file(&stage.name),
        });
    }
    let meant: Vec<_> = clients.iter().filter(|client| client.name == given || client.id == given).collect();
    match meant[..] {
        [client] => Ok(client),
        [] => Err(Refusal::Unknown { given: line(given), status: command(stage, "status") }),
        _ => Err(Refusal::Ambiguous { given: line(given), clients: meant.into_iter().cloned().collect() }),
    }
}
