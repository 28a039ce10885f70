//! Everything at one moment: the store, the mailbox, the clients, Cognito, and the functions that run.

use std::hash::{Hash, Hasher};

use challenge::{Metadata, PublicState};
use serde::Serialize;

use crate::{
    history::History,
    run::{Asked, At, Call, Goal, Run, fields},
    scenario::Budget,
    store::Store,
};

/// Digits as they are typed and mailed.
pub(crate) type Code = [u8; 6];

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Who {
    Owner,
    Attacker,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct World {
    /// Seconds since the start.
    pub(crate) clock: u64,
    pub(crate) store: Store,
    pub(crate) sign_ins: [SignIn; 2],
    /// In the order of their names, so that worlds that differ in nothing are equal.
    pub(crate) runs: Vec<Run>,
    pub(crate) left: Budget,
    pub(crate) history: History,
}

/// A client, and what Cognito keeps of its sign-in.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(crate) struct SignIn {
    pub(crate) stage: Stage,
    /// The rounds of codes so far.
    pub(crate) rounds: Vec<Told>,
    pub(crate) calls: u8,
    pub(crate) begun: Option<u64>,
    /// Answers that were no resend and not right.
    pub(crate) wrong: u8,
    pub(crate) open: Option<Open>,
    /// The right code of its own challenge was given.
    pub(crate) has_code: bool,
    /// Something failed that is no fault of the functions' decisions.
    pub(crate) faulted: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Told {
    pub(crate) passed: bool,
    #[serde(serialize_with = "fields")]
    pub(crate) metadata: Metadata,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(crate) enum Stage {
    #[default]
    Away,
    /// Has no round yet, or has been asked for a code and waits.
    Waiting(Option<Asked>),
    Asked(Asked),
    Ended(End),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) enum End {
    Tokens,
    Refused,
    /// No call was answered.
    Failed,
}

/// A call that Cognito waits for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Open {
    pub(crate) call: Call,
    pub(crate) issued: u64,
    pub(crate) copies: u8,
}

/// The version of the item as it is now, and of every item before it: all that a condition asks for.
const LATEST: u64 = 2;
const EARLIER: u64 = 1;

impl Hash for World {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let Ok(bytes) = postcard::to_allocvec(self) else { unreachable!("a world is plain data") };
        state.write(&bytes);
    }
}

impl World {
    pub(crate) fn sign_in(&self, who: Who) -> &SignIn {
        &self.sign_ins[who as usize]
    }

    pub(crate) fn sign_in_mut(&mut self, who: Who) -> &mut SignIn {
        &mut self.sign_ins[who as usize]
    }

    /// Whether Cognito waits for this run.
    pub(crate) fn is_awaited(&self, run: &Run) -> bool {
        self.sign_in(run.call.who).open.as_ref().is_some_and(|open| open.call == run.call)
    }

    /// Makes worlds equal from which the same can happen. A write that will be refused is refused at once: it changes
    /// nothing, so no other step can tell. Answers that Cognito does not wait for are forgotten, and versions are told
    /// apart only as conditions do.
    pub(crate) fn normalise(&mut self) {
        let sign_ins = &self.sign_ins;
        self.runs.retain(|run| {
            let open = sign_ins[run.call.who as usize].open.as_ref();
            !matches!(run.at, At::Done(_)) || open.is_some_and(|open| open.call == run.call)
        });
        for run in &mut self.runs {
            match &run.at {
                At::Write { seen, goal, .. } if self.store.refuses(seen) => run.at = refused(goal.clone()),
                At::Unsure { next, goal, .. } if self.store.version() != Some(*next) => {
                    run.at = refused(goal.clone());
                    run.drawn += 1;
                }
                _ => {}
            }
        }
        let current = self.store.version();
        let canonical = |version: &mut u64| *version = if Some(*version) == current { LATEST } else { EARLIER };
        for run in &mut self.runs {
            match &mut run.at {
                At::Write { seen, .. } | At::Mail { seen, .. } | At::Mirror { seen, .. } => {
                    // Nothing is nowhere once something is there: no condition can hold.
                    if current.is_some() && seen.version.is_none() {
                        seen.version = Some(0);
                    }
                    seen.version.iter_mut().for_each(canonical);
                }
                At::Unsure { next, .. } => canonical(next),
                At::Read { item, .. } => {
                    if current.is_some() && *item == Some(None) {
                        // Read as absent before the first write.
                    } else {
                        item.iter_mut().flatten().for_each(|item| canonical(&mut item.version));
                    }
                }
                At::Done(_) => {}
            }
        }
        self.store.item.iter_mut().for_each(|item| item.version = LATEST);
        self.runs.sort_by_key(|run| (run.call.who as u8, run.call.number, run.copy));
    }

    /// The state of a sign-in as its client was told last.
    pub(crate) fn shown(&self, who: Who) -> Option<PublicState> {
        match &self.sign_in(who).stage {
            Stage::Asked(asked) => Some(asked.state),
            _ => None,
        }
    }
}

/// What a refused write leads to: deciding again, or reading again what it follows.
pub(crate) fn refused(goal: Goal) -> At {
    match goal {
        Goal::Mark(_) | Goal::Accept { .. } => Run::read(goal),
        _ => Run::read(Goal::Decide),
    }
}
