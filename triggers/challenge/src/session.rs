//! What Cognito tells of the sign-in so far, and what the client tells beside it.

use serde::{Deserialize, Serialize};

use crate::{
    UnixSeconds,
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

    /// Which round of codes is being asked for, or `None` where no code may be. `action` is what the client asked for with
    /// its last answer.
    #[must_use]
    pub fn round(&self, action: Action) -> Option<Round> {
        match self.progress() {
            Progress::PasswordVerified { rounds: [] } => Some(Round::FIRST),
            Progress::PasswordVerified { rounds: rounds @ [.., last] } if !last.passed => Some(Round {
                number: saturated(rounds.len()),
                wrong: saturated(Tally::of(rounds, action).wrong),
                bound: last.metadata.and_then(|metadata| metadata.challenge),
                begun: begun(rounds),
            }),
            _ => None,
        }
    }
}

fn saturated(count: usize) -> u8 {
    u8::try_from(count).unwrap_or(u8::MAX)
}

/// When the first code of the session was asked for, as far as Create has written it down.
pub(crate) fn begun(rounds: &[Step]) -> Option<UnixSeconds> {
    rounds.iter().find_map(|round| round.metadata?.begun)
}

/// How the rounds of a session ended that did not end with the right code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) wrong: usize,
    pub(crate) resends: usize,
}

impl Tally {
    pub(crate) fn of(rounds: &[Step], action: Action) -> Self {
        let failed = rounds.iter().filter(|round| !round.passed).count();
        // A round was ended by a resend if the round after it was begun by one; for the last round the client has just
        // said so. Verify judges by the same word and compares nothing then, so calling a guess a resend gains nothing.
        let begun_by_resend =
            rounds.iter().skip(1).filter(|round| round.metadata.is_some_and(|m| m.issue == Issue::Resend)).count();
        let last_failed = rounds.last().is_some_and(|round| !round.passed);
        let resends = begun_by_resend + usize::from(last_failed && action == Action::Resend);
        Self { wrong: failed.saturating_sub(resends), resends }
    }
}

/// A round of codes within one session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Round {
    /// 0 for the first.
    pub number: u8,
    /// Answers of this session that were wrong.
    pub wrong: u8,
    /// The challenge that the round before was about.
    pub bound: Option<ChallengeId>,
    /// When the first round was begun; `None` where that is not known.
    pub begun: Option<UnixSeconds>,
}

impl Round {
    pub const FIRST: Self = Self { number: 0, wrong: 0, bound: None, begun: None };
}

/// What Create leaves in `challengeMetadata` for the rounds after it. Cognito keeps it inside of the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Metadata {
    pub issue: Issue,
    pub challenge: Option<ChallengeId>,
    /// When the session's first round was begun; the version before did not write it.
    pub begun: Option<UnixSeconds>,
}

/// Why a round was begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Issue {
    First,
    AfterWrongAnswer,
    Resend,
}

impl Metadata {
    /// Reads what `Display` wrote, here and in the version before.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, ':');
        let issue = match parts.next()? {
            "first" => Issue::First,
            "wrong" => Issue::AfterWrongAnswer,
            "resend" => Issue::Resend,
            _ => return None,
        };
        let challenge = match parts.next()? {
            "-" => None,
            id => Some(ChallengeId::parse(id)?),
        };
        let begun = match parts.next() {
            None => None,
            Some(seconds) if seconds.bytes().all(|b| b.is_ascii_digit()) => Some(UnixSeconds(seconds.parse().ok()?)),
            Some(_) => return None,
        };
        Some(Self { issue, challenge, begun })
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
            Some(id) => write!(f, "{issue}:{id}")?,
            None => write!(f, "{issue}:-")?,
        }
        self.begun.map_or(Ok(()), |begun| write!(f, ":{}", begun.0))
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

/// A mark that marks nothing: too short, too long, or with characters that no random value needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("`attempt` is not {} to {} visible ASCII characters", Attempt::MIN_CHARACTERS, Attempt::MAX_CHARACTERS)]
pub struct InvalidAttempt;

