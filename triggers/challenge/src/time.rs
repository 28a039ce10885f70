//! Points in time, as whole seconds since the Unix epoch.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct UnixSeconds(pub u64);

impl UnixSeconds {
    #[must_use]
    pub const fn plus(self, seconds: u64) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    /// Seconds from `earlier` to `self`; 0 when `earlier` lies ahead, as it does after a clock was set back.
    #[must_use]
    pub const fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Whether `moment` lies at most `window_seconds` back. A moment ahead of `self` by more than
    /// [`CLOCK_SKEW_SECONDS`] never counts as recent, or a clock set back would keep it recent for ever.
    #[must_use]
    pub const fn is_within(self, window_seconds: u64, moment: Self) -> bool {
        moment.0 <= self.0.saturating_add(CLOCK_SKEW_SECONDS) && self.since(moment) <= window_seconds
    }
}

/// How far two functions' clocks may disagree.
pub const CLOCK_SKEW_SECONDS: u64 = 5;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recent_is_a_window_that_the_future_does_not_stretch() {
        let now = UnixSeconds(1_000);
        for (name, moment, expected) in [
            ("now", 1_000, true),
            ("at the edge", 985, true),
            ("just outside", 984, false),
            ("ahead within the skew", 1_005, true),
            ("ahead beyond the skew", 1_006, false),
        ] {
            assert_eq!(now.is_within(15, UnixSeconds(moment)), expected, "{name}");
        }
    }
}
