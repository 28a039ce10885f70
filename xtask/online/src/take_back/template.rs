//! The template that kept resources are imported with.
//!
//! CloudFormation believes what it says: a property in it that the resource does not have stays as it is until somebody
//! changes it in the template. So it says of pool and clients only what can never change, as they really have it, and the
//! update that follows sets everything else. Table and key are made by constants of the template and stay as they are.

use std::collections::BTreeMap;

use aws_sdk_cloudformation::types::ResourceToImport;
use aws_sdk_cognitoidentityprovider::types::{SchemaAttributeType, UserPoolType};
use serde_json::{Map, Value, json};
use xtask::template::{Resource, Template};

use crate::kept::{Kept, Kind};

/// What an import is made of.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Import {
    /// Holds what is imported, and nothing else.
    pub(super) template: Template,
    pub(super) kept: Vec<Kept>,
    /// What the template has and was not found: it will be made anew.
    pub(super) missing: Vec<String>,
    /// What was found, and the template does not have: it stays behind.
    pub(super) unwanted: Vec<Kept>,
}

impl Import {
    /// `desired` has its parameters filled in; `with_secret` are the ids of the clients that have a secret.
    #[must_use]
    pub(super) fn new(desired: &Template, pool: &UserPoolType, kept: &[Kept], with_secret: &[String]) -> Self {
        let mut import =
            Self { template: Template::default(), kept: Vec::new(), missing: Vec::new(), unwanted: Vec::new() };
        for kept in kept {
            let wanted = desired.resources.get(&kept.logical_id);
            let Some(wanted) = wanted.filter(|wanted| Kind::of(&wanted.kind) == Some(kept.kind)) else {
                import.unwanted.push(kept.clone());
                continue;
            };
            let properties = match kept.kind {
                Kind::UserPool => pool_properties(&wanted.properties, pool),
                Kind::AppClient => client_properties(&wanted.properties, with_secret.contains(&kept.id)),
                Kind::Table | Kind::Key => wanted.properties.clone(),
            };
            // Whatever becomes of the import and of the update after it, neither ever deletes what it took in.
            let resource = Resource { properties, deletion_policy: Some("Retain".to_owned()), ..wanted.clone() };
            import.template.resources.insert(kept.logical_id.clone(), resource);
            import.kept.push(kept.clone());
        }
        let stateful = desired.resources.iter().filter(|(_, resource)| Kind::of(&resource.kind).is_some());
        let missing = stateful.filter(|(id, _)| !import.template.resources.contains_key(*id));
        import.missing = missing.map(|(id, _)| id.clone()).collect();
        import
    }

    /// Which of the resources in the account each of the template's is.
    #[must_use]
    pub(super) fn resources_to_import(&self, pool: &UserPoolType) -> Vec<ResourceToImport> {
        self.kept.iter().map(|kept| resource_to_import(kept, pool)).collect()
    }

    /// As CloudFormation takes it.
    #[must_use]
    pub(super) fn body(&self) -> String {
        let resource = |resource: &Resource| {
            json!({
                "Type": resource.kind,
                "DeletionPolicy": resource.deletion_policy,
                "UpdateReplacePolicy": resource.update_replace_policy,
                "Properties": resource.properties,
            })
        };
        let resources: Map<_, _> =
            self.template.resources.iter().map(|(id, value)| (id.clone(), resource(value))).collect();
        json!({ "AWSTemplateFormatVersion": "2010-09-09", "Resources": resources }).to_string()
    }
}

fn resource_to_import(kept: &Kept, pool: &UserPoolType) -> ResourceToImport {
    let resource =
        ResourceToImport::builder().logical_resource_id(&kept.logical_id).resource_type(kept.kind.resource_type());
    match kept.kind {
        Kind::UserPool => resource.resource_identifier("UserPoolId", &kept.id),
        Kind::AppClient => resource
            .resource_identifier("UserPoolId", pool.id().unwrap_or_default())
            .resource_identifier("ClientId", &kept.id),
        Kind::Table => resource.resource_identifier("TableName", &kept.id),
        Kind::Key => resource.resource_identifier("Id", &kept.id),
    }
    .build()
}

fn client_properties(wanted: &Value, has_secret: bool) -> Value {
    json!({ "UserPoolId": wanted["UserPoolId"], "GenerateSecret": has_secret })
}

/// What Cognito lets nobody change. Where the pool has it as the template wants it, in the template's own words: any
/// difference would be a change.
fn pool_properties(wanted: &Value, pool: &UserPoolType) -> Value {
    let mut properties = Map::new();
    let names: Vec<&str> = pool.username_attributes().iter().map(|name| name.as_str()).collect();
    let aliases: Vec<&str> = pool.alias_attributes().iter().map(|name| name.as_str()).collect();
    for (property, has) in [("UsernameAttributes", names), ("AliasAttributes", aliases)] {
        let wants = wanted.get(property);
        if wants.is_some_and(|wants| is_same_set(wants, &has)) {
            properties.extend(wants.map(|wants| (property.to_owned(), wants.clone())));
        } else if !has.is_empty() {
            properties.insert(property.to_owned(), json!(has));
        }
    }
    if let Some(has) = pool.username_configuration() {
        properties.insert("UsernameConfiguration".to_owned(), json!({ "CaseSensitive": has.case_sensitive() }));
    }
    let entries = wanted.get("Schema").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let has: Vec<Value> = entries.iter().filter_map(|entry| schema_entry(entry, pool.schema_attributes())).collect();
    if !has.is_empty() {
        properties.insert("Schema".to_owned(), Value::Array(has));
    }
    Value::Object(properties)
}

fn is_same_set(wanted: &Value, has: &[&str]) -> bool {
    let wanted: Option<Vec<&str>> = wanted.as_array().map(|names| names.iter().filter_map(Value::as_str).collect());
    wanted.is_some_and(|wanted| {
        wanted.len() == has.len() && !has.is_empty() && wanted.iter().all(|name| has.contains(name))
    })
}

/// An attribute of the template as the pool has it; none if it does not, and then the update adds it.
fn schema_entry(wanted: &Value, attributes: &[SchemaAttributeType]) -> Option<Value> {
    let name = wanted.get("Name").and_then(Value::as_str)?;
    let custom = format!("custom:{name}");
    let has = attributes.iter().find(|has| has.name().is_some_and(|has| has == custom || has == name))?;
    let mut entry = BTreeMap::from([("Name", json!(name))]);
    let known = [
        ("AttributeDataType", has.attribute_data_type().map(|kind| json!(kind.as_str()))),
        ("Mutable", has.mutable().map(Value::Bool)),
        ("Required", has.required().map(Value::Bool)),
        ("DeveloperOnlyAttribute", has.developer_only_attribute().map(Value::Bool)),
        (
            "StringAttributeConstraints",
            has.string_attribute_constraints()
                .map(|of| json!({ "MinLength": of.min_length(), "MaxLength": of.max_length() })),
        ),
    ];
    // Cognito tells more than the template says; only what the template says can differ from it.
    let said = known.into_iter().filter(|(key, _)| wanted.get(key).is_some());
    entry.extend(said.filter_map(|(key, value)| Some((key, value?))));
    Some(json!(entry))
}
