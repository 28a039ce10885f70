#![allow(clippy::panic)]

mod states;
mod way_back;

use crate::replay::{Answer, describe_stacks, stack_events, xml};

pub(super) type Script = Vec<(&'static str, Answer)>;

pub(super) fn status(status: &str) -> (&'static str, Answer) {
    ("DescribeStacks", describe_stacks(status))
}

pub(super) fn events(events: &[(&str, &str)]) -> (&'static str, Answer) {
    ("DescribeStackEvents", stack_events(events))
}

/// `DescribeEvents` has nothing to add.
pub(super) fn nothing_told() -> (&'static str, Answer) {
    ("DescribeEvents", xml("DescribeEvents", "<OperationEvents/>"))
}
