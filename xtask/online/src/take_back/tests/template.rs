//! What is imported, and what is refused because it is not what the stage wants.

use serde_json::{Value, json};

use super::super::import::imports_alone;
use super::super::template::Import;
use super::*;

const WITH_SECRET: &str = "2server";

fn import(pool: &UserPoolType, kept: &[Kept], with_secret: &[&str]) -> Import {
    let with_secret: Vec<_> = with_secret.iter().map(|id| (*id).to_owned()).collect();
    Import::new(&wanted(), pool, kept, &with_secret)
}

#[test]
fn an_import_says_only_what_can_never_change() {
    let import = import(&pool(), &all_kept(), &[WITH_SECRET]);
    let body: Value = serde_json::from_str(&import.body()).unwrap();
    assert_eq!(body.as_object().unwrap().keys().collect::<Vec<_>>(), ["AWSTemplateFormatVersion", "Resources"]);
    let properties = |id: &str| body["Resources"][id]["Properties"].clone();
    let schema = wanted().resources["UserPool"].properties["Schema"].clone();
    assert_eq!(
        properties("UserPool"),
        json!({ "UsernameAttributes": ["email"], "UsernameConfiguration": { "CaseSensitive": false }, "Schema": schema })
    );
    let client = |secret: bool| json!({ "UserPoolId": { "Ref": "UserPool" }, "GenerateSecret": secret });
    assert_eq!((properties("AppClientWeb"), properties("AppClientServer")), (client(false), client(true)));
    for id in ["StateTable", "CodeKey"] {
        assert_eq!(properties(id), wanted().resources[id].properties, "{id} is made by constants");
    }
    for (id, resource) in body["Resources"].as_object().unwrap() {
        assert_eq!(resource["DeletionPolicy"], "Retain", "{id}");
    }
    assert!(import.missing.is_empty() && import.unwanted.is_empty(), "{import:?}");

    // And the update after it replaces nothing, and changes what was left out.
    assert_eq!(safety::dangers(&import.template, &wanted()), []);
    let changes = compare(&import.template, &wanted());
    assert!(changes.iter().all(|change| change.action != Action::Replace), "{changes:?}");
    let pool = changes.iter().find(|change| change.logical_id == "UserPool").unwrap();
    assert!(pool.properties.iter().any(|property| property.path.starts_with("LambdaConfig")), "{pool:?}");
}

#[test]
fn each_resource_is_named_by_the_identifier_of_its_type() {
    let resources = import(&pool(), &all_kept(), &[WITH_SECRET]).resources_to_import(&pool());
    let told: Vec<_> = resources
        .iter()
        .map(|resource| {
            let mut identifier: Vec<_> = resource.resource_identifier().unwrap().iter().collect();
            identifier.sort();
            (resource.logical_resource_id().unwrap(), resource.resource_type().unwrap(), format!("{identifier:?}"))
        })
        .collect();
    let client = |id: &str| format!("[(\"ClientId\", \"{id}\"), (\"UserPoolId\", \"P1\")]");
    assert_eq!(
        told,
        [
            ("UserPool", "AWS::Cognito::UserPool", "[(\"UserPoolId\", \"P1\")]".to_owned()),
            ("AppClientServer", "AWS::Cognito::UserPoolClient", client("2server")),
            ("AppClientWeb", "AWS::Cognito::UserPoolClient", client("1web")),
            ("StateTable", "AWS::DynamoDB::Table", "[(\"TableName\", \"table\")]".to_owned()),
            ("CodeKey", "AWS::SecretsManager::Secret", "[(\"Id\", \"arn:key\")]".to_owned()),
        ]
    );
}

#[test]
fn what_is_not_there_is_made_anew_and_what_is_not_wanted_stays_behind() {
    let old = kept("AppClientOld", Kind::AppClient, "0old");
    // A logical ID says nothing if the type is another one.
    let mistaken = kept("AppClientServer", Kind::Table, "t");
    let found = [kept("UserPool", Kind::UserPool, "P1"), old.clone(), mistaken.clone()];
    let import = import(&pool(), &found, &[]);
    assert_eq!(import.kept, found[..1]);
    assert_eq!(import.missing, ["AppClientServer", "AppClientWeb", "CodeKey", "StateTable"]);
    assert_eq!(import.unwanted, [old, mistaken]);
}

