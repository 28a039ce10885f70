//! DefineAuthChallenge: what comes next in a sign-in.

use crate::{
    MaxAttempts,
    policy::RESENDS_PER_SESSION,
    session::{Action, Issue, Progress, Session, Step},
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
            Self::UnknownUser => "unknown-user",
        }
    }
}

/// Decides over the whole session. `action` is what the client asked for with its last answer.
#[must_use]
pub fn next(session: &Session, action: Action, max_attempts: MaxAttempts, user_not_found: bool) -> Next {
    match session.progress() {
        Progress::Start => Next::Refuse(Refusal::PasswordNotFirst),
        Progress::Malformed => Next::Refuse(Refusal::UnexpectedSteps),
        Progress::SrpAGiven => Next::VerifyPassword,
        Progress::PasswordVerified { rounds } => after_password(rounds, action, max_attempts, user_not_found),
    }
}

fn after_password(rounds: &[Step], action: Action, max_attempts: MaxAttempts, user_not_found: bool) -> Next {
    let failed = rounds.iter().filter(|round| !round.passed).count();
    // A round was ended by a resend if the round after it was begun by one; for the last round the client has just
    // said so. Verify judges by the same word and compares nothing then, so calling a guess a resend gains nothing.
    let begun_by_resend =
        rounds.iter().skip(1).filter(|round| round.metadata.is_some_and(|m| m.issue == Issue::Resend)).count();
    let last_failed = rounds.last().is_some_and(|round| !round.passed);
    let resends = begun_by_resend + usize::from(last_failed && action == Action::Resend);
    if failed.saturating_sub(resends) >= usize::from(max_attempts.get()) {
        Next::Refuse(Refusal::TooManyWrongAnswers)
    } else if resends > RESENDS_PER_SESSION {
        Next::Refuse(Refusal::TooManyResends)
    } else if last_failed || rounds.is_empty() {
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
    use crate::session::{StepName, tests::session};

    fn decide(steps: &str, action: Action) -> Next {
        next(&session(steps), action, MaxAttempts::new(3).unwrap(), false)
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
    fn an_unknown_user_walks_the_same_road_and_gets_no_tokens() {
        for steps in ["", "S", "SP", "SPc", "SPccc"] {
            let known = next(&session(steps), Action::Answer, MaxAttempts::new(3).unwrap(), false);
            assert_eq!(next(&session(steps), Action::Answer, MaxAttempts::new(3).unwrap(), true), known, "{steps}");
        }
        assert_eq!(
            next(&session("SPC"), Action::Answer, MaxAttempts::new(3).unwrap(), true),
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
            if next(&session, action, MaxAttempts::new(max).unwrap(), false) == Next::IssueTokens {
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
