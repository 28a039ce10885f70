//! What is explored: the policy, the marks, and how much of everything may happen.

use challenge::{AttemptRule, Policy};
use serde::Serialize;

use crate::properties::Met;

/// A text that marks a sign-in: which of the two that there are.
pub type Mark = Option<u8>;

/// How often what may happen at any moment does happen. With no bound there would be no end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Budget {
    /// Times that the clock moves.
    pub waits: u8,
    /// Calls that Cognito makes a second time.
    pub repeats: u8,
    /// Functions that die, answers that are lost, mails that fail.
    pub faults: u8,
    /// Runs whose clock is a second ahead.
    pub ahead: u8,
    /// Answers of the owner that are not the right code.
    pub mistakes: u8,
    /// Answers of the attacker, who knows no code.
    pub guesses: u8,
    /// Mails asked for again: by the owner, by the attacker.
    pub resends: [u8; 2],
    /// Flows of the attacker that ask for the password alone.
    pub behind: u8,
}

#[derive(Debug, Clone)]
pub struct Scenario {
    pub policy: Policy,
    /// The marks of the owner's first call and of the attacker's, and of all that follow.
    pub marks: [Mark; 2],
    pub later: [Mark; 2],
    /// The clients that they sign in through.
    pub clients: [u8; 2],
    /// Failures in a row from long ago.
    pub failures: u8,
    /// By how many seconds the clock may move at once.
    pub waits: &'static [u64],
    pub budget: Budget,
    /// Item and mirrored lock are read one after the other, in either order, as they may be. Only where a lock is reached
    /// can that make a difference.
    pub reads_apart: bool,
    pub met: &'static [Met],
}

impl Scenario {
    /// Whether the owner's right code comes without a mark, and the policy does not mind.
    pub(crate) fn is_exposed(&self) -> bool {
        self.later[0].is_none() && self.policy.attempt == AttemptRule::Optional
    }

    /// Whether nothing tells the two sign-ins apart when they begin.
    pub(crate) fn may_join(&self) -> bool {
        self.marks[0] == self.marks[1] && self.clients[0] == self.clients[1]
    }
}
