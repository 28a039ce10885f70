//! Makes what an earlier stack left part of a stack again, where a deploy would make an empty user pool beside it.

use anyhow::{Context as _, bail};
use aws_sdk_cloudformation::Client;
use aws_sdk_cognitoidentityprovider::Client as Cognito;
use xtask::cli::DeployArgs;
use xtask::template::Template;

use crate::aws::{self, Session};
use crate::consent::Consent;
use crate::decision::{Decision, Deployed, Desired, deploy_command};
use crate::kept::{self, Choice, Kept, Kind, Look, Pool, Remains};
use crate::plan::{Action, Change, Summary, compare};
use crate::{apply, safety};

mod import;
mod template;

#[cfg(test)]
mod tests;

use template::Import;

/// Only a stack that is not there takes back: an import changes nothing of the stack that it goes into, templates included.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the stack `{stack}` is there, without a user pool, and only a new one can take back\nhint: `cargo xtask destroy --stage {stage}`, then run this again"
)]
pub struct StackThere {
    stage: String,
    stack: String,
}

/// Sees to it that a deploy makes no empty user pool while there are users. True if what was kept was taken back: then the
/// stack is there, and the rest of it is an update like any other.
///
/// # Errors
/// When users would be left behind without a word, they could not be looked for, or they cannot be taken back.
pub async fn before_a_new_pool(
    session: &Session,
    deployed: Option<&Deployed>,
    decision: Decision,
    desired: &Desired,
    args: &DeployArgs,
) -> anyhow::Result<bool> {
    let stage = &session.stage;
    let name = &stage.aws.stack;
    if !makes_pool(deployed, decision, desired)? {
        if args.take_back || !args.leave_behind.is_empty() {
            session
                .reporter
                .note(&format!("the stack `{name}` has a user pool, so nothing is taken back or left behind"));
        }
        return Ok(false);
    }
    let found = Look::new(session).everything().await?;
    let choice = kept::choose(&found, args.take_back, &args.leave_behind, &deploy_command(stage))
        .with_context(|| format!("refused to deploy the stack `{name}`"))?;
    match choice {
        Choice::New => Ok(false),
        Choice::TakeBack { .. } if decision == Decision::Update => {
            bail!(StackThere { stage: stage.name.to_string(), stack: name.to_string() })
        }
        Choice::TakeBack { remains, pool } => take_back(session, desired, args, remains, pool).await.map(|()| true),
    }
}

/// What [`before_a_new_pool`] would refuse, for those who only plan. `binding` is a plan that is applied as it is, without
/// another look; else it is enough to say that nobody could look.
///
/// # Errors
/// When users would be left behind without a word, or a binding plan could not look for them.
pub async fn foresee(
    session: &Session,
    deployed: Option<&Deployed>,
    decision: Decision,
    desired: &Desired,
    leave_behind: &[String],
    binding: bool,
) -> anyhow::Result<()> {
    if !makes_pool(deployed, decision, desired)? {
        return Ok(());
    }
    match Look::new(session).everything().await {
        Ok(found) => {
            kept::choose(&found, false, leave_behind, &deploy_command(&session.stage))?;
        }
        Err(blind) if binding => return Err(blind.into()),
        Err(blind) => session.reporter.note(&format!("warning: {blind}")),
    }
    Ok(())
}

/// Whether the deploy makes a user pool in a stack that has none.
fn makes_pool(deployed: Option<&Deployed>, decision: Decision, desired: &Desired) -> anyhow::Result<bool> {
    let has_pool = |template: &str| -> anyhow::Result<bool> {
        let template = Template::parse(template)?;
        Ok(template.resources.values().any(|resource| Kind::of(&resource.kind) == Some(Kind::UserPool)))
    };
    match (decision, deployed) {
        (Decision::Nothing, _) => Ok(false),
        (Decision::Update, Some(deployed)) => Ok(has_pool(&desired.template)? && !has_pool(&deployed.template)?),
        (Decision::Create | Decision::Update, _) => has_pool(&desired.template),
    }
}

