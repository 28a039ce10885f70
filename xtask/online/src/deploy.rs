//! The verb `deploy`: bundle, see what would change, apply it, say how to go on.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use aws_sdk_cloudformation::Client;
use xtask::bundle::StageBundle;
use xtask::cli::DeployArgs;
use xtask::errln;
use xtask::stage::Stage;

use crate::aws::Session;
use crate::carry_out::{carry_out, decide};
use crate::change_set::Purpose;
use crate::consent::Consent;
use crate::decision::{Decision, Desired};
use crate::plan::Plan;
use crate::progress::{Message, Reporter};
use crate::{
    aftercare, artefacts, bucket, change_set, code, delete_client, leftovers, outputs, plan_file, recovery, safety,
    source, take_back,
};

/// `root` is where the repository was found, if it was: whoever deploys a bundle or a plan needs none.
///
/// # Errors
/// When a step fails, or the change was not agreed to.
pub async fn run(root: anyhow::Result<PathBuf>, args: &DeployArgs) -> anyhow::Result<ExitCode> {
    let reporter = Reporter::new(args.json);
    if let Some(name) = &args.delete_client {
        return delete_client::run(&root?, args, name, reporter).await.map(|()| ExitCode::SUCCESS);
    }
    let (session, code) = match &args.plan {
        Some(file) => plan_file::deploy(root.ok().as_deref(), file, args.stage.stage.as_deref(), reporter).await?,
        None => {
            let (mut session, bundle) =
                source::open(root, args.stage.name(), args.bundle.as_deref(), args.release).await?;
            session.tell_by(reporter);
            deploy(&session, &bundle, args).await?;
            (session, code::expected(&bundle))
        }
    };
    aftercare::see_to(&session, &code, args.yes, args.plan.is_some()).await?;
    let stage = &session.stage;
    reporter.outputs(&outputs::read(&session).await?);
    if stage.is_local() {
        errln!("{}", next_commands(stage));
        if args.stage.stage.is_none() && std::env::var_os("CI").is_some_and(|ci| ci == "true") {
            errln!("warning: nothing went to AWS: this pipeline names no stage, so it deployed to its own local AWS");
            errln!("hint: `cargo xtask deploy --stage STAGE`");
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Brings the stack to what the bundle says, if reads alone show that it is not there yet.
async fn deploy(session: &Session, bundle: &StageBundle, args: &DeployArgs) -> anyhow::Result<()> {
    let client = Client::new(&session.sdk_config);
    let name = session.stage.aws.stack.as_ref();
    let desired = Desired::new(bundle)?;
    recovery::mend(session, args.yes, args.role_arn.as_deref()).await?;
    let (mut decision, mut deployed) = decide(&client, &session.stage, &desired).await?;
    if take_back::before_a_new_pool(session, deployed.as_ref(), decision, &desired, args).await? {
        (decision, deployed) = decide(&client, &session.stage, &desired).await?;
    }
    let dangers = safety::foresee(decision, deployed.as_ref(), &desired)?;
    let refused = || format!("refused to deploy the stack `{name}`");
    safety::preflight(&dangers, &args.allow_replace).with_context(refused)?;
    if decision == Decision::Nothing {
        safety::judge(dangers, &[], &args.allow_replace)?;
        session.reporter.tell(&Message::Unchanged);
        return Ok(());
    }
    // Asked for before the first write, so that a pipeline without `--yes` leaves nothing behind.
    let consent = Consent::of(&session.stage, args.yes)?;

    let bucket = bucket::ensure(session).await?;
    let desired = desired.pinned(&artefacts::upload(session, &bucket, bundle).await?);
    let plan = Plan::new(&session.account, bundle, decision, deployed.as_ref(), &desired)?;
    let role = args.role_arn.as_deref();
    let first = if decision == Decision::Create { desired.unprotected() } else { desired.clone() };
    leftovers::sweep(session).await;
    let Some(set) = change_set::create(&client, name, decision, &first, role, Purpose::Deploy).await? else {
        safety::judge(dangers, &[], &args.allow_replace)?;
        session.reporter.tell(&Message::Unchanged);
        return Ok(());
    };
    if let Err(refusal) = safety::judge(dangers, &set.changes, &args.allow_replace) {
        change_set::discard(&client, &set).await?;
        return Err(refusal).with_context(refused);
    }
    if set.changes.is_empty() {
        session.reporter.note("no resource changes, only what the stack says about itself");
    }
    session.reporter.plan(&plan.with_change_set(&set.changes));
    let question = format!("Apply these changes to account {}?", session.account);
    if let Err(refused) = consent.obtain(&question).await {
        change_set::discard(&client, &set).await?;
        bail!("{refused}, so nothing has changed on the stack `{name}`");
    }
    carry_out(session, decision, &desired, &set, role).await
}

fn next_commands(stage: &Stage) -> String {
    let stage = if stage.name.as_ref() == xtask::cli::StageArgs::DEFAULT {
        String::new()
    } else {
        format!(" --stage {}", stage.name)
    };
    format!(
        "next: cargo xtask user create{stage} you@example.com\n      \
         cargo xtask user confirm{stage} you@example.com\n      \
         cargo xtask sign-in{stage} you@example.com"
    )
}
