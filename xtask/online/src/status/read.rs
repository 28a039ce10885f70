//! Asks AWS how a stage stands. What one question leads to never keeps the others from being asked.

use std::collections::BTreeMap;

use aws_sdk_cloudformation::Client as CloudFormation;
use aws_sdk_cloudformation::primitives::{DateTime, DateTimeFormat};
use aws_sdk_cloudformation::types::Stack;
use aws_sdk_cognitoidentityprovider::Client as Cognito;
use aws_sdk_cognitoidentityprovider::types::DeletionProtectionType;
use aws_sdk_lambda::Client as LambdaClient;
use xtask::stage::Store;

use super::view::{CodeHere, Fixed, Lambda, Quotas, SCHEMA_VERSION, Sender, StackView, Status, UserPool};
use super::{attention, drift, functions};
use crate::aws::Session;
use crate::unread::{Seen, Unread};
use crate::{clients, ses, stack};

const STACKS: &str = "cloudformation:DescribeStacks";

pub(super) async fn status(session: &Session, code_here: Option<CodeHere>, look_for_drift: bool) -> Status {
    let stage = &session.stage;
    let (cloudformation, lambda) = (CloudFormation::new(&session.sdk_config), LambdaClient::new(&session.sdk_config));
    let ses = ses::client(session);
    let (stack, account, verified, lambda_quota) = tokio::join!(
        described(&cloudformation, stage.aws.stack.as_ref()),
        ses::account(&ses),
        ses::is_verified(&ses, stage.email.identity_name.as_ref()),
        lambda_limits(&lambda),
    );

    let mut view = None;
    let (mut deployed, mut user_pool) = (Vec::new(), None);
    if let Ok(Some(stack)) = &stack {
        let outputs = stack::outputs(stack);
        let stack = stack_view(&cloudformation, stack, look_for_drift).await;
        let (functions, pool) = tokio::join!(
            functions::read(&lambda, stage, &stack, code_here.as_ref()),
            user_pool_view(session, &outputs),
        );
        (deployed, user_pool) = (functions, pool);
        view = Some(stack);
    }
    let mut status = Status {
        schema_version: SCHEMA_VERSION,
        stage: stage.name.to_string(),
        account: session.account.clone(),
        region: stage.aws.region.to_string(),
        endpoint: session.endpoint.clone(),
        stack: Seen(stack.map(|_| view)),
        code_here,
        functions: deployed,
        user_pool,
        sender: Sender {
            address: stage.email.from_address.to_string(),
            identity: stage.email.identity_name.to_string(),
            region: stage.email.region.to_string(),
            verified: Seen(verified),
        },
        ses: Seen(account),
        quotas: Quotas {
            lambda: Seen(lambda_quota),
            user_updates: (stage.challenge.store == Store::Attribute).then_some(Fixed::USER_UPDATES),
        },
        attention: Vec::new(),
    };
    status.attention = attention::of(&status, stage);
    status
}

async fn described(client: &CloudFormation, name: &str) -> Result<Option<Stack>, Unread> {
    match client.describe_stacks().stack_name(name).send().await {
        Ok(answer) => Ok(answer.stacks.unwrap_or_default().into_iter().next()),
        Err(error) if stack::is_missing(&error) => Ok(None),
        Err(error) => Err(Unread::of(STACKS)(error)),
    }
}

async fn stack_view(client: &CloudFormation, stack: &Stack, look_for_drift: bool) -> StackView {
    let id = stack.stack_id().unwrap_or_default().to_owned();
    let drifted = if look_for_drift { Some(Seen(drift::detect(client, &id).await)) } else { None };
    // What CloudFormation last saw is what it has just seen, if it was told to look.
    let again = match &drifted {
        Some(Seen(Ok(_))) => described(client, &id).await.ok().flatten(),
        _ => None,
    };
    let information = again.as_ref().unwrap_or(stack).drift_information();
    let drift_status = information.and_then(|drift| drift.stack_drift_status());
    StackView {
        name: stack.stack_name().unwrap_or_default().to_owned(),
        status: stack::status(stack).as_str().to_owned(),
        status_reason: stack.stack_status_reason().filter(|reason| !reason.is_empty()).map(str::to_owned),
        since: Seen(since(client, &id).await),
        created: stack.creation_time().and_then(time),
        last_update: stack.last_updated_time().and_then(time),
        termination_protection: stack.enable_termination_protection().unwrap_or_default(),
        drift_status: drift_status.map_or("NOT_CHECKED", |status| status.as_str()).to_owned(),
        drift_checked: information.and_then(|drift| drift.last_check_timestamp()).and_then(time),
        drifted,
        parameters: stack::parameters(stack),
        id,
    }
}

/// When the stack came into its status: its own newest event, which is on the first page after every operation.
async fn since(client: &CloudFormation, stack_id: &str) -> Result<Option<String>, Unread> {
    let answer = client.describe_stack_events().stack_name(stack_id).send().await;
    let answer = answer.map_err(Unread::of("cloudformation:DescribeStackEvents"))?;
    let newest = answer.stack_events().iter().find(|event| event.physical_resource_id() == Some(stack_id));
    Ok(newest.and_then(|event| event.timestamp()).and_then(time))
}

fn time(time: &DateTime) -> Option<String> {
    DateTime::from_secs(time.secs()).fmt(DateTimeFormat::DateTime).ok()
}

/// None where the stack has no pool yet.
async fn user_pool_view(session: &Session, outputs: &BTreeMap<String, String>) -> Option<Seen<UserPool>> {
    let client = Cognito::new(&session.sdk_config);
    let id = outputs.get("UserPoolId")?.clone();
    let (found, clients) =
        tokio::join!(client.describe_user_pool().user_pool_id(&id).send(), clients::list(&client, &id));
    let found = found.map_err(Unread::of("cognito-idp:DescribeUserPool"));
    Some(Seen(found.map(|found| {
        let pool = found.user_pool.as_ref();
        UserPool {
            users: pool.map(|pool| pool.estimated_number_of_users()).unwrap_or_default(),
            deletion_protection: pool.and_then(|pool| pool.deletion_protection())
                == Some(&DeletionProtectionType::Active),
            tier: pool.and_then(|pool| pool.user_pool_tier()).map(|tier| tier.as_str().to_owned()),
            other_clients: Seen(clients.map(|clients| clients::others(clients, outputs))),
            id,
        }
    })))
}

async fn lambda_limits(client: &LambdaClient) -> Result<Lambda, Unread> {
    let answer = client.get_account_settings().send().await.map_err(Unread::of("lambda:GetAccountSettings"))?;
    let limit = answer.account_limit.ok_or(Unread::Failed {
        action: "lambda:GetAccountSettings",
        cause: "the answer names no limits".to_owned(),
    })?;
    Ok(Lambda {
        concurrent_executions: limit.concurrent_executions(),
        unreserved: limit.unreserved_concurrent_executions(),
    })
}
