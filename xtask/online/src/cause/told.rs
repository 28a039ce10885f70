//! What `DescribeEvents` tells of a failure: the checks that a change did not pass, which no other call names, and what
//! failed in the operation before a rollback.
//!
//! Whatever stands in the way of that call must never stand in the place of the cause that is known without it.

use aws_sdk_cloudformation::Client;
use aws_sdk_cloudformation::operation::describe_events::builders::DescribeEventsFluentBuilder;
use aws_sdk_cloudformation::types::{EventFilter, EventType, HookFailureMode, OperationEvent};
use xtask::terminal::words;

use super::Cause;
use crate::events::Event;
use crate::unread::Unread;

/// The right that the call needs.
const ACTION: &str = "cloudformation:DescribeEvents";

/// What the call brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Told {
    /// What failed, the first one first; empty where CloudFormation has nothing to tell.
    Causes(Vec<Cause>),
    /// The caller may not ask.
    NotAllowed,
}

impl Told {
    /// A line about what would have been seen; none if it was.
    pub(super) fn note(&self) -> Option<String> {
        let words =
            || format!("note: CloudFormation can name the resource and the reason to whoever may call `{ACTION}`");
        (*self == Self::NotAllowed).then(words)
    }

    pub(super) fn causes(self) -> Vec<Cause> {
        match self {
            Self::Causes(causes) => causes,
            Self::NotAllowed => Vec::new(),
        }
    }
}

/// Why the change set of this ARN could not be made.
pub(super) async fn of_change_set(client: &Client, set_id: &str) -> Told {
    // A change set without its ARN is not found, whatever the documentation of the call says.
    ask(client.describe_events().change_set_name(set_id), |_| true).await
}

/// Why the operation failed whose events were seen, oldest first. A rollback is an operation of its own, so that only the
/// first one counts.
pub(super) async fn of_operation(client: &Client, stack_id: &str, seen: &[Event]) -> Told {
    let Some(first) = seen.first() else { return Told::Causes(Vec::new()) };
    let operation = seen.iter().find_map(|event| event.operation.clone());
    let request = client.describe_events().stack_name(stack_id).set_operation_id(operation);
    ask(request, |event| event.timestamp().is_none_or(|at| at.secs() >= first.at.secs())).await
}

async fn ask(request: DescribeEventsFluentBuilder, wanted: impl Fn(&OperationEvent) -> bool) -> Told {
    let failed = EventFilter::builder().failed_events(true).build();
    let mut pages = request.filters(failed).into_paginator().send();
    let mut events = Vec::new();
    while let Some(page) = pages.next().await {
        match page.map_err(Unread::of(ACTION)) {
            Ok(page) => events.extend(page.operation_events.unwrap_or_default().into_iter().filter(&wanted)),
            Err(Unread::NotAllowed { .. }) => return Told::NotAllowed,
            // Not every Region has the call.
            Err(Unread::Failed { .. }) => break,
        }
    }
    Told::Causes(causes(events))
}

/// Of all that failed, what a reader has to know: every check that was not passed, since each has to be mended; of
/// resources that failed the first alone, since the others may follow from it.
fn causes(mut events: Vec<OperationEvent>) -> Vec<Cause> {
    events.sort_by_key(|event| event.timestamp().map(|at| (at.secs(), at.subsec_nanos())));
    let (mut checks, mut resources) = (Vec::new(), Vec::new());
    for event in &events {
        match event.event_type() {
            Some(EventType::ValidationError) if blocks(event.validation_failure_mode()) => {
                checks.push(cause(event, event.validation_name(), event.validation_status_reason()));
            }
            Some(EventType::HookInvocationError) if blocks(event.hook_failure_mode()) => {
                checks.push(cause(event, event.hook_type(), event.hook_status_reason()));
            }
            Some(EventType::ProvisioningError) => {
                let status = event.resource_status().map(|status| status.as_str());
                resources.push(cause(event, status, event.resource_status_reason()));
            }
            _ => {}
        }
    }
    checks.dedup();
    if checks.is_empty() {
        checks.extend(resources.into_iter().find(|cause| !cause.is_of_stack() && !cause.is_echo()));
    }
    checks
}

/// A check that only warns stops nothing.
fn blocks(mode: Option<&HookFailureMode>) -> bool {
    mode != Some(&HookFailureMode::Warn)
}

fn cause(event: &OperationEvent, what: Option<&str>, reason: Option<&str>) -> Cause {
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    Cause {
        logical_id: text(event.logical_resource_id()),
        kind: text(event.resource_type()),
        what: text(what),
        path: event.validation_path().map(str::to_owned),
        reason: reason.filter(|reason| !reason.is_empty()).map(words),
    }
}
