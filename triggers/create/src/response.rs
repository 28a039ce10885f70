//! The answer of CreateAuthChallenge: what the client sees, what the round is bound to, what later rounds remember.

use challenge::{Address, ChallengeId, Issue, Metadata, Policy, PublicState, Subject, UnixSeconds, View};
use serde_json::{Value, json};
use trigger_store::BINDING_PARAMETER;

pub(crate) fn new(view: &View, metadata: &Metadata, address: Option<&Address>, policy: &Policy) -> Value {
    json!({
        "publicChallengeParameters": public(view, address.map(Address::masked).as_deref(), policy),
        // There is always one private parameter: without any, Cognito answers for unknown users differently.
        "privateChallengeParameters": {BINDING_PARAMETER: binding(view.binding)},
        "challengeMetadata": metadata.to_string(),
    })
}

/// The same shape for a user that does not exist. Verify has nothing to compare it with; `challenge` is there for its
/// reference, which stays the same through the rounds of a sign-in.
pub(crate) fn for_unknown_user(
    subject: &Subject<'_>,
    challenge: ChallengeId,
    policy: &Policy,
    now: UnixSeconds,
) -> Value {
    let view = View {
        state: PublicState::CodeSent,
        binding: Some(challenge),
        seconds_left: policy.code_life.seconds(),
        attempts_left: policy.max_attempts.get(),
        seconds_to_wait: policy.resend_after.get().into(),
    };
    // What was typed as the name is the best guess at an address that a real user would have had.
    let address = Address::parse(subject.user).map_or_else(|_| "u***@e***".to_owned(), |address| address.masked());
    json!({
        "publicChallengeParameters": public(&view, Some(&address), policy),
        "privateChallengeParameters": {BINDING_PARAMETER: binding(None)},
        "challengeMetadata": Metadata { issue: Issue::First, challenge: Some(challenge), begun: Some(now) }.to_string(),
    })
}

/// Every value is text: Cognito takes a map of strings.
fn public(view: &View, destination: Option<&str>, policy: &Policy) -> Value {
    json!({
        "CODE_DELIVERY_DELIVERY_MEDIUM": "EMAIL",
        "CODE_DELIVERY_DESTINATION": destination.unwrap_or_default(),
        "state": view.state.as_str(),
        "mailReference": view.binding.map(ChallengeId::reference).unwrap_or_default(),
        "codeLength": policy.code_length.get().to_string(),
        "secondsLeft": view.seconds_left.to_string(),
        "attemptsLeft": view.attempts_left.to_string(),
        "secondsToWait": view.seconds_to_wait.to_string(),
    })
}

fn binding(challenge: Option<ChallengeId>) -> String {
    challenge.map_or_else(|| "none".to_owned(), |id| id.to_string())
}
