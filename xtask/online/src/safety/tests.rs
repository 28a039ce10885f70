#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use super::*;

const TEMPLATE: &str = include_str!("../../../../deploy/rendered/local.yaml");

fn template(changes: &[(&str, &str)]) -> Template {
    let text = changes.iter().fold(TEMPLATE.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "`{from}` should stand in the template");
        text.replace(from, to)
    });
    Template::parse(&text).unwrap().with(&BTreeMap::new())
}

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
    let both = || vec![removed("A"), removed("B")];
    assert_eq!(judge(vec![], &[]), Ok(()));
    assert_eq!(judge(both(), &[]), Err(Refusal::Loss(both())));
    assert_eq!(judge(both(), &allowed(&["A"])), Err(Refusal::Loss(vec![removed("B")])));
    assert_eq!(judge(both(), &allowed(&["A", "B"])), Ok(()));
    assert_eq!(judge(vec![], &allowed(&["A"])), Err(Refusal::Superfluous("A".into())));
    assert_eq!(judge(vec![fixed.clone()], &allowed(&["UserPool"])), Err(Refusal::Loss(vec![fixed])));
    let said = judge(both(), &[]).unwrap_err().to_string();
    assert!(said.ends_with("`--allow-replace A --allow-replace B`"), "{said}");
}
