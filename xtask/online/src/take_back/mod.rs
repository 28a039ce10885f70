//! Makes what an earlier stack left part of a stack again, where a deploy would make an empty user pool beside it.

use std::collections::BTreeMap;

use anyhow::{Context as _, bail};
use aws_sdk_cloudformation::Client;
use serde_json::Value;
use xtask::cli::DeployArgs;
use xtask::template::Template;
use xtask::terminal::line;

use crate::aws::{self, Session};
use crate::consent::Consent;
use crate::decision::{Decision, Deployed, Desired, deploy_command};
use crate::kept::{self, Choice, Kept, Kind, Look, Pool, Remains};
use crate::plan::{Action, Change, PropertyChange, Summary, compare};
use crate::{apply, safety};

mod actual;
mod differences;
mod import;
mod template;

#[cfg(test)]
mod tests;

use actual::Actual;
use differences::{Known, differences, unlike};
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
    let actual = Actual::read(session, remains, pool).await?;
    let import = Import::new(&wanted, pool.described(), &remains.kept, &actual.with_secret);
    let arn = pool.described().arn().unwrap_or_default();
    let known = Known {
        template: &wanted,
        partition: arn.split(':').nth(1).unwrap_or("aws"),
        account: &session.account,
        region: stage.aws.region.as_ref(),
        stack: name,
    };
    fits(&import, &actual, &known)?;
    let dangers = safety::dangers(&import.template, &wanted);
    safety::preflight(&dangers, &args.allow_replace)
        .with_context(|| format!("refused to take back what is not as the stage `{}` wants it", stage.name))?;
    let consent = Consent::of_command(stage, args.yes, format!("{} --take-back", deploy_command(stage)))?;

    session.reporter.note(&describe(&import, pool, &wanted));
    session.reporter.note(&settings(&import, &actual, &known, &desired.tags));
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

/// A key that was deleted can be read by nobody, CloudFormation included, until it is restored.
async fn restore_key(session: &Session, remains: &Remains) -> anyhow::Result<()> {
    let Some(key) = remains.of_kind(Kind::Key).filter(|key| key.restorable_until.is_some()) else { return Ok(()) };
    let secrets = aws_sdk_secretsmanager::Client::new(&session.sdk_config);
    let restored = secrets.restore_secret().secret_id(&key.id).send().await.map_err(aws::sdk);
    restored.with_context(|| format!("failed to restore the key `{}`", key.id))?;
    session.reporter.note(&format!("restored the key `{}`", key.id));
    Ok(())
}

/// A table that is not as the template says would stay so: the import believes the template, and the update after it finds
/// nothing to change.
fn fits(import: &Import, actual: &Actual, known: &Known<'_>) -> anyhow::Result<()> {
    for kept in import.kept.iter().filter(|kept| kept.kind == Kind::Table) {
        let wanted = known.template.resources.get(&kept.logical_id).map(|resource| &resource.properties);
        let (Some(has), Some(wanted)) = (actual.settings.get(&kept.logical_id), wanted) else { continue };
        let unlike = unlike(has, wanted, known);
        if !unlike.is_empty() {
            bail!(
                "the table `{}` is not as the stage makes it, and an import would not change it{}\nhint: make it so, or \
                 delete it: a new one is made then, and locks and failures are forgotten",
                line(&kept.id),
                lines(&unlike)
            );
        }
    }
    Ok(())
}

/// What the update after the import changes, by what the services say and not by a template.
fn settings(import: &Import, actual: &Actual, known: &Known<'_>, tags: &BTreeMap<String, String>) -> String {
    let mut text = String::new();
    for kept in import.kept.iter().filter(|kept| matches!(kept.kind, Kind::UserPool | Kind::AppClient)) {
        let wanted = known.template.resources.get(&kept.logical_id).map(|resource| resource.properties.clone());
        let (Some(has), Some(mut wanted)) = (actual.settings.get(&kept.logical_id), wanted) else { continue };
        // The stack gives its own tags to what it holds.
        if let Some(Value::Object(own)) = wanted.get_mut("UserPoolTags") {
            own.extend(tags.iter().map(|(name, value)| (name.clone(), Value::String(value.clone()))));
        }
        let changes = differences(has, &wanted, known);
        if !changes.is_empty() {
            text += &format!("\n`{}` ({}){}", kept.logical_id, line(&kept.id), lines(&changes));
        }
    }
    if text.is_empty() {
        return "user pool and app clients have the settings of the stage".to_owned();
    }
    format!("these settings change, as they are → as the stage wants them:{text}")
}

fn lines(changes: &[PropertyChange]) -> String {
    changes.iter().map(|change| format!("\n    {change}")).collect()
}

/// What is taken back now, and what the update after it makes of it.
fn describe(import: &Import, pool: &Pool, wanted: &Template) -> String {
    let mut lines = vec![format!("taking back the {pool}")];
    let imports: Vec<_> = import.kept.iter().map(change).collect();
    lines.extend(imports.iter().zip(&import.kept).map(|(change, kept)| format!("{change}  {}", line(&kept.id))));
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
