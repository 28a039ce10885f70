//! Who may do what, and what of it is new.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use xtask::template::{Resource, Template};
use xtask::terminal::line;

/// One permission: a holder, an action and a resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Grant {
    /// The resource of the template that grants it.
    pub logical_id: String,
    /// Who gets it: the roles that a policy is attached to, or a principal.
    pub to: Value,
    pub action: String,
    pub on: Value,
    /// Under which conditions; null is always.
    pub condition: Value,
    /// A refusal that was there and is gone widens, too.
    pub lifted_refusal: bool,
}

impl std::fmt::Display for Grant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let verb = if self.lifted_refusal { "no longer refuses" } else { "allows" };
        let (to, on) = (line(&self.to.to_string()), line(&self.on.to_string()));
        write!(f, "{} {verb} {} to {to} on {on}", line(&self.logical_id), line(&self.action))?;
        if self.condition.is_null() { Ok(()) } else { write!(f, " if {}", line(&self.condition.to_string())) }
    }
}

/// What is allowed by the second template and not by the first.
#[must_use]
pub fn widening(before: &Template, after: &Template) -> Vec<Grant> {
    let (old, new) = (grants(before), grants(after));
    let mut wider: Vec<_> = new
        .iter()
        .filter(|grant| !grant.lifted_refusal && !old.iter().any(|held| !held.lifted_refusal && covers(held, grant)))
        .cloned()
        .collect();
    let lifted = old.iter().filter(|grant| grant.lifted_refusal && !new.contains(grant));
    wider.extend(lifted.cloned());
    wider
}

/// Whether somebody who holds the first can do all of the second.
fn covers(held: &Grant, grant: &Grant) -> bool {
    let action = held.action == grant.action
        || held.action.strip_suffix('*').is_some_and(|prefix| grant.action.starts_with(prefix));
    held.to == grant.to
        && action
        && (held.on == grant.on || held.on == "*")
        && (held.condition.is_null() || held.condition == grant.condition)
}

/// Refusals are carried by the same type, marked.
fn grants(template: &Template) -> Vec<Grant> {
    let mut found = Vec::new();
    for (id, resource) in &template.resources {
        for (to, document) in documents(id, resource) {
            for statement in list(document.get("Statement")) {
                found.extend(statement_grants(id, &to, &statement));
            }
        }
        if resource.kind == "AWS::Lambda::Permission" {
            let property = |name: &str| resource.properties.get(name).cloned().unwrap_or(Value::Null);
            let condition = json!({ "SourceArn": property("SourceArn"), "SourceAccount": property("SourceAccount") });
            found.push(Grant {
                logical_id: id.clone(),
                to: property("Principal"),
                action: property("Action").as_str().unwrap_or_default().to_owned(),
                on: property("FunctionName"),
                condition,
                lifted_refusal: false,
            });
        }
    }
    found
}

/// The policy documents of a resource, each with who holds it where its statements name no principal.
fn documents(id: &str, resource: &Resource) -> Vec<(Value, Value)> {
    let property = |name: &str| resource.properties.get(name);
    let mut found = Vec::new();
    match resource.kind.as_str() {
        "AWS::IAM::Role" => {
            found.extend(property("AssumeRolePolicyDocument").map(|document| (Value::Null, document.clone())));
            let holder = json!({ "Ref": id });
            let inline =
                list(property("Policies")).into_iter().filter_map(|policy| policy.get("PolicyDocument").cloned());
            found.extend(inline.map(|document| (holder.clone(), document)));
            let managed = list(property("ManagedPolicyArns")).into_iter().map(
                |arn| json!({ "Statement": [{ "Effect": "Allow", "Action": "(managed policy)", "Resource": arn }] }),
            );
            found.extend(managed.map(|document| (holder.clone(), document)));
        }
        _ => {
            let holder = property("Roles").cloned().unwrap_or(Value::Null);
            found.extend(property("PolicyDocument").map(|document| (holder, document.clone())));
        }
    }
    found
}

fn statement_grants(id: &str, to: &Value, statement: &Value) -> Vec<Grant> {
    let get = |name: &str| statement.get(name).cloned();
    let to = get("Principal").unwrap_or_else(|| to.clone());
    let refusal = statement.get("Effect").is_some_and(|effect| effect == "Deny");
    let mut found = Vec::new();
    let actions = statement.get("Action").or_else(|| statement.get("NotAction"));
    let not = if statement.get("NotAction").is_some() { "everything but " } else { "" };
    let resources = list(statement.get("Resource").or_else(|| statement.get("NotResource")));
    let resources = if resources.is_empty() { vec![Value::Null] } else { resources };
    for action in list(actions) {
        for on in &resources {
            found.push(Grant {
                logical_id: id.to_owned(),
                to: to.clone(),
                action: format!("{not}{}", action.as_str().unwrap_or_default()),
                on: on.clone(),
                condition: get("Condition").unwrap_or(Value::Null),
                lifted_refusal: refusal,
            });
        }
    }
    found
}

/// Policies write a lone element without its list.
fn list(value: Option<&Value>) -> Vec<Value> {
    match value {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(items)) => items.clone(),
        Some(one) => vec![one.clone()],
    }
}
