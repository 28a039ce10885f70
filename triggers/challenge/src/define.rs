//! DefineAuthChallenge: what comes next in a sign-in.

use crate::{
    MaxAttempts, UnixSeconds,
    policy::{RESEND_LIFE_SECONDS, RESENDS_PER_SESSION, SESSION_LIFE_SECONDS},
    session::{Action, Progress, Session, Step, Tally, begun},
};

/// What a sign-in may do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    VerifyPassword,
    AskForCode,
    IssueTokens,
    Refuse(Refusal),
}

/// Why a sign-in ends here. For the log: Cognito gives the client no words with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The client did not begin with the password.
    PasswordNotFirst,
    /// Steps that this flow never produces, or not in this order.
    UnexpectedSteps,
    TooManyWrongAnswers,
    TooManyResends,
    /// Each answer renews Cognito's session, so that without an end of ours it could be kept open for long.
    SessionTooOld,
    /// Codes are never right for a user that does not exist.
    UnknownUser,
}

impl Refusal {
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::PasswordNotFirst => "password-not-first",
            Self::UnexpectedSteps => "unexpected-steps",
            Self::TooManyWrongAnswers => "too-many-wrong-answers",
            Self::TooManyResends => "too-many-resends",
            Self::SessionTooOld => "session-too-old",
            Self::UnknownUser => "unknown-user",
        }
    }
}

/// Decides over the whole session. `action` is what the client asked for with its last answer.
#[must_use]
pub fn next(
    session: &Session,
    action: Action,
    max_attempts: MaxAttempts,
    user_not_found: bool,
    now: UnixSeconds,
) -> Next {
    match session.progress() {
        Progress::Start => Next::Refuse(Refusal::PasswordNotFirst),
        Progress::Malformed => Next::Refuse(Refusal::UnexpectedSteps),
        Progress::SrpAGiven => Next::VerifyPassword,
        Progress::PasswordVerified { rounds } => after_password(rounds, action, max_attempts, user_not_found, now),
    }
}

