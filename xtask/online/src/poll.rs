//! Waiting for AWS: soon at first, seldom later, never for ever.

use std::time::Duration;

use tokio::time::Instant;

const FIRST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(3);

/// The pauses between the looks at one thing, with an end to all of them.
#[derive(Debug)]
pub struct Pauses {
    next: Duration,
    end: Instant,
}

impl Pauses {
    #[must_use]
    pub fn within(bound: Duration) -> Self {
        Self { next: FIRST, end: Instant::now() + bound }
    }

    /// Waits for the next look; false once there should be none.
    pub async fn pause(&mut self) -> bool {
        if Instant::now() >= self.end {
            return false;
        }
        tokio::time::sleep(self.next).await;
        self.next = (self.next * 3 / 2).min(LONGEST);
        true
    }

    /// Something moved, so more may soon.
    pub fn quicken(&mut self) {
        self.next = FIRST;
    }
}
