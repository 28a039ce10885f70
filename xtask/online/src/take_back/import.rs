//! The change set that makes existing resources part of a stack, and changes nothing.

use anyhow::{Context as _, bail};
use aws_sdk_cloudformation::Client;
use aws_sdk_cloudformation::types::{ChangeSetType, ResourceToImport};

use super::template::Import;
use crate::change_set::{self, ChangeSet, Purpose};
use crate::plan::{Action, Change};

/// Asks for it, for a stack that is not there yet.
///
/// # Errors
/// When CloudFormation refuses the template, finds one of the resources nowhere or in another stack, does not come to an
/// end, or would do something else as well.
pub(super) async fn change_set(
    client: &Client,
    stack: &str,
    import: &Import,
    resources: Vec<ResourceToImport>,
    role_arn: Option<&str>,
) -> anyhow::Result<ChangeSet> {
    let name = format!("{}{:016x}", Purpose::Deploy.prefix(), rand::random::<u64>());
    let request = client.create_change_set().stack_name(stack).change_set_name(&name);
    let request = request.change_set_type(ChangeSetType::Import).template_body(import.body());
    let request = request.set_resources_to_import(Some(resources)).set_role_arn(role_arn.map(str::to_owned));
    let set = change_set::submit(client, stack, name, request).await?;
    let set =
        set.with_context(|| format!("failed to import into the stack `{stack}`: CloudFormation finds nothing"))?;
    if let Err(other) = imports_alone(&set.changes, import) {
        change_set::discard(client, &set).await?;
        return Err(other);
    }
    Ok(set)
}

/// CloudFormation says in the change set what it would do; nothing but what was shown is done.
pub(super) fn imports_alone(changes: &[Change], import: &Import) -> anyhow::Result<()> {
    let expected =
        |change: &Change| change.action == Action::Import && import.template.resources.contains_key(&change.logical_id);
    match changes.iter().find(|change| !expected(change)) {
        Some(other) => bail!("CloudFormation would do more than import: {other}"),
        None if changes.len() == import.kept.len() => Ok(()),
        None => bail!("CloudFormation would import {} of {}", changes.len(), import.kept.len()),
    }
}
