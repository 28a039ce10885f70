//! The functions' code as Lambda has it, beside that of the bundle here.

use aws_sdk_lambda::Client;
use xtask::stage::Stage;

use super::view::{CodeHere, Function, StackView};
use crate::code::{self, Code};
use crate::unread::Seen;

pub(super) async fn read(client: &Client, stage: &Stage, stack: &StackView, here: Option<&CodeHere>) -> Vec<Function> {
    let mut functions = Vec::new();
    for trigger in stage.triggers() {
        let name = code::function_name(stage, trigger);
        let deployed = Seen(code::read(client, &name).await);
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
