#![allow(clippy::unwrap_used)]

use super::*;
use crate::fixture::template;
use crate::plan::{Action, PropertyChange};

fn losses(changes: &[(&str, &str)]) -> Vec<(String, Loss)> {
    let dangers = dangers(&template(&[]), &template(changes));
    dangers.into_iter().map(|danger| (danger.logical_id, danger.loss)).collect()
}

#[test]
fn every_way_to_lose_a_pool_is_seen() {
    let removed = |new: &[&str]| Loss::Removed { new: new.iter().map(|id| (*id).to_owned()).collect() };
    let replaced = |property: &str| Loss::Replaced { property: property.to_owned() };
    let fixed = |property: &str| Loss::Fixed { property: property.to_owned() };
    let schema = || Loss::Schema { attribute: "authChallenge".to_owned() };
    let pool_kept =
        "Type: AWS::Cognito::UserPool\n    DeletionPolicy: RetainExceptOnCreate\n    UpdateReplacePolicy: Retain\n";
    type Row<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a [(&'a str, Loss)]);
    let rows: &[Row<'_>] = &[
        ("another tier", &[("\"LITE\"", "\"PLUS\"")], &[]),
        (
            "another attribute",
            &[("      Schema:\n", "      Schema:\n        - {Name: more, AttributeDataType: String}\n")],
            &[],
        ),
        (
            "renamed pool",
            &[("UserPool:\n", "Users:\n"), ("UserPool.", "Users."), ("!Ref UserPool\n", "!Ref Users\n")],
            &[
                ("AppClientServer", replaced("UserPoolId")),
                ("AppClientWeb", replaced("UserPoolId")),
                ("UserPool", removed(&["Users"])),
            ],
        ),
        (
            "a pool that is something else",
            &[("AWS::Cognito::UserPool\n", "AWS::Cognito::IdentityPool\n")],
            &[("UserPool", Loss::Retyped { kind: "AWS::Cognito::IdentityPool".to_owned() })],
        ),
        (
            "renamed client",
            &[("  AppClientWeb:", "  AppClientSite:")],
            &[("AppClientWeb", removed(&["AppClientSite"]))],
        ),
        (
            "a client gets a secret",
            &[("GenerateSecret: false", "GenerateSecret: true")],
            &[("AppClientWeb", replaced("GenerateSecret"))],
        ),
        ("renamed table", &[("  StateTable:", "  States:")], &[("StateTable", removed(&["States"]))]),
        (
            "a table with another key",
            &[("- AttributeName: user\n          KeyType", "- AttributeName: subject\n          KeyType")],
            &[("StateTable", replaced("KeySchema"))],
        ),
        (
            "a table whose key is of another type",
            &[("AttributeType: S", "AttributeType: N")],
            &[("StateTable", replaced("AttributeDefinitions"))],
        ),
        (
            "a table with one attribute more",
            &[(
                "      AttributeDefinitions:\n",
                "      AttributeDefinitions:\n        - {AttributeName: more, AttributeType: S}\n",
            )],
            &[],
        ),
        (
            "a table with a name",
            &[("      BillingMode:", "      TableName: states\n      BillingMode:")],
            &[("StateTable", replaced("TableName"))],
        ),
        ("renamed key", &[("  CodeKey:", "  Key:")], &[("CodeKey", removed(&["Key"]))]),
        (
            "another key",
            &[("PasswordLength: 64", "PasswordLength: 32")],
            &[("CodeKey", replaced("GenerateSecretString"))],
        ),
        ("a changed attribute", &[("MaxLength: \"2048\"", "MaxLength: \"1024\"")], &[("UserPool", schema())]),
        ("a renamed attribute", &[("Name: \"authChallenge\"", "Name: \"challenge\"")], &[("UserPool", schema())]),
        (
            "names instead of addresses",
            &[("      UsernameAttributes: # cannot be changed later\n        - \"email\"\n", "")],
            &[("UserPool", fixed("UsernameAttributes"))],
        ),
        (
            "aliases",
            &[("      UsernameAttributes:", "      AliasAttributes: [email]\n      UsernameAttributes:")],
            &[("UserPool", fixed("AliasAttributes"))],
        ),
        (
            "names that tell A from a",
            &[("CaseSensitive: false", "CaseSensitive: true")],
            &[("UserPool", fixed("UsernameConfiguration"))],
        ),
        (
            "a pool that is not kept",
            &[(pool_kept, "Type: AWS::Cognito::UserPool\n")],
            &[
                ("UserPool", Loss::Unkept { policy: "DeletionPolicy" }),
                ("UserPool", Loss::Unkept { policy: "UpdateReplacePolicy" }),
            ],
        ),
        ("protection off, on its own", &[("Default: \"ACTIVE\"", "Default: \"INACTIVE\"")], &[]),
        (
            "protection off with something lost",
            &[("Default: \"ACTIVE\"", "Default: \"INACTIVE\""), ("  AppClientWeb:", "  AppClientSite:")],
            &[("AppClientWeb", removed(&["AppClientSite"])), ("UserPool", Loss::Unprotected)],
        ),
    ];
    for (name, changes, expected) in rows {
        let expected: Vec<_> = expected.iter().map(|(id, loss)| ((*id).to_owned(), loss.clone())).collect();
        assert_eq!(losses(changes), expected, "{name}");
    }
}

#[test]
fn what_is_lost_on_purpose_is_named_one_by_one() {
    let removed = |id: &str| Danger { logical_id: id.into(), kind: "K".into(), loss: Loss::Removed { new: vec![] } };
    let fixed = Danger { loss: Loss::Fixed { property: "P".into() }, ..removed("UserPool") };
    let allowed = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
    let judge = |dangers: Vec<Danger>, allowed: &[String]| judge(dangers, &[], allowed);
    let both = || vec![removed("A"), removed("B")];
    assert_eq!(judge(vec![], &[]), Ok(()));
    assert_eq!(judge(both(), &[]), Err(Refusal::Loss(both())));
    assert_eq!(judge(both(), &allowed(&["A"])), Err(Refusal::Loss(vec![removed("B")])));
    assert_eq!(judge(both(), &allowed(&["A", "B"])), Ok(()));
    assert_eq!(judge(vec![], &allowed(&["A"])), Err(Refusal::Superfluous("A".into())));
    assert_eq!(judge(vec![fixed.clone()], &allowed(&["UserPool"])), Err(Refusal::Loss(vec![fixed])));
    // Whether a name is superfluous is known only once CloudFormation has been asked.
    assert_eq!(preflight(&[], &allowed(&["A"])), Ok(()));
    assert_eq!(preflight(&both(), &allowed(&["A"])), Err(Refusal::Loss(vec![removed("B")])));
    let said = judge(both(), &[]).unwrap_err().to_string();
    assert!(said.ends_with("`--allow-replace A --allow-replace B`"), "{said}");
}

#[test]
fn what_cloudformation_says_counts_where_the_templates_show_nothing() {
    let change = |kind: &str, action, may_replace, paths: &[&str]| Change {
        action,
        may_replace,
        logical_id: "It".to_owned(),
        kind: kind.to_owned(),
        kept: None,
        properties: paths
            .iter()
            .map(|path| PropertyChange { path: (*path).to_owned(), before: None, after: None })
            .collect(),
    };
    let (client, table) = ("AWS::Cognito::UserPoolClient", "AWS::DynamoDB::Table");
    let removed = || Some(Loss::Removed { new: vec![] });
    let replaced = |property: &str| Some(Loss::Replaced { property: property.to_owned() });
    let doubtful = |property: &str| Some(Loss::Doubtful { property: property.to_owned() });
    let rows = [
        ("a new pool", change(POOL, Action::Add, false, &[]), None),
        ("a pool taken in", change(POOL, Action::Import, false, &[]), None),
        ("a pool changed in place", change(POOL, Action::Change, false, &["Properties.LambdaConfig"]), None),
        ("a pool gone", change(POOL, Action::Remove, false, &[]), removed()),
        ("another pool", change(POOL, Action::Replace, false, &["UserPoolName"]), replaced("UserPoolName")),
        ("perhaps another pool", change(POOL, Action::Change, true, &["Properties.Schema.0"]), doubtful("Schema")),
        ("perhaps another pool, for no reason", change(POOL, Action::Change, true, &[]), doubtful("the template")),
        (
            "a client of another pool, perhaps",
            change(client, Action::Change, true, &["RefreshTokenValidity", "UserPoolId"]),
            doubtful("UserPoolId"),
        ),
        ("a client changed in place", change(client, Action::Change, true, &["RefreshTokenValidity"]), None),
        (
            "another client",
            change(client, Action::Replace, false, &["Properties.ClientName", "Properties.GenerateSecret"]),
            replaced("GenerateSecret"),
        ),
        (
            "perhaps another table",
            change(table, Action::Change, true, &["Properties.KeySchema.0"]),
            doubtful("KeySchema"),
        ),
        ("another key", change("AWS::SecretsManager::Secret", Action::Replace, false, &["Name"]), replaced("Name")),
        ("another function", change("AWS::Lambda::Function", Action::Replace, false, &["FunctionName"]), None),
    ];
    for (name, change, expected) in rows {
        let known = Danger { logical_id: "It".into(), kind: change.kind.clone(), loss: Loss::Unkept { policy: "P" } };
        let changes = [change];
        let judged = judge(vec![], &changes, &[]);
        match expected {
            None => assert_eq!(judged, Ok(()), "{name}"),
            Some(loss) => {
                let danger = Danger { logical_id: "It".into(), kind: changes[0].kind.clone(), loss };
                assert_eq!(judged, Err(Refusal::Loss(vec![danger])), "{name}");
                assert_eq!(judge(vec![], &changes, &["It".to_owned()]), Ok(()), "{name}, on purpose");
            }
        }
        // What the templates have shown already is not said twice.
        assert_eq!(judge(vec![known.clone()], &changes, &[]), Err(Refusal::Loss(vec![known])), "{name}, known");
    }
}
