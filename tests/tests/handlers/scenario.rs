//! A sign-in up to the event that the faults are for.

use e2e::event::{attempt, entry, password_verified, resend};
use e2e::world::{Created, created, verified};
use serde_json::Value;
use tokio::time::{Duration, advance};
use xtask::trigger::Trigger;

use crate::stage::{Instance, Stage};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scenario {
    CreateFirst,
    CreateResend,
    /// A locked user, who is to be told by mail.
    CreateLocked,
    VerifyRight,
    VerifyWrong,
    /// The wrong answer that locks.
    VerifyLocking,
    Gate,
}

/// What a scenario has brought about.
pub(crate) struct Prepared {
    pub(crate) trigger: Trigger,
    pub(crate) event: Value,
    /// What Create would be asked next in this session.
    pub(crate) next_round: Vec<Value>,
    pub(crate) mails_before: usize,
}

pub(crate) const ATTEMPT: u128 = 1;

impl Scenario {
    pub(crate) async fn prepare(self, stage: &Stage) -> Prepared {
        let caller = &stage.caller;
        let first = caller.create(&password_verified(), &attempt(ATTEMPT));
        let prepared = |trigger, event, created: Option<Created>| Prepared {
            trigger,
            event,
            next_round: round_after(created.as_ref()),
            mails_before: stage.aws.mails().len(),
        };
        if self == Self::CreateFirst {
            return prepared(Trigger::Create, first, None);
        }
        let made = created(&stage.ask(Trigger::Create, &first).await.answer).unwrap();
        let code = stage.codes().pop().unwrap();
        let answer = |answer: &str| caller.verify(&made.private, answer, &attempt(ATTEMPT));
        match self {
            Self::CreateFirst => unreachable!("handled above"),
            Self::CreateResend => {
                stage.age(31);
                let event = caller.create(&round_after(Some(&made)), &resend(ATTEMPT));
                prepared(Trigger::Create, event, Some(made))
            }
            Self::CreateLocked => {
                for wrong in wrong_answers(&code).take(3) {
                    assert!(!verified(&stage.ask(Trigger::Verify, &answer(&wrong)).await.answer).unwrap());
                }
                let event = caller.create(&password_verified(), &attempt(2));
                prepared(Trigger::Create, event, Some(made))
            }
            Self::VerifyRight => prepared(Trigger::Verify, answer(&code), Some(made)),
            Self::VerifyWrong | Self::VerifyLocking => {
                let mut wrong = wrong_answers(&code);
                let before = if self == Self::VerifyLocking { 2 } else { 0 };
                for wrong in wrong.by_ref().take(before) {
                    assert!(!verified(&stage.ask(Trigger::Verify, &answer(&wrong)).await.answer).unwrap());
                }
                prepared(Trigger::Verify, answer(&wrong.next().unwrap()), Some(made))
            }
            Self::Gate => {
                assert!(verified(&stage.ask(Trigger::Verify, &answer(&code)).await.answer).unwrap());
                prepared(Trigger::Gate, caller.pre_token_generation("Authentication", &attempt(ATTEMPT)), Some(made))
            }
        }
    }
}

/// The session after a round that brought no right answer.
pub(crate) fn round_after(created: Option<&Created>) -> Vec<Value> {
    let mut session = password_verified();
    session.push(entry("CUSTOM_CHALLENGE", false, created.and_then(|created| created.metadata.as_deref())));
    session
}

/// Six digits each, none of them the code, no two the same.
pub(crate) fn wrong_answers(code: &str) -> impl Iterator<Item = String> {
    (0..1_000_000).map(|number| format!("{number:06}")).filter(move |answer| answer != code)
}

/// How the function comes to the event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Start {
    /// Started while the fault is there already.
    Cold,
    /// Started long before, so that its keys are due to be fetched again.
    Stale,
}

impl Start {
    pub(crate) const ALL: [Self; 2] = [Self::Cold, Self::Stale];

    /// Starts the function, and calls `fault` at the moment from which things may go wrong.
    pub(crate) async fn function(self, stage: &Stage, trigger: Trigger, fault: impl FnOnce()) -> Instance {
        match self {
            Self::Cold => {
                fault();
                stage.start(trigger).await
            }
            Self::Stale => {
                let instance = stage.start(trigger).await;
                advance(Duration::from_secs(301)).await;
                fault();
                instance
            }
        }
    }
}
