//! Whoever tries to lose a directory of users by a deploy does not.

use std::collections::BTreeSet;

use e2e::bundle::Bundle;
use e2e::person::{Person, tokens};
use e2e::stack::Stack;
use e2e::tool;
use e2e::written::Written;
use xtask_online::aws::sdk;

const POOL: &str = "  UserPool:\n    Type: AWS::Cognito::UserPool\n    DeletionPolicy: RetainExceptOnCreate\n    \
                    UpdateReplacePolicy: Retain\n";

/// The names of all users.
async fn users(stack: &Stack) -> BTreeSet<String> {
    let users = stack.cognito.list_users().user_pool_id(&stack.outputs.user_pool_id).send().await.map_err(sdk).unwrap();
    users.users().iter().filter_map(|user| user.username.clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_way_to_lose_one_is_refused_before_anything_is_written() {
    let bundle = Bundle::named("lost-pools").unwrap();
    tool::local_aws().await.unwrap();
    bundle.deploy().await.unwrap().succeeded().unwrap();
    let stack = Stack::own(&bundle).await.unwrap();
    let people = [Person::new(&stack).await.unwrap(), Person::invited(&stack).await.unwrap()];
    let (before, there) = (Written::by(&stack).await.unwrap(), users(&stack).await);
    assert_eq!(there, people.iter().map(|person| person.name.clone()).collect());

    type Row<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a [&'a str]);
    let rows: &[Row<'_>] = &[
        (
            "the pool renamed",
            &[("  UserPool:\n", "  Users:\n"), ("UserPool.", "Users."), ("!Ref UserPool\n", "!Ref Users\n")],
            &["`UserPool` (AWS::Cognito::UserPool) would be removed, and `Users` made empty", "`AppClientWeb`"],
        ),
        (
            "the pool gone",
            &[("  UserPool:\n    Type: AWS::Cognito::UserPool\n", "  Other:\n    Type: AWS::SNS::Topic\n")],
            &["`UserPool` (AWS::Cognito::UserPool) would be removed\n"],
        ),
        (
            "the pool of another type",
            &[("AWS::Cognito::UserPool\n", "AWS::Cognito::IdentityPool\n")],
            &["`UserPool` (AWS::Cognito::UserPool) would be replaced by a resource of the type"],
        ),
        (
            "names instead of addresses",
            &[("      UsernameAttributes: # cannot be changed later\n        - \"email\"\n", "")],
            &["`UserPool`", "`UsernameAttributes`"],
        ),
        (
            "aliases",
            &[("      UsernameAttributes:", "      AliasAttributes: [email]\n      UsernameAttributes:")],
            &["`UserPool`", "`AliasAttributes`"],
        ),
        (
            "names that tell A from a",
            &[("CaseSensitive: false", "CaseSensitive: true")],
            &["`UserPool`", "`UsernameConfiguration`"],
        ),
        (
            "an attribute changed",
            &[("MaxLength: \"2048\"", "MaxLength: \"1024\"")],
            &["`UserPool`", "the attribute `authChallenge`"],
        ),
        (
            "an attribute renamed",
            &[("Name: \"authChallenge\"", "Name: \"challenge\"")],
            &["`UserPool`", "the attribute `authChallenge`"],
        ),
        (
            "the pool no longer kept",
            &[(POOL, "  UserPool:\n    Type: AWS::Cognito::UserPool\n")],
            &["`UserPool`", "`DeletionPolicy`", "`UpdateReplacePolicy`"],
        ),
        (
            "a client renamed",
            &[("  AppClientWeb:", "  AppClientSite:")],
            &["`AppClientWeb`", "`AppClientSite` made empty"],
        ),
        (
            "a client with a secret",
            &[("GenerateSecret: false", "GenerateSecret: true")],
            &["`AppClientWeb`", "`GenerateSecret`"],
        ),
        (
            "a client without one",
            &[("GenerateSecret: true", "GenerateSecret: false")],
            &["`AppClientServer`", "`GenerateSecret`"],
        ),
        ("the table renamed", &[("  StateTable:", "  States:")], &["`StateTable`", "`States` made empty"]),
        (
            "the table by another key",
            &[("- AttributeName: user\n          KeyType", "- AttributeName: subject\n          KeyType")],
            &["`StateTable`", "`KeySchema`"],
        ),
        (
            "the table with a name",
            &[("      BillingMode:", "      TableName: states\n      BillingMode:")],
            &["`StateTable`", "`TableName`"],
        ),
        (
            "the table by numbers",
            &[("AttributeType: S", "AttributeType: N")],
            &["`StateTable`", "`AttributeDefinitions`"],
        ),
        ("the key renamed", &[("  CodeKey:", "  Key:")], &["`CodeKey`", "`Key` made empty"]),
        ("another key", &[("PasswordLength: 64", "PasswordLength: 32")], &["`CodeKey`", "`GenerateSecretString`"]),
        (
            "protection off on the way",
            &[("Default: \"ACTIVE\"", "Default: \"INACTIVE\""), ("  AppClientWeb:", "  AppClientSite:")],
            &["`UserPool`", "deletion protection in the same change", "`AppClientWeb`"],
        ),
    ];
    for (name, changes, said) in rows {
        bundle.change_template(changes).unwrap_or_else(|error| panic!("{name}: {error:#}"));
        let run = bundle.deploy().await.unwrap();
        assert_eq!(run.code, Some(1), "{name}: {run:?}");
        for text in [&["refused to deploy the stack `lost-pools`", "hint: take the change back"], *said].concat() {
            assert!(run.stderr.contains(text), "{name}: {text:?} in {}", run.stderr);
        }
        assert_eq!(users(&stack).await, there, "{name}");
        assert_eq!(Written::by(&stack).await.unwrap(), before, "{name}");
    }

    bundle.change_template(&[]).unwrap();
    let run = bundle.deploy().await.unwrap().succeeded().unwrap();
    assert!(run.stderr.contains("nothing to change") && run.stdout.contains(&stack.outputs.user_pool_id), "{run:?}");
    let flow = people[0].challenge().await.unwrap();
    tokens(flow.answer(&people[0].code().await.unwrap()).await.unwrap()).unwrap();
}
