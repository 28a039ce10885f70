//! The verb `dev`: the local AWS in the foreground, deployed anew whenever something changes, with its inbox as a page.

use std::ffi::OsStr;
use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use xtask::bundle;
use xtask::cli::DevArgs;
use xtask::local::{self, Running};
use xtask::stage::{self, Stage};
use xtask::{errln, outln};

mod child;
mod demo;
mod page;
mod watch;

use watch::Changes;

use crate::interrupt::Interrupts;
use crate::{aws, outputs};

const LOOK_AT_THE_LOCAL_AWS_EVERY: Duration = Duration::from_secs(2);

/// Runs until it is interrupted, and ends what it started.
///
/// # Errors
/// When the stage is on AWS, the port is taken, or the local AWS cannot be started or ends.
pub async fn run(root: &Path, args: &DevArgs) -> anyhow::Result<ExitCode> {
    let stage = stage::load(root, args.stage.name())?;
    ensure!(
        stage.is_local(),
        "the stage `{}` is on AWS, and `dev` is for the local AWS\nhint: `cargo xtask deploy --stage {0}`",
        stage.name
    );
    let listener = page::bind(args.port).await?;
    let inbox = listener.local_addr().context("failed to serve the inbox")?;
    let changes = Changes::of(root, stage.name.as_ref())?;
    let mut interrupts = Interrupts::listen()?;

    let found = local::find(root);
    let running =
        tokio::task::block_in_place(|| local::ensure_started(root)).context("failed to start the local AWS")?;
    let outcome = tokio::select! {
        outcome = develop(root, &stage, args.release, inbox, changes) => outcome,
        served = page::serve(listener, running.clone()) => served,
        dead = watch_over(root, &running) => dead,
        () = interrupts.next() => Ok(()),
    };
    if found.is_none() {
        tokio::task::block_in_place(|| local::stop(root)).context("failed to end the local AWS")?;
        errln!("\nended the local AWS");
    }
    outcome.map(|()| ExitCode::SUCCESS)
}

/// Returns when the local AWS is no more.
async fn watch_over(root: &Path, running: &Running) -> anyhow::Result<()> {
    loop {
        tokio::time::sleep(LOOK_AT_THE_LOCAL_AWS_EVERY).await;
        let root = root.to_owned();
        let found = tokio::task::spawn_blocking(move || local::find(&root)).await.context("failed to look")?;
        if found.is_none_or(|found| found.pid != running.pid) {
            bail!(
                "the local AWS has ended or no longer answers; its log is {}\nhint: `cargo xtask dev` starts it afresh",
                running.log.display()
            );
        }
    }
}

/// Deploys, and deploys again after each change. What fails leaves the version before in place.
async fn develop(
    root: &Path,
    stage: &Stage,
    release: bool,
    inbox: SocketAddr,
    mut changes: Changes,
) -> anyhow::Result<()> {
    let mut shown = false;
    loop {
        let begun = Instant::now();
        let well = deploy(root, stage, release).await?;
        if well && !shown {
            outln!("{}", block(root, stage, inbox).await?);
            shown = true;
        }
        let seconds = begun.elapsed().as_secs_f64();
        match (well, shown) {
            (true, _) => errln!("deployed after {seconds:.1} s; watching for changes, Ctrl-C ends everything"),
            (false, true) => errln!("not deployed: the version before goes on; watching for changes"),
            (false, false) => errln!("not deployed; watching for changes"),
        }
        let changed = changes.next().await?;
        errln!("\nchanged: {}", changed.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", "));
    }
}

/// The same two steps that a pipeline takes, with programs that are built faster.
async fn deploy(root: &Path, stage: &Stage, release: bool) -> anyhow::Result<bool> {
    let name = OsStr::new(stage.name.as_ref());
    let bundle = bundle::dir_of(root, &stage.name).with_extension("dev");
    let [verb, of_stage, out, debug] = ["bundle", "--stage", "--out", "--debug"].map(OsStr::new);
    let mut arguments = vec![verb, of_stage, name, out, bundle.as_os_str()];
    arguments.extend((!release).then_some(debug));
    if !child::shown(root, &arguments).await? {
        return Ok(false);
    }
    let [verb, from] = ["deploy", "--bundle"].map(OsStr::new);
    child::quiet(root, &[verb, of_stage, name, from, bundle.as_os_str()]).await
}

/// All that somebody needs to sign in.
async fn block(root: &Path, stage: &Stage, inbox: SocketAddr) -> anyhow::Result<String> {
    let session = aws::connect(root, stage).await?;
    let outputs = outputs::read(&session).await?;
    let cognito = aws_sdk_cognitoidentityprovider::Client::new(&session.sdk_config);
    let users = demo::users(&cognito, &outputs.user_pool_id).await?;
    let mut text = format!("\n{}{:<16} http://{inbox}/\n", outputs.to_text(), "inbox");
    for user in users {
        text.push_str(&format!("{:<16} {user}\n", "user"));
    }
    text.push_str(&format!("{:<16} cargo xtask sign-in first@example.com\n", "in a terminal"));
    text.push_str(&format!("{:<16} examples/angular/README.md\n", "in a browser"));
    Ok(text)
}
