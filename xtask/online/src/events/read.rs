//! Reads what CloudFormation knows of the past of a stack.

use anyhow::Context as _;
use aws_sdk_cloudformation::Client;

use super::Event;
use crate::aws;

/// Everything that CloudFormation still knows of a stack, oldest first.
///
/// # Errors
/// When CloudFormation does not answer.
pub async fn all(client: &Client, stack: &str) -> anyhow::Result<Vec<Event>> {
    let mut events = Vec::new();
    let mut pages = client.describe_stack_events().stack_name(stack).into_paginator().send();
    while let Some(page) = pages.next().await {
        let page =
            page.map_err(aws::sdk).with_context(|| format!("failed to read the events of the stack `{stack}`"))?;
        events.extend(page.stack_events().iter().map(Event::new));
    }
    events.reverse();
    Ok(events)
}

/// What happened on a stack since it last came to rest, oldest first: the operation that is under way, or the end of the last.
///
/// # Errors
/// When CloudFormation does not answer.
pub async fn since_rest(client: &Client, stack: &str) -> anyhow::Result<Vec<Event>> {
    let mut events: Vec<Event> = Vec::new();
    let mut pages = client.describe_stack_events().stack_name(stack).into_paginator().send();
    while let Some(page) = pages.next().await {
        let page =
            page.map_err(aws::sdk).with_context(|| format!("failed to read the events of the stack `{stack}`"))?;
        for event in page.stack_events().iter().map(Event::new) {
            // The newest may be a rest itself.
            if !events.is_empty() && event.of_stack && event.is_rest() {
                events.reverse();
                return Ok(events);
            }
            events.push(event);
        }
    }
    events.reverse();
    Ok(events)
}
