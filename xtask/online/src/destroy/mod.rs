//! The verb `destroy`: deletes a stack, keeps what holds users, and deletes that as well if it is named in full.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use aws_sdk_cloudformation::Client;
use aws_sdk_cloudformation::types::StackStatus;
use xtask::cli::DestroyArgs;
use xtask::stage::{self, Stage};
use xtask::template::Template;
use xtask::{errln, out, outln, terminal};

use crate::aws::{self, Session};
use crate::change_set::Purpose;
use crate::consent::Consent;
use crate::decision::{Condition, Decision, Desired, Obstacle, PROTECTION, command};
use crate::kept::{Kept, Kind, Look, Pool, Remains};
use crate::{apply, change_set, recovery, stack};

mod follow;
mod judge;
mod report;
mod users;

#[cfg(test)]
mod tests;

use judge::{Doomed, judge_name};
use report::Report;

/// # Errors
/// When the stack must not be deleted, that was not agreed to, or a step fails.
pub async fn run(root: &Path, args: &DestroyArgs) -> anyhow::Result<ExitCode> {
    let stage = stage::load(root, args.stage.name())?;
    if stage.is_local() && xtask::local::find(root).is_none() {
        errln!("the local AWS does not run, and keeps nothing: there is nothing to destroy");
        return print(&Report::new(&stage, Vec::new(), Vec::new()), args.json);
    }
    let session = aws::connect(root, &stage).await?;
    let report = destroy(&session, args).await?;
    print(&report, args.json)
}

fn print(report: &Report, json: bool) -> anyhow::Result<ExitCode> {
    if json {
        outln!("{}", terminal::document(report)?);
    } else {
        out!("{}", report.to_text());
    }
    Ok(ExitCode::SUCCESS)
}

async fn destroy(session: &Session, args: &DestroyArgs) -> anyhow::Result<Report> {
    let stage = &session.stage;
    let name = stage.aws.stack.as_ref();
    let client = Client::new(&session.sdk_config);
    let look = Look::new(session);
    let remains = match doomed(&client, name).await? {
        Some(doomed) => {
            delete_stack(session, &client, &look, &doomed, args).await?;
            look.left_by(&doomed.id).await?
        }
        None => {
            session.reporter.note(&format!("there is no stack `{name}`"));
            last_left(session, &look, args).await?
        }
    };
    if args.delete_users.is_none() {
        return Ok(Report::new(stage, remains.kept, Vec::new()));
    }
    users::judge(stage, &remains)?;
    let deleted = users::delete(session, &remains).await?;
    if deleted.is_empty() {
        session.reporter.note("nothing is left to delete");
    }
    let scheduled = remains.kept.into_iter().filter(|kept| kept.restorable_until.is_some()).collect();
    Ok(Report::new(stage, scheduled, deleted))
}

/// The stack as it is to be deleted; none where there is none.
async fn doomed(client: &Client, name: &str) -> anyhow::Result<Option<Doomed>> {
    let Some(described) = stack::describe(client, name).await? else { return Ok(None) };
    let id = described.stack_id().context("a stack has an id")?.to_owned();
    let template = stack::template(client, &described).await?;
    let template = match template.as_str() {
        "" => Template::default(),
        text => Template::parse(text).context("failed to read the deployed template")?,
    };
    let members = stack::members(client, &id).await?;
    let status = stack::status(&described);
    let is_protected = described.enable_termination_protection().unwrap_or_default();
    let under_way = match Condition::of(&status) {
        Condition::Obstructed(Obstacle::Busy) if status != StackStatus::DeleteInProgress => {
            recovery::under_way(client, name).await.map(|it| it.to_string())
        }
        _ => None,
    };
    Ok(Some(Doomed { is_protected, under_way, ..Doomed::new(id, status, &members, &template) }))
}

/// Deletes the stack, once all that speaks against it is out of the way.
async fn delete_stack(
    session: &Session,
    client: &Client,
    look: &Look<'_>,
    doomed: &Doomed,
    args: &DestroyArgs,
) -> anyhow::Result<()> {
    let stage = &session.stage;
    let refused = || format!("refused to delete the stack `{}`", stage.aws.stack);
    doomed.judge(stage).with_context(refused)?;
    let pool = match doomed.kept.iter().find(|kept| kept.kind == Kind::UserPool) {
        Some(kept) => {
            Some(look.pool(&kept.id).await.with_context(|| format!("failed to read the user pool `{}`", kept.id))?)
        }
        None => None,
    }
    .flatten();
    if let Some(given) = &args.delete_users {
        judge_name(given, pool.as_ref(), stage).with_context(refused)?;
    }
    let consent = consent(stage, args)?;
    session.reporter.note(&announce(stage, doomed, pool.as_ref(), args.delete_users.is_some()));
    let question = format!("Delete the stack `{}` in account {}?", stage.aws.stack, session.account);
    consent.obtain(&question).await.with_context(nothing)?;
    if args.delete_users.is_some() && pool.is_some_and(|pool| pool.is_protected()) {
        unprotect(session, client, doomed, args).await?;
    }
    follow::delete(session, client, doomed, args.role_arn.as_deref()).await
}

