//! Which counts wake somebody up: the functions' own, and Lambda's of what a function cannot count itself.

use serde::Serialize;

use crate::stage::Stage;
use crate::trigger::Trigger;

/// One alarm on one metric.
#[derive(Debug, Serialize)]
pub(super) struct Alarm {
    id: String,
    namespace: &'static str,
    metric: &'static str,
    /// The one that the metric has.
    dimension: &'static str,
    /// What stands for its value, for `!Ref`.
    of: &'static str,
    description: &'static str,
    /// The count within a period from which it is one.
    threshold: u32,
}

/// What should never happen, so that once is enough.
const ONCE: u32 = 1;
/// What one person can bring about by chance or by mistake.
const REPEATEDLY: u32 = 3;

/// Lambda's own metrics of a function, with what they mean
/// (<https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html>).
const LAMBDA: [(&str, &str); 2] = [
    ("Errors", "Sign-ins end in a function that does not start, falls, or says no by an error as the gate does"),
    ("Throttles", "Sign-ins end before a function that Lambda does not run, since too many run in the account"),
];

pub(super) fn of(stage: &Stage) -> Vec<Alarm> {
    let all = [
        ("DeliveryFailed", "People wait for codes that SES did not take, or did not say that it took", REPEATEDLY),
        ("StoreFault", "Sign-ins fail since their state or its key could not be read or written", REPEATEDLY),
        ("UsersLocked", "Somebody with right passwords guesses codes", REPEATEDLY),
        ("MailsThrottled", "People get no code since their mails of the hour are spent, perhaps by others", REPEATEDLY),
        ("StateForged", "A stored state was not written by the functions", ONCE),
        ("GateRefused", "Somebody asked for tokens without a confirmed code", ONCE),
    ];
    let wired = all.into_iter().filter(|(metric, ..)| stage.gate || *metric != "GateRefused");
    let counted = wired.map(|(metric, description, threshold)| Alarm {
        id: format!("{metric}Alarm"),
        namespace: "CognitoEmailMfa",
        metric,
        dimension: "Stack",
        of: "AWS::StackName",
        description,
        threshold,
    });
    counted.chain(stage.triggers().flat_map(of_lambda)).collect()
}

fn of_lambda(trigger: Trigger) -> impl Iterator<Item = Alarm> {
    let function = trigger.logical_id();
    LAMBDA.into_iter().map(move |(metric, description)| Alarm {
        id: format!("{function}{metric}Alarm"),
        namespace: "AWS/Lambda",
        metric,
        dimension: "FunctionName",
        of: function,
        description,
        threshold: REPEATEDLY,
    })
}
