#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};

use crate::render;
use crate::stage::{self, Stage};

use super::*;

mod table;

use table::table;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn stage(name: &str) -> Stage {
    stage::load(root(), name).unwrap()
}

fn rendered(name: &str) -> Template {
    Template::parse(&render::render(root(), &stage(name)).unwrap()).unwrap()
}

/// The roles of a stage's pipeline.
fn roles(name: &str) -> Template {
    Template::parse(&render::all(root(), &stage(name)).unwrap()[1].text).unwrap()
}

/// What is broken in a good template: a place inside of its resources and what is put there, null to take it away.
type Break = (&'static str, Value);

fn broken(template: &Template, breaks: &[Break]) -> Template {
    let mut template = template.clone();
    for (place, value) in breaks {
        let Some((id, place)) = place.split_once('/') else {
            template.resources.remove(*place).unwrap();
            continue;
        };
        let resource = template.resources.get_mut(id).unwrap();
        let text = || value.as_str().map(str::to_owned);
        match place {
            "DeletionPolicy" => resource.deletion_policy = text(),
            "UpdateReplacePolicy" => resource.update_replace_policy = text(),
            place => put(&mut resource.properties, place, value.clone()),
        }
    }
    template
}

/// Puts a value at a place, which is made where it is not there; null takes away what is.
fn put(target: &mut Value, place: &str, value: Value) {
    let (key, rest) = place.split_once('/').map_or((place, None), |(key, rest)| (key, Some(rest)));
    match (target, rest) {
        (Value::Array(items), Some(rest)) => put(&mut items[key.parse::<usize>().unwrap()], rest, value),
        (Value::Array(items), None) => items[key.parse::<usize>().unwrap()] = value,
        (target, Some(rest)) => put(&mut target[key], rest, value),
        (Value::Object(entries), None) if value.is_null() => drop(entries.remove(key)),
        (target, None) => target[key] = value,
    }
}

fn found(template: &Template, accepted: &[Risk]) -> Vec<String> {
    let findings = judge(template, accepted);
    findings.iter().map(|finding| format!("{} {}", finding.rule, finding.resource)).collect()
}

#[test]
fn what_is_committed_has_no_findings_beside_what_it_accepts() {
    for name in stage::names(root()).unwrap() {
        let stage = stage(name.as_ref());
        for rendered in render::all(root(), &stage).unwrap() {
            let template = Template::parse(&rendered.text).unwrap();
            assert_eq!(judge(&template, &stage.accepted), [], "{}", rendered.file);
        }
    }
}

#[test]
fn one_broken_thing_is_found_as_that_and_nothing_else() {
    let good = rendered("dev");
    for (name, breaks, expected) in table() {
        assert_eq!(found(&broken(&good, &breaks), &[]), expected, "{name}");
    }
}

#[test]
fn a_pipeline_s_roles_are_judged_alike() {
    let good = roles("prod");
    let subject = |text: &str| {
        json!({ "StringEquals": {
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": text,
        }})
    };
    let condition: &'static str = "DeployRole/AssumeRolePolicyDocument/Statement/0/Condition";
    let action: &'static str = "DeployRole/Policies/0/PolicyDocument/Statement/1/Action";
    let resource: &'static str = "ExecutionRole/Policies/1/PolicyDocument/Statement/1/Resource";
    let every = json!("*");
    for (name, broken_by, expected) in [
        ("any branch", (condition, subject("repo:example/sign-in:*")), "federated-trust DeployRole"),
        ("no condition", (condition, Value::Null), "federated-trust DeployRole federated-trust DeployRole"),
        ("any change", (action, json!("cloudformation:*")), "wildcards DeployRole"),
        ("any resource", (resource, every.clone()), "wildcards ExecutionRole"),
        (
            "an action that has resources",
            ("ExecutionRole/Policies/1/PolicyDocument/Statement/0/Action", json!("cognito-idp:DeleteUserPool")),
            "wildcards ExecutionRole",
        ),
    ] {
        assert_eq!(found(&broken(&good, &[broken_by]), &[]).join(" "), expected, "{name}");
    }
}

/// The page that lists the rules lists them all.
#[test]
fn every_rule_is_written_down() {
    let page = std::fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    for rule in RULES {
        assert!(page.contains(&format!("`{}`", rule.name)), "{}", rule.name);
    }
}

#[test]
fn every_rule_is_seen_to_fail() {
    let seen: BTreeSet<_> =
        table().iter().flat_map(|(.., expected)| expected.iter().map(|line| line.split(' ').next().unwrap())).collect();
    let all: BTreeSet<_> = RULES.iter().map(|rule| rule.name).collect();
    assert_eq!(seen, all);
}

/// What a stage file has to accept, it accepts for its template: one name, one meaning.
#[test]
fn an_accepted_risk_excuses_its_findings_and_no_others() {
    let good = rendered("dev");
    for (risk, row) in [
        (Risk::PasswordOnlyFlows, "password-only flow"),
        (Risk::AttributeRead, "readable attribute"),
        (Risk::AttributeWrite, "writable attribute"),
        (Risk::NoGate, "no gate"),
        (Risk::CodeLifeOver10Minutes, "a longer life for all"),
        (Risk::RecoveryByEmail, "recovery by e-mail"),
        (Risk::OpenSignUp, "open sign-up"),
        (Risk::NoDeletionProtection, "no deletion protection"),
        (Risk::SoftLimits, "soft limits"),
    ] {
        let (_, breaks, _) = table().into_iter().find(|(name, ..)| *name == row).unwrap();
        let broken = broken(&good, &breaks);
        assert_eq!(found(&broken, &[risk]), Vec::<String>::new(), "{row}");
        let others: Vec<_> = Risk::ALL.iter().copied().filter(|other| *other != risk).collect();
        assert_ne!(found(&broken, &others), Vec::<String>::new(), "{row}");
        let finding = judge(&broken, &[]).remove(0).to_string();
        assert!(finding.contains(&format!("`accept = [\"{risk}\"]`")), "{finding}");
    }
    let never = table().into_iter().find(|(name, ..)| *name == "recovery by phone").unwrap();
    assert_eq!(found(&broken(&good, &never.1), Risk::ALL), ["recovery UserPool"]);
}

#[test]
fn a_parameter_is_judged_by_its_default() {
    let mut template = rendered("dev");
    let pool = &mut template.resources.get_mut("UserPool").unwrap().properties;
    pool["DeletionProtection"] = json!({ "Ref": "DeletionProtection" });
    for (default, expected) in [("ACTIVE", 0), ("INACTIVE", 1)] {
        let parameter = json!({ "Type": "String", "Default": default });
        template.parameters.insert("DeletionProtection".to_owned(), parameter);
        assert_eq!(judge(&template, &[]).len(), expected, "{default}");
    }
}