#[test]
fn what_can_never_change_has_to_be_what_the_stage_wants() {
    use UsernameAttributeType as Username;
    let named = |attributes: &[Username]| {
        described().schema_attributes(attribute("2048")).set_username_attributes(Some(attributes.to_vec())).build()
    };
    let sensitive = UsernameConfigurationType::builder().case_sensitive(true).build().unwrap();
    let sensitive = described().schema_attributes(attribute("2048")).username_configuration(sensitive).build();
    let without = described().build();
    let shorter = described().schema_attributes(attribute("100")).build();
    let rows: [(&str, UserPoolType, &[&str], &[&str]); 8] = [
        ("as it was", pool(), &[WITH_SECRET], &[]),
        ("without the attribute, which is added", without, &[WITH_SECRET], &[]),
        (
            "signs in by a name",
            named(&[]),
            &[WITH_SECRET],
            &["`UserPool` (AWS::Cognito::UserPool) has a `UsernameAttributes`"],
        ),
        (
            "by a phone number, too",
            named(&[Username::Email, Username::PhoneNumber]),
            &[WITH_SECRET],
            &["`UsernameAttributes`"],
        ),
        ("tells cases apart", sensitive, &[WITH_SECRET], &["`UsernameConfiguration`"]),
        ("a shorter attribute", shorter, &[WITH_SECRET], &["has the attribute `authChallenge`"]),
        ("a secret gone", pool(), &[], &["`AppClientServer` (AWS::Cognito::UserPoolClient) would be replaced"]),
        (
            "a secret too many",
            pool(),
            &[WITH_SECRET, "1web"],
            &["`AppClientWeb` (AWS::Cognito::UserPoolClient) would be replaced"],
        ),
    ];
    for (name, pool, with_secret, expected) in rows {
        let import = import(&pool, &all_kept(), with_secret);
        let dangers: Vec<_> = safety::dangers(&import.template, &wanted()).iter().map(ToString::to_string).collect();
        assert_eq!(dangers.len(), expected.len(), "{name}: {dangers:?}");
        for (danger, expected) in dangers.iter().zip(expected) {
            assert!(danger.contains(expected), "{name}: {danger}");
        }
    }
}

#[test]
fn only_an_import_of_all_that_was_shown_is_carried_out() {
    let import = import(&pool(), &all_kept(), &[WITH_SECRET]);
    let all: Vec<_> = import.kept.iter().map(change).collect();
    let mut foreign = all.clone();
    foreign[0].logical_id = "Another".to_owned();
    let mut changed = all.clone();
    changed[1].action = Action::Change;
    let rows = [
        ("all of them", all.clone(), true),
        ("one less", all[1..].to_vec(), false),
        ("another one", foreign, false),
        ("a change", changed, false),
        ("none", Vec::new(), false),
    ];
    for (name, changes, fine) in rows {
        assert_eq!(imports_alone(&changes, &import).is_ok(), fine, "{name}");
    }
}

#[test]
fn what_is_shown_says_what_comes_back_and_what_comes_after() {
    let mut found = all_kept();
    found.remove(2);
    found.push(kept("AppClientOld", Kind::AppClient, "0old"));
    let text = describe(&import(&pool(), &found, &[WITH_SECRET]), &Pool::new(pool()), &wanted());
    let lines: Vec<_> = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(lines[0], "taking back the user pool `P1` (`cognito-email-mfa-prod`) with no users");
    assert_eq!(lines[1], "import UserPool AWS::Cognito::UserPool P1");
    assert_eq!(lines[5], "`AppClientWeb` is not among what was left: it will be made anew");
    assert_eq!(
        lines[6],
        "left behind, since the stage has no such resource: AppClientOld AWS::Cognito::UserPoolClient 0old"
    );
    assert_eq!(lines[7], "4 to import, 0 to add, 0 to change, 0 to replace, 0 to remove");
    assert!(lines[8].starts_with("then an update brings the rest: "), "{}", lines[8]);
    assert!(lines[8].ends_with(" 4 to change, 0 to replace, 0 to remove"), "{}", lines[8]);
}
