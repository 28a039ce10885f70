//! A stack on the local AWS, deployed by the real command.
//!
//! `cargo xtask test` names a folder for the local AWS and stops it after the tests, so it ends however they end. The
//! first test that needs a stack deploys it; whatever runs after it finds it there.

mod log;

use std::collections::BTreeMap;
use std::time::SystemTime;

use anyhow::{Context as _, ensure};
use aws_sdk_cloudformation::Client as CloudFormation;
use aws_sdk_cloudwatchlogs::Client as CloudWatchLogs;
use aws_sdk_cognitoidentityprovider::Client as Cognito;
use aws_sdk_dynamodb::Client as DynamoDb;
use aws_sdk_secretsmanager::Client as SecretsManager;
use tokio::sync::{OnceCell, RwLock, RwLockReadGuard, RwLockWriteGuard};
use xtask::stage::{Stage, Store};
use xtask_online::aws::{self, Session};
use xtask_online::outputs;
use xtask_online::outputs::document::Outputs;
use xtask_online::sign_in::AppClient;

use crate::bundle::Bundle;
use crate::{place, tool, wait};

/// Tests share the stack `local`, but for those that change it.
static IN_USE: RwLock<()> = RwLock::const_new(());
static DEPLOYED: [(&str, OnceCell<()>); 2] = [("local", OnceCell::const_new()), ("article", OnceCell::const_new())];

