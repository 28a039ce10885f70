//! The one statement of the artefact bucket's policy that is ours: nothing over plain HTTP.

use serde_json::{Value, json};

const STATEMENT: &str = "DenyPlainHttp";

/// The policy with our statement in it, none if it has it already.
pub(super) fn with_tls_only(policy: Option<Value>, bucket: &str, partition: &str) -> Option<Value> {
    let arn = format!("arn:{partition}:s3:::{bucket}");
    let wanted = json!({
        "Sid": STATEMENT,
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn, format!("{arn}/*")],
        "Condition": { "Bool": { "aws:SecureTransport": "false" } },
    });
    let mut policy = policy.unwrap_or_else(|| json!({ "Version": "2012-10-17" }));
    // A lone statement may stand without its list.
    let mut statements = match policy.get_mut("Statement").map(Value::take) {
        Some(Value::Array(statements)) => statements,
        Some(statement @ Value::Object(_)) => vec![statement],
        _ => Vec::new(),
    };
    if statements.contains(&wanted) {
        return None;
    }
    statements.retain(|statement| statement["Sid"] != STATEMENT);
    statements.push(wanted);
    policy["Statement"] = Value::Array(statements);
    Some(policy)
}

/// The partition that a Region belongs to, as ARNs have it.
pub(super) fn partition(region: &str) -> &'static str {
    if region.starts_with("cn-") {
        "aws-cn"
    } else if region.starts_with("us-gov-") {
        "aws-us-gov"
    } else {
        "aws"
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const BUCKET: &str = "artefacts";

    #[test]
    fn statements_of_others_stay_in_the_policy() {
        let theirs = json!({ "Sid": "Theirs", "Effect": "Allow" });
        for given in [json!({ "Statement": theirs }), json!({ "Statement": [theirs] })] {
            let policy = with_tls_only(Some(given), BUCKET, "aws").unwrap();
            assert_eq!(policy["Statement"][0], theirs);
            assert_eq!(policy["Statement"][1]["Sid"], STATEMENT);
        }
    }

    #[test]
    fn our_own_weakened_statement_is_replaced() {
        let weak = json!({ "Statement": [{ "Sid": STATEMENT, "Effect": "Allow" }] });
        let policy = with_tls_only(Some(weak), BUCKET, "aws").unwrap();
        assert_eq!(policy["Statement"].as_array().unwrap().len(), 1);
        assert_eq!(policy["Statement"][0]["Effect"], "Deny");
    }

    #[test]
    fn arns_are_of_the_partition() {
        for (region, expected) in [("eu-central-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")] {
            assert_eq!(partition(region), expected, "{region}");
        }
    }
}
