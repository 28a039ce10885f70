//! Who may become a role, and whom a resource lets in.

use serde_json::Value;

use crate::template::Template;

use super::Fault;
use super::read::{list, of_kind, reference, text};
use super::statement::{Statement, allowing};

pub(super) fn open_principal(template: &Template) -> Vec<Fault> {
    let mut faults = Vec::new();
    for statement in allowing(template) {
        if statement.get("NotPrincipal").is_some() {
            faults.push(Fault::new(statement.resource, "`NotPrincipal` lets in everybody who is not named"));
        }
        let principal = statement.get("Principal").unwrap_or(&Value::Null);
        faults.extend(outsiders(principal, &statement).map(|message| Fault::new(statement.resource, message)));
    }
    for (id, permission) in of_kind(template, "AWS::Lambda::Permission") {
        if permission["Principal"] == "*" {
            faults.push(Fault::new(id, "everybody may call the function"));
        }
    }
    for (id, url) in of_kind(template, "AWS::Lambda::Url") {
        if url["AuthType"] != "AWS_IAM" {
            faults.push(Fault::new(id, "everybody may call the function by its address"));
        }
    }
    faults
}

fn outsiders<'v>(principal: &'v Value, statement: &Statement<'_>) -> impl Iterator<Item = String> + use<'v> {
    let everybody = text(principal).map(|_| "everybody is let in".to_owned());
    let kinds = principal.as_object().filter(|_| everybody.is_none()).into_iter().flatten();
    // A service acts for every account: a resource has to say for which. Who becomes a role is the service itself.
    let anybodys_service = !statement.trust && !names_the_caller(statement);
    let named = kinds.flat_map(|(kind, values)| list(values).iter().map(move |value| (kind.as_str(), value)));
    everybody.into_iter().chain(named.filter_map(move |(kind, value)| match kind {
        "AWS" if !is_ours(value) => Some(format!("{value} is let in, which is not of this account alone")),
        "Service" if text(value).is_none_or(|name| name.contains('*')) => {
            Some(format!("the service {value} is let in"))
        }
        "Service" if anybodys_service => {
            Some(format!("the service {value} is let in for every account: `aws:SourceAccount` says for which"))
        }
        "AWS" | "Service" => None,
        // Judged by what its conditions say.
        "Federated" => None,
        other => Some(format!("`{other}` is let in")),
    }))
}

fn names_the_caller(statement: &Statement<'_>) -> bool {
    let caller = ["aws:SourceAccount", "aws:SourceArn"];
    statement.equals().any(|(key, value)| caller.iter().any(|name| name.eq_ignore_ascii_case(key)) && !value.is_null())
}

/// A role of this template, or a name within this account. The account as a whole is everybody in it.
fn is_ours(value: &Value) -> bool {
    if let Some((id, _)) = reference(value) {
        return !id.starts_with("AWS::");
    }
    text(value).is_some_and(|arn| arn.contains("::${AWS::AccountId}:") && !arn.ends_with(":root") && !arn.contains('*'))
}
