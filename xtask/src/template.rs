//! A template of CloudFormation as a value, for those who judge it rather than write it.

use std::collections::BTreeMap;

use anyhow::{Context as _, bail};
use serde_json::{Map, Value, json};

use crate::terminal::line;

/// What of a template matters to a plan, a pre-flight and a policy rule.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Template {
    pub parameters: BTreeMap<String, Value>,
    pub resources: BTreeMap<String, Resource>,
    pub outputs: BTreeMap<String, Value>,
}

/// A resource, with its functions (`Ref`, `Fn::GetAtt`, `Fn::Sub`) in their long forms.
#[derive(Debug, Clone, PartialEq)]
pub struct Resource {
    /// Its type, such as `AWS::Cognito::UserPool`.
    pub kind: String,
    /// An object; empty where the template gives none.
    pub properties: Value,
    /// What CloudFormation does where nothing is said: delete.
    pub deletion_policy: Option<String>,
    /// The same for the old one of a replaced resource.
    pub update_replace_policy: Option<String>,
}

impl Template {
    /// Reads a template in YAML or JSON.
    ///
    /// # Errors
    /// When it is not what CloudFormation would take for a template.
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        Self::from_value(crate::render::parse(text)?)
    }

    fn from_value(document: Value) -> anyhow::Result<Self> {
        let Value::Object(mut document) = document else { bail!("the template is no mapping") };
        let mut section = |name: &str| match document.remove(name) {
            None | Some(Value::Null) => Ok(Map::new()),
            Some(Value::Object(section)) => Ok(section),
            Some(_) => bail!("the template's `{name}` is no mapping"),
        };
        let parameters = section("Parameters")?.into_iter().collect();
        let outputs = section("Outputs")?.into_iter().collect();
        let mut resources = BTreeMap::new();
        for (id, value) in section("Resources")? {
            let resource =
                Resource::from_value(value).with_context(|| format!("failed to read the resource `{}`", line(&id)))?;
            resources.insert(id, resource);
        }
        Ok(Self { parameters, resources, outputs })
    }

    /// The defaults of the parameters, as text.
    #[must_use]
    pub fn defaults(&self) -> BTreeMap<String, String> {
        let default = |(name, parameter): (&String, &Value)| {
            parameter.get("Default").map(|default| (name.clone(), scalar(default)))
        };
        self.parameters.iter().filter_map(default).collect()
    }

    /// The template as it is with these parameters: each `Ref` to one of them is its value, a default where none is given.
    #[must_use]
    pub fn with(&self, given: &BTreeMap<String, String>) -> Self {
        let mut values = self.defaults();
        values.extend(given.iter().map(|(name, value)| (name.clone(), value.clone())));
        let mut template = self.clone();
        for resource in template.resources.values_mut() {
            resolve(&mut resource.properties, &values);
        }
        template
    }
}

impl Resource {
    fn from_value(value: Value) -> anyhow::Result<Self> {
        let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        let properties = match value.get("Properties") {
            None | Some(Value::Null) => json!({}),
            Some(properties @ Value::Object(_)) => properties.clone(),
            Some(_) => bail!("its `Properties` are no mapping"),
        };
        Ok(Self {
            kind: text("Type").context("it has no `Type`")?,
            properties,
            deletion_policy: text("DeletionPolicy"),
            update_replace_policy: text("UpdateReplacePolicy"),
        })
    }
}

/// A scalar as CloudFormation takes it for a parameter.
fn scalar(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn resolve(value: &mut Value, values: &BTreeMap<String, String>) {
    if let Some(known) = reference(value).and_then(|name| values.get(name)) {
        *value = json!(known);
        return;
    }
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| resolve(item, values)),
        Value::Object(entries) => entries.values_mut().for_each(|entry| resolve(entry, values)),
        _ => {}
    }
}

/// What `{"Ref": …}` refers to.
fn reference(value: &Value) -> Option<&str> {
    let entries = value.as_object()?;
    if entries.len() == 1 { entries.get("Ref")?.as_str() } else { None }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const TEXT: &str = "Parameters:\n  Size: {Type: Number, Default: 3}\n  Name: {Type: String}\nResources:\n  A:\n    \
                        Type: AWS::SNS::Topic\n    DeletionPolicy: Retain\n    Properties:\n      TopicName: !Ref Name\n      \
                        Numbers: [!Ref Size, !Ref B]\n  B: {Type: AWS::SNS::Topic}\n";

    #[test]
    fn parameters_become_values_and_other_references_stay() {
        let template = Template::parse(TEXT).unwrap();
        assert_eq!(template.resources["A"].deletion_policy.as_deref(), Some("Retain"));
        assert_eq!(template.resources["B"].properties, json!({}));
        let given = BTreeMap::from([("Name".to_owned(), "n".to_owned())]);
        let seen = &template.with(&given).resources["A"].properties;
        assert_eq!(*seen, json!({ "TopicName": "n", "Numbers": ["3", { "Ref": "B" }] }));
    }

    #[test]
    fn what_is_no_template_is_refused() {
        for text in ["[]", "Resources: []", "Resources: {A: {}}", "Resources: {A: {Type: T, Properties: 1}}"] {
            assert!(Template::parse(text).is_err(), "{text}");
        }
    }
}
