//! A change set: what CloudFormation says it would do, before it does it.

use std::time::Duration;

use anyhow::{Context as _, bail};
use aws_sdk_cloudformation::Client;
use aws_sdk_cloudformation::operation::create_change_set::builders::CreateChangeSetFluentBuilder;
use aws_sdk_cloudformation::types::{
    Capability, ChangeAction, ChangeSetStatus, ChangeSetType, Parameter, PolicyAction, Replacement, ResourceChange,
    ResourceTargetDefinition, StackStatus, Tag,
};
use serde_json::Value;

use crate::aws;
use crate::cause::Why;
use crate::decision::{Decision, Desired};
use crate::plan::{Action, Change, PropertyChange};
use crate::poll::Pauses;
use crate::{recovery, stack};
use xtask::errln;

const BOUND: Duration = Duration::from_secs(10 * 60);
/// What a change set without changes fails with; there is no code for it.
const EMPTY: [&str; 2] = ["didn't contain changes", "No updates are to be performed"];

/// A change set that waits to be executed.
#[derive(Debug)]
pub struct ChangeSet {
    pub name: String,
    pub id: String,
    pub stack_id: String,
    pub changes: Vec<Change>,
}

/// Why a change set is made, which its name begins with: one that waits for a reviewer is not taken for a leftover.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    Deploy,
    Plan,
}

impl Purpose {
    /// What the names of such change sets begin with.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Deploy => "deploy-",
            Self::Plan => "plan-",
        }
    }
}

impl Change {
    /// As CloudFormation has it; none for what is no resource's.
    fn of(change: &ResourceChange) -> Self {
        let (action, may_replace) = match (change.action(), change.replacement()) {
            (Some(ChangeAction::Add), _) => (Action::Add, false),
            (Some(ChangeAction::Remove), _) => (Action::Remove, false),
            (Some(ChangeAction::Import), _) => (Action::Import, false),
            (_, Some(Replacement::True)) => (Action::Replace, false),
            (_, Some(Replacement::Conditional)) => (Action::Change, true),
            // `Dynamic` is a change that is known only later.
            (action, _) => (Action::Change, action == Some(&ChangeAction::Dynamic)),
        };
        let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
        let properties = change.details().iter().filter_map(|detail| detail.target()).map(property).collect();
        Self {
            action,
            may_replace,
            logical_id: text(change.logical_resource_id()),
            kind: text(change.resource_type()),
            kept: change.policy_action().and_then(kept),
            properties,
        }
    }
}

/// What becomes of a resource that leaves the stack; none where CloudFormation does not say, and by a word that is not known.
fn kept(action: &PolicyAction) -> Option<bool> {
    match action {
        PolicyAction::Retain | PolicyAction::ReplaceAndRetain => Some(true),
        PolicyAction::Delete | PolicyAction::ReplaceAndDelete => Some(false),
        _ => None,
    }
}

/// The values are JSON where they are more than text, and not there unless asked for.
fn property(target: &ResourceTargetDefinition) -> PropertyChange {
    let path = target.path().map(|path| path.trim_start_matches('/').replace('/', "."));
    let name = || target.name().or_else(|| target.attribute().map(|attribute| attribute.as_str())).map(str::to_owned);
    let value = |text: Option<&str>| {
        text.map(|text| serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned())))
    };
    PropertyChange {
        path: path.or_else(name).unwrap_or_default(),
        before: value(target.before_value()),
        after: value(target.after_value()),
    }
}

/// Asks CloudFormation what it would do; none if it would do nothing, and then nothing is left behind.
///
/// # Errors
/// When CloudFormation refuses the template or does not come to an end.
pub async fn create(
    client: &Client,
    stack: &str,
    decision: Decision,
    desired: &Desired,
    role_arn: Option<&str>,
    purpose: Purpose,
) -> anyhow::Result<Option<ChangeSet>> {
    let name = format!("{}{:016x}", purpose.prefix(), rand::random::<u64>());
    let kind = if decision == Decision::Create { ChangeSetType::Create } else { ChangeSetType::Update };
    let request = client.create_change_set().stack_name(stack).change_set_name(&name).change_set_type(kind);
    // Whose answer was lost is asked for again: the same token is the same change set.
    let request = request.client_token(&name);
    let request = request.template_body(&desired.template).capabilities(Capability::CapabilityIam);
    let parameters = desired.parameters.iter();
    let parameters = parameters.map(|(key, value)| Parameter::builder().parameter_key(key).parameter_value(value));
    let tags = desired.tags.iter().map(|(key, value)| Tag::builder().key(key).value(value));
    let request = request
        .set_parameters(Some(parameters.map(|parameter| parameter.build()).collect()))
        .set_role_arn(role_arn.map(str::to_owned))
        .set_tags(Some(tags.map(|tag| tag.build()).collect()));
    submit(client, stack, name, request).await
}

