//! A log group that is read again and again, and gives each line once.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_cloudwatchlogs::Client;
use xtask::trigger::Trigger;

use super::event::{Event, Identity};
use crate::unread::Unread;

/// How late a line may come, in milliseconds: after another of its group that is as much younger, it is not seen. Lambda
/// hands lines over within seconds.
const LATE: i64 = 60_000;

/// The group of one function.
#[derive(Debug)]
pub(super) struct Source {
    trigger: Trigger,
    group: String,
    begin: i64,
    missing: bool,
    window: Window,
}

impl Source {
    /// `begin` in milliseconds after 1970-01-01.
    pub(super) fn new(trigger: Trigger, group: String, begin: i64) -> Self {
        Self { trigger, group, begin, missing: false, window: Window::default() }
    }

    /// Whether there was no such group at the last look. It comes with the stack.
    pub(super) const fn is_missing(&self) -> bool {
        self.missing
    }

    /// What has not been given before.
    pub(super) async fn look(&mut self, client: &Client) -> Result<Vec<Event>, Unread> {
        let begin = self.window.begin().map_or(self.begin, |begin| begin.max(self.begin));
        let request = client.filter_log_events().log_group_name(&self.group).start_time(begin);
        let mut pages = request.into_paginator().send();
        let mut found = Vec::new();
        self.missing = false;
        loop {
            match pages.try_next().await {
                Ok(Some(page)) => found.extend(page.events.unwrap_or_default()),
                Ok(None) => break,
                Err(error) if error.as_service_error().is_some_and(|error| error.is_resource_not_found_exception()) => {
                    self.missing = true;
                    break;
                }
                Err(error) => return Err(Unread::of("logs:FilterLogEvents")(error)),
            }
        }
        Ok(self.window.take(found.into_iter().map(|event| Event::new(self.trigger, event))))
    }
}

/// What was given already, as far back as anything can still come.
#[derive(Debug, Default)]
struct Window {
    newest: Option<i64>,
    given: BTreeSet<(i64, Identity)>,
}

impl Window {
    /// Where the next look begins, in milliseconds; none before anything was seen.
    fn begin(&self) -> Option<i64> {
        self.newest.map(|newest| newest.saturating_sub(LATE))
    }

    /// Those of the events that were not given before. Every look has to hold all lines from `begin` on.
    fn take(&mut self, events: impl Iterator<Item = Event>) -> Vec<Event> {
        let mut seen: BTreeMap<(i64, Identity), usize> = BTreeMap::new();
        let mut fresh = Vec::new();
        for event in events {
            let count = seen.entry((event.time, event.identity(0))).or_default();
            let identity = event.identity(*count);
            *count += 1;
            if self.given.insert((event.time, identity)) {
                fresh.push(event);
            }
        }
        self.newest = fresh.iter().map(|event| event.time).chain(self.newest).max();
        if let Some(begin) = self.begin() {
            self.given.retain(|(time, _)| *time >= begin);
        }
        fresh
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(time: i64, id: Option<&str>, message: &str) -> Event {
        Event {
            time,
            trigger: Trigger::Create,
            stream: "s".to_owned(),
            id: id.map(str::to_owned),
            message: message.to_owned(),
        }
    }

    fn times(events: &[Event]) -> Vec<i64> {
        events.iter().map(|event| event.time).collect()
    }

    #[test]
    fn no_line_is_given_twice_and_a_late_one_is_given() {
        let mut window = Window::default();
        let (first, second) = (event(100_000, Some("1"), "a"), event(130_000, Some("2"), "b"));
        assert_eq!(window.begin(), None);
        assert_eq!(times(&window.take([first.clone(), second.clone()].into_iter())), [100_000, 130_000]);
        assert_eq!(window.begin(), Some(70_000));
        let late = event(99_000, Some("3"), "c");
        let third = event(131_000, Some("4"), "a");
        let look = [late.clone(), first.clone(), second.clone(), third.clone()];
        assert_eq!(times(&window.take(look.clone().into_iter())), [99_000, 131_000]);
        assert!(window.take(look.into_iter()).is_empty());
        // What lies before the window is neither asked for again nor remembered.
        assert_eq!(times(&window.take([event(400_000, Some("5"), "d")].into_iter())), [400_000]);
        assert_eq!((window.begin(), window.given.len()), (Some(340_000), 1));
    }

    #[test]
    fn without_ids_the_same_text_is_told_apart_by_how_often_it_stands_there() {
        let mut window = Window::default();
        let twice = [event(1, None, "same"), event(1, None, "same"), event(1, None, "other")];
        assert_eq!(window.take(twice.clone().into_iter()).len(), 3);
        let once_more = twice.iter().cloned().chain([event(1, None, "same")]);
        assert_eq!(window.take(once_more.clone()).len(), 1);
        assert_eq!(window.take(once_more).len(), 0);
    }
}
