//! The verb `deploy`: bundle, see what would change, apply it, say how to go on.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use aws_sdk_cloudformation::Client;
use xtask::bundle::{self, StageBundle};
use xtask::cli::DeployArgs;
use xtask::local;
use xtask::stage::{self, Stage};

use crate::aws::{self, Session};
use crate::consent::Consent;
use crate::decision::{self, Decision, Deployed, Desired};
use crate::plan::Plan;
use crate::{apply, artefacts, bucket, change_set, outputs, review, safety, stack};

/// `root` is where the repository was found, if it was: whoever deploys a bundle needs none.
///
/// # Errors
/// When a step fails, or the change was not agreed to.
pub async fn run(root: anyhow::Result<PathBuf>, args: &DeployArgs) -> anyhow::Result<ExitCode> {
    let (session, bundle) = match &args.bundle {
        Some(dir) => {
            let bundle = bundle::open(dir, args.stage.name())?;
            (aws::connect_from(root.ok().as_deref(), &bundle.stage).await?, bundle)
        }
        None => from_sources(&root?, args.stage.name()).await?,
    };
    let stage = &session.stage;
    deploy(&session, &bundle, args).await?;

    let outputs = outputs::read(&session).await?;
    print!("{}", outputs.to_text());
    if stage.is_local() {
        eprintln!("{}", next_commands(stage));
        if args.stage.stage.is_none() && std::env::var_os("CI").is_some_and(|ci| ci == "true") {
            eprintln!(
                "warning: nothing went to AWS: this pipeline names no stage, so it deployed to its own local AWS"
            );
            eprintln!("hint: `cargo xtask deploy --stage STAGE`");
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Builds the stage here and now. The account is checked before minutes are spent.
///
/// # Errors
/// When the account is another one, or the build fails.
pub async fn from_sources(root: &Path, stage: &str) -> anyhow::Result<(Session, StageBundle)> {
    let stage = stage::load(root, stage)?;
    if stage.is_local() {
        local::ensure_started(root)?;
    }
    let session = aws::connect(root, &stage).await?;
    let dir = bundle::dir_of(root, &stage.name);
    tokio::task::block_in_place(|| bundle::build(root, std::slice::from_ref(&stage), &dir))?;
    let bundle = bundle::open(&dir, stage.name.as_ref())?;
    warn_if_stale(root, &bundle, &stage);
    Ok((session, bundle))
}

/// Brings the stack to what the bundle says, if reads alone show that it is not there yet.
async fn deploy(session: &Session, bundle: &StageBundle, args: &DeployArgs) -> anyhow::Result<()> {
    let stage = &session.stage;
    let client = Client::new(&session.sdk_config);
    let name = stage.aws.stack.as_ref();
    let desired = Desired::new(bundle)?;
    let (decision, deployed) = decide(&client, stage, &desired).await?;
    if decision == Decision::Nothing {
        safety::judge(Vec::new(), &args.allow_replace)?;
        eprintln!("nothing to change");
        return Ok(());
    }
    let plan = Plan::new(&session.account, bundle, decision, deployed.as_ref(), &desired)?;
    let dangers = review::dangers(decision, deployed.as_ref(), &desired)?;
    safety::judge(dangers, &args.allow_replace).with_context(|| format!("refused to deploy the stack `{name}`"))?;
    // Asked for before the first write, so that a pipeline without `--yes` leaves nothing behind.
    let consent = Consent::of(stage, args.yes)?;

    let bucket = bucket::ensure(session).await?;
    let desired = desired.pinned(&artefacts::upload(session, &bucket, bundle).await?);
    let role = args.role_arn.as_deref();
    if decision == Decision::Update {
        return change(session, &client, decision, &desired, consent, role, &plan).await;
    }
    change(session, &client, decision, &desired.unprotected(), consent, role, &plan).await?;
    let (rest, deployed) = decide(&client, stage, &desired).await?;
    if rest == Decision::Nothing {
        return Ok(());
    }
    let plan = Plan::new(&session.account, bundle, rest, deployed.as_ref(), &desired)?;
    eprintln!("the stack is there; now the user pool is protected from deletion");
    change(session, &client, rest, &desired, Consent::Given, role, &plan).await
}

/// What there is to do, by reads alone.
///
/// # Errors
/// When the stack cannot be read, or is in a state that nothing can be done from.
pub async fn decide(client: &Client, stage: &Stage, desired: &Desired) -> anyhow::Result<(Decision, Option<Deployed>)> {
    let name = stage.aws.stack.as_ref();
    let deployed = stack::read(client, name).await?;
    let decision = decision::decide(desired, deployed.as_ref()).map_err(|obstacle| {
        let status = deployed.as_ref().map_or("no state", |deployed| deployed.status.as_str());
        anyhow::anyhow!(
            "failed to deploy the stack `{name}`, which is in {status}: {obstacle}\n{}",
            obstacle.hint(stage)
        )
    })?;
    Ok((decision, deployed))
}

/// One change set from its creation to its end.
async fn change(
    session: &Session,
    client: &Client,
    decision: Decision,
    desired: &Desired,
    consent: Consent,
    role_arn: Option<&str>,
    plan: &Plan,
) -> anyhow::Result<()> {
    let stage = &session.stage;
    let name = stage.aws.stack.as_ref();
    let Some(set) = change_set::create(client, name, decision, desired, role_arn).await? else {
        eprintln!("nothing to change");
        return Ok(());
    };
    if set.changes.is_empty() {
        eprintln!("no resource changes, only what the stack says about itself");
    }
    eprintln!("{}", plan.clone().with_change_set(&set.changes).brief());
    let question = format!("Apply these changes to account {}?", session.account);
    if !consent.obtain(&question)? {
        change_set::discard(client, &set).await?;
        bail!("not applied, so nothing has changed on the stack `{name}`");
    }
    apply::execute(client, stage, &set).await.with_context(|| format!("failed to deploy the stage `{}`", stage.name))
}

/// What is deployed is what the stage file says now, which a reviewer of the committed file has not seen.
fn warn_if_stale(root: &Path, bundle: &StageBundle, stage: &Stage) {
    let file = format!("deploy/rendered/{}.yaml", stage.name);
    if std::fs::read_to_string(root.join(&file)).ok().as_deref() != Some(&bundle.template) {
        eprintln!("warning: `{file}` is not what is being deployed\nhint: `cargo xtask render` brings it up to date");
    }
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
