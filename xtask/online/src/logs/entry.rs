//! What a line of a log says: our own JSON lines, Lambda's in JSON and as text, and whatever else gets there.

use serde_json::Value;

/// One event of a function, or one thing that befell it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// A stable word.
    pub(super) outcome: String,
    pub(super) reason: String,
    pub(super) milliseconds: Option<u64>,
    /// Whether the function, or Lambda, thinks that something is wrong.
    pub(super) failed: bool,
}

/// What Lambda writes as text around each event where it is not told to write JSON.
const OF_LAMBDA: [&str; 7] =
    ["START RequestId: ", "END RequestId: ", "REPORT RequestId: ", "INIT_START ", "INIT_REPORT ", "RESTORE_", "XRAY "];
/// How Lambda types what befell the process of a function. Other types are those of answers, which the function has
/// logged itself.
const BEFELL: [&str; 3] = ["Runtime.", "Sandbox.", "Extension."];

/// None for what says nothing about an event: Lambda's frame around it, and metrics.
pub(super) fn read(message: &str) -> Option<Entry> {
    let message = message.trim();
    match serde_json::from_str::<Value>(message) {
        Ok(line) if line.is_object() => of_json(&line, message),
        _ => of_text(message),
    }
}

fn of_json(line: &Value, message: &str) -> Option<Entry> {
    let text = |name: &str| line.get(name).and_then(Value::as_str);
    if line.get("_aws").is_some() {
        return None;
    }
    if let Some(kind) = text("type").filter(|kind| kind.starts_with("platform.")) {
        return of_platform(kind, line.get("record").unwrap_or(&Value::Null));
    }
    let reason = ["reason", "cause", "place", "message"].into_iter().find_map(text);
    let level = text("level");
    Some(Entry {
        outcome: text("outcome").unwrap_or("-").to_owned(),
        // What has neither an outcome nor a level is not ours to interpret.
        reason: reason.unwrap_or(if level.is_some() { "" } else { message }).to_owned(),
        milliseconds: line.get("milliseconds").and_then(Value::as_u64),
        failed: matches!(level, Some("ERROR" | "WARN")),
    })
}

/// Lambda's own lines in JSON, as its page `monitoring-cloudwatchlogs-advanced` has them.
fn of_platform(kind: &str, record: &Value) -> Option<Entry> {
    if !matches!(kind, "platform.report" | "platform.initReport") {
        return None;
    }
    let text = |name: &str| record.get(name).and_then(Value::as_str);
    let error = text("errorType");
    let outcome = match (text("status")?, error) {
        ("timeout", _) => "timed-out",
        ("error" | "failure", Some(error)) if !BEFELL.iter().any(|prefix| error.starts_with(prefix)) => return None,
        ("error" | "failure", _) => "crashed",
        _ => return None,
    };
    let phase = if kind == "platform.report" { "ended by Lambda" } else { "ended by Lambda while it started" };
    let reason = error.map_or_else(|| phase.to_owned(), |error| format!("{phase} ({error})"));
    let milliseconds = record.pointer("/metrics/durationMs").and_then(Value::as_f64);
    Some(Entry {
        outcome: outcome.to_owned(),
        reason,
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast saturates")]
        milliseconds: milliseconds.map(|milliseconds| milliseconds as u64),
        failed: true,
    })
}

fn of_text(message: &str) -> Option<Entry> {
    if message.is_empty() || OF_LAMBDA.iter().any(|prefix| message.starts_with(prefix)) {
        return None;
    }
    let outcome = if message.contains(" Task timed out after ") {
        "timed-out"
    } else if message.starts_with("RequestId: ") && message.contains(" Error: ") {
        "crashed"
    } else {
        "-"
    };
    Some(Entry { outcome: outcome.to_owned(), reason: message.to_owned(), milliseconds: None, failed: outcome != "-" })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn lines_that_say_nothing_about_an_event_are_left_out() {
        for line in [
            "START RequestId: 7 Version: $LATEST",
            "END RequestId: 7",
            "REPORT RequestId: 7\tDuration: 3 ms\tBilled Duration: 4 ms",
            "INIT_START Runtime Version: provided:al2023",
            r#"{"_aws":{"Timestamp":1,"CloudWatchMetrics":[]},"Stack":"s","CodesSent":1}"#,
            r#"{"time":"t","type":"platform.start","record":{"requestId":"7","version":"$LATEST"}}"#,
            r#"{"time":"t","type":"platform.runtimeDone","record":{"requestId":"7","status":"timeout"}}"#,
            r#"{"time":"t","type":"platform.report","record":{"requestId":"7","status":"success"}}"#,
            // The function has answered with this error, and logged why.
            r#"{"time":"t","type":"platform.report","record":{"status":"error","errorType":"SignInRefused"}}"#,
            "  ",
        ] {
            assert_eq!(read(line), None, "{line}");
        }
    }

    #[test]
    fn events_and_what_befell_a_function_are_read() {
        type Row<'a> = (&'a str, (&'a str, &'a str, Option<u64>, bool));
        let rows: [Row<'_>; 11] = [
            (
                r#"{"timestamp":"t","level":"INFO","trigger":"create","outcome":"sent","reason":"","user":"u","milliseconds":12}"#,
                ("sent", "", Some(12), false),
            ),
            (
                r#"{"level":"ERROR","trigger":"gate","outcome":"refused","reason":"refused: no code","milliseconds":3}"#,
                ("refused", "refused: no code", Some(3), true),
            ),
            (r#"{"level":"WARN","outcome":"state-forged","reason":"r"}"#, ("state-forged", "r", None, true)),
            (r#"{"level":"ERROR","outcome":"not-started","cause":"no key"}"#, ("not-started", "no key", None, true)),
            (r#"{"level":"ERROR","outcome":"panicked","place":"a.rs:1"}"#, ("panicked", "a.rs:1", None, true)),
            (r#"{"level":"ERROR","message":"m","target":"lambda_runtime"}"#, ("-", "m", None, true)),
            (
                r#"{"type":"platform.report","record":{"status":"timeout","metrics":{"durationMs":5000.0}}}"#,
                ("timed-out", "ended by Lambda", Some(5_000), true),
            ),
            (
                r#"{"type":"platform.report","record":{"status":"error","errorType":"Runtime.ExitError"}}"#,
                ("crashed", "ended by Lambda (Runtime.ExitError)", None, true),
            ),
            (
                r#"{"type":"platform.initReport","record":{"status":"timeout"}}"#,
                ("timed-out", "ended by Lambda while it started", None, true),
            ),
            (
                "2026-03-01T08:09:10.123Z 7 Task timed out after 5.00 seconds",
                ("timed-out", "2026-03-01T08:09:10.123Z 7 Task timed out after 5.00 seconds", None, true),
            ),
            ("a word", ("-", "a word", None, false)),
        ];
        for (line, (outcome, reason, milliseconds, failed)) in rows {
            let expected = Entry { outcome: outcome.into(), reason: reason.into(), milliseconds, failed };
            assert_eq!(read(line), Some(expected), "{line}");
        }
        assert_eq!(read("RequestId: 7 Error: Runtime exited with error: signal: killed").unwrap().outcome, "crashed");
        assert_eq!(read(r#"{"a":1}"#).unwrap().reason, r#"{"a":1}"#);
    }
}
