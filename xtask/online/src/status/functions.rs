//! The functions' code as Lambda has it, beside that of the bundle here.

use aws_sdk_lambda::Client;
use xtask::stage::Stage;
use xtask::trigger::Trigger;

use super::view::{Code, CodeHere, Function, StackView};
use crate::unread::{Seen, Unread};

/// What a function of a stack is called.
pub(super) fn name(stage: &Stage, trigger: Trigger) -> String {
    format!("{}-{}", stage.aws.stack, trigger.logical_id())
}

pub(super) async fn read(client: &Client, stage: &Stage, stack: &StackView, here: Option<&CodeHere>) -> Vec<Function> {
    let mut functions = Vec::new();
    for trigger in stage.triggers() {
        let name = name(stage, trigger);
        let deployed = Seen(code(client, &name).await);
        let here = here.and_then(|here| here.functions.get(&trigger)).cloned();
        functions.push(Function {
            trigger,
            same: same(deployed.get().and_then(Option::as_ref), here.as_deref()),
            here,
            object_version: stack.parameters.get(trigger.version_parameter()).cloned(),
            name,
            deployed,
        });
    }
    functions
}

fn same(deployed: Option<&Code>, here: Option<&str>) -> Option<bool> {
    Some(deployed?.code_sha256 == here?)
}

async fn code(client: &Client, name: &str) -> Result<Option<Code>, Unread> {
    let found = match client.get_function_configuration().function_name(name).send().await {
        Ok(found) => found,
        Err(error) if error.as_service_error().is_some_and(|error| error.is_resource_not_found_exception()) => {
            return Ok(None);
        }
        Err(error) => return Err(Unread::of("lambda:GetFunctionConfiguration")(error)),
    };
    Ok(Some(Code {
        size_bytes: found.code_size(),
        state: found.state().map(|state| state.as_str().to_owned()).unwrap_or_default(),
        last_update_status: found.last_update_status().map(|status| status.as_str().to_owned()).unwrap_or_default(),
        code_sha256: found.code_sha256.unwrap_or_default(),
        last_modified: found.last_modified.unwrap_or_default(),
    }))
}