impl Attempt {
    /// Shorter values could collide between two people who sign in as one user.
    pub const MIN_CHARACTERS: usize = 16;
    pub const MAX_CHARACTERS: usize = 128;

    /// The mark that a call carries; `None` for a call without one.
    ///
    /// # Errors
    /// [`InvalidAttempt`] for a mark that is there and cannot be used: the developer of the client has to hear of it.
    pub fn parse(subject: &Subject<'_>, text: Option<&str>) -> Result<Option<Self>, InvalidAttempt> {
        let Some(text) = text else { return Ok(None) };
        let fits = (Self::MIN_CHARACTERS..=Self::MAX_CHARACTERS).contains(&text.len());
        if !fits || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(InvalidAttempt);
        }
        Ok(Some(Self(subject.digest("attempt", text))))
    }

    pub(crate) const fn digest(self) -> Digest16 {
        self.0
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
                    let metadata = Metadata { issue, challenge: None, begun: None };
                    let metadata = (name == StepName::CustomChallenge).then_some(metadata);
                    Step { name, passed: c.is_ascii_uppercase(), metadata }
                })
                .collect(),
        )
    }

    #[test]
    fn metadata_reads_back_what_it_wrote_and_nothing_else() {
        for issue in [Issue::First, Issue::AfterWrongAnswer, Issue::Resend] {
            for challenge in [None, Some(ChallengeId([5; 16]))] {
                for begun in [None, Some(UnixSeconds(1_700_000_000)), Some(UnixSeconds(u64::MAX))] {
                    let metadata = Metadata { issue, challenge, begun };
                    assert_eq!(Metadata::parse(&metadata.to_string()), Some(metadata));
                }
            }
        }
        for text in
            ["", "first", "first:", "first:zz", "second:-", "CODE-123456", "first:-:", "first:-:+1", "first:-:1:2"]
        {
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
            assert_eq!(session(steps).round(Action::Answer).map(|round| round.number), number, "{steps}");
        }
    }

    #[test]
    fn wrong_answers_are_counted_without_resends() {
        for (steps, action, wrong) in [
            ("SP", Action::Answer, 0),
            ("SPc", Action::Answer, 1),
            ("SPc", Action::Resend, 0),
            ("SPcr", Action::Answer, 1),
            ("SPcrc", Action::Answer, 2),
            ("SPcrc", Action::Resend, 1),
        ] {
            assert_eq!(session(steps).round(action).map(|round| round.wrong), Some(wrong), "{steps} {action:?}");
        }
    }

    #[test]
    fn a_mark_is_none_or_long_enough_and_visible() {
        let subject = Subject { user_pool: "pool", user: "user" };
        for (name, text, expected) in [
            ("none", None, Ok(false)),
            ("a UUID", Some("6f1ed002-ab55-4f3b-9f1c-3bd1d2a5c7e8".to_owned()), Ok(true)),
            ("base64", Some("q83vEjRWeJq83vEjRWeJ+/==".to_owned()), Ok(true)),
            ("the shortest", Some("a".repeat(16)), Ok(true)),
            ("the longest", Some("a".repeat(128)), Ok(true)),
            ("empty", Some(String::new()), Err(InvalidAttempt)),
            ("too short", Some("a".repeat(15)), Err(InvalidAttempt)),
            ("too long", Some("a".repeat(129)), Err(InvalidAttempt)),
            ("a blank", Some(format!("{} b", "a".repeat(20))), Err(InvalidAttempt)),
            ("a control character", Some(format!("{}\n", "a".repeat(20))), Err(InvalidAttempt)),
            ("beyond ASCII", Some("é".repeat(16)), Err(InvalidAttempt)),
        ] {
            let parsed = Attempt::parse(&subject, text.as_deref());
            assert_eq!(parsed.map(|attempt| attempt.is_some()), expected, "{name}");
        }
    }
}
