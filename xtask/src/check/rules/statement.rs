//! The statements of every policy in a template, wherever they stand.

use serde_json::Value;

use crate::template::Template;

use super::read::{list, texts};

/// One statement of a policy.
#[derive(Debug, Clone, Copy)]
pub(super) struct Statement<'t> {
    /// The logical ID of the resource whose policy it is in.
    pub(super) resource: &'t str,
    /// Whether it says who may become a role.
    pub(super) trust: bool,
    value: &'t Value,
}

impl<'t> Statement<'t> {
    /// Whether it gives anything: whatever does not deny does.
    pub(super) fn allows(&self) -> bool {
        self.value["Effect"] != "Deny"
    }

    pub(super) fn actions(&self) -> impl Iterator<Item = &'t str> + use<'t> {
        texts(&self.value["Action"])
    }

    pub(super) fn resources(&self) -> &'t [Value] {
        list(&self.value["Resource"])
    }

    pub(super) fn get(&self, key: &str) -> Option<&'t Value> {
        self.value.get(key)
    }

    /// What must be equal for the statement to hold: keys with their values.
    pub(super) fn equals(&self) -> impl Iterator<Item = (&'t str, &'t Value)> + use<'t> {
        let condition = self.value.get("Condition").and_then(|condition| condition.get("StringEquals"));
        condition.and_then(Value::as_object).into_iter().flatten().map(|(key, value)| (key.as_str(), value))
    }
}

/// The statements that give something.
pub(super) fn allowing(template: &Template) -> Vec<Statement<'_>> {
    let mut found = Vec::new();
    for (id, resource) in &template.resources {
        collect(id, &resource.properties, false, &mut found);
    }
    found.retain(Statement::allows);
    found
}

fn collect<'t>(resource: &'t str, value: &'t Value, trust: bool, found: &mut Vec<Statement<'t>>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(resource, item, trust, found)),
        Value::Object(entries) => {
            for (key, entry) in entries {
                if key == "Statement" {
                    found.extend(list(entry).iter().map(|value| Statement { resource, trust, value }));
                } else {
                    collect(resource, entry, trust || key == "AssumeRolePolicyDocument", found);
                }
            }
        }
        _ => {}
    }
}
