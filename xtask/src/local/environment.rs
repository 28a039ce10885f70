//! What other tools of the same user need to work on the local AWS, under the names that they read.

use serde_json::{Map, Value};

use super::Running;

/// Lines for a shell, or one object.
pub(super) fn text(running: &Running, region: &str, json: bool) -> serde_json::Result<String> {
    let access = &running.access;
    let variables = [
        ("AWS_ENDPOINT_URL", running.endpoint.as_str()),
        ("AWS_REGION", region),
        ("AWS_ACCESS_KEY_ID", &access.access_key_id),
        ("AWS_SECRET_ACCESS_KEY", access.secret_access_key.reveal()),
    ];
    if json {
        let object: Map<_, _> =
            variables.map(|(name, value)| (name.to_owned(), Value::from(value))).into_iter().collect();
        return serde_json::to_string_pretty(&object).map(|text| text + "\n");
    }
    // None of the values has a character that a shell reads in another way.
    Ok(variables.map(|(name, value)| format!("export {name}={value}\n")).concat())
}
