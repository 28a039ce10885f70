//! A stack that is deleted, and users who stay until somebody names their pool in full.

use std::fs;
use std::path::Path;

use e2e::bundle::Bundle;
use e2e::person::{Person, tokens};
use e2e::stack::Stack;
use e2e::tool::{self, Run};
use serde_json::Value;
use tempfile::TempDir;

const NAME: &str = "taken-back";

/// A repository with nothing in it but the stage file of the bundle: `destroy` has no use for a bundle.
fn repository(bundle: &Bundle) -> TempDir {
    let folder = TempDir::new().unwrap();
    let stages = folder.path().join("deploy/stages");
    fs::create_dir_all(&stages).unwrap();
    fs::create_dir_all(folder.path().join("templates/cloudformation")).unwrap();
    fs::copy(bundle.path().join("stages/local/stage.toml"), stages.join("local.toml")).unwrap();
    folder
}

async fn deploy(root: &Path, bundle: &Bundle, more: &[&str]) -> Run {
    let path = bundle.path().to_str().unwrap();
    tool::run_in(root, &[&["deploy", "--bundle", path], more].concat()).await.unwrap()
}

async fn destroy(root: &Path, more: &[&str]) -> Run {
    tool::run_in(root, &[&["destroy"], more].concat()).await.unwrap()
}

async fn signs_in(person: &Person<'_>) {
    let flow = person.challenge().await.unwrap();
    let code = person.code().await.unwrap();
    tokens(flow.answer(&code).await.unwrap()).unwrap();
}

async fn is_there(stack: &Stack) -> bool {
    xtask_online::stack::describe(&stack.cloudformation, NAME).await.unwrap().is_some()
}

#[tokio::test(flavor = "multi_thread")]
async fn users_outlive_their_stack_and_come_back_with_it() {
    tool::run(&["local", "start"], "").await.unwrap().succeeded().unwrap();
    let bundle = Bundle::named(NAME).unwrap();
    let repository = repository(&bundle);
    let root = repository.path();

    let first = deploy(root, &bundle, &[]).await.succeeded().unwrap();
    let stack = Stack::own(&bundle).await.unwrap();
    let person = Person::new(&stack).await.unwrap();
    signs_in(&person).await;
    let (secret, table) = (stack.secret().await.unwrap(), stack.state_table().await.unwrap().unwrap());

    let kept = destroy(root, &["--json"]).await.succeeded().unwrap();
    assert!(kept.stderr.contains("with 1 user") && !is_there(&stack).await, "{}", kept.stderr);
    let kept: Value = serde_json::from_str(&kept.stdout).unwrap();
    let kept: Vec<_> = kept["kept"].as_array().unwrap().iter().map(|kept| kept["id"].as_str().unwrap()).collect();
    let ids =
        [&stack.outputs.user_pool_id, &stack.outputs.client_ids["server"], &stack.outputs.client_ids["web"], &table];
    assert_eq!(kept[..4], ids.map(String::as_str));
    assert!(kept[4].contains(":secretsmanager:"), "{kept:?}");
    assert_eq!(stack.attributes(&person.email).await.unwrap()["email"], person.email);

    // Neither a deploy nor a plan passes them over.
    let pool = &stack.outputs.user_pool_id;
    for refused in [
        deploy(root, &bundle, &[]).await,
        tool::run_in(root, &["plan", "--no-change-set", "--bundle", bundle.path().to_str().unwrap()]).await.unwrap(),
    ] {
        assert_eq!(refused.code, Some(1), "{}", refused.stderr);
        let way_on = format!("--leave-behind {pool}");
        for text in [pool, "with 1 user", "--take-back", &way_on] {
            assert!(refused.stderr.contains(text), "{text}: {}", refused.stderr);
        }
    }
    assert!(!is_there(&stack).await);

    let back = deploy(root, &bundle, &["--take-back"]).await.succeeded().unwrap();
    assert!(back.stderr.contains("5 to import, 0 to add"), "{}", back.stderr);
    assert_eq!(back.stdout, first.stdout, "pool and clients have the ids that apps know");
    assert_eq!(stack.secret().await.unwrap(), secret);
    assert_eq!(stack.state_table().await.unwrap().as_ref(), Some(&table));
    signs_in(&person).await;
    let again = deploy(root, &bundle, &["--take-back"]).await.succeeded().unwrap();
    assert!(again.stderr.contains("nothing to change"), "{}", again.stderr);

    let wrong = destroy(root, &["--delete-users", "taken"]).await;
    assert_eq!(wrong.code, Some(1), "{}", wrong.stderr);
    assert!(is_there(&stack).await && stack.attributes(&person.email).await.is_ok());
    let gone = destroy(root, &["--delete-users", NAME]).await.succeeded().unwrap();
    assert_eq!(gone.stdout.lines().filter(|line| line.starts_with("deleted  ")).count(), 5, "{}", gone.stdout);
    assert!(gone.stdout.contains("can be restored until") && !is_there(&stack).await, "{}", gone.stdout);
    assert!(stack.attributes(&person.email).await.is_err());
    let tables = stack.dynamodb.list_tables().send().await.unwrap();
    assert!(!tables.table_names().contains(&table), "{tables:?}");
    destroy(root, &["--delete-users", NAME]).await.succeeded().unwrap();

    // And nothing stands in the way of a new beginning.
    let new = deploy(root, &bundle, &[]).await.succeeded().unwrap();
    assert!(!new.stdout.contains(pool.as_str()), "{}", new.stdout);
}