async fn take_back(
    session: &Session,
    desired: &Desired,
    args: &DeployArgs,
    remains: &Remains,
    pool: &Pool,
) -> anyhow::Result<()> {
    let stage = &session.stage;
    let name = stage.aws.stack.as_ref();
    let wanted = Template::parse(&desired.template)?.with(&desired.parameters);
    let with_secret = clients_with_secret(session, remains, pool).await?;
    let import = Import::new(&wanted, pool.described(), &remains.kept, &with_secret);
    let dangers = safety::dangers(&import.template, &wanted);
    safety::preflight(&dangers, &args.allow_replace)
        .with_context(|| format!("refused to take back what is not as the stage `{}` wants it", stage.name))?;
    let consent = Consent::of_command(stage, args.yes, format!("{} --take-back", deploy_command(stage)))?;

    session.reporter.note(&describe(&import, pool, &wanted));
    let question = format!("Take these resources back into account {}?", session.account);
    consent.obtain(&question).await.context("nothing was taken back, and nothing has changed")?;

    restore_key(session, remains).await?;
    let client = Client::new(&session.sdk_config);
    let role = args.role_arn.as_deref();
    let resources = import.resources_to_import(pool.described());
    let set = import::change_set(&client, name, &import, resources, role).await?;
    apply::execute(session, &client, &set)
        .await
        .with_context(|| format!("failed to take back what an earlier stack `{name}` left"))
}

/// A client's secret cannot be taken away or given later, so the template has to say the truth about it.
async fn clients_with_secret(session: &Session, remains: &Remains, pool: &Pool) -> anyhow::Result<Vec<String>> {
    let cognito = Cognito::new(&session.sdk_config);
    let mut with_secret = Vec::new();
    for client in remains.kept.iter().filter(|kept| kept.kind == Kind::AppClient) {
        let request = cognito.describe_user_pool_client().user_pool_id(pool.id()).client_id(&client.id);
        let answer = request.send().await.map_err(aws::sdk);
        let answer = answer.with_context(|| format!("failed to read the app client `{}`", client.id))?;
        if answer.user_pool_client.is_some_and(|client| client.client_secret.is_some()) {
            with_secret.push(client.id.clone());
        }
    }
    Ok(with_secret)
}

/// A key that was deleted can be read by nobody, CloudFormation included, until it is restored.
async fn restore_key(session: &Session, remains: &Remains) -> anyhow::Result<()> {
    let Some(key) = remains.of_kind(Kind::Key).filter(|key| key.restorable_until.is_some()) else { return Ok(()) };
    let secrets = aws_sdk_secretsmanager::Client::new(&session.sdk_config);
    let restored = secrets.restore_secret().secret_id(&key.id).send().await.map_err(aws::sdk);
    restored.with_context(|| format!("failed to restore the key `{}`", key.id))?;
    session.reporter.note(&format!("restored the key `{}`", key.id));
    Ok(())
}

/// What is taken back now, and what the update after it makes of it.
fn describe(import: &Import, pool: &Pool, wanted: &Template) -> String {
    let mut lines = vec![format!("taking back the {pool}")];
    let imports: Vec<_> = import.kept.iter().map(change).collect();
    lines.extend(imports.iter().zip(&import.kept).map(|(change, kept)| format!("{change}  {}", kept.id)));
    lines.extend(import.missing.iter().map(|id| format!("`{id}` is not among what was left: it will be made anew")));
    lines.extend(
        import.unwanted.iter().map(|kept| format!("left behind, since the stage has no such resource: {kept}")),
    );
    lines.push(Summary::of(&imports).to_string());
    let rest = Summary::of(&compare(&import.template, wanted));
    lines.push(format!("then an update brings the rest: {rest}"));
    lines.join("\n")
}

fn change(kept: &Kept) -> Change {
    Change {
        action: Action::Import,
        may_replace: false,
        logical_id: kept.logical_id.clone(),
        kind: kept.kind.resource_type().to_owned(),
        kept: None,
        properties: Vec::new(),
    }
}
