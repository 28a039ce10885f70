//! What is there of that which is taken back, in the words of its service. A typed answer would leave out what this program's
//! SDK does not know, and the update after the import resets that as well.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context as _;
use aws_sdk_cognitoidentityprovider::Client as Cognito;
use aws_sdk_cognitoidentityprovider::config::interceptors::AfterDeserializationInterceptorContextRef;
use aws_sdk_cognitoidentityprovider::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_cognitoidentityprovider::error::BoxError;
use aws_sdk_dynamodb::types::BillingMode;
use serde_json::{Map, Value, json};
use xtask::terminal::line;

use crate::aws::{self, Session};
use crate::kept::{Kept, Kind, Pool, Remains};

/// The settings of everything that is taken back, by the names that a template gives them.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Actual {
    /// By logical ID; nothing of a key, whose settings are not read.
    pub(super) settings: BTreeMap<String, Value>,
    /// The ids of the clients that have a secret. It cannot be taken away or given later, so the template has to say the truth.
    pub(super) with_secret: Vec<String>,
}

impl Actual {
    /// # Errors
    /// When one of the services does not tell.
    pub(super) async fn read(session: &Session, remains: &Remains, pool: &Pool) -> anyhow::Result<Self> {
        let cognito = Cognito::new(&session.sdk_config);
        let mut actual = Self::default();
        for kept in &remains.kept {
            let context = || format!("failed to read {} `{}`", noun(kept.kind), line(&kept.id));
            let settings = match kept.kind {
                Kind::UserPool => user_pool(&cognito, pool.id()).await.with_context(context)?,
                Kind::AppClient => {
                    let (settings, has_secret) = client(&cognito, pool.id(), &kept.id).await.with_context(context)?;
                    actual.with_secret.extend(has_secret.then(|| kept.id.clone()));
                    settings
                }
                Kind::Table => table(session, kept).await.with_context(context)?,
                Kind::Key => continue,
            };
            actual.settings.insert(kept.logical_id.clone(), Value::Object(settings));
        }
        Ok(actual)
    }
}

const fn noun(kind: Kind) -> &'static str {
    match kind {
        Kind::UserPool => "the user pool",
        Kind::AppClient => "the app client",
        Kind::Table => "the table",
        Kind::Key => "the key",
    }
}

/// Without what only tells of the pool. Its attributes are no setting: none can be changed.
async fn user_pool(cognito: &Cognito, id: &str) -> anyhow::Result<Map<String, Value>> {
    const TOLD: [&str; 10] = [
        "Id",
        "Arn",
        "Status",
        "CreationDate",
        "LastModifiedDate",
        "EstimatedNumberOfUsers",
        "SchemaAttributes",
        "Domain",
        "CustomDomain",
        "EmailConfigurationFailure",
    ];
    let words = Words::default();
    let request = cognito.describe_user_pool().user_pool_id(id).customize().interceptor(words.clone());
    request.send().await.map_err(aws::sdk)?;
    let mut pool = words.take("UserPool")?;
    pool.retain(|name, _| !TOLD.contains(&name.as_str()) && name != "SmsConfigurationFailure");
    let name = pool.remove("Name");
    pool.extend(name.map(|name| ("UserPoolName".to_owned(), name)));
    if let Some(Value::Object(tags)) = pool.get_mut("UserPoolTags") {
        tags.retain(|name, _| !name.starts_with("aws:"));
    }
    // The first version of the trigger is told twice.
    if let Some(Value::Object(triggers)) = pool.get_mut("LambdaConfig") {
        let once = json!({ "LambdaVersion": "V1_0", "LambdaArn": triggers.get("PreTokenGeneration") });
        triggers.retain(|name, value| name != "PreTokenGenerationConfig" || *value != once);
    }
    Ok(pool)
}

/// With whether it has a secret; the secret itself goes nowhere.
async fn client(cognito: &Cognito, pool: &str, id: &str) -> anyhow::Result<(Map<String, Value>, bool)> {
    const TOLD: [&str; 6] =
        ["ClientSecret", "ClientSecretArn", "UserPoolId", "ClientId", "CreationDate", "LastModifiedDate"];
    let words = Words::default();
    let request = cognito.describe_user_pool_client().user_pool_id(pool).client_id(id);
    let answer = request.customize().interceptor(words.clone()).send().await.map_err(aws::sdk)?;
    let mut client = words.take("UserPoolClient")?;
    client.retain(|name, _| !TOLD.contains(&name.as_str()));
    let has_secret = answer.user_pool_client.is_some_and(|client| client.client_secret.is_some());
    Ok((client, has_secret))
}

/// What makes it the table that the functions can use. An import does not change it, and neither does the update after it.
async fn table(session: &Session, kept: &Kept) -> anyhow::Result<Map<String, Value>> {
    let client = aws_sdk_dynamodb::Client::new(&session.sdk_config);
    let answer = client.describe_table().table_name(&kept.id).send().await.map_err(aws::sdk)?;
    let table = answer.table.context("the answer has no table")?;
    let keys = table.key_schema().iter();
    let keys = keys.map(|key| json!({ "AttributeName": key.attribute_name(), "KeyType": key.key_type().as_str() }));
    let attributes = table.attribute_definitions().iter();
    let attributes = attributes
        .map(|has| json!({ "AttributeName": has.attribute_name(), "AttributeType": has.attribute_type().as_str() }));
    let billing = table.billing_mode_summary().and_then(|summary| summary.billing_mode());
    let billing = billing.unwrap_or(&BillingMode::Provisioned).as_str();
    Ok(Map::from_iter([
        ("KeySchema".to_owned(), keys.collect()),
        ("AttributeDefinitions".to_owned(), attributes.collect()),
        ("BillingMode".to_owned(), billing.into()),
    ]))
}

/// Keeps an answer as it came. It can hold the secret of a client, so it is never shown.
#[derive(Clone, Default)]
struct Words(Arc<Mutex<Vec<u8>>>);

impl fmt::Debug for Words {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Words")
    }
}

impl Intercept for Words {
    fn name(&self) -> &'static str {
        "Words"
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let body = context.response().body().bytes().unwrap_or_default();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = body.to_vec();
        Ok(())
    }
}

impl Words {
    /// The object of that name in the answer.
    fn take(self, name: &str) -> anyhow::Result<Map<String, Value>> {
        let body = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        // An error of serde's could show a piece of the answer.
        let mut answer: Value = serde_json::from_slice(&body).ok().context("the answer is no JSON")?;
        match answer.get_mut(name).map(Value::take) {
            Some(Value::Object(object)) => Ok(object),
            _ => anyhow::bail!("the answer has no `{name}`"),
        }
    }
}
