//! PreTokenGeneration: the last door, an allow-list. Whatever road led here, tokens need a code that was just used.

use crate::{
    AttemptRule, State, UnixSeconds, client::Client, policy::CONSUMPTION_WINDOW_SECONDS, session::Attempt,
    state::Consumption,
};

/// What asks for tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    Authentication,
    RefreshTokens,
    /// NEW_PASSWORD_REQUIRED, the hosted pages, a device, and whatever is invented next.
    Other,
}

impl Source {
    /// Takes the event's `triggerSource` (user-pool-lambda-pre-token-generation).
    #[must_use]
    pub fn parse(trigger_source: &str) -> Self {
        match trigger_source {
            "TokenGeneration_Authentication" => Self::Authentication,
            "TokenGeneration_RefreshTokens" => Self::RefreshTokens,
            _ => Self::Other,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    SourceNotAllowed,
    /// No code was ever right, or the last one was long ago.
    NoRecentConsumption,
    /// The code was confirmed through another client, or under another mark.
    OtherClient,
    AlreadyUsed,
    /// The stage wants each right code to come with a mark, and this one came without.
    AttemptMissing,
}

impl Refusal {
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::SourceNotAllowed => "source-not-allowed",
            Self::NoRecentConsumption => "no-recent-consumption",
            Self::OtherClient => "other-client",
            Self::AlreadyUsed => "already-used",
            Self::AttemptMissing => "attempt-missing",
        }
    }
}

/// A call for tokens: through which client, under which mark, when.
#[derive(Debug, Clone, Copy)]
pub struct Request {
    pub client: Client,
    /// The mark of the call that brought the right code: Cognito hands both triggers the metadata of the same call.
    pub attempt: Option<Attempt>,
    pub now: UnixSeconds,
}

/// Takes the user's consumption for the call. It belongs to the sign-in whose answer was right: a password-only flow through
/// the same client, which its owner's mark is not known to, cannot take it.
///
/// # Errors
/// [`Refusal`] when there is none to take. Otherwise the state to store; without it stored, no tokens.
pub fn use_consumption(state: &State, request: &Request, rule: AttemptRule) -> Result<State, Refusal> {
    let consumption = state.consumption.as_ref().ok_or(Refusal::NoRecentConsumption)?;
    if !request.now.is_within(CONSUMPTION_WINDOW_SECONDS, consumption.at) {
        return Err(Refusal::NoRecentConsumption);
    }
    if !consumption.is_of(request.client, request.attempt) {
        return Err(Refusal::OtherClient);
    }
    if consumption.used {
        return Err(Refusal::AlreadyUsed);
    }
    if rule == AttemptRule::Required && consumption.client == request.client {
        return Err(Refusal::AttemptMissing);
    }
    let mut used = state.clone();
    used.consumption = Some(Consumption { used: true, ..consumption.clone() });
    Ok(used)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{ChallengeId, Subject};

    const SUBJECT: Subject<'_> = Subject { user_pool: "pool", user: "user" };
    const NOW: UnixSeconds = UnixSeconds(1_000);

    fn mark(text: &str) -> Option<Attempt> {
        Attempt::parse(&SUBJECT, Some(&text.repeat(16))).unwrap()
    }

    fn consumed(at: u64, used: bool, attempt: Option<Attempt>) -> State {
        let client = Client::new(&SUBJECT, "web").marked(attempt);
        let consumption = Consumption { challenge: ChallengeId([1; 16]), at: UnixSeconds(at), client, used };
        State { consumption: Some(consumption), ..State::default() }
    }

    fn consumed_at(at: u64, used: bool) -> State {
        consumed(at, used, None)
    }

    fn request(client: &str, attempt: Option<Attempt>) -> Request {
        Request { client: Client::new(&SUBJECT, client), attempt, now: NOW }
    }

    #[test]
    fn the_allow_list() {
        for (source, expected) in [
            ("TokenGeneration_Authentication", Source::Authentication),
            ("TokenGeneration_RefreshTokens", Source::RefreshTokens),
            ("TokenGeneration_NewPasswordChallenge", Source::Other),
            ("TokenGeneration_HostedAuth", Source::Other),
            ("TokenGeneration_AuthenticateDevice", Source::Other),
            ("TokenGeneration_InventedNextYear", Source::Other),
            ("", Source::Other),
        ] {
            assert_eq!(Source::parse(source), expected, "{source}");
        }
    }

    #[test]
    fn one_consumption_lets_one_client_through_once() {
        for (name, state, client, expected) in [
            ("never", State::default(), "web", Err(Refusal::NoRecentConsumption)),
            ("just now", consumed_at(1_000, false), "web", Ok(consumed_at(1_000, true))),
            ("at the edge", consumed_at(970, false), "web", Ok(consumed_at(970, true))),
            ("too long ago", consumed_at(969, false), "web", Err(Refusal::NoRecentConsumption)),
            ("far in the future", consumed_at(1_006, false), "web", Err(Refusal::NoRecentConsumption)),
            ("another client", consumed_at(1_000, false), "server", Err(Refusal::OtherClient)),
            ("a second time", consumed_at(1_000, true), "web", Err(Refusal::AlreadyUsed)),
        ] {
            assert_eq!(use_consumption(&state, &request(client, None), AttemptRule::Optional), expected, "{name}");
        }
    }

    #[test]
    fn a_consumption_belongs_to_the_mark_that_it_came_with() {
        use AttemptRule::{Optional, Required};
        for (name, stored, client, asked, rule, expected) in [
            ("its own mark", mark("a"), "web", mark("a"), Optional, Ok(())),
            ("no mark: a password-only flow", mark("a"), "web", None, Optional, Err(Refusal::OtherClient)),
            ("another mark", mark("a"), "web", mark("b"), Optional, Err(Refusal::OtherClient)),
            ("its mark through another client", mark("a"), "server", mark("a"), Optional, Err(Refusal::OtherClient)),
            ("none on either side", None, "web", None, Optional, Ok(())),
            ("one of the version before, with a mark", None, "web", mark("a"), Optional, Ok(())),
            ("its own mark, where one is required", mark("a"), "web", mark("a"), Required, Ok(())),
            ("none, where one is required", None, "web", None, Required, Err(Refusal::AttemptMissing)),
            ("none, and one with the call", None, "web", mark("a"), Required, Err(Refusal::AttemptMissing)),
        ] {
            let taken = use_consumption(&consumed(1_000, false, stored), &request(client, asked), rule);
            assert_eq!(taken.map(drop), expected, "{name}");
        }
    }
}
