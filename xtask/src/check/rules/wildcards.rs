//! Rights that reach further than what they name.

use serde_json::Value;

use crate::template::Template;

use super::Fault;
use super::read::{list, text, walk};
use super::statement::{Statement, allowing};

/// Actions that AWS checks against no resource, so that `*` is all that can be said.
const WITHOUT_RESOURCE: [&str; 7] = [
    "cloudformation:ListStacks",
    "cognito-idp:CreateUserPool",
    "cognito-idp:ListUserPools",
    "lambda:GetAccountSettings",
    "logs:DescribeLogGroups",
    "secretsmanager:GetRandomPassword",
    "ses:GetAccount",
];
/// Resources whose names AWS chooses, all of it: within one account and Region they cannot be told apart beforehand.
const UNNAMED: [&str; 2] = ["changeSet/*", "userpool/*"];
/// Services whose ARNs have no type before the name.
const UNTYPED: [&str; 2] = ["s3", "sns"];

pub(super) fn wildcards(template: &Template) -> Vec<Fault> {
    let mut faults = Vec::new();
    for statement in allowing(template) {
        let id = statement.resource;
        for key in ["NotAction", "NotResource"] {
            if statement.get(key).is_some() {
                faults.push(Fault::new(id, format!("`{key}` gives whatever it does not name")));
            }
        }
        for action in statement.actions().filter(|action| is_wild(action)) {
            faults.push(Fault::new(id, format!("the action `{action}` gives more than one call")));
        }
        let wild = statement.resources().iter().filter_map(text).filter(|resource| is_wild(resource));
        for resource in wild.filter(|resource| !is_narrow(resource, &statement)) {
            faults.push(Fault::new(
                id,
                format!(
                    "the resource `{resource}` is not narrowed by a name, and not on the list of those that cannot be"
                ),
            ));
        }
    }
    faults
}

fn is_wild(text: &str) -> bool {
    text.contains(['*', '?'])
}

/// Whether only the end of a name is open, behind a beginning that is ours.
fn is_narrow(resource: &str, statement: &Statement<'_>) -> bool {
    if resource == "*" {
        return statement.actions().all(|action| WITHOUT_RESOURCE.contains(&action));
    }
    let plain = without_variables(resource);
    let parts: Vec<_> = plain.splitn(6, ':').collect();
    let ["arn", partition, service, region, account, name] = parts.as_slice() else { return false };
    if [partition, service, region, account].iter().any(|part| is_wild(part)) {
        return false;
    }
    if UNNAMED.contains(name) {
        return true;
    }
    let Some(before) = name.strip_suffix('*').filter(|before| !is_wild(before)) else { return false };
    if UNTYPED.contains(service) {
        return !before.is_empty();
    }
    before.split_once([':', '/']).is_some_and(|(_, begun)| begun.contains(|c: char| c.is_ascii_alphanumeric()))
}

/// `${AWS::Partition}` and its like hold colons of their own; what they stand for has none.
fn without_variables(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        plain.push_str(before);
        plain.push('x');
        rest = after.split_once('}').map_or("", |(_, after)| after);
    }
    plain + rest
}

/// Policies of AWS's own allow what others need, too, and change without us.
pub(super) fn managed_policy(template: &Template) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (id, resource) in &template.resources {
        for policy in list(&resource.properties["ManagedPolicyArns"]) {
            if text(policy).is_some() {
                faults.push(Fault::new(id, format!("the managed policy {policy} is not one of this template")));
            }
        }
    }
    faults
}

/// An ARN in another partition is another ARN: GovCloud and China have their own.
pub(super) fn partition(template: &Template) -> Vec<Fault> {
    let mut faults = Vec::new();
    let resources = template.resources.iter().map(|(id, resource)| (id, &resource.properties));
    for (id, value) in resources.chain(&template.outputs) {
        walk(value, &mut |value| {
            faults.extend(fixed_partition(value).map(|arn| {
                Fault::new(id, format!("`{arn}` has a fixed partition: `${{AWS::Partition}}` is right everywhere"))
            }))
        });
    }
    faults
}

fn fixed_partition(value: &Value) -> Option<&str> {
    let text = value.as_str()?;
    let fixed = text.match_indices("arn:").any(|(at, _)| !text[at..].starts_with("arn:${AWS::Partition}:"));
    fixed.then_some(text)
}