fn after_password(
    rounds: &[Step],
    action: Action,
    max_attempts: MaxAttempts,
    user_not_found: bool,
    now: UnixSeconds,
) -> Next {
    let Tally { wrong, resends } = Tally::of(rounds, action);
    // A mail that is asked for at the end would bring a code without a life.
    let life = match action {
        Action::Answer => SESSION_LIFE_SECONDS,
        Action::Resend => SESSION_LIFE_SECONDS - RESEND_LIFE_SECONDS,
    };
    let is_right = rounds.last().is_some_and(|round| round.passed);
    if wrong >= usize::from(max_attempts.get()) {
        Next::Refuse(Refusal::TooManyWrongAnswers)
    } else if resends > RESENDS_PER_SESSION {
        Next::Refuse(Refusal::TooManyResends)
    } else if begun(rounds).is_some_and(|begun| now.since(begun) > life) {
        Next::Refuse(Refusal::SessionTooOld)
    } else if !is_right {
        Next::AskForCode
    } else if user_not_found {
        Next::Refuse(Refusal::UnknownUser)
    } else {
        Next::IssueTokens
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;
    use crate::session::{Metadata, StepName, tests::session};

    const NOW: UnixSeconds = UnixSeconds(1_700_000_000);

    fn decide(steps: &str, action: Action) -> Next {
        next(&session(steps), action, MaxAttempts::new(3).unwrap(), false, NOW)
    }

    #[test]
    fn the_road_of_a_sign_in() {
        use Action::{Answer, Resend};
        use Refusal::{PasswordNotFirst, TooManyResends, TooManyWrongAnswers, UnexpectedSteps};
        for (name, steps, action, expected) in [
            ("no password first", "", Answer, Next::Refuse(PasswordNotFirst)),
            ("srp begun", "S", Answer, Next::VerifyPassword),
            ("password right", "SP", Answer, Next::AskForCode),
            ("right at once", "SPC", Answer, Next::IssueTokens),
            ("one wrong", "SPc", Answer, Next::AskForCode),
            ("wrong, wrong, right", "SPccC", Answer, Next::IssueTokens),
            ("three wrong", "SPccc", Answer, Next::Refuse(TooManyWrongAnswers)),
            ("three wrong, then right", "SPcccC", Answer, Next::Refuse(TooManyWrongAnswers)),
            ("resend asked", "SPc", Resend, Next::AskForCode),
            ("three wrong beside a resend", "SPcrcc", Answer, Next::Refuse(TooManyWrongAnswers)),
            ("two wrong and a resend", "SPcrc", Answer, Next::AskForCode),
            ("two wrong and two resends", "SPcrrc", Answer, Next::AskForCode),
            ("right after a resend", "SPcR", Answer, Next::IssueTokens),
            ("five resends", "SPcrrrr", Resend, Next::AskForCode),
            ("six resends", "SPcrrrrr", Resend, Next::Refuse(TooManyResends)),
            ("resend before any code", "SP", Resend, Next::AskForCode),
            ("password wrong", "Sp", Answer, Next::Refuse(UnexpectedSteps)),
            ("srp failed", "s", Answer, Next::Refuse(UnexpectedSteps)),
            ("code without password", "C", Answer, Next::Refuse(UnexpectedSteps)),
            ("code instead of password", "SC", Answer, Next::Refuse(UnexpectedSteps)),
            ("password without srp", "P", Answer, Next::Refuse(UnexpectedSteps)),
            ("steps turned round", "PSC", Answer, Next::Refuse(UnexpectedSteps)),
            ("a foreign step at the end", "SPX", Answer, Next::Refuse(UnexpectedSteps)),
            ("a foreign step before the right code", "SPXC", Answer, Next::Refuse(UnexpectedSteps)),
            ("a round after the right one", "SPCc", Answer, Next::Refuse(UnexpectedSteps)),
            ("right twice", "SPCC", Answer, Next::Refuse(UnexpectedSteps)),
        ] {
            assert_eq!(decide(steps, action), expected, "{name}");
        }
    }

    #[test]
    fn a_session_ends_half_an_hour_after_its_first_round() {
        let begun = |seconds: u64| Some(UnixSeconds(NOW.0 - seconds));
        for (name, steps, starts, expected) in [
            ("not written down", "SPc", vec![None], Next::AskForCode),
            ("half an hour", "SPc", vec![begun(1_800)], Next::AskForCode),
            ("a second more", "SPc", vec![begun(1_801)], Next::Refuse(Refusal::SessionTooOld)),
            ("a right answer in time", "SPC", vec![begun(1_800)], Next::IssueTokens),
            ("a right answer too late", "SPC", vec![begun(1_801)], Next::Refuse(Refusal::SessionTooOld)),
            ("the first that is known", "SPcc", vec![None, begun(1_801)], Next::Refuse(Refusal::SessionTooOld)),
            (
                "a later round does not renew it",
                "SPcc",
                vec![begun(1_801), begun(1)],
                Next::Refuse(Refusal::SessionTooOld),
            ),
            ("a clock set back", "SPc", vec![Some(NOW.plus(60))], Next::AskForCode),
        ] {
            let mut session = session(steps);
            for (step, begun) in session.0.iter_mut().skip(2).zip(starts) {
                step.metadata = Some(Metadata { issue: crate::Issue::First, challenge: None, begun });
            }
            let next = next(&session, Action::Answer, MaxAttempts::new(3).unwrap(), false, NOW);
            assert_eq!(next, expected, "{name}");
        }
    }

    #[test]
    fn no_mail_is_asked_for_in_the_last_minute_of_a_session() {
        for (name, seconds, expected) in [
            ("a minute before the end", 1_740, Next::AskForCode),
            ("a second later", 1_741, Next::Refuse(Refusal::SessionTooOld)),
        ] {
            let mut session = session("SPc");
            let begun = Some(UnixSeconds(NOW.0 - seconds));
            session.0[2].metadata = Some(Metadata { issue: crate::Issue::First, challenge: None, begun });
            let next = next(&session, Action::Resend, MaxAttempts::new(3).unwrap(), false, NOW);
            assert_eq!(next, expected, "{name}");
        }
    }

    #[test]
    fn an_unknown_user_walks_the_same_road_and_gets_no_tokens() {
        for steps in ["", "S", "SP", "SPc", "SPccc"] {
            let known = next(&session(steps), Action::Answer, MaxAttempts::new(3).unwrap(), false, NOW);
            assert_eq!(
                next(&session(steps), Action::Answer, MaxAttempts::new(3).unwrap(), true, NOW),
                known,
                "{steps}"
            );
        }
        assert_eq!(
            next(&session("SPC"), Action::Answer, MaxAttempts::new(3).unwrap(), true, NOW),
            Next::Refuse(Refusal::UnknownUser)
        );
    }

    proptest! {
        #[test]
        fn tokens_need_srp_then_password_then_a_right_code_and_nothing_else(
            steps in "[SsPpCcRrXx]{0,12}", resend in any::<bool>(), max in 1_u64..=10,
        ) {
            let action = if resend { Action::Resend } else { Action::Answer };
            let session = session(&steps);
            if next(&session, action, MaxAttempts::new(max).unwrap(), false, NOW) == Next::IssueTokens {
                let names: Vec<_> = session.0.iter().map(|step| step.name).collect();
                prop_assert_eq!(&names[..2], &[StepName::SrpA, StepName::PasswordVerifier]);
                prop_assert!(names[2..].iter().all(|name| *name == StepName::CustomChallenge) && names.len() > 2);
                prop_assert!(session.0[0].passed && session.0[1].passed && session.0.last().unwrap().passed);
                prop_assert_eq!(session.0.iter().filter(|step| step.passed).count(), 3);
            }
        }

        #[test]
        fn wrong_answers_always_end(resends in proptest::collection::vec(any::<bool>(), 20)) {
            let mut steps = String::from("SP");
            let mut rounds = 0;
            for resend in resends {
                steps.push(if steps.len() == 2 || !resend { 'c' } else { 'r' });
                rounds += 1;
                if decide(&steps, Action::Answer) != Next::AskForCode { break; }
            }
            prop_assert!(rounds <= 3 + RESENDS_PER_SESSION + 1);
        }
    }
}
