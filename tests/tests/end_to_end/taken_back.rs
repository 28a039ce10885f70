//! A stack that is deleted, and users who stay until somebody names their pool in full.

use std::path::Path;

use aws_sdk_cognitoidentityprovider::types::{ExplicitAuthFlowsType, PasswordPolicyType, UserPoolPolicyType};
use e2e::bundle::Bundle;
use e2e::person::{Person, tokens};
use e2e::stack::Stack;
use e2e::tool::{self, Run};
use serde_json::Value;
use xtask_online::aws::sdk;

const NAME: &str = "taken-back";

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

/// The pool asks for longer passwords, and a client lets people in by the password alone.
async fn change_by_hand(stack: &Stack) {
    let pool = &stack.outputs.user_pool_id;
    let longer = PasswordPolicyType::builder().minimum_length(20).build();
    let policies = UserPoolPolicyType::builder().password_policy(longer).build();
    stack.cognito.update_user_pool().user_pool_id(pool).policies(policies).send().await.map_err(sdk).unwrap();
    let client = stack.cognito.update_user_pool_client().user_pool_id(pool);
    let client = client.client_id(&stack.outputs.client_ids["web"]).client_name("web");
    let client = client.explicit_auth_flows(ExplicitAuthFlowsType::AllowUserPasswordAuth);
    client.send().await.map_err(sdk).unwrap();
}

async fn is_there(stack: &Stack) -> bool {
    xtask_online::stack::describe(&stack.cloudformation, NAME).await.unwrap().is_some()
}

#[tokio::test(flavor = "multi_thread")]
async fn users_outlive_their_stack_and_come_back_with_it() {
    tool::run(&["local", "start"], "").await.unwrap().succeeded().unwrap();
    let bundle = Bundle::named(NAME).unwrap();
    let repository = bundle.repository().unwrap();
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

    change_by_hand(&stack).await;
    let back = deploy(root, &bundle, &["--take-back"]).await.succeeded().unwrap();
    assert!(back.stderr.contains("5 to import, 0 to add"), "{}", back.stderr);
    for change in [
        "these settings change, as they are → as the stage wants them",
        "Policies.PasswordPolicy.MinimumLength: 20 → 12",
        r#"ExplicitAuthFlows: ["ALLOW_USER_PASSWORD_AUTH"] → ["ALLOW_CUSTOM_AUTH","ALLOW_REFRESH_TOKEN_AUTH"]"#,
    ] {
        assert!(back.stderr.contains(change), "{change}: {}", back.stderr);
    }
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

#[tokio::test(flavor = "multi_thread")]
async fn a_pool_that_merely_has_the_name_is_not_taken_back() {
    const OTHERS: &str = "taken-by-its-name";
    let bundle = Bundle::named(OTHERS).unwrap();
    let repository = bundle.repository().unwrap();
    let root = repository.path();
    tool::local_aws().await.unwrap();
    let session = xtask_online::aws::connect(root, &bundle.open().unwrap().stage).await.unwrap();
    let cognito = aws_sdk_cognitoidentityprovider::Client::new(&session.sdk_config);
    let pool = cognito.create_user_pool().pool_name(OTHERS).send().await.map_err(sdk).unwrap().user_pool.unwrap();
    let (id, arn) = (pool.id().unwrap(), pool.arn().unwrap());

    let first = deploy(root, &bundle, &[]).await;
    assert_eq!(first.code, Some(1), "{}", first.stderr);
    let way_on = format!("--leave-behind {id}`");
    assert!(first.stderr.contains(&way_on) && !first.stderr.contains("--take-back"), "{}", first.stderr);
    let refused = deploy(root, &bundle, &["--take-back"]).await;
    assert_eq!(refused.code, Some(1), "{}", refused.stderr);
    for text in ["refused to take back what this tool did not make", id, &way_on, arn] {
        assert!(refused.stderr.contains(text), "{text}: {}", refused.stderr);
    }
    let cloudformation = aws_sdk_cloudformation::Client::new(&session.sdk_config);
    let described = xtask_online::stack::describe(&cloudformation, OTHERS).await.unwrap();
    assert!(described.is_none(), "{described:?}");

    // The tag says that it is ours. What can never be changed of it is still not what the stage wants.
    let tag = cognito.tag_resource().resource_arn(arn).tags("cognito-email-mfa-stack", "long-gone");
    tag.send().await.map_err(sdk).unwrap();
    let unlike = deploy(root, &bundle, &["--take-back"]).await;
    assert_eq!(unlike.code, Some(1), "{}", unlike.stderr);
    assert!(
        unlike.stderr.contains("refused to take back what is not as the stage `local` wants it"),
        "{}",
        unlike.stderr
    );

    deploy(root, &bundle, &["--leave-behind", id]).await.succeeded().unwrap();
    assert_ne!(Stack::own(&bundle).await.unwrap().outputs.user_pool_id, id);
}
