//! A Cognito trigger event, read with forgiveness and answered in place.

use challenge::{Action, Attempt, InvalidAttempt, Metadata, Session, Step, Subject, client::Client, session::StepName};
use serde_json::Value;

use crate::Failure;

/// An event whose pool and user are known. Everything else may be missing or of the wrong type.
pub struct Event {
    json: Value,
    user_pool: String,
    user: String,
}

impl std::fmt::Debug for Event {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // An event holds the answer, attributes and tokens.
        f.write_str("Event(…)")
    }
}

impl Event {
    /// Takes the event as Lambda delivers it (cognito-user-identity-pools-working-with-aws-lambda-triggers).
    ///
    /// # Errors
    /// [`Failure::Malformed`] when it names no pool or no user, or is meant for another trigger than the one whose
    /// `triggerSource` begins with `source_prefix`.
    pub fn new(json: Value, source_prefix: &str) -> Result<Self, Failure> {
        let text = |name| json.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        if !text("triggerSource").ok_or(Failure::Malformed("triggerSource"))?.starts_with(source_prefix) {
            return Err(Failure::Malformed("triggerSource"));
        }
        let user_pool = text("userPoolId").ok_or(Failure::Malformed("userPoolId"))?.to_owned();
        let user = text("userName").ok_or(Failure::Malformed("userName"))?.to_owned();
        Ok(Self { json, user_pool, user })
    }

    #[must_use]
    pub fn subject(&self) -> Subject<'_> {
        Subject { user_pool: &self.user_pool, user: &self.user }
    }

    #[must_use]
    pub fn source(&self) -> &str {
        self.text("/triggerSource").unwrap_or_default()
    }

    /// The app client that the sign-in runs through; an event without one shares the empty name.
    #[must_use]
    pub fn client(&self) -> Client {
        Client::new(&self.subject(), self.text("/callerContext/clientId").unwrap_or_default())
    }

    #[must_use]
    pub fn user_not_found(&self) -> bool {
        self.json.pointer("/request/userNotFound").and_then(Value::as_bool).unwrap_or(false)
    }

    /// The steps so far. What is no list is no step; an entry of the wrong shape is a step of no known name.
    #[must_use]
    pub fn session(&self) -> Session {
        let entries = self.json.pointer("/request/session").and_then(Value::as_array);
        Session(entries.into_iter().flatten().map(step).collect())
    }

    #[must_use]
    pub fn action(&self) -> Action {
        Action::parse(self.text("/request/clientMetadata/action"))
    }

    /// The mark of the call.
    ///
    /// # Errors
    /// [`InvalidAttempt`] for a mark that cannot be used.
    pub fn attempt(&self) -> Result<Option<Attempt>, InvalidAttempt> {
        Attempt::parse(&self.subject(), self.text("/request/clientMetadata/attempt"))
    }

    /// The language that the client asks for.
    #[must_use]
    pub fn locale(&self) -> Option<&str> {
        self.text("/request/clientMetadata/locale")
    }

    /// What the user typed; empty when there is nothing.
    #[must_use]
    pub fn challenge_answer(&self) -> &str {
        self.text("/request/challengeAnswer").unwrap_or_default()
    }

    /// A value that Create returned in `privateChallengeParameters`.
    #[must_use]
    pub fn private_parameter(&self, name: &str) -> Option<&str> {
        self.json.pointer("/request/privateChallengeParameters")?.get(name)?.as_str()
    }

    /// The event with `response` in place, as Cognito expects it back.
    #[must_use]
    pub fn answered(mut self, response: Value) -> Value {
        if let Some(object) = self.json.as_object_mut() {
            object.insert("response".to_owned(), response);
        }
        self.json
    }

    fn text(&self, pointer: &str) -> Option<&str> {
        self.json.pointer(pointer).and_then(Value::as_str)
    }
}

fn step(entry: &Value) -> Step {
    Step {
        name: StepName::parse(entry.get("challengeName").and_then(Value::as_str).unwrap_or_default()),
        passed: entry.get("challengeResult").and_then(Value::as_bool).unwrap_or(false),
        metadata: entry.get("challengeMetadata").and_then(Value::as_str).and_then(Metadata::parse),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;

    fn event(request: Value) -> Event {
        let json = json!({
            "triggerSource": "DefineAuthChallenge_Authentication", "userPoolId": "pool", "userName": "user",
            "callerContext": {"clientId": "client"}, "request": request,
        });
        Event::new(json, "DefineAuthChallenge_").unwrap()
    }

    #[test]
    fn an_event_names_its_pool_its_user_and_this_trigger() {
        for (name, json, expected) in [
            ("null", json!(null), "triggerSource"),
            ("a list", json!([]), "triggerSource"),
            ("another trigger", json!({"triggerSource": "PreSignUp_SignUp"}), "triggerSource"),
            ("no pool", json!({"triggerSource": "DefineAuthChallenge_X", "userName": "u"}), "userPoolId"),
            ("no user", json!({"triggerSource": "DefineAuthChallenge_X", "userPoolId": "p"}), "userName"),
            (
                "a number",
                json!({"triggerSource": "DefineAuthChallenge_X", "userPoolId": "p", "userName": 7}),
                "userName",
            ),
        ] {
            match Event::new(json, "DefineAuthChallenge_") {
                Err(Failure::Malformed(field)) => assert_eq!(field, expected, "{name}"),
                other => unreachable!("{name}: {other:?}"),
            }
        }
    }

    #[test]
    fn a_session_of_the_wrong_shape_is_no_road_to_a_code() {
        for (name, session, steps) in [
            ("null", json!(null), 0),
            ("text", json!("SRP_A"), 0),
            ("entries of the wrong type", json!([1, null]), 2),
            ("results as text", json!([{"challengeName": "SRP_A", "challengeResult": "true"}]), 1),
        ] {
            let event = event(json!({"session": session}));
            assert_eq!(event.session().0.len(), steps, "{name}");
            assert!(event.session().0.iter().all(|step| !step.passed), "{name}");
        }
    }

    #[test]
    fn wrong_types_read_as_nothing() {
        let event = event(json!({
            "clientMetadata": [], "challengeAnswer": 123456, "privateChallengeParameters": "x", "userNotFound": "yes",
        }));
        assert_eq!(event.action(), Action::Answer);
        assert_eq!(event.attempt(), Ok(None));
        assert_eq!(event.challenge_answer(), "");
        assert_eq!(event.private_parameter("challenge"), None);
        assert!(!event.user_not_found());
    }

    #[test]
    fn the_answer_leaves_the_event_as_it_was() {
        let answered = event(json!({"session": []})).answered(json!({"issueTokens": true}));
        assert_eq!(answered["response"], json!({"issueTokens": true}));
        assert_eq!(answered["userName"], "user");
    }
}
