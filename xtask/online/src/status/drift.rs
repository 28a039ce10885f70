//! Has CloudFormation compare every resource with the template.

use std::time::Duration;

use aws_sdk_cloudformation::Client;
use aws_sdk_cloudformation::types::{
    PropertyDifference, StackDriftDetectionStatus, StackResourceDrift, StackResourceDriftStatus,
};

use super::view::{DriftedProperty, DriftedResource};
use crate::poll::Pauses;
use crate::unread::Unread;

/// For some thirty resources, whose services CloudFormation asks one after the other.
const BOUND: Duration = Duration::from_secs(300);
const STATUS: &str = "cloudformation:DescribeStackDriftDetectionStatus";
const DRIFTS: &str = "cloudformation:DescribeStackResourceDrifts";

/// What has drifted, once CloudFormation has looked.
///
/// # Errors
/// When it does not look, or not to the end.
pub(super) async fn detect(client: &Client, stack_id: &str) -> Result<Vec<DriftedResource>, Unread> {
    let begun = client.detect_stack_drift().stack_name(stack_id).send().await;
    let begun = begun.map_err(Unread::of("cloudformation:DetectStackDrift"))?;
    let id = begun.stack_drift_detection_id.unwrap_or_default();
    let mut pauses = Pauses::within(BOUND);
    loop {
        let request = client.describe_stack_drift_detection_status().stack_drift_detection_id(&id);
        let seen = request.send().await.map_err(Unread::of(STATUS))?;
        match seen.detection_status() {
            Some(StackDriftDetectionStatus::DetectionComplete) => return resources(client, stack_id).await,
            Some(StackDriftDetectionStatus::DetectionInProgress) if pauses.pause().await => {}
            Some(StackDriftDetectionStatus::DetectionInProgress) => {
                return Err(failed(format!("it still runs after {} minutes", BOUND.as_secs() / 60)));
            }
            _ => return Err(failed(seen.detection_status_reason.unwrap_or_else(|| "no reason given".to_owned()))),
        }
    }
}

fn failed(cause: String) -> Unread {
    Unread::Failed { action: STATUS, cause }
}

async fn resources(client: &Client, stack_id: &str) -> Result<Vec<DriftedResource>, Unread> {
    let mut drifted = Vec::new();
    let mut token = None;
    loop {
        let request = client.describe_stack_resource_drifts().stack_name(stack_id).set_next_token(token);
        let request = request
            .stack_resource_drift_status_filters(StackResourceDriftStatus::Modified)
            .stack_resource_drift_status_filters(StackResourceDriftStatus::Deleted);
        let page = request.send().await.map_err(Unread::of(DRIFTS))?;
        drifted.extend(page.stack_resource_drifts().iter().map(resource));
        token = page.next_token.filter(|token| !token.is_empty());
        if token.is_none() {
            break;
        }
    }
    drifted.sort_by(|a, b| a.logical_id.cmp(&b.logical_id));
    Ok(drifted)
}

fn resource(drift: &StackResourceDrift) -> DriftedResource {
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    DriftedResource {
        logical_id: text(drift.logical_resource_id()),
        kind: text(drift.resource_type()),
        status: text(drift.stack_resource_drift_status().map(StackResourceDriftStatus::as_str)),
        properties: drift.property_differences().iter().map(property).collect(),
    }
}

fn property(difference: &PropertyDifference) -> DriftedProperty {
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    DriftedProperty {
        path: text(difference.property_path()),
        expected: text(difference.expected_value()),
        actual: text(difference.actual_value()),
    }
}
