//! One operation on a stack, shown from its beginning to its end.

use indicatif::ProgressDrawTarget;
use xtask::errln;
use xtask::github::{self, Group};

use super::live::Live;
use super::{Message, Reporter};
use crate::events::{End, Event};

/// Shows what happens until it is dropped.
#[derive(Debug)]
#[must_use = "nothing is shown once this is dropped"]
pub struct Following {
    reporter: Reporter,
    view: View,
}

#[derive(Debug)]
enum View {
    Lines {
        /// Under GitHub Actions the lines are folded.
        _group: Group,
    },
    Live(Live),
}

impl Following {
    pub(super) fn begin(reporter: Reporter, title: &str, resources: usize) -> Self {
        let terminal = ProgressDrawTarget::stderr();
        // A stream on the same terminal would tear the view apart.
        let view = if terminal.is_hidden() || reporter.stream {
            View::Lines { _group: github::group(title) }
        } else {
            View::Live(Live::on(terminal, title, resources))
        };
        Self { reporter, view }
    }

    pub fn event(&mut self, event: &Event) {
        match &mut self.view {
            View::Lines { .. } => errln!("{event}"),
            View::Live(live) => live.event(event),
        }
        self.reporter.stream(&Message::resource(event), event.at);
    }

    /// A line about the following itself.
    pub fn note(&self, text: &str) {
        match &self.view {
            View::Lines { .. } => self.reporter.note(text),
            View::Live(live) => live.line(text),
        }
    }

    pub fn end(self, end: &End) {
        let (End::Done(status) | End::Failed(status)) = end;
        let Self { reporter, view } = self;
        // What comes next is no part of the view.
        drop(view);
        reporter.tell(&Message::End { status, succeeded: matches!(end, End::Done(_)) });
    }
}
