//! How a deploy is told to those who watch it: a live view on a terminal, plain lines elsewhere, and on top of either a
//! stream of events for programs.

use std::io::Write as _;
use std::time::SystemTime;

use aws_sdk_cloudformation::primitives::DateTime;
use xtask::github;
use xtask::report::Told;
use xtask::{errln, out};

use crate::outputs::document::Outputs;
use crate::plan::Plan;

mod following;
mod live;
mod message;

#[cfg(test)]
mod tests;

pub use following::Following;
pub use message::{Message, SCHEMA_VERSION};

/// Runs a verb whose last word belongs into the stream, if there is one, also when it is an error.
///
/// # Errors
/// Those of the verb.
pub async fn to_its_end<T>(json: bool, verb: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    verb.await.inspect_err(|error| Reporter::new(json).error(error))
}

/// Tells what happens: people on standard error, and programs, if there are any, on standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reporter {
    /// Whether standard output is the stream.
    stream: bool,
}

impl Reporter {
    /// With `json` standard output gets every message as an object on a line of its own, and nothing else.
    #[must_use]
    pub const fn new(json: bool) -> Self {
        Self { stream: json }
    }

    pub fn tell(self, message: &Message<'_>) {
        if let Some(text) = message.text() {
            errln!("{text}");
        }
        self.stream(message, DateTime::from(SystemTime::now()));
    }

    /// A line for people.
    pub fn note(self, text: &str) {
        self.tell(&Message::Note { text });
    }

    /// What is about to change; under GitHub Actions the summary of the step has it too.
    pub fn plan(self, plan: &Plan) {
        self.tell(&Message::Plan { plan });
        github::step_summary(&plan.to_markdown());
    }

    /// The last word if all went well, on standard output either way.
    pub fn outputs(self, outputs: &Outputs) {
        if self.stream {
            self.tell(&Message::outputs(outputs));
        } else {
            out!("{}", outputs.to_text());
        }
    }

    /// The last word if not. People read it once the program ends.
    pub fn error(self, error: &anyhow::Error) {
        let Told { message, hints } = Told::of(error);
        self.tell(&Message::Error { message: &message, hints: &hints });
    }

    /// Begins to show an operation that changes about so many resources.
    pub fn follow(self, title: &str, resources: usize) -> Following {
        Following::begin(self, title, resources)
    }

    fn stream(self, message: &Message<'_>, at: DateTime) {
        if self.stream {
            // A deploy is not given up because nobody reads along any more.
            let _ = writeln!(std::io::stdout().lock(), "{}", message.json(at));
        }
    }
}
