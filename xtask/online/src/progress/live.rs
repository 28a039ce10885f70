//! The view on a terminal: what is under way stands at the bottom with the time that it takes, what is over scrolls away.

use std::collections::BTreeMap;
use std::time::Duration;

use indicatif::{FormattedDuration, MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use xtask::terminal;

use crate::events::Event;

/// How often the times are drawn.
const TICK: Duration = Duration::from_millis(250);

#[derive(Debug)]
pub(super) struct Live {
    screen: MultiProgress,
    /// The last line: the stack as a whole.
    stack: ProgressBar,
    /// What is under way, by logical ID, with the event that it began with.
    under_way: BTreeMap<String, (Event, ProgressBar)>,
}

impl Live {
    /// About so many resources will come.
    pub(super) fn on(terminal: ProgressDrawTarget, title: &str, resources: usize) -> Self {
        let screen = MultiProgress::with_draw_target(terminal);
        let stack = screen.add(line("{elapsed_precise} {msg}: {pos} of {len} resources"));
        stack.enable_steady_tick(TICK);
        stack.set_length(resources.try_into().unwrap_or(u64::MAX));
        stack.set_message(title.to_owned());
        Self { screen, stack, under_way: BTreeMap::new() }
    }

    pub(super) fn event(&mut self, event: &Event) {
        if event.is_under_way() && !event.of_stack {
            return self.begin(event);
        }
        let began = self.under_way.remove(&event.logical_id);
        if let Some((_, bar)) = &began {
            bar.finish_and_clear();
            self.screen.remove(bar);
        }
        let took = began.map(|(began, _)| format!("  after {}", FormattedDuration(event.since(&began))));
        self.line(&format!("{event}{}", took.unwrap_or_default()));
        if !event.of_stack {
            self.stack.inc(1);
            // More comes than was planned where something is rolled back.
            self.stack.set_length(self.stack.length().unwrap_or_default().max(self.stack.position()));
        }
    }

    /// A line that stays.
    pub(super) fn line(&self, text: &str) {
        // Without a terminal there is nobody to read it.
        let _ = self.screen.println(terminal::text(text));
    }

    /// A resource tells several times that it is under way; its time runs from the first, its words are the last.
    fn begin(&mut self, event: &Event) {
        let words = terminal::line(&format!("{:<40} {}", event.logical_id, event.status));
        if let Some((began, bar)) = self.under_way.get_mut(&event.logical_id) {
            bar.set_message(words);
            if began.status != event.status {
                // It is being rolled back.
                *began = event.clone();
                bar.reset_elapsed();
            }
            return;
        }
        let bar = self.screen.insert_before(&self.stack, line("{elapsed_precise} {msg}"));
        bar.set_message(words);
        bar.enable_steady_tick(TICK);
        self.under_way.insert(event.logical_id.clone(), (event.clone(), bar));
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        for (_, bar) in self.under_way.values() {
            bar.finish_and_clear();
        }
        self.stack.finish_and_clear();
    }
}

/// It is drawn once it has its place.
fn line(template: &str) -> ProgressBar {
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner());
    ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden()).with_style(style)
}

#[cfg(test)]
mod tests {
    use indicatif::InMemoryTerm;

    use super::super::tests::event;
    use super::*;

    #[test]
    fn a_terminal_shows_what_is_under_way_below_what_is_over() {
        let terminal = InMemoryTerm::new(12, 120);
        let mut live =
            Live::on(ProgressDrawTarget::term_like(Box::new(terminal.clone())), "the deploy of `sign-in`", 2);
        live.event(&event("sign-in", "CREATE_IN_PROGRESS", 0, Some("User Initiated")));
        live.event(&event("UserPool", "CREATE_IN_PROGRESS", 1, None));
        live.event(&event("UserPool", "CREATE_IN_PROGRESS", 2, Some("Resource creation Initiated")));
        live.event(&event("Gate", "CREATE_IN_PROGRESS", 2, None));
        live.event(&event("UserPool", "CREATE_COMPLETE", 65, None));
        [&live.under_way["Gate"].1, &live.stack].into_iter().for_each(ProgressBar::force_draw);
        let lines = |terminal: &InMemoryTerm| -> Vec<String> {
            terminal.contents().lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
        };
        assert_eq!(
            lines(&terminal),
            [
                "08:00:00 sign-in CREATE_IN_PROGRESS User Initiated",
                "08:01:05 UserPool CREATE_COMPLETE after 00:01:04",
                "00:00:00 Gate CREATE_IN_PROGRESS",
                "00:00:00 the deploy of `sign-in`: 1 of 2 resources",
            ]
        );
        drop(live);
        assert_eq!(lines(&terminal).len(), 2, "nothing is left of what moved: {}", terminal.contents());
    }
}
