//! Lines of a log for people, and for programs.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use aws_sdk_cloudwatchlogs::primitives::{DateTime, DateTimeFormat};
use serde::Serialize;
use serde_json::Value;
use xtask::terminal::{self, words};
use xtask::trigger::Trigger;

use super::entry::{self, Entry};
use super::event::Event;

/// Everything since then, in milliseconds: first the failures, summed up, then each event by time.
pub(super) fn whole(events: &[Event], since: i64) -> String {
    let entries: Vec<_> = events.iter().filter_map(|event| Some((event, entry::read(&event.message)?))).collect();
    let mut text = match entries.len() {
        0 => return format!("nothing was logged since {}\n", time(since)),
        number => summary(&entries, number, since),
    };
    for (event, entry) in &entries {
        let _ = writeln!(text, "{}", shown(event, entry));
    }
    text
}

/// How often what went wrong; the most frequent first.
fn summary(entries: &[(&Event, Entry)], number: usize, since: i64) -> String {
    let mut kinds: BTreeMap<(&str, &str, &str), (usize, i64)> = BTreeMap::new();
    let mut failures = 0;
    for (event, entry) in entries.iter().filter(|(_, entry)| entry.failed) {
        failures += 1;
        let kind = kinds.entry((event.trigger.name(), &entry.outcome, &entry.reason)).or_insert((0, event.time));
        *kind = (kind.0 + 1, kind.1.max(event.time));
    }
    let mut kinds: Vec<_> = kinds.into_iter().collect();
    kinds.sort_by_key(|(_, (count, last))| (std::cmp::Reverse(*count), std::cmp::Reverse(*last)));
    let mut text = format!("{failures} of {number} lines are failures, since {}\n", time(since));
    for ((trigger, outcome, reason), (count, last)) in kinds {
        let _ = writeln!(text, "{count:>6} × {trigger:<6}  {}  {}, last {}", words(outcome), words(reason), time(last));
    }
    text + "\n"
}

/// One event; none for a line that says nothing about one.
pub(super) fn line(event: &Event) -> Option<String> {
    entry::read(&event.message).map(|entry| shown(event, &entry))
}

fn shown(event: &Event, entry: &Entry) -> String {
    let mark = if entry.failed { '!' } else { ' ' };
    let milliseconds = entry.milliseconds.map(|milliseconds| format!("{milliseconds} ms")).unwrap_or_default();
    let (outcome, reason) = (words(&entry.outcome), words(&entry.reason));
    let trigger = event.trigger.name();
    // The columns are as wide as what the functions usually say.
    let line = format!("{} {mark} {trigger:<6}  {outcome:<15}  {milliseconds:>7}  {reason}", time(event.time));
    line.trim_end().to_owned()
}

/// What `logs --json` prints, a document a line.
#[derive(Debug, Serialize)]
struct Raw<'a> {
    time: String,
    trigger: Trigger,
    stream: &'a str,
    /// An object where the function has logged one, else text.
    message: Value,
}

/// The line as it was logged, with what tells where it comes from.
pub(super) fn raw(event: &Event) -> serde_json::Result<String> {
    let message = event.message.trim_end();
    let object = serde_json::from_str::<Value>(message).ok().filter(Value::is_object);
    terminal::object(&Raw {
        time: time(event.time),
        trigger: event.trigger,
        stream: &event.stream,
        message: object.unwrap_or_else(|| message.into()),
    })
}

/// RFC 3339 in UTC, to the millisecond.
fn time(milliseconds: i64) -> String {
    let seconds = DateTime::from_secs(milliseconds.div_euclid(1_000)).fmt(DateTimeFormat::DateTime);
    let seconds = seconds.unwrap_or_else(|_| "an unknown time".to_owned());
    format!("{}.{:03}Z", seconds.trim_end_matches('Z'), milliseconds.rem_euclid(1_000))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn event(time: i64, trigger: Trigger, message: &str) -> Event {
        Event { time, trigger, stream: "s".to_owned(), id: None, message: message.to_owned() }
    }

    fn events() -> [Event; 5] {
        let refused = r#"{"level":"ERROR","outcome":"mail-refused","reason":"no\u001b[2J\n such"}"#;
        [
            event(1_772_352_550_010, Trigger::Define, "START RequestId: 7"),
            event(
                1_772_352_550_010,
                Trigger::Define,
                r#"{"level":"INFO","outcome":"ask","reason":"","milliseconds":0}"#,
            ),
            event(1_772_352_550_123, Trigger::Create, refused),
            event(1_772_352_551_000, Trigger::Gate, r#"{"level":"ERROR","outcome":"refused","reason":"r"}"#),
            event(1_772_352_552_000, Trigger::Create, refused),
        ]
    }

    #[test]
    fn failures_stand_first_and_everything_by_time() {
        assert_eq!(
            whole(&events(), 1_772_352_000_000).lines().collect::<Vec<_>>(),
            [
                "3 of 4 lines are failures, since 2026-03-01T08:00:00.000Z",
                "     2 × create  mail-refused  no\u{fffd}[2J such, last 2026-03-01T08:09:12.000Z",
                "     1 × gate    refused  r, last 2026-03-01T08:09:11.000Z",
                "",
                "2026-03-01T08:09:10.010Z   define  ask                 0 ms",
                "2026-03-01T08:09:10.123Z ! create  mail-refused              no\u{fffd}[2J such",
                "2026-03-01T08:09:11.000Z ! gate    refused                   r",
                "2026-03-01T08:09:12.000Z ! create  mail-refused              no\u{fffd}[2J such",
            ]
        );
        assert_eq!(whole(&events()[..1], 0), "nothing was logged since 1970-01-01T00:00:00.000Z\n");
    }

    #[test]
    fn raw_lines_are_all_there_as_they_were_logged() {
        let lines = events().map(|event| raw(&event).unwrap());
        assert_eq!(
            lines[0],
            r#"{"time":"2026-03-01T08:09:10.010Z","trigger":"define","stream":"s","message":"START RequestId: 7"}"#
        );
        let ask: Value = serde_json::from_str(&lines[1]).unwrap();
        assert_eq!(ask["message"]["outcome"], "ask");
        assert_eq!(lines.len(), events().len());
    }
}
