//! The functions: how long they run, who calls them, where they log.

use serde_json::Value;

use crate::stage::Risk;
use crate::template::Template;

use super::Fault;
use super::read::{FUNCTION, POOL, number, of_kind, reference};

const PERMISSION: &str = "AWS::Lambda::Permission";
const LOG_GROUP: &str = "AWS::Logs::LogGroup";
/// Cognito waits no longer, and calls again.
const MOST_SECONDS: u64 = 5;

/// What the functions' environments hold under a name.
pub(super) fn variables<'t>(template: &'t Template, name: &'t str) -> impl Iterator<Item = &'t Value> {
    of_kind(template, FUNCTION).map(move |(_, function)| &function["Environment"]["Variables"][name])
}

/// Each trigger that a pool wires: pool, trigger, and the value that names the function.
fn wired(template: &Template) -> impl Iterator<Item = (&str, &str, &Value)> {
    of_kind(template, POOL).flat_map(|(pool, properties)| {
        let triggers = properties["LambdaConfig"].as_object().into_iter().flatten();
        // Newer triggers are wired by an object that has a version beside the ARN. A key is no function.
        let named = triggers.filter(|(name, _)| *name != "KMSKeyID");
        named.map(move |(name, value)| (pool, name.as_str(), value.get("LambdaArn").unwrap_or(value)))
    })
}

pub(super) fn timeout(template: &Template) -> Vec<Fault> {
    let late = |function: &Value| match &function["Timeout"] {
        Value::Null => false,
        seconds => number(seconds).is_none_or(|seconds| seconds > MOST_SECONDS),
    };
    let functions = of_kind(template, FUNCTION);
    let called = |id: &str| wired(template).any(|(.., arn)| reference(arn).is_some_and(|(function, _)| function == id));
    let message = "`Timeout` is over 5 seconds, but Cognito waits no longer and calls again";
    functions.filter(|(id, function)| late(function) && called(id)).map(|(id, _)| Fault::new(id, message)).collect()
}

pub(super) fn permission_source(template: &Template) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (id, permission) in of_kind(template, PERMISSION) {
        for source in ["SourceArn", "SourceAccount"] {
            if permission[source].is_null() {
                let message =
                    format!("`{source}` is missing: the service could be made to call the function for somebody else");
                faults.push(Fault::new(id, message));
            }
        }
    }
    faults
}

pub(super) fn trigger_permission(template: &Template) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (pool, trigger, arn) in wired(template) {
        let Some((function, _)) = reference(arn) else {
            faults.push(Fault::new(pool, format!("`{trigger}` is wired to a function that is not in this template")));
            continue;
        };
        let permitted = of_kind(template, PERMISSION).any(|(_, permission)| permits(permission, pool, function));
        if !permitted {
            let message = format!("`{trigger}` is wired, but nothing permits the pool to call `{function}`");
            faults.push(Fault::new(pool, message));
        }
    }
    faults
}

fn permits(permission: &Value, pool: &str, function: &str) -> bool {
    let names = |value: &Value, id: &str| reference(value).is_some_and(|(named, _)| named == id);
    let source = &permission["SourceArn"];
    permission["Principal"] == "cognito-idp.amazonaws.com"
        && permission["Action"] == "lambda:InvokeFunction"
        && names(&permission["FunctionName"], function)
        && (source.is_null() || names(source, pool))
}

/// A group without retention keeps its lines for ever, and one that Lambda makes has none.
pub(super) fn log_retention(template: &Template) -> Vec<Fault> {
    let endless = of_kind(template, LOG_GROUP).filter(|(_, group)| number(&group["RetentionInDays"]).is_none());
    let mut faults: Vec<_> =
        endless.map(|(id, _)| Fault::new(id, "`RetentionInDays` is missing: lines would be kept for ever")).collect();
    for (id, function) in of_kind(template, FUNCTION) {
        let group = reference(&function["LoggingConfig"]["LogGroup"]).and_then(|(id, _)| template.resources.get(id));
        if group.is_none_or(|group| group.kind != LOG_GROUP) {
            let message =
                "`LoggingConfig` names no log group of this template: Lambda would make one without retention";
            faults.push(Fault::new(id, message));
        }
    }
    faults
}

pub(super) fn state_store(template: &Template) -> Vec<Fault> {
    let soft = |function: &Value| function["Environment"]["Variables"]["STATE_STORE"] == "attribute";
    let functions = of_kind(template, FUNCTION).filter(|(_, function)| soft(function));
    functions.map(|(id, _)| Fault::risk(id, Risk::SoftLimits, "`STATE_STORE` is `attribute`")).collect()
}
