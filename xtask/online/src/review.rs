//! The verb `plan`: what a deploy would do, and nothing done.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use aws_sdk_cloudformation::Client;
use xtask::cli::{PlanArgs, PlanFormat};
use xtask::github;
use xtask::{errln, out, outln, terminal};

use crate::aws::Session;
use crate::change_set::Purpose;
use crate::decision::{Decision, Desired};
use crate::plan::{Change, Plan};
use crate::plan_file::Basis;
use crate::{carry_out, change_set, plan_file, safety, source, take_back};

/// Changes wait to be deployed, under `--detailed-exitcode`.
const PENDING: u8 = 2;

/// `root` is where the repository was found, if it was: whoever plans from a bundle needs none.
///
/// # Errors
/// When the stack cannot be read, CloudFormation refuses the template, or the change would lose what cannot be made again.
pub async fn run(root: anyhow::Result<PathBuf>, args: &PlanArgs) -> anyhow::Result<ExitCode> {
    let (session, bundle) = source::open(root, args.stage.name(), args.bundle.as_deref(), args.release).await?;
    let client = Client::new(&session.sdk_config);
    let role_arn = args.role_arn.as_deref();
    let desired = Desired::new(&bundle)?;
    let (decision, deployed) = carry_out::decide(&client, &session.stage, &desired).await?;
    let desired = desired.expected(&session.stage, deployed.as_ref());
    let plan = Plan::new(&session.account, &bundle, decision, deployed.as_ref(), &desired)?;
    let dangers = safety::foresee(decision, deployed.as_ref(), &desired)?;
    let preflight = match safety::preflight(&dangers, &args.allow_replace) {
        Ok(()) => {
            let (deployed, behind, binding) = (deployed.as_ref(), &args.leave_behind, args.out.is_some());
            take_back::foresee(&session, deployed, decision, &desired, behind, binding).await
        }
        Err(refusal) => Err(refusal.into()),
    };
    let judge = |changes: &[Change]| safety::judge(dangers, changes, &args.allow_replace);
    let (plan, judged) = match &args.out {
        // There is nothing to apply of a plan that is refused.
        Some(_) if preflight.is_err() => (plan, preflight),
        Some(file) => {
            let basis = Basis { decision, deployed, desired };
            let (plan, judged) = plan_file::make(&session, &bundle, basis, judge, role_arn, file).await?;
            (plan, judged.map_err(Into::into))
        }
        None => {
            let asks = plan.is_pending() && !args.no_change_set;
            let plan = if asks { ask(&session, &client, decision, &desired, plan, role_arn).await? } else { plan };
            let judged = preflight.and_then(|()| Ok(judge(plan.claimed())?));
            (plan, judged)
        }
    };
    github::step_summary(&plan.to_markdown());
    match args.format {
        PlanFormat::Text => outln!("{plan}"),
        PlanFormat::Json => outln!("{}", terminal::document(&plan)?),
        PlanFormat::Markdown => out!("{}", plan.to_markdown()),
    }
    judged.with_context(|| format!("`deploy` will refuse to change the stack `{}`", plan.stack))?;
    if let Some(file) = &args.out {
        errln!("next: cargo xtask deploy --plan {}", file.display());
    }
    Ok(if args.detailed_exitcode && plan.is_pending() { ExitCode::from(PENDING) } else { ExitCode::SUCCESS })
}

/// CloudFormation's word, from a change set that is taken back at once. It needs no artefact to be stored: what is not
/// known yet is called so.
async fn ask(
    session: &Session,
    client: &Client,
    decision: Decision,
    desired: &Desired,
    plan: Plan,
    role_arn: Option<&str>,
) -> anyhow::Result<Plan> {
    let stack = session.stage.aws.stack.as_ref();
    let Some(set) = change_set::create(client, stack, decision, desired, role_arn, Purpose::Deploy).await? else {
        return Ok(plan);
    };
    let plan = plan.with_change_set(&set.changes);
    change_set::discard(client, &set).await?;
    Ok(plan)
}
