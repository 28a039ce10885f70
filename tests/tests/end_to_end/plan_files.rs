//! What was reviewed is what is applied, or nothing is.

use std::path::Path;

use e2e::bundle::Bundle;
use e2e::stack::Stack;
use e2e::tool::{self, Run};
use e2e::written::Written;
use serde_json::Value;

const MEMORY: &str = "MemorySize: 256";

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

async fn plan(bundle: &Bundle, arguments: &[&str]) -> Run {
    tool::run(&[&["plan", "--bundle", text(bundle.path())], arguments].concat(), "").await.unwrap()
}

async fn planned(bundle: &Bundle, out: &Path) -> Value {
    let run = plan(bundle, &["--format", "json", "--out", text(out)]).await.succeeded().unwrap();
    serde_json::from_str(&run.stdout).unwrap()
}

async fn deploy(out: &Path) -> Run {
    tool::run(&["deploy", "--plan", text(out)], "").await.unwrap()
}

fn refused(run: &Run, reasons: &[&str]) {
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(run.stderr.contains("things are not as they were reviewed"), "{}", run.stderr);
    for reason in reasons {
        assert!(run.stderr.contains(reason), "`{reason}`: {}", run.stderr);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_is_applied_as_it_was_reviewed_or_refused_with_the_reason() {
    let bundle = Bundle::named("e2e-plan-files").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let [first, bigger, biggest] = ["first", "bigger", "biggest"].map(|name| folder.path().join(name));
    tool::local_aws().await.unwrap();

    let shown = planned(&bundle, &first).await;
    assert_eq!((&shown["operation"], &shown["source"]), (&"create".into(), &"change-set".into()));
    assert_eq!(shown["protectAfterwards"], true);
    deploy(&first).await.succeeded().unwrap();
    let stack = Stack::own(&bundle).await.unwrap();
    let before = Written::by(&stack).await.unwrap();
    let again = deploy(&first).await.succeeded().unwrap();
    assert!(again.stderr.contains("nothing to change"), "{}", again.stderr);
    assert_eq!(Written::by(&stack).await.unwrap(), before, "a plan was applied twice");

    // Two plans of one stack: the one that is applied makes the other one old.
    bundle.change_template(&[(MEMORY, "MemorySize: 512")]).unwrap();
    planned(&bundle, &bigger).await;
    bundle.change_template(&[(MEMORY, "MemorySize: 1024")]).unwrap();
    planned(&bundle, &biggest).await;
    deploy(&bigger).await.succeeded().unwrap();
    refused(&deploy(&biggest).await, &["the stack has changed", "is gone"]);
    refused(&deploy(&first).await, &["the stack has changed"]);

    // A file that leads elsewhere than it says.
    let shown = planned(&bundle, &biggest).await;
    assert_eq!(shown["summary"]["replace"], 0);
    let file = std::fs::read_to_string(&biggest).unwrap();
    let forged = |from: &str, to: &str| {
        assert!(file.contains(from), "`{from}` should stand in the plan file");
        std::fs::write(&biggest, file.replace(from, to)).unwrap();
    };
    forged("MemorySize: 1024", "MemorySize: 128");
    refused(&deploy(&biggest).await, &["differs from the plan in its template"]);
    forged("\"version\": \"", "\"version\": \"0");
    refused(&deploy(&biggest).await, &["the code of `CreateAuthChallenge` is not what was reviewed"]);
    std::fs::write(&biggest, &file).unwrap();
    deploy(&biggest).await.succeeded().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_changes_nothing_and_says_whether_there_is_something_to_do() {
    let bundle = Bundle::named("e2e-plans").unwrap();
    tool::local_aws().await.unwrap();
    bundle.deploy().await.unwrap().succeeded().unwrap();
    let stack = Stack::own(&bundle).await.unwrap();
    let before = Written::by(&stack).await.unwrap();

    let run = plan(&bundle, &["--detailed-exitcode"]).await;
    assert_eq!(
        (run.code, run.stdout.lines().last()),
        (Some(0), Some("0 to add, 0 to change, 0 to replace, 0 to remove"))
    );
    bundle.change_template(&[(MEMORY, "MemorySize: 512")]).unwrap();
    for way in [&["--detailed-exitcode"][..], &["--detailed-exitcode", "--no-change-set"]] {
        let run = plan(&bundle, way).await;
        assert_eq!(run.code, Some(2), "{way:?}: {}", run.stderr);
        assert!(run.stdout.contains("MemorySize: 256 → 512"), "{way:?}: {}", run.stdout);
        assert!(!run.stdout.contains("Version"), "an artefact that stays is no change: {}", run.stdout);
    }
    let run = plan(&bundle, &["--no-change-set"]).await;
    let last = run.stdout.lines().last().unwrap();
    assert_eq!(last, "0 to add, 4 to change, 0 to replace, 0 to remove", "{}", run.stdout);
    let run = plan(&bundle, &["--format", "markdown"]).await.succeeded().unwrap();
    assert!(run.stdout.starts_with("### Stage `local`: "), "{}", run.stdout);
    assert_eq!(Written::by(&stack).await.unwrap(), before);

    bundle
        .change_template(&[
            ("  UserPool:\n", "  Users:\n"),
            ("UserPool.", "Users."),
            ("!Ref UserPool\n", "!Ref Users\n"),
        ])
        .unwrap();
    let file = bundle.path().join("plan.json");
    let run = plan(&bundle, &["--out", text(&file)]).await;
    assert_eq!(run.code, Some(1), "{}", run.stdout);
    assert!(run.stderr.contains("`UserPool`") && !file.exists(), "{}", run.stderr);
    assert_eq!(Written::by(&stack).await.unwrap(), before);
}
