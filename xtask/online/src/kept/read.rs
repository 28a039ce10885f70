//! The calls that show what was kept.

use aws_sdk_cloudformation::Client as CloudFormation;
use aws_sdk_cloudformation::types::{ResourceStatus, StackEvent, StackStatus};
use aws_sdk_cognitoidentityprovider::Client as Cognito;
use aws_sdk_dynamodb::Client as DynamoDb;
use aws_sdk_dynamodb::types::TableStatus;
use aws_sdk_secretsmanager::Client as SecretsManager;
use aws_sdk_secretsmanager::primitives::{DateTime, DateTimeFormat};
use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};

use super::{Kept, Kind, Pool};
use crate::aws::Session;
use crate::clients::{self, PoolClient};
use crate::unread::Unread;

/// The most that Cognito lists on one page.
const PAGE: i32 = 60;

/// The services that hold what is kept.
#[derive(Debug)]
pub(super) struct Reader {
    cloudformation: CloudFormation,
    cognito: Cognito,
    dynamodb: DynamoDb,
    secrets: SecretsManager,
}

impl Reader {
    pub(super) fn new(session: &Session) -> Self {
        let sdk = &session.sdk_config;
        Self {
            cloudformation: CloudFormation::new(sdk),
            cognito: Cognito::new(sdk),
            dynamodb: DynamoDb::new(sdk),
            secrets: SecretsManager::new(sdk),
        }
    }

    /// The ids of the deleted stacks of that name, the last one first. CloudFormation knows them for 90 days.
    pub(super) async fn deleted_stacks(&self, name: &str) -> Result<Vec<String>, Unread> {
        let request = self.cloudformation.list_stacks().stack_status_filter(StackStatus::DeleteComplete);
        let mut pages = request.into_paginator().send();
        let mut stacks = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(Unread::of("cloudformation:ListStacks"))?;
            let named = page.stack_summaries().iter().filter(|stack| stack.stack_name() == Some(name));
            stacks
                .extend(named.filter_map(|stack| Some((stack.deletion_time().copied(), stack.stack_id()?.to_owned()))));
        }
        stacks.sort_by_key(|(deleted, _)| std::cmp::Reverse(deleted.map_or(0, |deleted| deleted.secs())));
        Ok(stacks.into_iter().map(|(_, id)| id).collect())
    }

    /// What the deletion of a stack left alone, with the ids that CloudFormation knew it by.
    pub(super) async fn skipped(&self, stack_id: &str) -> Result<Vec<Kept>, Unread> {
        let mut pages = self.cloudformation.describe_stack_events().stack_name(stack_id).into_paginator().send();
        let mut skipped = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(Unread::of("cloudformation:DescribeStackEvents"))?;
            for event in page.stack_events() {
                if !is_of_deletion(event) {
                    return Ok(skipped);
                }
                skipped.extend(kept(event));
            }
        }
        Ok(skipped)
    }

    pub(super) async fn pools_named(&self, name: &str) -> Result<Vec<String>, Unread> {
        let mut pages = self.cognito.list_user_pools().max_results(PAGE).into_paginator().send();
        let mut pools = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(Unread::of("cognito-idp:ListUserPools"))?;
            let named = page.user_pools().iter().filter(|pool| pool.name() == Some(name));
            pools.extend(named.filter_map(|pool| pool.id().map(str::to_owned)));
        }
        Ok(pools)
    }

    pub(super) async fn pool(&self, id: &str) -> Result<Option<Pool>, Unread> {
        let answer = there(self.cognito.describe_user_pool().user_pool_id(id).send().await);
        let answer = answer.map_err(Unread::of("cognito-idp:DescribeUserPool"))?;
        Ok(answer.and_then(|answer| answer.user_pool).map(Pool::new))
    }

    pub(super) async fn clients(&self, pool: &str) -> Result<Vec<PoolClient>, Unread> {
        clients::list(&self.cognito, pool).await
    }

    pub(super) async fn has_table(&self, name: &str) -> Result<bool, Unread> {
        let answer = there(self.dynamodb.describe_table().table_name(name).send().await);
        let answer = answer.map_err(Unread::of("dynamodb:DescribeTable"))?;
        let status = answer.and_then(|answer| answer.table).and_then(|table| table.table_status);
        Ok(status.is_some_and(|status| status != TableStatus::Deleting))
    }

    /// The key under its ARN; CloudFormation may know it by its name.
    pub(super) async fn key(&self, key: Kept) -> Result<Option<Kept>, Unread> {
        let answer = there(self.secrets.describe_secret().secret_id(&key.id).send().await);
        let answer = answer.map_err(Unread::of("secretsmanager:DescribeSecret"))?;
        let Some(answer) = answer else { return Ok(None) };
        // The day on which it is gone for good, if it was deleted.
        let restorable_until = answer.deleted_date().and_then(date);
        Ok(Some(Kept { id: answer.arn.unwrap_or(key.id), restorable_until, ..key }))
    }

    /// Whether a stack holds a resource of that id now.
    pub(super) async fn holds(&self, stack: &str, id: &str) -> Result<bool, Unread> {
        let request = self.cloudformation.describe_stack_resources().stack_name(stack);
        match request.send().await {
            Ok(answer) => {
                Ok(answer.stack_resources().iter().any(|resource| resource.physical_resource_id() == Some(id)))
            }
            Err(error) if crate::stack::is_missing(&error) => Ok(false),
            Err(error) => Err(Unread::of("cloudformation:DescribeStackResources")(error)),
        }
    }
}

/// Whether the event is of the deletion that a deleted stack ends with. Its own event before that is another operation's.
fn is_of_deletion(event: &StackEvent) -> bool {
    let of_stack = event.physical_resource_id() == event.stack_id();
    !of_stack || event.resource_status().is_some_and(|status| status.as_str().starts_with("DELETE_"))
}

fn kept(event: &StackEvent) -> Option<Kept> {
    let kind = event.resource_type().and_then(Kind::of)?;
    (event.resource_status() == Some(&ResourceStatus::DeleteSkipped)).then_some(())?;
    Some(Kept {
        logical_id: event.logical_resource_id()?.to_owned(),
        kind,
        id: event.physical_resource_id().filter(|id| !id.is_empty())?.to_owned(),
        restorable_until: None,
    })
}

/// The answer, none where the service says that there is no such thing.
fn there<T, E: ProvideErrorMetadata, R>(answer: Result<T, SdkError<E, R>>) -> Result<Option<T>, SdkError<E, R>> {
    match answer {
        Err(error) if error.code() == Some("ResourceNotFoundException") => Ok(None),
        answer => answer.map(Some),
    }
}

/// A time as people and programs read it.
pub(crate) fn date(time: &DateTime) -> Option<String> {
    DateTime::from_secs(time.secs()).fmt(DateTimeFormat::DateTime).ok()
}
