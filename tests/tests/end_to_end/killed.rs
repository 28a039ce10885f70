//! A deploy that is killed at every step, and run again.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use e2e::bundle::Bundle;
use e2e::person::{Person, tokens};
use e2e::proxy::{Fate, Moment, Proxy, Step};
use e2e::stack::Stack;
use e2e::written::Written;
use e2e::{tool, wait};
use xtask_online::aws;

const NAME: &str = "killed";
/// No other test deploys there, so there is no artefact bucket.
const REGION: &str = "eu-west-3";
/// More than there are steps, should they never end.
const MANY: usize = 80;

/// Each write is killed before AWS sees it, and with its answer. The last execution is told apart: it goes on without us, and
/// nothing would be left to follow.
fn deadly(step: &Step) -> bool {
    match (step.call.as_str(), step.moment) {
        ("ExecuteChangeSet UPDATE", Moment::After) => false,
        ("DescribeStackEvents UPDATE under way", Moment::Before) => true,
        _ => step.writes,
    }
}

/// Every file below a folder.
fn files(folder: &Path) -> BTreeSet<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { BTreeSet::from([path]) }).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn it_converges_from_every_step() {
    tool::local_aws().await.unwrap();
    let bundle = Bundle::elsewhere(NAME, REGION).unwrap();
    bundle.change_stage(&[("termination_protection = false", "termination_protection = true")]).unwrap();
    let proxy = Proxy::start().await.unwrap();
    let session = aws::connect(e2e::place::root(), &bundle.open().unwrap().stage).await.unwrap();
    let cloudformation = aws_sdk_cloudformation::Client::new(&session.sdk_config);
    let (bundled, noted) = (files(bundle.path()), files(proxy.folder()));

    let survived = Arc::new(Mutex::new(BTreeSet::new()));
    let mut kills = 0;
    loop {
        let seen = Arc::clone(&survived);
        let mut held = false;
        proxy.judge(move |step| {
            // One at a time: whatever else is under way goes its way.
            held |= !held && deadly(step) && seen.lock().unwrap().insert(step.clone());
            if held { Fate::Hold } else { Fate::Pass }
        });
        let mut deploy = bundle.start_deploy(proxy.folder()).unwrap();
        let ended = wait::until("a step to kill at, or the end", async || {
            let ended = deploy.has_ended()?;
            Ok(if ended || proxy.held().is_some() { Ok(ended) } else { Err(format!("{kills} kills")) })
        });
        if ended.await.unwrap() {
            deploy.end().await.unwrap().succeeded().unwrap();
            break;
        }
        deploy.kill().unwrap();
        kills += 1;
        assert!(kills < MANY, "{survived:?}");
        // What was begun goes on without the command. Nobody deploys into that: another test shows that it is refused.
        wait::until("the stack to rest", async || {
            let stack = xtask_online::stack::describe(&cloudformation, NAME).await?;
            let status = stack.as_ref().map(xtask_online::stack::status);
            let status = status.map_or_else(String::new, |status| status.as_str().to_owned());
            let rests = !status.ends_with("_IN_PROGRESS") || status == "REVIEW_IN_PROGRESS";
            Ok(if rests { Ok(()) } else { Err(status) })
        })
        .await
        .unwrap();
    }

    let survived = survived.lock().unwrap().clone();
    let at = |call: &str| survived.iter().filter(|step| step.call.starts_with(call)).count();
    for (call, expected) in [
        // Made, and mended as far as the local AWS makes it otherwise.
        ("PUT /cognito-email-mfa-artefacts-000000000000-eu-west-3/", 16),
        ("PUT /cognito-email-mfa-artefacts-000000000000-eu-west-3/?", 6),
        ("PUT /cognito-email-mfa-artefacts-000000000000-eu-west-3/trigger-", 8),
        ("CreateChangeSet CREATE", 2),
        ("ExecuteChangeSet CREATE", 2),
        ("CreateChangeSet UPDATE", 2),
        ("ExecuteChangeSet UPDATE", 1),
        ("DescribeStackEvents UPDATE under way", 1),
        ("UpdateTerminationProtection", 2),
    ] {
        assert_eq!(at(call), expected, "{call}: {survived:#?}");
    }

    let stack = Stack::own(&bundle).await.unwrap();
    let described = xtask_online::stack::describe(&stack.cloudformation, NAME).await.unwrap().unwrap();
    assert_eq!(described.stack_status().unwrap().as_str(), "UPDATE_COMPLETE");
    assert_eq!(described.enable_termination_protection(), Some(true));
    let written = Written::by(&stack).await.unwrap();
    let keys: BTreeSet<_> = written.versions.iter().map(|(key, _)| key).collect();
    assert_eq!((keys.len(), written.versions.len()), (4, 4), "something was stored twice: {:?}", written.versions);
    let sets = stack.cloudformation.list_change_sets().stack_name(NAME).send().await.map_err(aws::sdk).unwrap();
    // The local AWS gives the shell of a stack another id with each change set, and forgets none of before.
    let own = sets.summaries().iter().filter(|set| set.stack_id() == described.stack_id());
    let waiting: Vec<_> =
        own.filter(|set| set.execution_status().is_some_and(|status| status.as_str() == "AVAILABLE")).collect();
    assert!(waiting.is_empty(), "left behind: {waiting:?}");
    assert_eq!((files(bundle.path()), files(proxy.folder())), (bundled, noted), "a file was left behind");

    let person = Person::new(&stack).await.unwrap();
    let flow = person.challenge().await.unwrap();
    tokens(flow.answer(&person.code().await.unwrap()).await.unwrap()).unwrap();
    let again = bundle.start_deploy(proxy.folder()).unwrap().end().await.unwrap().succeeded().unwrap();
    assert!(again.stderr.contains("nothing to change"), "{}", again.stderr);
    assert_eq!(Written::by(&stack).await.unwrap(), written);
}
