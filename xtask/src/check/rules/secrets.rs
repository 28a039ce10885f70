//! Secrets that anybody with read-only access could read.

use serde_json::Value;

use crate::template::Template;

use super::Fault;
use super::read::{FUNCTION, SECRET, of_kind, reference, walk};

/// Parts of names that say what a variable holds.
const TELLING: [&str; 5] = ["SECRET", "KEY", "PASSWORD", "TOKEN", "CREDENTIAL"];

pub(super) fn plaintext_secret(template: &Template) -> Vec<Fault> {
    let mut faults = variables(template);
    for (id, secret) in of_kind(template, SECRET) {
        if !secret["SecretString"].is_null() {
            faults.push(Fault::new(id, "`SecretString` stands in the template; let `GenerateSecretString` make one"));
        }
    }
    let resources = template.resources.iter().map(|(id, resource)| (id, &resource.properties));
    for (id, value) in resources.chain(&template.outputs) {
        walk(value, &mut |value| faults.extend(exposed(value).map(|message| Fault::new(id, message))));
    }
    faults
}

/// A variable whose name says secret may hold where the secret is, never what it is.
fn variables(template: &Template) -> Vec<Fault> {
    let points = |value: &Value| reference(value).is_some_and(|(id, _)| template.resources.contains_key(id));
    let mut faults = Vec::new();
    for (id, function) in of_kind(template, FUNCTION) {
        for (name, value) in function["Environment"]["Variables"].as_object().into_iter().flatten() {
            let upper = name.to_ascii_uppercase();
            if TELLING.iter().any(|part| upper.contains(part)) && !points(value) {
                let message = format!(
                    "the variable `{name}` holds a value: whoever may read the function reads it; name a secret of this template"
                );
                faults.push(Fault::new(id, message));
            }
        }
    }
    faults
}

fn exposed(value: &Value) -> Option<&'static str> {
    if value.as_str().is_some_and(|text| text.contains("{{resolve:")) {
        return Some(
            "a dynamic reference writes a secret into a setting, where it is read, and stale after a rotation",
        );
    }
    let secret = reference(value).is_some_and(|(_, attribute)| attribute == Some("ClientSecret"));
    secret.then_some("the secret of an app client is handed on")
}
