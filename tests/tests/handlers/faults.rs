//! What can befall a call.

use std::time::Duration;

use e2e::fake_aws::Fault;
use e2e::long;

/// A kind of fault, for the table and for messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Refused,
    Reset,
    Silent,
    Throttled,
    ServerError,
    Slow(u64),
    Late(u64),
    AnswerLost,
    DoneAndSilent,
}

impl Kind {
    const ALL: [Self; 15] = [
        Self::Refused,
        Self::Reset,
        Self::Silent,
        Self::Throttled,
        Self::ServerError,
        Self::Slow(1),
        Self::Slow(2),
        Self::Slow(4),
        Self::Slow(6),
        Self::Late(1),
        Self::Late(2),
        Self::Late(4),
        Self::Late(6),
        Self::AnswerLost,
        Self::DoneAndSilent,
    ];
    /// Of each way in which a call can end the one that did the most harm while this was written.
    const CHOSEN: [Self; 5] = [Self::Refused, Self::Silent, Self::Slow(2), Self::Late(4), Self::AnswerLost];

    pub(crate) fn tried() -> &'static [Self] {
        if long::wanted("the full matrix of faults") { &Self::ALL } else { &Self::CHOSEN }
    }

    pub(crate) const fn all() -> &'static [Self] {
        &Self::ALL
    }

    pub(crate) fn fault(self) -> Fault {
        match self {
            Self::Refused => Fault::refused("AccessDeniedException"),
            Self::Reset => Fault::reset(),
            Self::Silent => Fault::silent(),
            Self::Throttled => Fault::throttled(),
            Self::ServerError => Fault::server_error(),
            Self::Slow(seconds) => Fault::slow(Duration::from_secs(seconds)),
            Self::Late(seconds) => Fault::late(Duration::from_secs(seconds)),
            Self::AnswerLost => Fault::answer_lost(),
            Self::DoneAndSilent => Fault::done_and_silent(),
        }
    }

    /// Whether the caller hears within `patience` what came of the call.
    pub(crate) fn is_answered_within(self, patience: Duration) -> bool {
        match self {
            Self::Refused | Self::Throttled | Self::ServerError => true,
            Self::Slow(seconds) | Self::Late(seconds) => Duration::from_secs(seconds) < patience,
            Self::Reset | Self::Silent | Self::AnswerLost | Self::DoneAndSilent => false,
        }
    }
}

/// One fault at one call, or from that call on.
#[derive(Debug, Clone)]
pub(crate) struct Befalls {
    pub(crate) operation: String,
    /// Which call of the operation, from 0.
    pub(crate) nth: usize,
    pub(crate) kind: Kind,
    /// Until somebody mends it, or this once.
    pub(crate) lasts: bool,
}