/// Whether other tests may use the stack at the same time.
#[derive(Debug)]
enum Use {
    Own,
    Shared { _guard: RwLockReadGuard<'static, ()> },
    Alone { _guard: RwLockWriteGuard<'static, ()> },
}

/// A deployed stage.
#[derive(Debug)]
pub struct Stack {
    pub session: Session,
    pub outputs: Outputs,
    pub cognito: Cognito,
    pub cloudformation: CloudFormation,
    pub dynamodb: DynamoDb,
    secrets: SecretsManager,
    logs: CloudWatchLogs,
    begun: SystemTime,
    _use: Use,
}

impl Stack {
    /// The stack of a stage, deployed if it was not yet.
    ///
    /// # Errors
    /// When it cannot be deployed.
    pub async fn of(stage: &str) -> anyhow::Result<Self> {
        let guard = IN_USE.read().await;
        Self::connect(stage, Use::Shared { _guard: guard }).await
    }

    /// The stack `local`, with no other test on it: for tests that change it.
    ///
    /// # Errors
    /// When it cannot be deployed.
    pub async fn alone() -> anyhow::Result<Self> {
        let guard = IN_USE.write().await;
        Self::connect("local", Use::Alone { _guard: guard }).await
    }

    /// The stack that a bundle was deployed to.
    ///
    /// # Errors
    /// When it was not.
    pub async fn own(bundle: &Bundle) -> anyhow::Result<Self> {
        Self::join(&bundle.open()?.stage, Use::Own).await
    }

    /// The stack `local` as it was deployed, for a program that a test starts: that test holds the others off.
    ///
    /// # Errors
    /// When it is not deployed.
    pub async fn deployed() -> anyhow::Result<Self> {
        Self::join(&xtask::stage::load(place::root(), "local")?, Use::Own).await
    }

    async fn connect(stage: &str, in_use: Use) -> anyhow::Result<Self> {
        // Without it the tests would work on the developer's own local AWS.
        place::from_runner("COGNITO_EMAIL_MFA_LOCAL_DIR")?;
        let (_, deployed) = DEPLOYED.iter().find(|(name, _)| *name == stage).context("a stage that tests use")?;
        deployed.get_or_try_init(async || tool::deploy(stage).await.map(drop)).await?;
        Self::join(&xtask::stage::load(place::root(), stage)?, in_use).await
    }

    async fn join(stage: &Stage, in_use: Use) -> anyhow::Result<Self> {
        let session = aws::connect(place::root(), stage).await?;
        let sdk = &session.sdk_config;
        Ok(Self {
            outputs: outputs::read(&session).await?,
            cognito: Cognito::new(sdk),
            cloudformation: CloudFormation::new(sdk),
            dynamodb: DynamoDb::new(sdk),
            secrets: SecretsManager::new(sdk),
            logs: CloudWatchLogs::new(sdk),
            session,
            begun: SystemTime::now(),
            _use: in_use,
        })
    }

    /// An app client by its name in the stage file.
    ///
    /// # Errors
    /// When the stage has none of that name.
    pub async fn app_client(&self, name: &str) -> anyhow::Result<AppClient> {
        let id = self.outputs.client_ids.get(name).with_context(|| format!("there is no app client `{name}`"))?;
        AppClient::describe(&self.cognito, &self.outputs.user_pool_id, id).await
    }

    /// The mails to an address, oldest first.
    ///
    /// # Errors
    /// When the local AWS does not tell.
    pub async fn mails(&self, email: &str) -> anyhow::Result<Vec<xtask::inbox::Mail>> {
        let running = xtask::local::find(place::root()).context("the stack is on the local AWS")?;
        let mails = tokio::task::spawn_blocking(move || xtask::inbox::fetch(&running)).await??;
        Ok(mails.into_iter().filter(|mail| mail.to.iter().any(|to| to == email)).collect())
    }

    /// A client for the bucket with the artefacts.
    #[must_use]
    pub fn s3(&self) -> aws_sdk_s3::Client {
        let config = aws_sdk_s3::config::Builder::from(&self.session.sdk_config);
        // The local AWS has one host name for all buckets.
        aws_sdk_s3::Client::from_conf(config.force_path_style(true).build())
    }

    /// A user's attributes as the pool holds them.
    ///
    /// # Errors
    /// When there is no such user.
    pub async fn attributes(&self, user: &str) -> anyhow::Result<BTreeMap<String, String>> {
        let request = self.cognito.admin_get_user().user_pool_id(&self.outputs.user_pool_id).username(user);
        let user = request.send().await.map_err(aws::sdk)?;
        let pairs = user.user_attributes().iter();
        Ok(pairs.map(|pair| (pair.name().to_owned(), pair.value().unwrap_or_default().to_owned())).collect())
    }

    /// The secret that codes and states are made with.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn secret(&self) -> anyhow::Result<String> {
        let id = self.physical_id("CodeKey").await?;
        let answer = self.secrets.get_secret_value().secret_id(id).send().await.map_err(aws::sdk)?;
        answer.secret_string.context("the secret is a text")
    }

    /// The table that the stage keeps its states in, if it keeps them in one.
    ///
    /// # Errors
    /// When the stack has none, although the stage says so.
    pub async fn state_table(&self) -> anyhow::Result<Option<String>> {
        match self.session.stage.challenge.store {
            Store::Table => self.physical_id("StateTable").await.map(Some),
            Store::Attribute => Ok(None),
        }
    }

    /// The name that a resource of the template got.
    ///
    /// # Errors
    /// When the stack has no such resource.
    pub async fn physical_id(&self, logical_id: &str) -> anyhow::Result<String> {
        let request = self.cloudformation.describe_stack_resource().stack_name(&self.outputs.stack);
        let answer = request.logical_resource_id(logical_id).send().await.map_err(aws::sdk)?;
        let id = answer.stack_resource_detail.and_then(|detail| detail.physical_resource_id);
        id.with_context(|| format!("`{logical_id}` has no name"))
    }

    /// Puts another template in the place of the deployed one, by itself and not by the command.
    ///
    /// # Errors
    /// When the update fails or does not end.
    pub async fn update_template(&self, change: impl FnOnce(&str) -> String) -> anyhow::Result<()> {
        let name = &self.outputs.stack;
        let template = self.cloudformation.get_template().stack_name(name).send().await.map_err(aws::sdk)?;
        let template = template.template_body.context("the stack has a template")?;
        let changed = change(&template);
        ensure!(changed != template, "the change changes nothing");
        let described =
            xtask_online::stack::describe(&self.cloudformation, name).await?.context("the stack is there")?;
        let parameters = described.parameters().iter().map(|parameter| {
            aws_sdk_cloudformation::types::Parameter::builder()
                .set_parameter_key(parameter.parameter_key.clone())
                .use_previous_value(true)
                .build()
        });
        let update = self.cloudformation.update_stack().stack_name(name).template_body(changed);
        let update = update.set_parameters(Some(parameters.collect()));
        let capability = aws_sdk_cloudformation::types::Capability::CapabilityIam;
        update.capabilities(capability).send().await.map_err(aws::sdk)?;
        wait::until("the update of the stack", async || {
            let stack = xtask_online::stack::describe(&self.cloudformation, name).await?;
            let status = stack.as_ref().map(xtask_online::stack::status).context("the stack is there")?;
            Ok(if status.as_str() == "UPDATE_COMPLETE" { Ok(()) } else { Err(status.as_str().to_owned()) })
        })
        .await
    }
}
