//! Whether anything of value lives in a stack that never worked: CloudFormation deletes what a failed creation made, but it
//! can stop half way, and people can begin to use what is there.

use aws_sdk_cloudformation::Client;
use aws_sdk_cloudformation::types::ResourceStatus;
use aws_sdk_cognitoidentityprovider::error::SdkError;

use crate::aws::{self, Session};
use crate::decision::command;
use crate::unread::Unread;

const POOL: &str = "AWS::Cognito::UserPool";
/// The right to count users.
const ACTION: &str = "cognito-idp:DescribeUserPool";

/// Why a stack that never worked is not deleted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AtStake {
    #[error(
        "its user pool `{pool}` has users, about {users} of them\nhint: `{destroy}` deletes the stack and keeps the user pool"
    )]
    Users { pool: String, users: i32, destroy: String },
    #[error(
        "its user pool `{pool}` is there, and whether it has users is not known: {unread}\nhint: `{destroy}` deletes the stack and keeps the user pool"
    )]
    Unknown { pool: String, unread: Unread, destroy: String },
}

/// # Errors
/// [`AtStake`] where users would be lost, or could be; also when CloudFormation does not answer.
pub(super) async fn check(session: &Session, client: &Client, stack_id: &str) -> anyhow::Result<()> {
    let answer = client.describe_stack_resources().stack_name(stack_id).send().await.map_err(aws::sdk)?;
    for resource in answer.stack_resources() {
        let Some(id) = resource.physical_resource_id().filter(|id| !id.is_empty()) else { continue };
        if resource.resource_type() != Some(POOL) || is_gone(resource.resource_status()) {
            continue;
        }
        let destroy = command(&session.stage, "destroy");
        match users(session, id).await {
            Ok(None) => {}
            Ok(Some(0)) => session.reporter.note(&format!("its user pool `{id}` is there, without users")),
            Ok(Some(users)) => return Err(AtStake::Users { pool: id.to_owned(), users, destroy }.into()),
            Err(unread) => return Err(AtStake::Unknown { pool: id.to_owned(), unread, destroy }.into()),
        }
    }
    Ok(())
}

/// Whether the stack holds it no longer.
fn is_gone(status: Option<&ResourceStatus>) -> bool {
    matches!(
        status,
        Some(ResourceStatus::DeleteComplete | ResourceStatus::DeleteSkipped | ResourceStatus::ImportRollbackComplete)
    )
}

/// Cognito's estimate of their number; none where the pool is gone.
async fn users(session: &Session, pool: &str) -> Result<Option<i32>, Unread> {
    let client = aws_sdk_cognitoidentityprovider::Client::new(&session.sdk_config);
    match client.describe_user_pool().user_pool_id(pool).send().await {
        Ok(answer) => {
            let nothing = || Unread::Failed { action: ACTION, cause: "the answer has no user pool".to_owned() };
            Ok(Some(answer.user_pool.ok_or_else(nothing)?.estimated_number_of_users))
        }
        Err(SdkError::ServiceError(error)) if error.err().is_resource_not_found_exception() => Ok(None),
        Err(error) => Err(Unread::of(ACTION)(error)),
    }
}
