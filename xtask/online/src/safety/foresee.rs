//! What a deploy would lose, by the templates alone.

use anyhow::Context as _;
use xtask::template::Template;

use super::{Danger, dangers};
use crate::decision::{Decision, Deployed, Desired};

/// Everything that would be lost on the way from what is deployed to what is wanted; what is made anew loses nothing.
///
/// # Errors
/// When one of the templates is none.
pub fn foresee(decision: Decision, deployed: Option<&Deployed>, desired: &Desired) -> anyhow::Result<Vec<Danger>> {
    let Some(deployed) = deployed.filter(|_| decision == Decision::Update) else { return Ok(Vec::new()) };
    let before = Template::parse(&deployed.template).context("failed to read the deployed template")?;
    let after = Template::parse(&desired.template).context("failed to read the new template")?;
    Ok(dangers(&before.with(&deployed.parameters), &after.with(&desired.parameters)))
}
