//! Calling a trigger as Cognito does: after 5 s without an answer again, with the same payload, three times in all
//! (cognito-user-pools-working-with-lambda-triggers). Each call has an instance of its own, as on Lambda. Nothing waits for
//! the seconds in between: the stored state is aged by them.

use anyhow::Context as _;
use serde_json::Value;
use xtask::trigger::Trigger;

use super::{World, state};
use crate::runtime_api::Answer;

/// Seconds that Cognito waits for an answer.
const PATIENCE: u64 = 5;

/// What keeps one of the calls from being answered in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    None,
    /// The function begins to work on the event only after so many seconds: a cold start.
    StartsAfter(u64),
    /// The function answers, and Cognito does not hear of it.
    AnswerLost,
}

impl Trouble {
    const fn delay(self) -> u64 {
        match self {
            Self::StartsAfter(seconds) => seconds,
            Self::None | Self::AnswerLost => 0,
        }
    }

    /// Whether Cognito still waits when the answer comes.
    const fn is_heard(self) -> bool {
        match self {
            Self::None => true,
            Self::StartsAfter(seconds) => seconds < PATIENCE,
            Self::AnswerLost => false,
        }
    }
}

/// What Cognito has after its calls.
#[derive(Debug)]
pub struct Heard {
    /// The answer that Cognito goes on with; `None` when the third call was in vain as well.
    pub answer: Option<Answer>,
    /// What each call came to, heard or not, in the order in which they were worked on.
    pub all: Vec<Answer>,
    pub calls: usize,
}

/// The calls that Cognito makes with these troubles, in the order in which the function works on them: the second of each
/// one, and whether its answer is heard.
fn calls(troubles: [Trouble; 3]) -> Vec<(u64, bool)> {
    let mut calls = Vec::new();
    for (number, trouble) in (0..).zip(troubles) {
        calls.push((number * PATIENCE + trouble.delay(), trouble.is_heard()));
        if trouble.is_heard() {
            break;
        }
    }
    calls.sort_by_key(|(second, _)| *second);
    calls
}

/// Calls as Cognito does, with one trouble for each call in turn, also those that it no longer waits for.
///
/// # Errors
/// When an instance cannot be started, or does not answer at all.
pub async fn call(world: &World, trigger: Trigger, event: &Value, troubles: [Trouble; 3]) -> anyhow::Result<Heard> {
    let calls = calls(troubles);
    let mut heard = Heard { answer: None, all: Vec::new(), calls: calls.len() };
    let mut now = 0;
    for (number, (second, is_heard)) in (1..).zip(calls) {
        state::change_all(&world.aws, &world.caller, |state| state.aged(second - now)).context("failed to age")?;
        now = second;
        let answer = world.instance(trigger, &format!("-call-{number}")).await?.invoke(event).await?;
        if is_heard {
            heard.answer = Some(answer.clone());
        }
        heard.all.push(answer);
    }
    Ok(heard)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Trouble::{AnswerLost, None as Fine, StartsAfter};

    #[test]
    fn cognito_calls_again_after_five_seconds_until_it_hears() {
        for (name, troubles, expected) in [
            ("answered at once", [Fine, Fine, Fine], vec![(0, true)]),
            ("a short cold start", [StartsAfter(4), Fine, Fine], vec![(4, true)]),
            ("the first answer is lost", [AnswerLost, Fine, Fine], vec![(0, false), (5, true)]),
            ("the first call is worked on last", [StartsAfter(6), Fine, Fine], vec![(5, true), (6, false)]),
            ("two cold starts", [StartsAfter(6), StartsAfter(6), Fine], vec![(6, false), (10, true), (11, false)]),
            ("all answers are lost", [AnswerLost; 3], vec![(0, false), (5, false), (10, false)]),
        ] {
            assert_eq!(calls(troubles), expected, "{name}");
        }
    }
}
