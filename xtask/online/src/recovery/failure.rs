//! What is said of an operation that failed.

use anyhow::anyhow;
use aws_sdk_cloudformation::types::StackStatus;
use xtask::stage::Stage;

use crate::cause::Why;
use crate::decision::{Condition, deploy_command};

/// An operation that ended elsewhere than it should, as the last thing that is read.
pub fn failure(stage: &Stage, operation: &str, status: &str, why: &Why) -> anyhow::Error {
    let deploy = deploy_command(stage);
    let hint = match Condition::of(&StackStatus::from(status)) {
        Condition::Obstructed(obstacle) => obstacle.hint(stage),
        Condition::Steady => format!("hint: the stack is as it was before; mend the cause, then `{deploy}`"),
        Condition::Empty => format!("hint: the stack is gone; mend the cause, then `{deploy}`"),
    };
    anyhow!("{operation} of the stack `{}` failed and left it in {status}: {why}\n{hint}", stage.aws.stack)
}
