//! The store `table`: one item per user, written only if nobody else has written since it was read.

use aws_sdk_dynamodb::{
    Client,
    operation::put_item::PutItemError,
    types::{AttributeValue, ReturnValuesOnConditionCheckFailure},
};
use aws_types::SdkConfig;
use challenge::{SealedState, State, Subject, UnixSeconds};
use trigger_runtime::Failure;

use crate::{Saved, failure};

/// The table's key.
pub const KEY: &str = "user";
const VERSION: &str = "version";
const STATE: &str = "state";
const EXPIRES: &str = "expires";

#[derive(Debug)]
pub(crate) struct Table {
    dynamodb: Client,
    name: String,
}

/// An item as it was read.
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) version: u64,
    pub(crate) sealed: SealedState,
}

impl Table {
    pub(crate) fn new(config: &SdkConfig, name: String) -> Self {
        Self { dynamodb: Client::new(config), name }
    }

    pub(crate) async fn get(&self, subject: &Subject<'_>) -> Result<Option<Item>, Failure> {
        let key = AttributeValue::S(subject.storage_key());
        let request = self.dynamodb.get_item().table_name(&self.name).key(KEY, key).consistent_read(true);
        let answer = request.send().await.map_err(|error| failure("GetItem", &error))?;
        let Some(item) = answer.item else { return Ok(None) };
        let version = item.get(VERSION).and_then(|value| value.as_n().ok()?.parse().ok());
        let sealed = item.get(STATE).and_then(|value| value.as_s().ok());
        match (version, sealed) {
            (Some(version), Some(sealed)) => Ok(Some(Item { version, sealed: SealedState::new(sealed.clone()) })),
            _ => Err(Failure::unavailable("GetItem", "the item is not one of ours")),
        }
    }

    /// Writes the item with the version `next`, if `read`, which was read or written before, is still the latest.
    pub(crate) async fn put(
        &self,
        subject: &Subject<'_>,
        read: Option<u64>,
        next: u64,
        sealed: &SealedState,
        state: &State,
        now: UnixSeconds,
    ) -> Result<Saved, Failure> {
        let request = self
            .dynamodb
            .put_item()
            .table_name(&self.name)
            .item(KEY, AttributeValue::S(subject.storage_key()))
            .item(VERSION, AttributeValue::N(next.to_string()))
            .item(STATE, AttributeValue::S(sealed.as_str().to_owned()))
            .item(EXPIRES, AttributeValue::N(state.forgettable_at(now).0.to_string()));
        let request = match read {
            None => request.condition_expression("attribute_not_exists(#u)").expression_attribute_names("#u", KEY),
            Some(version) => request
                .condition_expression("#v = :expected")
                .expression_attribute_names("#v", VERSION)
                .expression_attribute_values(":expected", AttributeValue::N(version.to_string())),
        };
        let request = request.return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let error = match request.send().await {
            Ok(_) => return Ok(Saved::Stored),
            Err(error) => error,
        };
        let Some(PutItemError::ConditionalCheckFailedException(refused)) = error.as_service_error() else {
            return Err(failure("PutItem", &error));
        };
        // A write whose answer was lost is repeated by the SDK, and then refused because of itself. No two sealings are
        // alike, so the very text that was sent is there only if that write went through.
        let stored = refused.item().and_then(|item| item.get(STATE)?.as_s().ok());
        Ok(if stored.is_some_and(|stored| stored == sealed.as_str()) { Saved::Stored } else { Saved::Conflict })
    }

    /// A write under a condition that does not hold for a user without an item: as long as any other, and without effect.
    pub(crate) async fn put_nothing(&self, subject: &Subject<'_>, sealed: &SealedState) -> Result<(), Failure> {
        let request = self.dynamodb.put_item().table_name(&self.name).condition_expression("#v = :expected");
        let request = request
            .expression_attribute_names("#v", VERSION)
            .expression_attribute_values(":expected", AttributeValue::N("0".to_owned()))
            .item(KEY, AttributeValue::S(subject.storage_key()))
            .item(STATE, AttributeValue::S(sealed.as_str().to_owned()));
        request.send().await.map(drop).map_err(|error| failure("PutItem", &error))
    }
}
