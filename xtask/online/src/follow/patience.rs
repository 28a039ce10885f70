//! How long nothing may be seen of an operation before the following ends.

use std::time::Duration;

use tokio::time::Instant;

use super::look::Blind;

/// Longer than a network takes to change over, shorter than somebody waits for nothing.
const BOUND: Duration = Duration::from_secs(5 * 60);
pub(super) const WORDS: &str = "five minutes";

/// What to do after a look that showed nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Wait,
    /// The first of a row.
    WaitAndSay,
    GiveUp,
}

#[derive(Debug)]
pub(super) struct Patience {
    sighted: Instant,
    blind: bool,
}

impl Patience {
    pub(super) const fn from(now: Instant) -> Self {
        Self { sighted: now, blind: false }
    }

    /// Something was seen; whether after a time of nothing.
    pub(super) const fn sighted(&mut self, now: Instant) -> bool {
        let was_blind = self.blind;
        *self = Self::from(now);
        was_blind
    }

    pub(super) fn judge(&mut self, blind: &Blind, now: Instant) -> Verdict {
        let said = std::mem::replace(&mut self.blind, true);
        match blind {
            Blind::Expired | Blind::Lasting(_) => Verdict::GiveUp,
            Blind::Passing(_) if now.duration_since(self.sighted) >= BOUND => Verdict::GiveUp,
            Blind::Passing(_) if said => Verdict::Wait,
            Blind::Passing(_) => Verdict::WaitAndSay,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_network_is_borne_for_a_while_and_expired_credentials_are_not() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let passing = Blind::Passing("no route to host".to_owned());
        let mut patience = Patience::from(start);
        assert_eq!(patience.judge(&passing, at(1)), Verdict::WaitAndSay);
        assert_eq!(patience.judge(&passing, at(299)), Verdict::Wait);
        assert!(patience.sighted(at(299)), "it was blind before");
        assert!(!patience.sighted(at(300)));
        assert_eq!(patience.judge(&passing, at(599)), Verdict::WaitAndSay, "said again after it was seen again");
        assert_eq!(patience.judge(&passing, at(600)), Verdict::GiveUp);
        for blind in [Blind::Expired, Blind::Lasting("not authorized".to_owned())] {
            assert_eq!(Patience::from(start).judge(&blind, at(1)), Verdict::GiveUp, "{blind}");
        }
    }
}
