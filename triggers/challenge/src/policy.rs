//! What a stage sets: each value in a type that cannot hold one out of range.

/// A setting outside of what it may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{given} is outside of {min} to {max}")]
pub struct OutOfRange {
    pub given: u64,
    pub min: u64,
    pub max: u64,
}

macro_rules! bounded {
    ($(#[$doc:meta])* $name:ident($inner:ty), $min:literal..=$max:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name($inner);

        impl $name {
            pub const MIN: u64 = $min;
            pub const MAX: u64 = $max;

            /// # Errors
            /// [`OutOfRange`] unless the value lies from `MIN` to `MAX`.
            pub fn new(value: u64) -> Result<Self, OutOfRange> {
                match <$inner>::try_from(value) {
                    Ok(inner) if (Self::MIN..=Self::MAX).contains(&value) => Ok(Self(inner)),
                    _ => Err(OutOfRange { given: value, min: Self::MIN, max: Self::MAX }),
                }
            }

            #[must_use]
            pub const fn get(self) -> $inner {
                self.0
            }
        }
    };
}

bounded! {
    /// Digits of a code. Six are ASVS 5.0 6.5.4's least for a code that lives briefly.
    CodeLength(u8), 6..=8
}
bounded! {
    /// Minutes that a code lives. Cognito keeps a session for 3 to 15 minutes between calls (`AuthSessionValidity`);
    /// ASVS 5.0 6.5.5 asks for at most 10.
    CodeLife(u8), 3..=15
}
bounded! {
    /// Wrong answers that one sign-in may give.
    MaxAttempts(u8), 1..=10
}
bounded! {
    /// Seconds between two mails for one challenge.
    ResendAfter(u16), 0..=600
}
bounded! {
    /// Mails to one user within any 60 minutes. The upper end keeps the sealed state below its 512 bytes.
    SendsPerHour(u8), 1..=10
}

bounded! {
    /// Wrong answers in a row, over all sessions, before the first lock.
    LockAfter(u8), 3..=10
}
bounded! {
    /// Seconds of the first lock; each further wrong answer doubles it.
    LockFirstWait(u16), 30..=3_600
}
bounded! {
    /// Seconds that a lock takes at most.
    LockLongestWait(u32), 3_600..=86_400
}

impl CodeLife {
    #[must_use]
    pub const fn seconds(self) -> u64 {
        self.0 as u64 * 60
    }

    /// Minutes that Cognito waits for an answer (`AuthSessionValidity`, at most 15): longer than the code lives where that is
    /// possible, so that a session can still ask for another code when its first has run out.
    #[must_use]
    pub const fn session_minutes(self) -> u8 {
        if self.0 > 10 { 15 } else { self.0 + 5 }
    }
}

/// What one stage allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    pub code_length: CodeLength,
    pub code_life: CodeLife,
    pub max_attempts: MaxAttempts,
    pub resend_after: ResendAfter,
    pub sends_per_hour: SendsPerHour,
    pub attempt: AttemptRule,
    pub lockout: Lockout,
}

/// Whether a right code has to come with the client's mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttemptRule {
    Optional,
    /// The gate lets no sign-in pass whose right code came without one.
    Required,
}

/// How wrong answers lock a user, across sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lockout {
    pub after: LockAfter,
    pub first_wait: LockFirstWait,
    pub longest_wait: LockLongestWait,
}

/// A user whose sign-in is locked is told by mail no more often than this (ASVS 5.0 6.3.5).
pub const TELL_EVERY_SECONDS: u64 = 3_600;

/// Times that a sign-in may ask for its mail again. Counted apart from wrong answers, since asking is no failure.
pub const RESENDS_PER_SESSION: usize = 5;

/// How long a session may be kept open by answers, each of which gives it `AuthSessionValidity` more. Long enough for a code
/// that ran out, another one, and its life.
pub const SESSION_LIFE_SECONDS: u64 = 1_800;

/// Codes of earlier challenges that are recognised in an answer.
pub const OLDER_CODES: usize = 2;

/// Cognito calls a trigger that does not answer within 5 seconds again, three times in all, so all calls for one
/// request fall into this window (cognito-user-pools-working-with-lambda-triggers).
pub const REPEAT_WINDOW_SECONDS: u64 = 15;

/// A call works for 3.5 seconds at most, and Cognito repeats it after 5, so a challenge that has been `pending` for this
/// long has nobody sending its mail. In whole seconds: one less than 5, since two clocks may round apart.
pub const PENDING_GRACE_SECONDS: u64 = 4;

/// A code with less life than this is not worth sending again: the mail may take that long.
pub const RESEND_LIFE_SECONDS: u64 = 60;

/// Verify, Define and the gate follow each other within one request; the slack is for Cognito's repeated calls.
pub const CONSUMPTION_WINDOW_SECONDS: u64 = 30;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_outlives_its_code_as_far_as_cognito_lets_it() {
        for (life, minutes) in [(3, 8), (10, 15), (11, 15), (15, 15)] {
            assert_eq!(CodeLife::new(life).map(CodeLife::session_minutes), Ok(minutes), "{life}");
        }
    }

    #[test]
    fn ranges_hold_at_both_ends() {
        assert_eq!(CodeLife::new(2), Err(OutOfRange { given: 2, min: 3, max: 15 }));
        assert!(CodeLife::new(3).is_ok() && CodeLife::new(15).is_ok());
        assert_eq!(CodeLife::new(16), Err(OutOfRange { given: 16, min: 3, max: 15 }));
        assert!(CodeLength::new(5).is_err() && CodeLength::new(6).is_ok() && CodeLength::new(9).is_err());
        assert!(SendsPerHour::new(256 + 5).is_err(), "a value that wraps in its type is out of range too");
    }
}