/// Sends a change set and waits until CloudFormation knows what it would do; none if it would do nothing.
///
/// # Errors
/// As [`create`].
pub async fn submit(
    client: &Client,
    stack: &str,
    name: String,
    request: CreateChangeSetFluentBuilder,
) -> anyhow::Result<Option<ChangeSet>> {
    let created = request.send().await;
    let created = match created {
        Ok(created) => created,
        Err(error) => {
            let error = aws::sdk(error).context(format!("failed to create a change set for the stack `{stack}`"));
            return Err(match recovery::under_way(client, stack).await {
                Some(under_way) => error.context(under_way),
                None => error,
            });
        }
    };
    let set = ChangeSet {
        id: created.id.context("the new change set has no id")?,
        stack_id: created.stack_id.context("the new change set has no stack")?,
        name,
        changes: Vec::new(),
    };
    match wait(client, &set).await? {
        Answer::Changes(changes) => Ok(Some(ChangeSet { changes, ..set })),
        Answer::Empty => {
            discard(client, &set).await?;
            Ok(None)
        }
        Answer::Failed(reason) => {
            let why = Why::of_change_set(client, &set.id, reason).await;
            // What is left behind must not take the place of the cause.
            if let Err(left) = discard(client, &set).await {
                errln!("warning: {left:#}");
            }
            bail!("failed to create a change set for the stack `{stack}`: {why}");
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Answer {
    Changes(Vec<Change>),
    Empty,
    Failed(String),
}

async fn wait(client: &Client, set: &ChangeSet) -> anyhow::Result<Answer> {
    let mut pauses = Pauses::within(BOUND);
    loop {
        let (status, reason, changes) = describe(client, set).await?;
        match status {
            Some(ChangeSetStatus::CreatePending | ChangeSetStatus::CreateInProgress) => {}
            status => return Ok(answer(status.as_ref(), reason, changes)),
        }
        if !pauses.pause().await {
            bail!("the change set `{}` is not ready after {} minutes", set.name, BOUND.as_secs() / 60);
        }
    }
}

fn answer(status: Option<&ChangeSetStatus>, reason: Option<String>, changes: Vec<Change>) -> Answer {
    let reason = reason.unwrap_or_default();
    match status {
        Some(ChangeSetStatus::CreateComplete) => Answer::Changes(changes),
        Some(ChangeSetStatus::Failed) if EMPTY.iter().any(|words| reason.contains(words)) => Answer::Empty,
        Some(status) => Answer::Failed(format!("{reason} ({})", status.as_str())),
        None => Answer::Failed(reason),
    }
}

/// What a change set would do, as CloudFormation tells it.
///
/// # Errors
/// When there is no such change set, or CloudFormation does not answer.
pub async fn changes(client: &Client, set: &ChangeSet) -> anyhow::Result<Vec<Change>> {
    Ok(describe(client, set).await?.2)
}

/// All pages of a change set, each change with the values that CloudFormation gives. Asked for values it can leave changes
/// out and say so in the reason alone, so the list is that of the description without them.
async fn describe(
    client: &Client,
    set: &ChangeSet,
) -> anyhow::Result<(Option<ChangeSetStatus>, Option<String>, Vec<Change>)> {
    let (status, reason, mut changes) = pages(client, set, false).await?;
    if status == Some(ChangeSetStatus::CreateComplete) {
        let (_, _, valued) = pages(client, set, true).await?;
        for change in &mut changes {
            let same = valued.iter().find(|valued| valued.logical_id == change.logical_id);
            change.properties = same.map_or_else(Vec::new, |same| same.properties.clone());
        }
    }
    Ok((status, reason, changes))
}

async fn pages(
    client: &Client,
    set: &ChangeSet,
    values: bool,
) -> anyhow::Result<(Option<ChangeSetStatus>, Option<String>, Vec<Change>)> {
    let mut changes = Vec::new();
    let mut token = None;
    loop {
        let request = client.describe_change_set().stack_name(&set.stack_id).change_set_name(&set.id);
        let request = request.include_property_values(values);
        let page = request.set_next_token(token).send().await.map_err(aws::sdk);
        let page = page.with_context(|| format!("failed to read the change set `{}`", set.name))?;
        changes.extend(page.changes().iter().filter_map(|change| change.resource_change()).map(Change::of));
        token = page.next_token;
        if token.is_none() {
            return Ok((page.status, page.status_reason, changes));
        }
    }
}

/// Takes a refused change set back, and with it the empty shell of a stack that was never created, unless somebody
/// else's change set waits there.
///
/// # Errors
/// When CloudFormation refuses.
pub async fn discard(client: &Client, set: &ChangeSet) -> anyhow::Result<()> {
    let context = || format!("failed to delete the change set `{}`", set.name);
    client
        .delete_change_set()
        .stack_name(&set.stack_id)
        .change_set_name(&set.id)
        .send()
        .await
        .map_err(aws::sdk)
        .with_context(context)?;
    let shell = stack::describe(client, &set.stack_id).await?;
    if shell.is_none_or(|shell| stack::status(&shell) != StackStatus::ReviewInProgress) {
        return Ok(());
    }
    let others = client.list_change_sets().stack_name(&set.stack_id).send().await.map_err(aws::sdk)?;
    if others.summaries().iter().all(|other| other.change_set_id() == Some(set.id.as_str())) {
        let context = || format!("failed to delete the empty stack `{}`", set.stack_id);
        client.delete_stack().stack_name(&set.stack_id).send().await.map_err(aws::sdk).with_context(context)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
