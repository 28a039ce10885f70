//! Identity providers outside of the account, and for whom they may speak.

use serde_json::Value;

use crate::template::Template;

use super::Fault;
use super::read::texts;
use super::statement::{Statement, allowing};

/// One provider speaks for everybody who uses it: audience and subject say for whom it may speak here.
pub(super) fn federated_trust(template: &Template) -> Vec<Fault> {
    let federated = |statement: &Statement<'_>| {
        statement.get("Principal").is_some_and(|principal| principal.get("Federated").is_some())
    };
    let mut faults = Vec::new();
    for statement in allowing(template).into_iter().filter(federated) {
        for claim in ["aud", "sub"] {
            let suffix = format!(":{claim}");
            if !statement.equals().any(|(key, value)| key.ends_with(&suffix) && is_exact(value)) {
                let message = format!(
                    "the claim `{claim}` is not compared with one value: others of the same provider could become this role"
                );
                faults.push(Fault::new(statement.resource, message));
            }
        }
    }
    faults
}

fn is_exact(value: &Value) -> bool {
    let mut values = texts(value).peekable();
    values.peek().is_some() && values.all(|text| !text.is_empty() && !text.contains('*'))
}
