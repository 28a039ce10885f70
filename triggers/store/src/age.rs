//! How long something was ago, for what must not grow old.

use std::time::{Duration, SystemTime};

use tokio::time::Instant;

/// A moment by two clocks. Lambda freezes an instance between events, and whether the steady clock goes on meanwhile is not
/// documented; the other one may be set.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment {
    steady: Instant,
    wall: SystemTime,
}

impl Moment {
    pub(crate) fn now() -> Self {
        Self { steady: Instant::now(), wall: SystemTime::now() }
    }

    /// Whether less than `limit` has passed since, by both clocks.
    pub(crate) fn is_within(self, limit: Duration) -> bool {
        is_within(self.steady.elapsed(), self.wall.elapsed().ok(), limit)
    }
}

/// A clock that was set back says nothing of what has passed.
fn is_within(steady: Duration, wall: Option<Duration>, limit: Duration) -> bool {
    steady < limit && wall.is_some_and(|wall| wall < limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_clock_is_enough_to_be_old() {
        let seconds = Duration::from_secs;
        for (name, steady, wall, expected) in [
            ("young", 299, Some(299), true),
            ("old", 300, Some(300), false),
            ("frozen for an hour, and the steady clock with it", 10, Some(3_610), false),
            ("set forward", 300, Some(10), false),
            ("set back behind the moment", 10, None, false),
        ] {
            assert_eq!(is_within(seconds(steady), wall.map(seconds), seconds(300)), expected, "{name}");
        }
    }
}
