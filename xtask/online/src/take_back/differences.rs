//! What becomes of the settings of that which is taken back: as they are, and as the update after the import makes them.

use serde_json::{Map, Value};
use xtask::template::Template;

use crate::plan::PropertyChange;

/// What Cognito has where nothing was chosen: an update that does not name these gives them back.
const DEFAULTS: [(&str, &str); 5] = [
    ("MfaConfiguration", r#""OFF""#),
    ("EmailConfiguration.EmailSendingAccount", r#""COGNITO_DEFAULT""#),
    ("Policies.SignInPolicy.AllowedFirstAuthFactors", r#"["PASSWORD"]"#),
    ("VerificationMessageTemplate.DefaultEmailOption", r#""CONFIRM_WITH_CODE""#),
    ("AuthSessionValidity", "3"),
];
/// Follows another setting, and is never named beside it.
const FOLLOWS: &str = "AdminCreateUserConfig.UnusedAccountValidityDays";
/// What a template says of these types and no update sets.
const FIXED: [&str; 3] = ["Schema", "UserPoolId", "GenerateSecret"];

/// What stands for something else in a template.
#[derive(Debug, Clone)]
pub(super) struct Known<'a> {
    pub(super) template: &'a Template,
    pub(super) partition: &'a str,
    pub(super) account: &'a str,
    pub(super) region: &'a str,
    pub(super) stack: &'a str,
}

/// What differs between the settings of a resource and those that the template gives it.
pub(super) fn differences(has: &Value, wanted: &Value, known: &Known<'_>) -> Vec<PropertyChange> {
    let mut wanted = known.resolved(wanted);
    if let Value::Object(properties) = &mut wanted {
        properties.retain(|name, _| !FIXED.contains(&name.as_str()));
    }
    let mut found = Vec::new();
    differ("", plain(has.clone()), plain(wanted), &mut found);
    found
}

/// The same for a resource that stays as it is: what is not asked for does not matter.
pub(super) fn unlike(has: &Value, wanted: &Value, known: &Known<'_>) -> Vec<PropertyChange> {
    let mut wanted = wanted.clone();
    if let (Value::Object(has), Value::Object(wanted)) = (has, &mut wanted) {
        wanted.retain(|name, _| has.contains_key(name));
    }
    differences(has, &wanted, known)
}

/// Text that says a number or a truth is one, an empty thing is none, and lists of names have no order: the services and
/// the templates write each in their own way.
fn plain(value: Value) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::String(text) if text.is_empty() => None,
        Value::String(text) => {
            let scalar =
                serde_json::from_str(&text).ok().filter(|value: &Value| value.is_number() || value.is_boolean());
            Some(scalar.unwrap_or(Value::String(text)))
        }
        Value::Array(items) => {
            let mut items: Vec<_> = items.into_iter().filter_map(plain).collect();
            items.sort_by_key(Value::to_string);
            (!items.is_empty()).then_some(Value::Array(items))
        }
        Value::Object(entries) => {
            let entries: Map<_, _> =
                entries.into_iter().filter_map(|(name, value)| Some((name, plain(value)?))).collect();
            (!entries.is_empty()).then_some(Value::Object(entries))
        }
        scalar => Some(scalar),
    }
}

fn differ(path: &str, has: Option<Value>, wanted: Option<Value>, found: &mut Vec<PropertyChange>) {
    if has == wanted {
        return;
    }
    let is_map = |value: &Option<Value>| value.as_ref().is_none_or(|value| value.is_object() && !is_function(value));
    if is_map(&has) && is_map(&wanted) {
        let entries = |value| if let Some(Value::Object(entries)) = value { entries } else { Map::new() };
        let (mut has, mut wanted) = (entries(has), entries(wanted));
        let mut names: Vec<_> = has.keys().chain(wanted.keys()).cloned().collect();
        names.sort();
        names.dedup();
        for name in names {
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            differ(&path, has.remove(&name), wanted.remove(&name), found);
        }
        return;
    }
    let is_off = |value: &Option<Value>| value.as_ref().is_none_or(|value| *value == Value::Bool(false));
    if is_off(&has) && is_off(&wanted) || wanted.is_none() && is_default(path, has.as_ref()) {
        return;
    }
    found.push(PropertyChange { path: path.to_owned(), before: has, after: wanted });
}

fn is_default(path: &str, has: Option<&Value>) -> bool {
    let is = |(name, value): &(&str, &str)| {
        *name == path && has.is_some_and(|has| serde_json::from_str(value).is_ok_and(|value: Value| value == *has))
    };
    path == FOLLOWS || DEFAULTS.iter().any(is)
}

fn is_function(value: &Value) -> bool {
    value.as_object().is_some_and(|map| map.len() == 1 && map.keys().all(|key| key == "Ref" || key.starts_with("Fn::")))
}

impl Known<'_> {
    /// With everything in the place of functions that is known before the stack is there.
    fn resolved(&self, value: &Value) -> Value {
        if let Some(known) = self.function(value) {
            return known.into();
        }
        match value {
            Value::Array(items) => items.iter().map(|item| self.resolved(item)).collect(),
            Value::Object(entries) => {
                Value::Object(entries.iter().map(|(name, value)| (name.clone(), self.resolved(value))).collect())
            }
            other => other.clone(),
        }
    }

    fn function(&self, value: &Value) -> Option<String> {
        let entries = value.as_object().filter(|entries| entries.len() == 1)?;
        let (name, argument) = entries.iter().next()?;
        match (name.as_str(), argument) {
            ("Ref", Value::String(name)) => self.substituted(&format!("${{{name}}}")),
            ("Fn::Sub", Value::String(text)) => self.substituted(text),
            ("Fn::GetAtt", Value::Array(parts)) if parts.get(1).is_some_and(|part| part == "Arn") => {
                let function = self.template.resources.get(parts.first()?.as_str()?)?;
                let name =
                    (function.kind == "AWS::Lambda::Function").then(|| function.properties.get("FunctionName"))??;
                let name = self.resolved(name);
                let Self { partition, region, account, .. } = self;
                Some(format!("arn:{partition}:lambda:{region}:{account}:function:{}", name.as_str()?))
            }
            _ => None,
        }
    }

    /// None where something stays open.
    fn substituted(&self, text: &str) -> Option<String> {
        let values = [
            ("${AWS::Partition}", self.partition),
            ("${AWS::AccountId}", self.account),
            ("${AWS::Region}", self.region),
            ("${AWS::StackName}", self.stack),
        ];
        let mut text = values.iter().fold(text.to_owned(), |text, (name, value)| text.replace(name, value));
        // A reference to an identity is what it is called.
        for (id, resource) in &self.template.resources {
            if let ("AWS::SES::EmailIdentity", Some(Value::String(name))) =
                (resource.kind.as_str(), resource.properties.get("EmailIdentity"))
            {
                text = text.replace(&format!("${{{id}}}"), name);
            }
        }
        (!text.contains("${")).then_some(text)
    }
}
