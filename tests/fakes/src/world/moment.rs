//! What is stored at one moment, to be put back as if that moment were now.

use std::time::Instant;

use super::state;
use crate::event::Caller;
use crate::fake_aws::{FakeAws, Snapshot};

/// What the users and the table hold, and since when.
#[derive(Debug, Clone)]
pub struct Moment {
    stored: Snapshot,
    taken: Instant,
}

impl Moment {
    #[must_use]
    pub fn of(aws: &FakeAws) -> Self {
        Self { stored: aws.snapshot(), taken: Instant::now() }
    }

    /// Puts everything back as it was stored, to the letter.
    pub fn restore(&self, aws: &FakeAws) {
        aws.restore(&self.stored);
    }

    /// Puts everything back, and moves the user's state by the time that has passed: it is as old as it was at that moment,
    /// on a slow machine as on a fast one.
    ///
    /// # Errors
    /// When the key does not open the user's state.
    pub fn return_to(&self, aws: &FakeAws, caller: &Caller) -> anyhow::Result<()> {
        self.restore(aws);
        let passed = self.taken.elapsed().as_secs();
        state::change_all(aws, caller, |state| state.ahead(passed)).map(drop)
    }
}
