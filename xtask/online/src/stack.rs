//! Reads a stack as it is.

use std::collections::BTreeMap;

use anyhow::Context as _;
use aws_sdk_cloudformation::Client;
use aws_sdk_cloudformation::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_cloudformation::types::{ResourceStatus, Stack, StackResource, StackStatus, TemplateStage};

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
    let template = template(client, &stack).await?;
    Ok(Some(Deployed {
        status: status(&stack),
        template,
        parameters: parameters(&stack),
        tags: pairs(stack.tags(), |tag| (tag.key(), tag.value())),
    }))
}

/// The template that a stack was deployed with; empty for the shell of one that never was.
///
/// # Errors
/// When CloudFormation does not answer.
pub async fn template(client: &Client, stack: &Stack) -> anyhow::Result<String> {
    if status(stack) == StackStatus::ReviewInProgress {
        return Ok(String::new());
    }
    let name = stack.stack_id().unwrap_or_default();
    let request = client.get_template().stack_name(name).template_stage(TemplateStage::Original);
    let answer = request.send().await.map_err(aws::sdk);
    let answer = answer.with_context(|| format!("failed to read the template of the stack `{name}`"))?;
    Ok(answer.template_body.unwrap_or_default())
}

/// A resource of a stack, with its type and the name that it got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    pub logical_id: String,
    pub resource_type: String,
    pub physical_id: String,
}

/// The resources that a stack has now.
///
/// # Errors
/// When there is no such stack, or CloudFormation does not answer.
pub async fn members(client: &Client, name: &str) -> anyhow::Result<Vec<Member>> {
    let mut pages = client.list_stack_resources().stack_name(name).into_paginator().send();
    let mut members = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(aws::sdk);
        let page = page.with_context(|| format!("failed to read the resources of the stack `{name}`"))?;
        let there = page.stack_resource_summaries().iter().filter(|resource| {
            // One that was never made has no name; one that was deleted is still listed.
            resource.resource_status() != Some(&ResourceStatus::DeleteComplete)
                && resource.physical_resource_id().is_some_and(|id| !id.is_empty())
        });
        members.extend(there.map(|resource| Member {
            logical_id: resource.logical_resource_id().unwrap_or_default().to_owned(),
            resource_type: resource.resource_type().unwrap_or_default().to_owned(),
            physical_id: resource.physical_resource_id().unwrap_or_default().to_owned(),
        }));
    }
    Ok(members)
}

/// Where a resource is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    pub stack: String,
    pub logical_id: String,
}

/// Who holds the resource of this id: the stack of that name, or any other one of account and Region; none if none does.
///
/// # Errors
/// When CloudFormation does not answer.
pub async fn holder(client: &Client, name: &str, physical_id: &str) -> anyhow::Result<Option<Holder>> {
    let of_stack = client.describe_stack_resources().stack_name(name);
    let of_any = client.describe_stack_resources().physical_resource_id(physical_id);
    for request in [of_stack, of_any] {
        let answer = match request.send().await {
            Ok(answer) => answer,
            Err(error) if is_missing(&error) => continue,
            Err(error) => return Err(aws::sdk(error)).context("failed to look for a stack that holds it"),
        };
        // The answer has every resource of the stack, and may have what was deleted from it.
        let is_held = |resource: &&StackResource| {
            let gone = [Some(&ResourceStatus::DeleteComplete), Some(&ResourceStatus::DeleteSkipped)];
            resource.physical_resource_id() == Some(physical_id) && !gone.contains(&resource.resource_status())
        };
        if let Some(held) = answer.stack_resources().iter().find(is_held) {
            return Ok(Some(Holder {
                stack: held.stack_name().unwrap_or(name).to_owned(),
                logical_id: held.logical_resource_id().unwrap_or_default().to_owned(),
            }));
        }
    }
    Ok(None)
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
