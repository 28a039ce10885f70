//! What the client is told of its challenge.

use crate::ChallengeId;

/// A state of the sign-in as front ends see it in `publicChallengeParameters`. The names are a promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PublicState {
    CodeSent,
    CodeWrong,
    CodeExpired,
    /// The code of an earlier mail; it has cost no guess.
    CodeOlder,
    /// A newer sign-in of the same user has replaced this one's code.
    CodeSuperseded,
    SendThrottled,
    SendFailed,
    NoVerifiedAddress,
    /// The address is verified, and SES cannot take it: its local part is not ASCII, or its domain is none.
    AddressNotMailable,
    /// Cognito refuses a disabled user at the password; this one was disabled after it.
    UserDisabled,
    AttemptsExhausted,
    /// Too many wrong answers, in this or earlier sign-ins.
    Locked,
    /// The same, until an operator lifts it.
    LockedUntilUnlocked,
    /// The client's mark cannot be used, or is missing where the stage wants one: a fault of the client's code.
    AttemptInvalid,
}

impl PublicState {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CodeSent => "CODE_SENT",
            Self::CodeWrong => "CODE_WRONG",
            Self::CodeExpired => "CODE_EXPIRED",
            Self::CodeOlder => "CODE_OLDER",
            Self::CodeSuperseded => "CODE_SUPERSEDED",
            Self::SendThrottled => "SEND_THROTTLED",
            Self::SendFailed => "SEND_FAILED",
            Self::NoVerifiedAddress => "NO_VERIFIED_ADDRESS",
            Self::AddressNotMailable => "ADDRESS_NOT_MAILABLE",
            Self::UserDisabled => "USER_DISABLED",
            Self::AttemptsExhausted => "ATTEMPTS_EXHAUSTED",
            Self::Locked => "LOCKED",
            Self::LockedUntilUnlocked => "LOCKED_UNTIL_UNLOCKED",
            Self::AttemptInvalid => "ATTEMPT_INVALID",
        }
    }
}

/// What the client is told, and what the round is bound to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    pub state: PublicState,
    /// The challenge that an answer is checked against; `None` when no answer can be right.
    pub binding: Option<ChallengeId>,
    pub seconds_left: u64,
    /// Answers that will still be compared: what is left of the challenge's guesses and of the session's rounds.
    pub attempts_left: u8,
    /// Seconds until a resend works, or until the lock has passed.
    pub seconds_to_wait: u64,
}

/// The view of a round without a code.
#[must_use]
pub const fn unbound(state: PublicState, seconds_to_wait: u64) -> View {
    View { state, binding: None, seconds_left: 0, attempts_left: 0, seconds_to_wait }
}
