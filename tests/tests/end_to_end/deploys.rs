//! A deploy that finds nothing to change.

use e2e::stack::Stack;
use e2e::tool;
use e2e::written::Written;

#[tokio::test(flavor = "multi_thread")]
async fn the_second_writes_nothing() {
    let stack = Stack::alone().await.unwrap();
    let before = Written::by(&stack).await.unwrap();
    assert!(!before.events.is_empty() && !before.versions.is_empty(), "{before:?}");
    let run = tool::deploy("local").await.unwrap();
    assert!(run.stderr.contains("nothing to change"), "{}", run.stderr);
    assert!(run.stdout.contains(&stack.outputs.user_pool_id), "{}", run.stdout);
    assert_eq!(Written::by(&stack).await.unwrap(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn outputs_are_data() {
    let stack = Stack::of("local").await.unwrap();
    let run = tool::run(&["outputs", "--json"], "").await.unwrap().succeeded().unwrap();
    let printed: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(printed["schemaVersion"], 1);
    assert_eq!(printed["userPoolId"], *stack.outputs.user_pool_id);
    assert_eq!(printed["clients"]["web"]["id"], *stack.outputs.client_ids["web"]);
    assert!(printed["alarmTopicArn"].as_str().unwrap().contains(":sns:"), "{printed}");
    let secret = stack.app_client("server").await.unwrap().secret;
    assert!(secret.is_some() && printed["clients"]["server"].as_object().unwrap().keys().eq(["id"]), "{printed}");
}
