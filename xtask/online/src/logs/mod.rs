//! The verb `logs`: the functions' log groups as one stream.

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, bail};
use aws_sdk_cloudwatchlogs::Client;
use xtask::cli::LogsArgs;
use xtask::errln;
use xtask::stage::Stage;
use xtask::trigger::Trigger;

use crate::decision::deploy_command;
use crate::unread::Unread;
use crate::{aws, code};

mod entry;
mod event;
mod source;
mod text;

use event::Event;
use source::Source;

/// Between two looks at all groups. CloudWatch allows five reads a second in the smallest Regions.
const PAUSE: Duration = Duration::from_secs(2);
/// How many looks in a row may fail, each after the SDK's own attempts, before following ends.
const FAILURES: u32 = 5;

/// # Errors
/// When the stage is not deployed, or CloudWatch does not answer.
pub async fn run(root: &Path, args: &LogsArgs) -> anyhow::Result<ExitCode> {
    let session = aws::connect(root, &xtask::stage::load(root, args.stage.name())?).await?;
    let client = Client::new(&session.sdk_config);
    let since = SystemTime::now().checked_sub(args.since.duration()).unwrap_or(SystemTime::UNIX_EPOCH);
    let since = since.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_millis();
    let since = i64::try_from(since).unwrap_or(i64::MAX);
    let mut sources = sources(&session.stage, args.trigger, since)?;

    let events = look(&client, &mut sources).await?;
    if sources.iter().all(Source::is_missing) {
        let stage = &session.stage;
        bail!("the functions of stage `{}` have no logs yet\nhint: `{}`", stage.name, deploy_command(stage));
    }
    let mut out = io::stdout().lock();
    let printed = match (args.json, args.follow) {
        (false, false) => out.write_all(text::whole(&events, since).as_bytes()),
        (json, _) => print(&mut out, &events, json),
    };
    let open = still_open(printed)?;
    if open && args.follow {
        errln!("following; interrupt it to end");
        follow(&client, &mut sources, &mut out, args.json).await?;
    }
    Ok(ExitCode::SUCCESS)
}

fn sources(stage: &Stage, only: Option<Trigger>, since: i64) -> anyhow::Result<Vec<Source>> {
    let wanted = |trigger: &Trigger| only.is_none_or(|only| only == *trigger);
    let group = |trigger: Trigger| format!("/aws/lambda/{}", code::function_name(stage, trigger));
    let sources: Vec<_> =
        stage.triggers().filter(wanted).map(|trigger| Source::new(trigger, group(trigger), since)).collect();
    if sources.is_empty() {
        bail!("the stage `{}` has no such function: its `[triggers]` say `gate = false`", stage.name);
    }
    Ok(sources)
}

/// What is new in all groups, by time.
async fn look(client: &Client, sources: &mut [Source]) -> Result<Vec<Event>, Unread> {
    let mut events = Vec::new();
    for source in sources {
        events.extend(source.look(client).await?);
    }
    // What a function wrote within one millisecond stays in its order.
    events.sort_by_key(|event| event.time);
    Ok(events)
}

/// Until it is interrupted, nobody reads any longer, or CloudWatch does not answer for long.
async fn follow(client: &Client, sources: &mut [Source], out: &mut impl Write, json: bool) -> anyhow::Result<()> {
    let mut failures = 0;
    loop {
        tokio::time::sleep(PAUSE).await;
        match look(client, sources).await {
            Ok(events) => {
                failures = 0;
                if !still_open(print(out, &events, json))? {
                    return Ok(());
                }
            }
            Err(Unread::Failed { action, cause }) if failures + 1 < FAILURES => {
                failures += 1;
                errln!("warning: `{action}` failed, it is tried again: {cause}");
            }
            Err(unread) => return Err(unread).context("failed to follow the logs"),
        }
    }
}

fn print(out: &mut impl Write, events: &[Event], json: bool) -> io::Result<()> {
    for event in events {
        if json {
            writeln!(out, "{}", text::raw(event)?)?;
        } else if let Some(line) = text::line(event) {
            writeln!(out, "{line}")?;
        }
    }
    out.flush()
}

/// A reader who has seen enough is no failure.
fn still_open(printed: io::Result<()>) -> anyhow::Result<bool> {
    match printed {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(error).context("failed to print the logs"),
    }
}
