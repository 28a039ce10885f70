//! The recipes for other clients than the front end: `examples/amplify`, `examples/back-end`.

use std::fs;

use e2e::mail::code_in;
use e2e::node::{self, Example};
use e2e::person::Person;
use e2e::stack::Stack;
use e2e::{logs, tool};

/// Signs a new person in by the recipe's `sign-in.mjs`, as its page says.
async fn signs_in(recipe: &str, environment: &[(&str, &str)], stack: &Stack) {
    let example = Example::of(recipe).await.unwrap();
    let person = Person::new(stack).await.unwrap();
    let outputs = logs::folder_for(&format!("outputs-for-{recipe}")).unwrap().join("outputs.json");
    fs::write(&outputs, serde_json::to_string(&stack.outputs.document()).unwrap()).unwrap();
    let mut command = example.command("node", &["sign-in.mjs", outputs.to_str().unwrap(), &person.email]);
    command.envs(environment.iter().copied());
    let code = async || {
        let mails = stack.mails(&person.email).await?;
        mails.last().map(|mail| code_in(&mail.text)).transpose()
    };
    let run = tool::sign_in_by(recipe, command, person.password.reveal(), code).await.unwrap().succeeded().unwrap();
    assert_eq!(run.stdout.trim(), format!("signed in as {}", person.email), "{}", run.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn aws_amplify() {
    if node::is_there() {
        signs_in("amplify", &[], &Stack::of("local").await.unwrap()).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_back_end_with_the_secret_of_its_client() {
    if !node::is_there() {
        return;
    }
    let stack = Stack::of("local").await.unwrap();
    let request = stack.cognito.describe_user_pool_client().user_pool_id(&stack.outputs.user_pool_id);
    let described = request.client_id(&stack.outputs.client_ids["server"]).send().await.unwrap();
    let secret = described.user_pool_client.unwrap().client_secret.unwrap();
    signs_in("back-end", &[("CLIENT_SECRET", &secret)], &stack).await;
}
