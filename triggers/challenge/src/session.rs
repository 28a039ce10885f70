//! What Cognito tells of the sign-in so far, and what the client tells beside it.

use serde::{Deserialize, Serialize};

use crate::{
    id::ChallengeId,
    subject::{Digest16, Subject},
};

/// The challenges of one sign-in, oldest first, as Define and Create are given them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Session(pub Vec<Step>);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub name: StepName,
    pub passed: bool,
    /// What Create wrote about the challenge; `None` when there is nothing, or nothing that it would have written.
    pub metadata: Option<Metadata>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepName {
    SrpA,
    PasswordVerifier,
    CustomChallenge,
    Other,
}

impl StepName {
    /// Takes a `challengeName` of the event.
    #[must_use]
    pub fn parse(name: &str) -> Self {
        match name {
            "SRP_A" => Self::SrpA,
            "PASSWORD_VERIFIER" => Self::PasswordVerifier,
            "CUSTOM_CHALLENGE" => Self::CustomChallenge,
            _ => Self::Other,
        }
    }
}

/// How far a well-formed session has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress<'a> {
    Start,
    SrpAGiven,
    /// The password was right; these code rounds followed, none of them right but perhaps the last.
    PasswordVerified {
        rounds: &'a [Step],
    },
    Malformed,
}

impl Session {
    /// Decided by position over the whole array. The last entry alone would let a client start at whatever step it
    /// likes (user-pool-lambda-define-auth-challenge).
    pub(crate) fn progress(&self) -> Progress<'_> {
        let passed = |step: &Step, name| step.name == name && step.passed;
        match self.0.as_slice() {
            [] => Progress::Start,
            [srp] if passed(srp, StepName::SrpA) => Progress::SrpAGiven,
            [srp, password, rounds @ ..]
                if passed(srp, StepName::SrpA)
                    && passed(password, StepName::PasswordVerifier)
                    && rounds.iter().all(|round| round.name == StepName::CustomChallenge)
                    && !rounds.iter().rev().skip(1).any(|round| round.passed) =>
            {
                Progress::PasswordVerified { rounds }
            }
            _ => Progress::Malformed,
        }
    }

    /// Which round of codes is being asked for, or `None` where no code may be.
    #[must_use]
    pub fn round(&self) -> Option<Round> {
        match self.progress() {
            Progress::PasswordVerified { rounds: [] } => Some(Round { number: 0, bound: None }),
            Progress::PasswordVerified { rounds: rounds @ [.., last] } if !last.passed => Some(Round {
                number: u8::try_from(rounds.len()).unwrap_or(u8::MAX),
                bound: last.metadata.and_then(|metadata| metadata.challenge),
            }),
            _ => None,
        }
    }
}

/// A round of codes within one session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Round {
    /// 0 for the first.
    pub number: u8,
    /// The challenge that the round before was about.
    pub bound: Option<ChallengeId>,
}

/// What Create leaves in `challengeMetadata` for the rounds after it. Cognito keeps it inside of the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Metadata {
    pub issue: Issue,
    pub challenge: Option<ChallengeId>,
}

/// Why a round was begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Issue {
    First,
    AfterWrongAnswer,
    Resend,
}

impl Metadata {
    /// Reads what `Display` wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (issue, id) = text.split_once(':')?;
        let issue = match issue {
            "first" => Issue::First,
            "wrong" => Issue::AfterWrongAnswer,
            "resend" => Issue::Resend,
            _ => return None,
        };
        let challenge = match id {
            "-" => None,
            id => Some(ChallengeId::parse(id)?),
        };
        Some(Self { issue, challenge })
    }
}

impl std::fmt::Display for Metadata {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let issue = match self.issue {
            Issue::First => "first",
            Issue::AfterWrongAnswer => "wrong",
            Issue::Resend => "resend",
        };
        match self.challenge {
            Some(id) => write!(f, "{issue}:{id}"),
            None => write!(f, "{issue}:-"),
        }
    }
}

/// What the client wants with this answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    Answer,
    /// `clientMetadata.action = "resend"`: send the mail again; whatever stands beside it is no answer.
    Resend,
}

impl Action {
    #[must_use]
    pub fn parse(action: Option<&str>) -> Self {
        if action == Some("resend") { Self::Resend } else { Self::Answer }
    }
}

/// A fingerprint of `clientMetadata.attempt`: the random value by which a client marks the calls of one sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt(Digest16);

impl Attempt {
    /// Shorter values could collide between two people who sign in as one user.
    pub const MIN_CHARACTERS: usize = 16;
    pub const MAX_CHARACTERS: usize = 128;

    /// `None` for a value that is too short or too long to mark anything; the sign-in then counts as one without.
    #[must_use]
    pub fn parse(subject: &Subject<'_>, text: &str) -> Option<Self> {
        let fits = (Self::MIN_CHARACTERS..=Self::MAX_CHARACTERS).contains(&text.len());
        fits.then(|| Self(subject.digest("attempt", text)))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A session by its shorthand: `S` SRP_A, `P` PASSWORD_VERIFIER, `C` CUSTOM_CHALLENGE, `R` one begun by a resend,
    /// `X` anything else; lower case failed.
    pub(crate) fn session(shorthand: &str) -> Session {
        Session(
            shorthand
                .chars()
                .map(|c| {
                    let name = match c.to_ascii_uppercase() {
                        'S' => StepName::SrpA,
                        'P' => StepName::PasswordVerifier,
                        'C' | 'R' => StepName::CustomChallenge,
                        _ => StepName::Other,
                    };
                    let issue = if c.eq_ignore_ascii_case(&'r') { Issue::Resend } else { Issue::First };
                    let metadata = (name == StepName::CustomChallenge).then_some(Metadata { issue, challenge: None });
                    Step { name, passed: c.is_ascii_uppercase(), metadata }
                })
                .collect(),
        )
    }

    #[test]
    fn metadata_reads_back_what_it_wrote_and_nothing_else() {
        for issue in [Issue::First, Issue::AfterWrongAnswer, Issue::Resend] {
            for challenge in [None, Some(ChallengeId([5; 16]))] {
                let metadata = Metadata { issue, challenge };
                assert_eq!(Metadata::parse(&metadata.to_string()), Some(metadata));
            }
        }
        for text in ["", "first", "first:", "first:zz", "second:-", "CODE-123456"] {
            assert_eq!(Metadata::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_code_is_asked_for_only_after_the_password_and_before_the_right_answer() {
        for (steps, number) in [
            ("", None),
            ("S", None),
            ("SP", Some(0)),
            ("SPc", Some(1)),
            ("SPcc", Some(2)),
            ("SPC", None),
            ("SPCc", None),
            ("C", None),
            ("PS", None),
            ("Sp", None),
            ("sP", None),
            ("SPX", None),
        ] {
            assert_eq!(session(steps).round().map(|round| round.number), number, "{steps}");
        }
    }
}
