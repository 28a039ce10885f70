//! When mails went out, and when the next may.

use serde::{Deserialize, Serialize};

use crate::{Policy, UnixSeconds, policy::SendsPerHour};

/// When mails were last sent, oldest first, no more than one hour's allowance of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sends(Vec<UnixSeconds>);

impl Sends {
    const HOUR_SECONDS: u64 = 3_600;

    pub(crate) fn record(&mut self, now: UnixSeconds) {
        self.0.push(now);
        let keep = usize::try_from(SendsPerHour::MAX).unwrap_or(usize::MAX);
        self.0.drain(..self.0.len().saturating_sub(keep));
    }

    pub(crate) fn last(&self) -> Option<UnixSeconds> {
        self.0.last().copied()
    }

    /// Seconds until the hourly limit allows another mail; 0 when it does now.
    pub(crate) fn wait_for_hourly_limit(&self, policy: &Policy, now: UnixSeconds) -> u64 {
        let limit = usize::from(policy.sends_per_hour.get());
        let recent: Vec<_> = self.0.iter().filter(|at| now.since(**at) < Self::HOUR_SECONDS).collect();
        match recent.len().checked_sub(limit) {
            None => 0,
            Some(surplus) => recent[surplus].plus(Self::HOUR_SECONDS).since(now),
        }
    }

    /// Seconds until `resend_after` has passed since the last mail; 0 when it has.
    pub(crate) fn wait_for_resend(&self, policy: &Policy, now: UnixSeconds) -> u64 {
        self.last().map_or(0, |at| at.plus(u64::from(policy.resend_after.get())).since(now))
    }

    #[cfg(any(test, feature = "ageing"))]
    pub(crate) fn age(&mut self, age: impl Fn(&mut UnixSeconds)) {
        self.0.iter_mut().for_each(age);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::tests::policy;

    #[test]
    fn the_hourly_limit_opens_when_the_oldest_mail_is_an_hour_old() {
        let mut sends = Sends::default();
        for minute in 0..5 {
            assert_eq!(sends.wait_for_hourly_limit(&policy(), UnixSeconds(minute * 60)), 0);
            sends.record(UnixSeconds(minute * 60));
        }
        assert_eq!(sends.wait_for_hourly_limit(&policy(), UnixSeconds(300)), 3_300);
        assert_eq!(sends.wait_for_hourly_limit(&policy(), UnixSeconds(3_599)), 1);
        assert_eq!(sends.wait_for_hourly_limit(&policy(), UnixSeconds(3_600)), 0);
    }

    #[test]
    fn a_mail_that_is_an_hour_old_counts_no_more_wherever_it_stands() {
        // Two functions' clocks may disagree, so that an older mail stands behind a newer one. Counted, it would be taken
        // for the one whose hour ends, and a sixth mail would go out.
        let mut sends = Sends::default();
        [10_000, 6_400, 10_000, 10_000, 10_000, 10_000].into_iter().for_each(|at| sends.record(UnixSeconds(at)));
        assert_eq!(sends.wait_for_hourly_limit(&policy(), UnixSeconds(10_000)), 3_600);
    }

    #[test]
    fn a_clock_set_back_keeps_the_limit() {
        let mut sends = Sends::default();
        (0..5).for_each(|_| sends.record(UnixSeconds(10_000)));
        assert!(sends.wait_for_hourly_limit(&policy(), UnixSeconds(100)) > 0);
    }
}
