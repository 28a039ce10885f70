//! What CloudFormation has for a stack that failed.

use anyhow::bail;
use aws_sdk_cloudformation::Client;
use xtask::stage::Stage;

use crate::aws;
use crate::decision::{Obstacle, command};
use crate::events::{Event, Goal};

/// The states that a rollback can lead back to.
const GOOD: [&str; 5] =
    ["CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE", "IMPORT_ROLLBACK_COMPLETE"];

/// A way back to a stack that can be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remedy {
    /// Delete what never worked, so that it can be created anew.
    Recreate,
    /// Go on where a rollback stopped.
    ContinueRollback,
    /// Roll back an update that was left as it failed.
    RollBack,
}

impl Remedy {
    /// The way around an obstacle; none where a person has to find one.
    #[must_use]
    pub const fn of(obstacle: Obstacle) -> Option<Self> {
        match obstacle {
            Obstacle::CreationFailed => Some(Self::Recreate),
            Obstacle::RollbackFailed => Some(Self::ContinueRollback),
            Obstacle::UpdateFailed => Some(Self::RollBack),
            Obstacle::Busy | Obstacle::DeletionFailed | Obstacle::ImportFailed | Obstacle::Unknown => None,
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Recreate => "the deletion",
            Self::ContinueRollback | Self::RollBack => "the rollback",
        }
    }

    pub(super) const fn goal(self) -> Goal {
        match self {
            Self::Recreate => Goal::Deletion,
            Self::ContinueRollback | Self::RollBack => Goal::Rollback,
        }
    }

    pub(super) fn question(self, stack: &str, account: &str) -> String {
        match self {
            Self::Recreate => {
                format!("Delete what is left of the stack `{stack}` in account {account}, to create it anew?")
            }
            Self::ContinueRollback => format!("Continue the rollback of the stack `{stack}` in account {account}?"),
            Self::RollBack => {
                format!("Bring the stack `{stack}` in account {account} back to its last good state?")
            }
        }
    }

    pub(super) async fn begin(self, client: &Client, stack_id: &str, role: Option<&str>) -> anyhow::Result<()> {
        // Repeated calls are recognised by it.
        let token = format!("mend-{:016x}", rand::random::<u64>());
        let role = role.map(str::to_owned);
        match self {
            Self::Recreate => {
                let request = client.delete_stack().stack_name(stack_id).client_request_token(token);
                request.set_role_arn(role).send().await.map_err(aws::sdk)?;
            }
            Self::ContinueRollback => {
                let request = client.continue_update_rollback().stack_name(stack_id).client_request_token(token);
                request.set_role_arn(role).send().await.map_err(aws::sdk)?;
            }
            Self::RollBack => {
                let request = client.rollback_stack().stack_name(stack_id).client_request_token(token);
                request.set_role_arn(role).send().await.map_err(aws::sdk)?;
            }
        }
        Ok(())
    }
}

/// `RollbackStack` deletes a stack that never was in a good state, and its users with it.
pub(super) fn has_good_state(events: &[Event], stage: &Stage) -> anyhow::Result<()> {
    if events.iter().any(|event| event.of_stack && GOOD.contains(&event.status.as_str())) {
        return Ok(());
    }
    bail!(
        "its events know of no good state, and without one a rollback deletes the stack\nhint: `{}` deletes it and keeps the \
         user pool",
        command(stage, "destroy")
    )
}
