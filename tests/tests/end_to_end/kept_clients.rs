//! An app client that leaves its stage: it is kept, named by plan, status and outputs, and deleted on request.

use std::path::Path;

use e2e::bundle::Bundle;
use e2e::stack::Stack;
use e2e::tool::{self, Run};
use serde_json::{Value, json};
use xtask_online::aws::sdk;

async fn run(root: &Path, arguments: &[&str]) -> Run {
    tool::run_in(root, arguments).await.unwrap()
}

async fn is_enabled(stack: &Stack, client: &str) -> bool {
    let request = stack.cognito.describe_user_pool_client().user_pool_id(&stack.outputs.user_pool_id);
    request.client_id(client).send().await.map_err(sdk).is_ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_client_is_named_until_it_is_deleted() {
    let bundle = Bundle::named("e2e-kept-clients").unwrap();
    tool::local_aws().await.unwrap();
    bundle.deploy().await.unwrap().succeeded().unwrap();
    let stack = Stack::own(&bundle).await.unwrap();
    let [web, server] = ["web", "server"].map(|name| stack.outputs.client_ids[name].clone());

    let of_template = bundle.of_template("  AppClientServer:", "  # The permissions between").unwrap().to_owned();
    let output = bundle.of_template("  AppClientServerId:", "!Ref AppClientServer\n").unwrap().to_owned();
    let of_stage = bundle.of_stage("# A server can.", "[tags]").unwrap().to_owned();
    bundle.change_stage(&[(&of_stage, "")]).unwrap();
    bundle.change_template(&[(&of_template, ""), (&format!("{output}!Ref AppClientServer\n"), "")]).unwrap();
    let repository = bundle.repository().unwrap();
    let root = repository.path();
    let path = bundle.path().to_str().unwrap();

    // Before: the plan says what becomes of it, by the templates and by CloudFormation.
    for way in [&["--no-change-set"][..], &[]] {
        let plan = run(root, &[&["plan", "--bundle", path, "--allow-replace", "AppClientServer"], way].concat()).await;
        let plan = plan.succeeded().unwrap().stdout;
        let line = plan.lines().find(|line| line.contains("AppClientServer")).unwrap();
        assert!(line.starts_with("REMOVE") && line.ends_with("(kept, still enabled)"), "{plan}");
        assert!(plan.contains("1 to remove, 1 kept"), "{plan}");
    }
    let held = run(root, &["deploy", "--delete-client", &server]).await;
    assert_eq!(held.code, Some(1), "{}", held.stderr);
    assert!(held.stderr.contains("holds the app client `server`"), "{}", held.stderr);
    run(root, &["deploy", "--bundle", path, "--allow-replace", "AppClientServer"]).await.succeeded().unwrap();
    assert!(is_enabled(&stack, &server).await);

    // Afterwards: status and outputs name it.
    let others =
        |run: Run| serde_json::from_str::<Value>(&run.succeeded().unwrap().stdout).unwrap()["otherClients"].clone();
    let kept = json!([{ "id": server, "name": "server" }]);
    assert_eq!(others(run(root, &["outputs", "--json"]).await), kept);
    let outputs = run(root, &["outputs"]).await.succeeded().unwrap().stdout;
    assert!(outputs.contains(&format!("app client `server` ({server}): enabled")), "{outputs}");
    let status = run(root, &["status", "--json"]).await.succeeded().unwrap().stdout;
    let status: Value = serde_json::from_str(&status).unwrap();
    assert_eq!(status["userPool"]["otherClients"], kept);
    let hint = format!("`cargo xtask deploy --delete-client {server}` deletes it");
    assert!(status["attention"].as_array().unwrap().iter().any(|found| found["hint"] == hint), "{status}");

    // What is not meant is not deleted.
    for (given, why) in [("web", "names an app client"), (&web, "holds the app client"), ("unknown", "no app client")] {
        let refused = run(root, &["deploy", "--delete-client", given]).await;
        assert_eq!(refused.code, Some(1), "{given}: {}", refused.stderr);
        assert!(refused.stderr.contains(why), "{given}: {}", refused.stderr);
    }
    assert!(is_enabled(&stack, &web).await && is_enabled(&stack, &server).await);

    let deleted = run(root, &["deploy", "--delete-client", "server", "--json"]).await.succeeded().unwrap();
    assert!(deleted.stderr.contains(&format!("app client `server` ({server})")), "{}", deleted.stderr);
    let events: Vec<Value> = deleted.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let kinds: Vec<_> = events.iter().map(|event| event["event"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["stage", "note", "clientDeleted", "outputs"], "{}", deleted.stdout);
    assert_eq!((&events[2]["id"], &events[2]["name"]), (&json!(server), &json!("server")));
    assert!(!is_enabled(&stack, &server).await && is_enabled(&stack, &web).await);
    assert_eq!(others(run(root, &["outputs", "--json"]).await), json!([]));
    let again = run(root, &["deploy", "--delete-client", "server"]).await;
    assert_eq!(again.code, Some(1), "{}", again.stderr);
}
