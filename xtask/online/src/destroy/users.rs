//! Deletes users for good: the pool, then what is worth nothing without it. Each step finds out by itself whether it was
//! taken before, so that a run that was interrupted is continued by another one.

use anyhow::Context as _;
use aws_sdk_cognitoidentityprovider::Client as Cognito;
use aws_sdk_dynamodb::Client as DynamoDb;
use aws_sdk_secretsmanager::Client as SecretsManager;
use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};
use xtask::stage::Stage;

use crate::aws::{self, Session};
use crate::decision::deploy_command;
use crate::kept::{Kept, Kind, Pool, Remains, date};

/// For how many days a deleted key can be restored: the most that Secrets Manager allows.
const RECOVERY_DAYS: i64 = 30;

/// Cognito would refuse to delete the pool, and whatever is deleted before it could not be taken back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the {pool} is protected from being deleted, and there is no stack to take that off\nhint: `{deploy} --take-back` makes it part of a stack again; then run this again"
)]
pub(super) struct Protected {
    pool: String,
    deploy: String,
}

/// # Errors
/// [`Protected`] when the pool of what was left cannot be deleted as it is. A stack's own update takes protection off: a
/// call of ours would have to repeat all of the pool's settings, and what it leaves out is reset.
pub(super) fn judge(stage: &Stage, remains: &Remains) -> Result<(), Protected> {
    let protected = remains.pool.as_ref().filter(|pool| pool.is_protected());
    protected.map_or(Ok(()), |pool| Err(Protected { pool: Pool::to_string(pool), deploy: deploy_command(stage) }))
}

/// Deletes everything that a stack left; what was deleted, with the time until which the key can be restored.
///
/// # Errors
/// When a service refuses. Running it again goes on from there.
pub(super) async fn delete(session: &Session, remains: &Remains) -> anyhow::Result<Vec<Kept>> {
    let sdk = &session.sdk_config;
    let mut deleted = Vec::new();
    for kept in &remains.kept {
        let mut gone = kept.clone();
        let outcome = match kept.kind {
            Kind::UserPool => done(Cognito::new(sdk).delete_user_pool().user_pool_id(&kept.id).send().await).map(drop),
            // Went with its pool.
            Kind::AppClient => Ok(()),
            Kind::Table => done(DynamoDb::new(sdk).delete_table().table_name(&kept.id).send().await).map(drop),
            Kind::Key if kept.restorable_until.is_some() => continue,
            Kind::Key => {
                let request = SecretsManager::new(sdk).delete_secret().secret_id(&kept.id);
                let answer = done(request.recovery_window_in_days(RECOVERY_DAYS).send().await);
                answer.map(|answer| {
                    gone.restorable_until = answer.and_then(|answer| answer.deletion_date).as_ref().and_then(date);
                })
            }
        };
        outcome.with_context(|| format!("failed to delete `{}` ({})", kept.id, kept.kind.resource_type()))?;
        session.reporter.note(&format!("deleted {gone}"));
        deleted.push(gone);
    }
    Ok(deleted)
}

/// The answer; none where it was deleted before.
fn done<T, E, R>(answer: Result<T, SdkError<E, R>>) -> anyhow::Result<Option<T>>
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    match answer {
        Err(error) if error.code() == Some("ResourceNotFoundException") => Ok(None),
        answer => answer.map(Some).map_err(aws::sdk),
    }
}
