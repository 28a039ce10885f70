//! Two templates side by side.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use xtask::template::{Resource, Template};

/// What happens to one resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    pub action: Action,
    /// Whether only the operation itself will show if another one takes its place.
    pub may_replace: bool,
    pub logical_id: String,
    #[serde(rename = "type")]
    pub kind: String,
    /// Whether what is removed or replaced stays in the account all the same; none where nothing is.
    #[serde(default)]
    pub kept: Option<bool>,
    pub properties: Vec<PropertyChange>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    Add,
    Change,
    /// Another one takes its place.
    Replace,
    Remove,
    Import,
}

impl Action {
    /// Whether the resource of before leaves the stack.
    #[must_use]
    pub const fn takes_away(self) -> bool {
        matches!(self, Self::Replace | Self::Remove)
    }
}

impl Change {
    /// What becomes of the resource that leaves the stack, where it stays in the account.
    #[must_use]
    pub fn stays(&self) -> Option<&'static str> {
        self.kept.filter(|kept| *kept)?;
        Some(match (self.kind.as_str(), self.action) {
            ("AWS::Cognito::UserPoolClient", Action::Replace) => "the one before is kept, still enabled",
            ("AWS::Cognito::UserPoolClient", _) => "kept, still enabled",
            (_, Action::Replace) => "the one before is kept",
            _ => "kept",
        })
    }
}

/// A property, or a part of one, on its way from one value to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PropertyChange {
    /// Names and numbers, joined by dots.
    pub path: String,
    pub before: Option<Value>,
    pub after: Option<Value>,
}

/// What another value of makes another resource, for the types of these templates (create-only properties of
/// CloudFormation's registry). A change of the type always does.
const CREATE_ONLY: [(&str, &[&str]); 9] = [
    ("AWS::Cognito::UserPoolClient", &["UserPoolId", "GenerateSecret"]),
    ("AWS::DynamoDB::Table", &["TableName", "KeySchema", "ImportSourceSpecification"]),
    ("AWS::SecretsManager::Secret", &["Name"]),
    ("AWS::Lambda::Function", &["FunctionName", "PackageType"]),
    ("AWS::Lambda::Permission", &["Action", "FunctionName", "Principal", "SourceAccount", "SourceArn"]),
    ("AWS::IAM::Role", &["RoleName", "Path"]),
    ("AWS::Logs::LogGroup", &["LogGroupName"]),
    ("AWS::SNS::Topic", &["TopicName", "FifoTopic"]),
    ("AWS::SES::EmailIdentity", &["EmailIdentity"]),
];

/// The changes from one template to the other, both with their parameters filled in, by logical ID.
#[must_use]
pub fn compare(before: &Template, after: &Template) -> Vec<Change> {
    let mut changes = Vec::new();
    for (id, old) in &before.resources {
        match after.resources.get(id) {
            None => {
                let change = change(id, &old.kind, Action::Remove, differences(Some(old), None));
                changes.push(Change { kept: Some(retains(&old.deletion_policy)), ..change });
            }
            Some(new) if old != new => {
                let replaced = replaces(old, new);
                let action = if replaced { Action::Replace } else { Action::Change };
                let kept = replaced.then(|| retains(&new.update_replace_policy));
                changes.push(Change { kept, ..change(id, &new.kind, action, differences(Some(old), Some(new))) });
            }
            Some(_) => {}
        }
    }
    let added = after.resources.iter().filter(|(id, _)| !before.resources.contains_key(*id));
    changes.extend(added.map(|(id, new)| change(id, &new.kind, Action::Add, differences(None, Some(new)))));
    changes.sort_by(|a, b| a.logical_id.cmp(&b.logical_id));
    changes
}

fn change(id: &str, kind: &str, action: Action, properties: Vec<PropertyChange>) -> Change {
    Change { action, may_replace: false, logical_id: id.to_owned(), kind: kind.to_owned(), kept: None, properties }
}

/// Whether CloudFormation leaves the resource alone when it leaves the stack.
fn retains(policy: &Option<String>) -> bool {
    policy.as_deref().is_some_and(|policy| policy.starts_with("Retain"))
}

fn replaces(old: &Resource, new: &Resource) -> bool {
    let fixed = CREATE_ONLY.iter().find(|(kind, _)| *kind == new.kind).map_or(&[][..], |(_, fixed)| fixed);
    old.kind != new.kind || fixed.iter().any(|name| old.properties.get(*name) != new.properties.get(*name))
}

fn differences(old: Option<&Resource>, new: Option<&Resource>) -> Vec<PropertyChange> {
    let mut found = Vec::new();
    let text = |policy: Option<&String>| policy.map(|policy| Value::String(policy.clone()));
    let policies = [
        ("DeletionPolicy", old.map(|r| &r.deletion_policy), new.map(|r| &r.deletion_policy)),
        ("UpdateReplacePolicy", old.map(|r| &r.update_replace_policy), new.map(|r| &r.update_replace_policy)),
    ];
    for (name, old, new) in policies {
        let (old, new) = (text(old.and_then(Option::as_ref)), text(new.and_then(Option::as_ref)));
        differ(&format!("({name})"), old.as_ref(), new.as_ref(), &mut found);
    }
    differ("", old.map(|r| &r.properties), new.map(|r| &r.properties), &mut found);
    found
}

/// Down to the values that differ, so that a long list with one new entry is one line.
fn differ(path: &str, old: Option<&Value>, new: Option<&Value>, found: &mut Vec<PropertyChange>) {
    if old == new {
        return;
    }
    let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    let is_map = |value: Option<&Value>| value.is_none_or(|value| value.is_object() && !is_function(value));
    let is_list = |value: Option<&Value>| value.is_none_or(Value::is_array);
    if is_map(old) && is_map(new) {
        let keys = |value: Option<&Value>| {
            value.and_then(Value::as_object).map(|map| map.keys().cloned().collect::<Vec<_>>()).unwrap_or_default()
        };
        let mut names = keys(old);
        names.extend(keys(new));
        names.sort();
        names.dedup();
        for name in names {
            let part = |value: Option<&'_ Value>| value.and_then(|value| value.get(&name)).cloned();
            differ(&below(&name), part(old).as_ref(), part(new).as_ref(), found);
        }
    } else if is_list(old) && is_list(new) && old.is_some() && new.is_some() {
        let length = |value: Option<&Value>| value.and_then(Value::as_array).map_or(0, Vec::len);
        for index in 0..length(old).max(length(new)) {
            let part = |value: Option<&'_ Value>| value.and_then(|value| value.get(index)).cloned();
            differ(&below(&index.to_string()), part(old).as_ref(), part(new).as_ref(), found);
        }
    } else {
        found.push(PropertyChange { path: path.to_owned(), before: old.cloned(), after: new.cloned() });
    }
}

/// `Ref` and `Fn::…` are one value for a reader.
fn is_function(value: &Value) -> bool {
    value.as_object().is_some_and(|map| map.len() == 1 && map.keys().all(|key| key == "Ref" || key.starts_with("Fn::")))
}
