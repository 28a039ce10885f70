//! The verb `deploy`: bundle, see what would change, apply it, say how to go on.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use aws_sdk_cloudformation::Client;
use xtask::bundle::{self, Bundle};
use xtask::cli::DeployArgs;
use xtask::local;
use xtask::stage::{self, Stage};

use crate::aws::{self, Session};
use crate::consent::Consent;
use crate::plan::{self, Decision, Desired};
use crate::{apply, artefacts, bucket, change_set, outputs, stack};

/// # Errors
/// When a step fails, or the change was not agreed to.
pub async fn run(root: &Path, args: &DeployArgs) -> anyhow::Result<ExitCode> {
    let stage = stage::load(root, args.stage.name())?;
    if stage.is_local() {
        local::ensure_started(root)?;
    }
    let session = aws::connect(root, &stage).await?;
    let bundle = tokio::task::block_in_place(|| bundle::build(root, &stage))?;
    warn_if_stale(root, &bundle, &stage);
    deploy(&session, &bundle, args.yes).await?;

    let outputs = outputs::read(&session).await?;
    print!("{}", outputs.to_text());
    if stage.is_local() {
        eprintln!("{}", next_commands(&stage));
        if args.stage.stage.is_none() && std::env::var_os("CI").is_some_and(|ci| ci == "true") {
            eprintln!(
                "warning: nothing went to AWS: this pipeline names no stage, so it deployed to its own local AWS"
            );
            eprintln!("hint: `cargo xtask deploy --stage STAGE`");
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Brings the stack to what the bundle says, if reads alone show that it is not there yet.
async fn deploy(session: &Session, bundle: &Bundle, yes: bool) -> anyhow::Result<()> {
    let stage = &session.stage;
    let client = Client::new(&session.sdk_config);
    let name = stage.aws.stack.as_ref();
    let desired = Desired::new(stage, bundle);
    let deployed = stack::read(&client, name).await?;
    let decision = plan::decide(&desired, deployed.as_ref()).map_err(|obstacle| {
        let status = deployed.as_ref().map_or("no state", |deployed| deployed.status.as_str());
        anyhow::anyhow!(
            "failed to deploy the stack `{name}`, which is in {status}: {obstacle}\n{}",
            obstacle.hint(stage)
        )
    })?;
    if decision == Decision::Nothing {
        eprintln!("nothing to change");
        return Ok(());
    }
    // Asked for before the first write, so that a pipeline without `--yes` leaves nothing behind.
    let consent = Consent::of(stage, yes)?;

    let bucket = bucket::ensure(session).await?;
    artefacts::upload(session, &bucket, bundle).await?;
    let Some(set) = change_set::create(&client, name, decision, &desired).await? else {
        eprintln!("nothing to change");
        return Ok(());
    };
    if set.changes.is_empty() {
        eprintln!("no resource changes, only what the stack says about itself");
    }
    for change in &set.changes {
        eprintln!("{change}");
    }
    let question = format!("Apply these changes to account {}?", session.account);
    if !consent.obtain(&question)? {
        change_set::discard(&client, &set).await?;
        bail!("not applied, so nothing has changed on the stack `{name}`");
    }
    apply::execute(&client, stage, &set).await.with_context(|| format!("failed to deploy the stage `{}`", stage.name))
}

/// What is deployed is what the stage file says now, which a reviewer of the committed file has not seen.
fn warn_if_stale(root: &Path, bundle: &Bundle, stage: &Stage) {
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
