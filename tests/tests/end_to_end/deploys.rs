//! A deploy that finds nothing to change.

use e2e::stack::Stack;
use e2e::tool;
use xtask_online::aws::sdk;

/// All that a deploy could have written: events and change sets of the stack, versions of the artefacts.
async fn writings(stack: &Stack) -> (Vec<String>, Vec<String>, Vec<String>) {
    let name = &stack.outputs.stack;
    let events = stack.cloudformation.describe_stack_events().stack_name(name).send().await.map_err(sdk).unwrap();
    let sets = stack.cloudformation.list_change_sets().stack_name(name).send().await.map_err(sdk).unwrap();
    let bucket = xtask::bundle::artefact_bucket(&stack.session.account, &stack.outputs.region);
    let versions = stack.s3().list_object_versions().bucket(bucket).send().await.map_err(sdk).unwrap();
    (
        events.stack_events().iter().filter_map(|event| event.event_id.clone()).collect(),
        sets.summaries().iter().filter_map(|set| set.change_set_id.clone()).collect(),
        versions.versions().iter().filter_map(|version| version.version_id.clone()).collect(),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_writes_nothing() {
    let stack = Stack::alone().await.unwrap();
    let before = writings(&stack).await;
    assert!(!before.0.is_empty() && !before.2.is_empty(), "{before:?}");
    let run = tool::deploy("local").await.unwrap();
    assert!(run.stderr.contains("nothing to change"), "{}", run.stderr);
    assert!(run.stdout.contains(&stack.outputs.user_pool_id), "{}", run.stdout);
    assert_eq!(writings(&stack).await, before);
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
