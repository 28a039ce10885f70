//! A call of a function, as Cognito makes it, and a run of the function for it: where it stands, what it does next.

use challenge::{ChallengeId, Metadata, PublicState, Round, State, View, create::Sending, session::Issue};
use serde::{Serialize, Serializer};

use crate::{
    scenario::Mark,
    store::{Item, Seen},
    world::{Code, Who},
};

/// What Cognito calls a function with. Each run for the same call has the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Call {
    pub(crate) who: Who,
    /// Which call of this sign-in it is.
    pub(crate) number: u8,
    pub(crate) mark: Mark,
    /// Which of the clients.
    pub(crate) client: u8,
    pub(crate) ask: Ask,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) enum Ask {
    /// CreateAuthChallenge.
    Code {
        #[serde(serialize_with = "place")]
        round: Round,
        resend: bool,
    },
    /// VerifyAuthChallengeResponse.
    Check { binding: Option<ChallengeId>, typed: Code, resend: bool },
    /// PreTokenGeneration. `behind`: of a flow that asks for the password alone.
    Tokens { behind: bool },
}

/// One run of a function: a call has as many as Cognito tries.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Run {
    pub(crate) call: Call,
    pub(crate) copy: u8,
    /// How often it has drawn another challenge since one that it stored without knowing.
    pub(crate) drawn: u8,
    pub(crate) issued: u64,
    /// When it began, and how far its clock is ahead.
    pub(crate) began: Option<u64>,
    pub(crate) ahead: u64,
    /// What it takes for the present: once for each run, as the functions do; the gate looks at each try.
    pub(crate) now: u64,
    pub(crate) at: At,
}

/// What a run does next.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) enum At {
    /// Reads what it has not read yet: the item, and what is mirrored.
    Read { goal: Goal, item: Option<Option<Item>>, mirror: Option<Option<State>> },
    /// Writes `state`, which was made from what was seen, on that condition.
    Write { seen: Seen, state: State, goal: Goal },
    /// Has written without hearing of it. The SDK writes again, and is refused, perhaps by its own text: `next` is that
    /// one's version.
    Unsure { next: u64, seen: Seen, state: State, goal: Goal },
    /// Puts a changed lock where the other store would find it. `seen` is what it has written before.
    Mirror { seen: Seen, goal: Goal },
    /// Hands the mail over.
    Mail { seen: Seen, sending: Pending },
    /// Is about to answer.
    Done(Reply),
}

/// What a read or a write is for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) enum Goal {
    Decide,
    /// Create: that the user is told of a lock.
    Tell(Asked),
    /// Create: before the mail, and after it.
    Pend(Pending),
    Mark(Pending),
    /// Verify: before comparing, and after it. What was decided on makes the guess again.
    Reserve {
        decided_on: State,
    },
    Accept {
        decided_on: State,
    },
    /// Verify: that an answer was of another kind than a guess.
    Refuse(Reply),
    /// Gate.
    Use,
}

/// A mail on its way. All that it holds is in the state that was stored before it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Pending(pub(crate) Box<Sending>);

impl Serialize for Pending {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.pending().serialize(serializer)
    }
}

/// What a client is told by Create, and what Cognito keeps of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Asked {
    #[serde(serialize_with = "name")]
    pub(crate) state: PublicState,
    pub(crate) binding: Option<ChallengeId>,
    #[serde(serialize_with = "fields")]
    pub(crate) metadata: Metadata,
}

impl Asked {
    pub(crate) fn new(view: &View, metadata: Metadata) -> Self {
        Self { state: view.state, binding: view.binding, metadata }
    }
}

fn name<S: Serializer>(state: &PublicState, serializer: S) -> Result<S::Ok, S::Error> {
    state.as_str().serialize(serializer)
}

pub(crate) fn fields<S: Serializer>(metadata: &Metadata, serializer: S) -> Result<S::Ok, S::Error> {
    let issue = match metadata.issue {
        Issue::First => 0_u8,
        Issue::AfterWrongAnswer => 1,
        Issue::Resend => 2,
    };
    (issue, metadata.challenge, metadata.begun).serialize(serializer)
}

fn place<S: Serializer>(round: &Round, serializer: S) -> Result<S::Ok, S::Error> {
    (round.number, round.wrong, round.bound, round.begun).serialize(serializer)
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) enum Reply {
    Code(Asked),
    /// `wronged`: it was the right code of its challenge, and nothing excuses the no.
    Check {
        right: bool,
        wronged: bool,
    },
    Tokens {
        passed: bool,
    },
}

/// Names a run in a trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct RunId {
    pub(crate) who: Who,
    pub(crate) number: u8,
    pub(crate) copy: u8,
}

impl Run {
    pub(crate) const fn new(call: Call, copy: u8, issued: u64) -> Self {
        let at = At::Read { goal: Goal::Decide, item: None, mirror: None };
        Self { call, copy, drawn: 0, issued, began: None, ahead: 0, now: 0, at }
    }

    pub(crate) const fn id(&self) -> RunId {
        RunId { who: self.call.who, number: self.call.number, copy: self.copy }
    }

    pub(crate) const fn read(goal: Goal) -> At {
        At::Read { goal, item: None, mirror: None }
    }
}

impl At {
    /// What a trace calls it.
    pub(crate) const fn label(&self) -> &'static str {
        match self {
            Self::Read { goal: Goal::Mark(_), .. } => "reads to mark the mail as sent",
            Self::Read { goal: Goal::Accept { .. }, .. } => "reads to accept",
            Self::Read { .. } => "reads",
            Self::Write { goal, .. } => match goal {
                Goal::Decide => "writes",
                Goal::Tell(_) => "writes that the user is told",
                Goal::Pend(_) => "writes the challenge as pending",
                Goal::Mark(_) => "writes the challenge as sent",
                Goal::Reserve { .. } => "reserves the guess",
                Goal::Accept { .. } => "writes the consumption",
                Goal::Refuse(_) => "writes what kind of answer it was",
                Goal::Use => "uses the consumption up",
            },
            Self::Unsure { .. } => "writes the same again",
            Self::Mirror { .. } => "mirrors the lock",
            Self::Mail { .. } => "mails",
            Self::Done(Reply::Code(_)) => "answers with a challenge",
            Self::Done(Reply::Check { right: true, .. }) => "answers yes",
            Self::Done(Reply::Check { right: false, .. }) => "answers no",
            Self::Done(Reply::Tokens { passed: true }) => "lets tokens through",
            Self::Done(Reply::Tokens { passed: false }) => "refuses tokens",
        }
    }
}
