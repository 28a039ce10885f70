//! Reads what a template says as CloudFormation would take it.

use serde_json::Value;

use crate::template::Template;

pub(super) const POOL: &str = "AWS::Cognito::UserPool";
pub(super) const CLIENT: &str = "AWS::Cognito::UserPoolClient";
pub(super) const FUNCTION: &str = "AWS::Lambda::Function";
pub(super) const TABLE: &str = "AWS::DynamoDB::Table";
pub(super) const SECRET: &str = "AWS::SecretsManager::Secret";

/// The resources of a type, each with its logical ID and properties.
pub(super) fn of_kind<'t>(template: &'t Template, kind: &'t str) -> impl Iterator<Item = (&'t str, &'t Value)> {
    let resources = template.resources.iter().filter(move |(_, resource)| resource.kind == kind);
    resources.map(|(id, resource)| (id.as_str(), &resource.properties))
}

/// True, or the text of it that a parameter would leave here.
pub(super) fn is_true(value: &Value) -> bool {
    value == &Value::Bool(true) || value == "true"
}

/// A whole number, or the text of one.
pub(super) fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

/// A list, or the one element that may stand for it.
pub(super) fn list(value: &Value) -> &[Value] {
    match value {
        Value::Null => &[],
        Value::Array(items) => items,
        one => std::slice::from_ref(one),
    }
}

/// The texts of a list or of one element; functions other than `Fn::Sub` have none.
pub(super) fn texts(value: &Value) -> impl Iterator<Item = &str> {
    list(value).iter().filter_map(text)
}

/// A text, or what `Fn::Sub` makes one of.
pub(super) fn text(value: &Value) -> Option<&str> {
    value.as_str().or_else(|| value.get("Fn::Sub")?.as_str())
}

/// What `Ref` or `Fn::GetAtt` points at: a logical ID, and the attribute if there is one.
pub(super) fn reference(value: &Value) -> Option<(&str, Option<&str>)> {
    if let Some(id) = value.get("Ref") {
        return Some((id.as_str()?, None));
    }
    let path = value.get("Fn::GetAtt")?;
    Some((path.get(0)?.as_str()?, Some(path.get(1)?.as_str()?)))
}

/// Calls back for each value inside of a value, itself included, outermost first.
pub(super) fn walk<'v>(value: &'v Value, visit: &mut impl FnMut(&'v Value)) {
    visit(value);
    match value {
        Value::Array(items) => items.iter().for_each(|item| walk(item, visit)),
        Value::Object(entries) => entries.values().for_each(|entry| walk(entry, visit)),
        _ => {}
    }
}
