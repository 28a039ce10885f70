//! PreTokenGeneration: the last door, an allow-list. Whatever road led here, tokens need a code that was just used.

use crate::{State, UnixSeconds, client::Client, policy::CONSUMPTION_WINDOW_SECONDS};

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
    OtherClient,
    AlreadyUsed,
}

impl Refusal {
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::SourceNotAllowed => "source-not-allowed",
            Self::NoRecentConsumption => "no-recent-consumption",
            Self::OtherClient => "other-client",
            Self::AlreadyUsed => "already-used",
        }
    }
}

/// Takes the user's consumption for `client`.
///
/// # Errors
/// [`Refusal`] when there is none to take. Otherwise the state to store; without it stored, no tokens.
pub fn use_consumption(state: &State, client: Client, now: UnixSeconds) -> Result<State, Refusal> {
    let consumption = state.consumption.as_ref().ok_or(Refusal::NoRecentConsumption)?;
    if !now.is_within(CONSUMPTION_WINDOW_SECONDS, consumption.at) {
        return Err(Refusal::NoRecentConsumption);
    }
    if consumption.client != client {
        return Err(Refusal::OtherClient);
    }
    if consumption.used {
        return Err(Refusal::AlreadyUsed);
    }
    let mut used = state.clone();
    used.consumption = Some(crate::state::Consumption { used: true, ..consumption.clone() });
    Ok(used)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ChallengeId, Subject, state::Consumption};

    const SUBJECT: Subject<'_> = Subject { user_pool: "pool", user: "user" };
    const NOW: UnixSeconds = UnixSeconds(1_000);

    fn consumed_at(at: u64, used: bool) -> State {
        let client = Client::new(&SUBJECT, "web");
        let consumption = Consumption { challenge: ChallengeId([1; 16]), at: UnixSeconds(at), client, used };
        State { consumption: Some(consumption), ..State::default() }
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
            assert_eq!(use_consumption(&state, Client::new(&SUBJECT, client), NOW), expected, "{name}");
        }
    }
}
