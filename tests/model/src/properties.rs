//! What must hold in every world, and what must be met in some, or a scenario would prove nothing.

use challenge::PublicState;
use stateright::Property;

use crate::{
    history::Breach,
    model::{Model, SESSION},
    world::{End, Stage, Who, World},
};

/// What some road of a scenario must lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Met {
    /// The owner has tokens.
    OwnerIn,
    /// The owner has tokens although the attacker's sign-in was refused before.
    OwnerInAfterAttack,
    /// The owner's session was refused when it was too old.
    SessionOver,
    /// One code was mailed twice.
    MailedTwice,
    Wrong,
    Expired,
    Superseded,
    Throttled,
    Exhausted,
    Locked,
    /// The owner is locked out by what the attacker did.
    OwnerLocked,
}

macro_rules! never {
    ($name:literal, $breach:ident) => {
        Property::always($name, |_, world: &World| !world.history.breaches.contains(&Breach::$breach))
    };
}

pub(crate) fn all(met: &[Met]) -> Vec<Property<Model>> {
    let mut properties = vec![
        never!("no tokens without a right code of the session's own challenge", TokensWithoutCode),
        never!("one challenge is consumed once", ConsumedTwice),
        never!("one consumption lets tokens through once", GrantedTwice),
        never!("no more guesses are compared than the policy has", TooManyGuesses),
        never!("no guess is compared while the user is locked", ComparedWhileLocked),
        never!("no failure is lost", FailuresLost),
        never!("no failure is counted that was none", FailuresInvented),
        never!("no lock is lost", LockLost),
        never!("one call mails one code", SecondCode),
        never!("a second mail goes out only where the first is in doubt", SecondMail),
        never!("no more mails go out in an hour than the policy has", TooManyMails),
        never!("the owner's right code in time gives tokens", RightCodeRefused),
        never!("nothing says that a mail is out which never went", MarkedUnsent),
        never!("the code of an older mail takes no guess", OlderTookGuess),
        never!("no session joins one of another mark or client", Joined),
        never!("no code is accepted after its life", AcceptedLate),
        never!("no consumption lets tokens through after its time", GrantedLate),
        never!("no session has more rounds than the policy has answers", TooManyRounds),
        never!("no session lasts longer than half an hour", SessionTooOld),
        Property::always("what is told to be sent is mailed", told_is_mailed),
    ];
    properties.extend(met.iter().map(|met| met.property()));
    properties
}

/// Once everything is at rest, and nothing has failed.
fn told_is_mailed(model: &Model, world: &World) -> bool {
    let at_rest = world.runs.is_empty() && world.left.faults == model.scenario.budget.faults;
    !at_rest
        || world.sign_ins.iter().all(|sign_in| match &sign_in.stage {
            Stage::Asked(asked) if asked.state == PublicState::CodeSent => {
                world.history.mails.iter().any(|mail| Some(mail.challenge) == asked.binding && mail.delivered)
            }
            _ => true,
        })
}

fn any_shown(world: &World, state: PublicState) -> bool {
    Who::BOTH.into_iter().any(|who| world.shown(who) == Some(state))
}

fn ended(world: &World, who: Who, end: End) -> bool {
    world.sign_in(who).stage == Stage::Ended(end)
}

impl Met {
    fn property(self) -> Property<Model> {
        match self {
            Self::OwnerIn => {
                Property::sometimes("the owner has tokens", |_, world: &World| ended(world, Who::Owner, End::Tokens))
            }
            Self::OwnerInAfterAttack => {
                Property::sometimes("the owner has tokens beside an attacker", |_, world: &World| {
                    ended(world, Who::Owner, End::Tokens) && ended(world, Who::Attacker, End::Refused)
                })
            }
            Self::SessionOver => Property::sometimes("a session is over", |_, world: &World| {
                let is_old = world.sign_in(Who::Owner).begun.is_some_and(|begun| world.clock > begun + SESSION);
                is_old && ended(world, Who::Owner, End::Refused)
            }),
            Self::MailedTwice => Property::sometimes("one code is mailed twice", |_, world: &World| {
                let mails = &world.history.mails;
                mails
                    .iter()
                    .enumerate()
                    .any(|(index, mail)| mails.iter().skip(index + 1).any(|other| other.challenge == mail.challenge))
            }),
            Self::Wrong => {
                Property::sometimes("CODE_WRONG", |_, world: &World| any_shown(world, PublicState::CodeWrong))
            }
            Self::Expired => {
                Property::sometimes("CODE_EXPIRED", |_, world: &World| any_shown(world, PublicState::CodeExpired))
            }
            Self::Superseded => {
                Property::sometimes("CODE_SUPERSEDED", |_, world: &World| any_shown(world, PublicState::CodeSuperseded))
            }
            Self::Throttled => {
                Property::sometimes("SEND_THROTTLED", |_, world: &World| any_shown(world, PublicState::SendThrottled))
            }
            Self::Exhausted => Property::sometimes("ATTEMPTS_EXHAUSTED", |_, world: &World| {
                any_shown(world, PublicState::AttemptsExhausted)
            }),
            Self::Locked => Property::sometimes("LOCKED", |_, world: &World| any_shown(world, PublicState::Locked)),
            Self::OwnerLocked => Property::sometimes("LOCKED for the owner", |_, world: &World| {
                world.shown(Who::Owner) == Some(PublicState::Locked)
            }),
        }
    }
}
