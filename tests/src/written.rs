//! All that a deploy can write.

use xtask_online::aws::sdk;

use crate::stack::Stack;

/// Events and change sets of a stack, and the versions of all artefacts in its bucket as `(key, version)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    pub events: Vec<String>,
    pub change_sets: Vec<String>,
    pub versions: Vec<(String, String)>,
}

impl Written {
    /// # Errors
    /// When the local AWS does not tell.
    pub async fn by(stack: &Stack) -> anyhow::Result<Self> {
        let name = &stack.outputs.stack;
        let events = stack.cloudformation.describe_stack_events().stack_name(name).send().await.map_err(sdk)?;
        let sets = stack.cloudformation.list_change_sets().stack_name(name).send().await.map_err(sdk)?;
        let bucket = xtask::artefact_bucket::artefact_bucket(&stack.session.account, &stack.outputs.region);
        let versions = stack.s3().list_object_versions().bucket(bucket).send().await.map_err(sdk)?;
        let version =
            |version: &aws_sdk_s3::types::ObjectVersion| Some((version.key.clone()?, version.version_id.clone()?));
        Ok(Self {
            events: events.stack_events().iter().filter_map(|event| event.event_id.clone()).collect(),
            change_sets: sets.summaries().iter().filter_map(|set| set.change_set_id.clone()).collect(),
            versions: versions.versions().iter().filter_map(version).collect(),
        })
    }
}
