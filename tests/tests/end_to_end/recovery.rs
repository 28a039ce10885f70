//! A deploy that fails, the one after it, and what programs read of both.

use e2e::bundle::Bundle;
use e2e::tool::{self, Run};
use serde_json::Value;

/// Deploys the bundle; every line of standard output is an object of the stream.
async fn deployed(bundle: &Bundle) -> (Run, Vec<Value>) {
    let path = bundle.path().to_str().unwrap();
    let run = tool::run(&["deploy", "--json", "--bundle", path], "").await.unwrap();
    let parse = |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: `{line}`"));
    let stream: Vec<Value> = run.stdout.lines().map(parse).collect();
    assert!(stream.iter().all(|object| object["schemaVersion"] == 1 && object["time"].is_string()), "{stream:?}");
    (run, stream)
}

fn kinds(stream: &[Value]) -> Vec<&str> {
    let mut kinds: Vec<_> = stream.iter().map(|object| object["event"].as_str().unwrap()).collect();
    kinds.dedup();
    kinds
}

/// That the last words are the cause and the next command, for people and for programs.
fn ends_with_the_cause(run: &Run, stream: &[Value], left_in: &str) {
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let lines: Vec<_> = run.stderr.lines().rev().take(2).collect();
    let [hint, cause] = lines[..] else { panic!("{}", run.stderr) };
    assert!(cause.starts_with("error: the deploy of the stack `e2e-recovery` failed and left it in"), "{cause}");
    assert!(cause.contains(left_in) && cause.contains("`UserPool` (AWS::Cognito::UserPool)"), "{cause}");
    assert!(cause.contains("Member must satisfy enum value set"), "{cause}");
    assert!(hint.starts_with("hint: ") && hint.contains("`cargo xtask deploy`"), "{hint}");
    let last = stream.last().unwrap();
    assert_eq!(last["event"], "error");
    assert_eq!(format!("error: {}", last["message"].as_str().unwrap()), cause);
    assert_eq!(format!("hint: {}", last["hints"][0].as_str().unwrap()), hint);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stack_that_never_worked_is_made_anew_and_one_that_works_survives_a_failure() {
    tool::run(&["local", "start"], "").await.unwrap().succeeded().unwrap();
    let bundle = Bundle::named("e2e-recovery").unwrap();
    let broken = [("UserPoolTier: \"LITE\"", "UserPoolTier: \"NONE\"")];

    bundle.change_template(&broken).unwrap();
    let (run, stream) = deployed(&bundle).await;
    ends_with_the_cause(&run, &stream, "ROLLBACK_COMPLETE");

    bundle.change_template(&[]).unwrap();
    let (run, stream) = deployed(&bundle).await;
    let run = run.succeeded().unwrap();
    let told = run.stderr.lines().nth(1).unwrap();
    assert!(told.contains("is in ROLLBACK_COMPLETE: its creation failed") && told.contains("`UserPool`"), "{told}");
    let expected =
        ["stage", "note", "resource", "end", "plan", "resource", "end", "note", "resource", "end", "outputs"];
    assert_eq!(kinds(&stream), expected, "{}", run.stderr);
    let pool = stream.last().unwrap()["outputs"]["userPoolId"].clone();
    assert!(pool.is_string(), "{pool}");

    bundle.change_template(&broken).unwrap();
    let (run, stream) = deployed(&bundle).await;
    ends_with_the_cause(&run, &stream, "UPDATE_ROLLBACK_COMPLETE");

    bundle.change_template(&[]).unwrap();
    let (run, stream) = deployed(&bundle).await;
    run.succeeded().unwrap();
    assert_eq!(kinds(&stream), ["stage", "unchanged", "outputs"]);
    assert_eq!(stream.last().unwrap()["outputs"]["userPoolId"], pool, "the pool is the same");
}
