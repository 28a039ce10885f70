//! What a deploy ends with, whether it has changed anything or not.

use std::collections::BTreeMap;

use xtask::trigger::Trigger;

use crate::aws::Session;
use crate::code::{self, Expected};
use crate::termination;

/// Sees to what no template says and no change set shows: the stack's own protection, and the code that really runs.
/// `yes` if whatever the stage file says was agreed to beforehand; `planned` if a plan file was, which shows no protection.
///
/// # Errors
/// When the protection cannot be changed, or a function runs code that was not deployed.
pub async fn see_to(
    session: &Session,
    expected: &BTreeMap<Trigger, Expected>,
    yes: bool,
    planned: bool,
) -> anyhow::Result<()> {
    termination::ensure(session, yes, planned).await?;
    code::verify(session, expected).await
}
