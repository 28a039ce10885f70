//! Reads a stack as it is.

use std::collections::BTreeMap;

use anyhow::Context as _;
use aws_sdk_cloudformation::Client;
use aws_sdk_cloudformation::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_cloudformation::types::{Stack, StackStatus, TemplateStage};

use crate::aws;
use crate::decision::Deployed;

/// The stack of that name, none where there is none.
///
/// # Errors
/// When CloudFormation does not answer.
pub async fn describe(client: &Client, name: &str) -> anyhow::Result<Option<Stack>> {
    match client.describe_stacks().stack_name(name).send().await {
        Ok(answer) => Ok(answer.stacks.unwrap_or_default().into_iter().next()),
        Err(error) if is_missing(&error) => Ok(None),
        Err(error) => Err(aws::sdk(error)).with_context(|| format!("failed to read the stack `{name}`")),
    }
}

/// Whether it is the answer for a stack that there is not: the API has no code of its own for it.
pub fn is_missing<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> bool {
    error.message().is_some_and(|message| message.contains("does not exist"))
}

/// What the stack of that name is made of.
///
/// # Errors
/// When CloudFormation does not answer.
pub async fn read(client: &Client, name: &str) -> anyhow::Result<Option<Deployed>> {
    let Some(stack) = describe(client, name).await? else { return Ok(None) };
    let template = if status(&stack) == StackStatus::ReviewInProgress {
        String::new()
    } else {
        let request = client.get_template().stack_name(name).template_stage(TemplateStage::Original);
        let answer = request.send().await.map_err(aws::sdk);
        let answer = answer.with_context(|| format!("failed to read the template of the stack `{name}`"))?;
        answer.template_body.unwrap_or_default()
    };
    Ok(Some(Deployed {
        status: status(&stack),
        template,
        parameters: parameters(&stack),
        tags: pairs(stack.tags(), |tag| (tag.key(), tag.value())),
    }))
}

/// The names that the resources of a stack got, by their logical IDs.
///
/// # Errors
/// When there is no such stack, or CloudFormation does not answer.
pub async fn resources(client: &Client, name: &str) -> anyhow::Result<BTreeMap<String, String>> {
    let answer = client.describe_stack_resources().stack_name(name).send().await.map_err(aws::sdk);
    let answer = answer.with_context(|| format!("failed to read the resources of the stack `{name}`"))?;
    Ok(pairs(answer.stack_resources(), |resource| (resource.logical_resource_id(), resource.physical_resource_id())))
}

/// The parameters that a stack was deployed with, by their keys.
#[must_use]
pub fn parameters(stack: &Stack) -> BTreeMap<String, String> {
    pairs(stack.parameters(), |parameter| (parameter.parameter_key(), parameter.parameter_value()))
}

/// The outputs of a stack by their keys.
#[must_use]
pub fn outputs(stack: &Stack) -> BTreeMap<String, String> {
    pairs(stack.outputs(), |output| (output.output_key(), output.output_value()))
}

/// The state that a stack says it is in.
#[must_use]
pub fn status(stack: &Stack) -> StackStatus {
    stack.stack_status().cloned().unwrap_or_else(|| StackStatus::from(""))
}

/// What of a list has a name and a value.
pub fn pairs<'a, T>(
    items: &'a [T],
    pair: impl Fn(&'a T) -> (Option<&'a str>, Option<&'a str>),
) -> BTreeMap<String, String> {
    let both = |item| match pair(item) {
        (Some(key), Some(value)) => Some((key.to_owned(), value.to_owned())),
        _ => None,
    };
    items.iter().filter_map(both).collect()
}
