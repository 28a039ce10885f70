#![allow(clippy::unwrap_used, clippy::panic)]

mod flow;
mod settings;
mod template;

use aws_sdk_cognitoidentityprovider::types::builders::UserPoolTypeBuilder;
use aws_sdk_cognitoidentityprovider::types::{
    AttributeDataType, SchemaAttributeType, StringAttributeConstraintsType, UserPoolType, UsernameAttributeType,
    UsernameConfigurationType,
};

use super::*;

/// The template of a stage on AWS, as it is committed.
const RENDERED: &str = include_str!("../../../../../deploy/rendered/prod.yaml");

fn wanted() -> Template {
    Template::parse(RENDERED).unwrap().with(&std::collections::BTreeMap::new())
}

fn kept(logical_id: &str, kind: Kind, id: &str) -> Kept {
    Kept { logical_id: logical_id.to_owned(), kind, id: id.to_owned(), restorable_until: None }
}

/// Everything that a stack of that template leaves.
fn all_kept() -> Vec<Kept> {
    vec![
        kept("UserPool", Kind::UserPool, "P1"),
        kept("AppClientServer", Kind::AppClient, "2server"),
        kept("AppClientWeb", Kind::AppClient, "1web"),
        kept("StateTable", Kind::Table, "table"),
        kept("CodeKey", Kind::Key, "arn:key"),
    ]
}

fn attribute(longest: &str) -> SchemaAttributeType {
    SchemaAttributeType::builder()
        .name("custom:authChallenge")
        .attribute_data_type(AttributeDataType::String)
        .mutable(true)
        .required(false)
        .developer_only_attribute(false)
        .string_attribute_constraints(
            StringAttributeConstraintsType::builder().min_length("0").max_length(longest).build(),
        )
        .build()
}

/// What cannot be changed of the pool, as that template makes it.
fn described() -> UserPoolTypeBuilder {
    let folded = UsernameConfigurationType::builder().case_sensitive(false).build().unwrap();
    let standard = SchemaAttributeType::builder().name("email").attribute_data_type(AttributeDataType::String).build();
    UserPoolType::builder()
        .id("P1")
        .name("cognito-email-mfa-prod")
        .username_attributes(UsernameAttributeType::Email)
        .username_configuration(folded)
        .schema_attributes(standard)
}

fn pool() -> UserPoolType {
    described().schema_attributes(attribute("2048")).build()
}