/// By an update of the stack: CloudFormation repeats all settings of the pool, of which a call of ours would reset what it
/// leaves out. Interrupted after it, the next deploy turns protection on again.
async fn unprotect(session: &Session, client: &Client, doomed: &Doomed, args: &DestroyArgs) -> anyhow::Result<()> {
    let stage = &session.stage;
    let name = stage.aws.stack.as_ref();
    if let Condition::Obstructed(obstacle) = Condition::of(&doomed.status) {
        bail!(
            "failed to turn off the deletion protection of the user pool, since the stack `{name}` is in {}: {obstacle}\n{}",
            doomed.status.as_str(),
            obstacle.hint(stage)
        );
    }
    let deployed = stack::read(client, name).await?.with_context(|| format!("the stack `{name}` is gone"))?;
    let mut desired = Desired { template: deployed.template, parameters: deployed.parameters, tags: deployed.tags };
    desired.tags.retain(|key, _| !key.starts_with("aws:"));
    desired.parameters.insert(PROTECTION.to_owned(), "INACTIVE".to_owned());
    session.reporter.note("turning off the deletion protection of the user pool");
    let role = args.role_arn.as_deref();
    let set = change_set::create(client, name, Decision::Update, &desired, role, Purpose::Deploy).await?;
    let set = set.with_context(|| {
        format!(
            "the stack `{name}` does not protect the user pool, and yet it is protected: somebody did that by hand\n\
             hint: turn it off where it was turned on, and run this again"
        )
    })?;
    apply::execute(session, client, &set).await.context("failed to turn off the deletion protection of the user pool")
}

/// What the last stack of the name left, where there is no stack: shown, or deleted by a run that goes on.
async fn last_left(session: &Session, look: &Look<'_>, args: &DestroyArgs) -> anyhow::Result<Remains> {
    let stage = &session.stage;
    let mut found = look.everything().await?;
    let with_users = args.delete_users.is_some();
    // What is known by its name alone may be anybody's, and what an earlier stack left was left behind on purpose.
    let is_last = found.first().is_some_and(|first| first.stack_id.is_some() || !with_users);
    let last = if is_last { found.remove(0) } else { Remains::default() };
    for other in found.into_iter().filter_map(|remains| remains.pool) {
        let what =
            if with_users { "left alone, since it is not what the last stack of this name left" } else { "also there" };
        session.reporter.note(&format!("{what}: the {other}"));
    }
    if let Some(given) = &args.delete_users {
        judge_name(given, last.pool.as_ref(), stage)?;
        users::judge(stage, &last)?;
        if last.kept.iter().any(|kept| kept.restorable_until.is_none()) {
            let consent = consent(stage, args)?;
            session.reporter.note(&format!("to be deleted for good:{}", lines(&last.kept, last.pool.as_ref())));
            consent.obtain(&format!("Delete it in account {}?", session.account)).await.with_context(nothing)?;
        }
    }
    Ok(last)
}

fn consent(stage: &Stage, args: &DestroyArgs) -> anyhow::Result<Consent> {
    let users = args.delete_users.iter().map(|name| format!(" --delete-users {name}")).collect::<String>();
    Ok(Consent::of_command(stage, args.yes, command(stage, "destroy") + &users)?)
}

/// After a refusal.
fn nothing() -> &'static str {
    "nothing was deleted"
}

/// What goes and what stays, said before anybody is asked.
fn announce(stage: &Stage, doomed: &Doomed, pool: Option<&Pool>, with_users: bool) -> String {
    let others = doomed.others;
    let mut text = format!("to be deleted: the stack `{}`, and {others} of its resources", stage.aws.stack);
    if !doomed.kept.is_empty() {
        text += if with_users { "\nto be deleted for good:" } else { "\nto be kept:" };
        text += &lines(&doomed.kept, pool);
    }
    text
}

fn lines(kept: &[Kept], pool: Option<&Pool>) -> String {
    let pool = pool.map(|pool| format!("\n  the {pool}"));
    pool.into_iter().chain(kept.iter().map(|kept| format!("\n  {kept}"))).collect()
}
