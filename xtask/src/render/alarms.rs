//! Which counts of the functions wake somebody up.

use serde::Serialize;

use crate::stage::Stage;

/// One alarm on one of the functions' metrics.
#[derive(Debug, Serialize)]
pub(super) struct Alarm {
    id: String,
    metric: &'static str,
    description: &'static str,
    /// The count within a period from which it is one.
    threshold: u32,
}

/// What should never happen, so that once is enough.
const ONCE: u32 = 1;
/// What one person can bring about by chance or by mistake.
const REPEATEDLY: u32 = 3;

pub(super) fn of(stage: &Stage) -> Vec<Alarm> {
    let all = [
        ("DeliveryFailed", "People wait for codes that SES did not take", REPEATEDLY),
        ("StoreFault", "Sign-ins fail since their state or its key could not be read or written", REPEATEDLY),
        ("UsersLocked", "Somebody with right passwords guesses codes", REPEATEDLY),
        ("StateForged", "A stored state was not written by the functions", ONCE),
        ("GateRefused", "Somebody asked for tokens without a confirmed code", ONCE),
    ];
    let wired = all.into_iter().filter(|(metric, ..)| stage.gate || *metric != "GateRefused");
    wired
        .map(|(metric, description, threshold)| Alarm { id: format!("{metric}Alarm"), metric, description, threshold })
        .collect()
}
