//! Counters, as embedded metric format: a JSON line that CloudWatch turns into metrics on its own
//! (CloudWatch_Embedded_Metric_Format_Specification).

use std::{
    sync::OnceLock,
    time::{SystemTime, UNIX_EPOCH},
};

use serde_json::{Value, json};

/// What is counted. Alarms in the template watch some of these by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Metric {
    CodesSent,
    CodesVerified,
    CodesRejected,
    MailsThrottled,
    UsersLocked,
    GateRefused,
    /// SES has refused a mail, or has not answered in time.
    DeliveryFailed,
    /// A call to the store or for the keys failed, or took too long.
    StoreFault,
    /// A stored state was not genuine.
    StateForged,
}

impl Metric {
    pub const NAMESPACE: &str = "CognitoEmailMfa";

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::CodesSent => "CodesSent",
            Self::CodesVerified => "CodesVerified",
            Self::CodesRejected => "CodesRejected",
            Self::MailsThrottled => "MailsThrottled",
            Self::UsersLocked => "UsersLocked",
            Self::GateRefused => "GateRefused",
            Self::DeliveryFailed => "DeliveryFailed",
            Self::StoreFault => "StoreFault",
            Self::StateForged => "StateForged",
        }
    }
}

/// Counts one, for the stack that the function belongs to.
pub fn count(metric: Metric) {
    static STACK: OnceLock<String> = OnceLock::new();
    let stack = STACK.get_or_init(|| std::env::var("STACK_NAME").unwrap_or_default());
    let milliseconds = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    println!("{}", line(metric, stack, u64::try_from(milliseconds).unwrap_or(u64::MAX)));
}

fn line(metric: Metric, stack: &str, timestamp_ms: u64) -> Value {
    let name = metric.name();
    json!({
        "_aws": {
            "Timestamp": timestamp_ms,
            "CloudWatchMetrics": [{
                "Namespace": Metric::NAMESPACE,
                "Dimensions": [["Stack"]],
                "Metrics": [{"Name": name, "Unit": "Count"}],
            }],
        },
        "Stack": stack,
        name: 1,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_as_cloudwatch_wants_it() {
        let line = line(Metric::CodesSent, "stack", 1_700_000_000_000);
        assert_eq!(line["CodesSent"], 1);
        assert_eq!(line["Stack"], "stack");
        assert_eq!(line.pointer("/_aws/CloudWatchMetrics/0/Metrics/0/Name"), Some(&json!("CodesSent")));
    }
}
