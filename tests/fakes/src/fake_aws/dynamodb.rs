//! Tables whose items are read and written whole, the latter under the two conditions that the store uses.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::Reply;

/// The name that the functions are given.
pub const TABLE: &str = "StateTable";
const KEY: &str = "user";
/// Of the names that the store could use, those that an expression must not hold as they are
/// (amazondynamodb/latest/developerguide/ReservedWords.html).
const RESERVED: [&str; 4] = ["user", "state", "ttl", "key"];

type Item = Map<String, Value>;

/// The items by key, each with all that was ever written to it, oldest first.
#[derive(Debug, Clone, Default)]
pub(super) struct Tables(BTreeMap<String, Vec<Item>>);

impl Tables {
    pub(super) fn history(&self, key: &str) -> Vec<Value> {
        self.0.get(key).into_iter().flatten().cloned().map(Value::Object).collect()
    }

    /// Writes without a condition, as somebody with full access can.
    pub(super) fn replace(&mut self, key: &str, item: Value) {
        if let Value::Object(item) = item {
            self.0.insert(key.to_owned(), vec![item]);
        }
    }

    pub(super) fn forget(&mut self, key: &str) {
        self.0.remove(key);
    }

    pub(super) fn get_item(&self, body: &Value) -> Reply {
        if body["TableName"] != TABLE {
            return error("ResourceNotFoundException", "Requested resource not found");
        }
        let key = &body["Key"];
        let Some(name) = key[KEY]["S"].as_str().filter(|_| key.as_object().is_some_and(|key| key.len() == 1)) else {
            return error("ValidationException", "The provided key element does not match the schema");
        };
        match self.0.get(name).and_then(|versions| versions.last()) {
            Some(item) => Reply::ok(json!({ "Item": item })),
            None => Reply::ok(json!({})),
        }
    }

    pub(super) fn put_item(&mut self, body: &Value) -> Reply {
        if body["TableName"] != TABLE {
            return error("ResourceNotFoundException", "Requested resource not found");
        }
        let Some((item, key)) = body["Item"].as_object().zip(body["Item"][KEY]["S"].as_str()) else {
            return error("ValidationException", "One of the required keys was not given a value");
        };
        let size: usize = item.iter().map(|(name, value)| name.len() + value.to_string().len()).sum();
        if size > 400 << 10 {
            return error("ValidationException", "Item size has exceeded the maximum allowed size");
        }
        let current = self.0.get(key).and_then(|versions| versions.last());
        match holds(body, current) {
            Err(problem) => error("ValidationException", &problem),
            Ok(false) => {
                let mut reply = error("ConditionalCheckFailedException", "The conditional request failed");
                if body["ReturnValuesOnConditionCheckFailure"] == "ALL_OLD" {
                    reply.body["Item"] = json!(current);
                }
                reply
            }
            Ok(true) => {
                let item = item.clone();
                self.0.entry(key.to_owned()).or_default().push(item);
                Reply::ok(json!({}))
            }
        }
    }
}

fn error(code: &str, message: &str) -> Reply {
    Reply::refused(&format!("com.amazonaws.dynamodb.v20120810#{code}"), message)
}

/// Whether the condition of a write holds for the item as it is.
fn holds(body: &Value, current: Option<&Item>) -> Result<bool, String> {
    let Some(condition) = body["ConditionExpression"].as_str() else { return Ok(true) };
    let name = |given: &str| {
        if given.starts_with('#') {
            let name = body["ExpressionAttributeNames"][given].as_str();
            return name.map(str::to_owned).ok_or_else(|| format!("`{given}` is not defined"));
        }
        let reserved = RESERVED.iter().any(|word| word.eq_ignore_ascii_case(given));
        if reserved { Err(format!("attribute name is a reserved keyword: {given}")) } else { Ok(given.to_owned()) }
    };
    if let Some(inner) = condition.strip_prefix("attribute_not_exists(").and_then(|rest| rest.strip_suffix(')')) {
        let name = name(inner.trim())?;
        return Ok(current.is_none_or(|item| !item.contains_key(&name)));
    }
    let (left, right) = condition.split_once('=').ok_or_else(|| format!("not understood here: {condition}"))?;
    let (left, right) = (name(left.trim())?, right.trim());
    let expected = body["ExpressionAttributeValues"].get(right).ok_or_else(|| format!("`{right}` is not defined"))?;
    Ok(current.and_then(|item| item.get(&left)) == Some(expected))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(tables: &mut Tables, version: u64, condition: Value) -> Option<String> {
        let mut body = json!({
            "TableName": TABLE,
            "Item": { "user": { "S": "a" }, "version": { "N": version.to_string() } },
        });
        if let (Some(body), Value::Object(condition)) = (body.as_object_mut(), condition) {
            body.extend(condition);
        }
        let code = tables.put_item(&body).code?;
        code.rsplit_once('#').map(|(_, code)| code.to_owned())
    }

    fn version_is(expected: u64) -> Value {
        json!({
            "ConditionExpression": "version = :expected",
            "ExpressionAttributeValues": { ":expected": { "N": expected.to_string() } },
        })
    }

    #[test]
    fn a_write_under_a_condition() {
        let mut tables = Tables::default();
        let absent = || {
            json!({
                "ConditionExpression": "attribute_not_exists(#u)",
                "ExpressionAttributeNames": { "#u": "user" },
            })
        };
        let failed = Some("ConditionalCheckFailedException".to_owned());
        assert_eq!(put(&mut tables, 1, version_is(0)), failed, "there is no item yet");
        assert_eq!(put(&mut tables, 1, absent()), None);
        assert_eq!(put(&mut tables, 1, absent()), failed);
        assert_eq!(put(&mut tables, 2, version_is(1)), None);
        assert_eq!(put(&mut tables, 2, version_is(1)), failed);
        assert_eq!(tables.history("a").len(), 2);
        let reserved = json!({ "ConditionExpression": "attribute_not_exists(user)" });
        assert_eq!(put(&mut tables, 3, reserved), Some("ValidationException".to_owned()));
    }
}
