//! A function that makes the AWS calls of the triggers and nothing else: what is left of their time is theirs.

use aws_sdk_cognitoidentityprovider::Client as Cognito;
use aws_sdk_dynamodb::{Client as DynamoDb, types::AttributeValue};
use aws_sdk_secretsmanager::Client as SecretsManager;
use aws_sdk_sesv2::{
    Client as Ses,
    types::{Body, Content, Destination, EmailContent, Message},
};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::Value;
use tokio::sync::OnceCell;
use trigger_store::AwsSettings;

/// As long as a sealed state.
const STATE_LENGTH: usize = 300;
/// As long as a mail's two parts together.
const MAIL_LENGTH: usize = 2_000;

struct Calls {
    cognito: Cognito,
    dynamodb: DynamoDb,
    secrets: SecretsManager,
    ses: Ses,
    table: String,
    secret: String,
    fetched: OnceCell<()>,
}

#[tokio::main(flavor = "local")]
async fn main() -> Result<(), Error> {
    let config = AwsSettings::from_environment()?.sdk_config()?;
    let calls = Calls {
        cognito: Cognito::new(&config),
        dynamodb: DynamoDb::new(&config),
        secrets: SecretsManager::new(&config),
        ses: Ses::new(&config),
        table: std::env::var("STATE_TABLE")?,
        secret: std::env::var("CODE_KEY_SECRET")?,
        fetched: OnceCell::new(),
    };
    let calls = &calls;
    lambda_runtime::run(service_fn(async move |event: LambdaEvent<Value>| {
        calls.answer(&event.payload).await?;
        Ok::<_, Error>(event.payload)
    }))
    .await
}

impl Calls {
    async fn answer(&self, event: &Value) -> Result<(), Error> {
        let user = event["userName"].as_str().ok_or("a user name")?;
        let pool = event["userPoolId"].as_str().ok_or("a user pool")?;
        match event["triggerSource"].as_str().unwrap_or_default() {
            "CreateAuthChallenge_Authentication" => {
                self.load(pool, user).await?;
                self.save(user).await?;
                self.send().await?;
                self.save(user).await
            }
            "VerifyAuthChallengeResponse_Authentication" => {
                self.load(pool, user).await?;
                self.save(user).await?;
                self.save(user).await
            }
            _ => {
                self.load_state(user).await?;
                self.save(user).await
            }
        }
    }

    async fn load(&self, pool: &str, user: &str) -> Result<(), Error> {
        let key = AttributeValue::S(user.to_owned());
        let (found, item, fetched) = tokio::join!(
            self.cognito.admin_get_user().user_pool_id(pool).username(user).send(),
            self.dynamodb.get_item().table_name(&self.table).key("user", key).consistent_read(true).send(),
            self.fetched.get_or_try_init(async || {
                self.secrets
                    .get_secret_value()
                    .secret_id(&self.secret)
                    .version_stage("AWSCURRENT")
                    .send()
                    .await
                    .map(drop)
            }),
        );
        found?;
        item?;
        fetched?;
        Ok(())
    }

    async fn load_state(&self, user: &str) -> Result<(), Error> {
        let key = AttributeValue::S(user.to_owned());
        self.dynamodb.get_item().table_name(&self.table).key("user", key).consistent_read(true).send().await?;
        Ok(())
    }

    async fn save(&self, user: &str) -> Result<(), Error> {
        let request = self
            .dynamodb
            .put_item()
            .table_name(&self.table)
            .item("user", AttributeValue::S(format!("bare/{user}")))
            .item("version", AttributeValue::N("1".to_owned()))
            .item("state", AttributeValue::S("s".repeat(STATE_LENGTH)));
        let condition =
            request.condition_expression("attribute_not_exists(#u)").expression_attribute_names("#u", "none");
        condition.send().await?;
        Ok(())
    }

    async fn send(&self) -> Result<(), Error> {
        let part = |text: String| Content::builder().charset("UTF-8").data(text).build();
        let body = Body::builder().text(part("t".repeat(MAIL_LENGTH / 2))?).html(part("h".repeat(MAIL_LENGTH / 2))?);
        let message = Message::builder().subject(part("A subject".to_owned())?).body(body.build()).build();
        let to = Destination::builder().to_addresses("somebody@example.com").build();
        let content = EmailContent::builder().simple(message).build();
        let request = self.ses.send_email().from_email_address("no-reply@example.com").destination(to).content(content);
        request.send().await?;
        Ok(())
    }
}
