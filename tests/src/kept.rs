//! The item of a user in the table of a deployed stack.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use xtask_online::aws::sdk;

/// The sealed state under `key`, if there is an item.
///
/// # Errors
/// When the table cannot be read.
pub async fn get(dynamodb: &Client, table: &str, key: &str) -> anyhow::Result<Option<String>> {
    let request = dynamodb.get_item().table_name(table).key("user", AttributeValue::S(key.to_owned()));
    let item = request.consistent_read(true).send().await.map_err(sdk)?.item;
    Ok(item.and_then(|item| item.get("state")?.as_s().ok().cloned()))
}

/// Puts another sealed state into the item, and leaves the rest of it as it is.
///
/// # Errors
/// When there is no item, or the table cannot be written.
pub async fn put(dynamodb: &Client, table: &str, key: &str, sealed: &str) -> anyhow::Result<()> {
    let request = dynamodb.update_item().table_name(table).key("user", AttributeValue::S(key.to_owned()));
    let request = request.condition_expression("attribute_exists(#u)").update_expression("SET #s = :sealed");
    let request = request.expression_attribute_names("#u", "user").expression_attribute_names("#s", "state");
    let sealed = AttributeValue::S(sealed.to_owned());
    request.expression_attribute_values(":sealed", sealed).send().await.map_err(sdk)?;
    Ok(())
}
