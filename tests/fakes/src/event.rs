//! Trigger events as AWS documents them (cognito-user-pools-working-with-lambda-triggers and the pages of each trigger).

use serde_json::{Value, json};

/// Who signs in, where, through which app client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    pub user_pool: String,
    pub client: String,
    /// The `userName` of the event.
    pub user: String,
    pub email: String,
}

impl Caller {
    /// Somebody, in some pool.
    #[must_use]
    pub fn example() -> Self {
        Self {
            user_pool: "eu-central-1_Example01".to_owned(),
            client: "1example23456789example23".to_owned(),
            user: "a1b2c3d4-0000-4000-8000-000000000001".to_owned(),
            email: "jane.doe@example.com".to_owned(),
        }
    }

    fn event(&self, trigger_source: &str, request: Value, response: Value) -> Value {
        let mut event = json!({
            "version": "1",
            "triggerSource": trigger_source,
            "region": "eu-central-1",
            "userPoolId": self.user_pool,
            "userName": self.user,
            "callerContext": { "awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": self.client },
            "request": { "userAttributes": self.attributes(), "userNotFound": false },
            "response": response,
        });
        if let (Some(target), Value::Object(fields)) = (event["request"].as_object_mut(), request) {
            target.extend(fields);
        }
        event
    }

    fn attributes(&self) -> Value {
        json!({
            "sub": self.user,
            "email": self.email,
            "email_verified": "true",
            "cognito:user_status": "CONFIRMED",
        })
    }

    #[must_use]
    pub fn define(&self, session: &[Value], metadata: &Value) -> Value {
        self.event(
            "DefineAuthChallenge_Authentication",
            json!({ "session": session, "clientMetadata": metadata }),
            json!({ "challengeName": null, "issueTokens": null, "failAuthentication": null }),
        )
    }

    #[must_use]
    pub fn create(&self, session: &[Value], metadata: &Value) -> Value {
        self.event(
            "CreateAuthChallenge_Authentication",
            json!({ "challengeName": "CUSTOM_CHALLENGE", "session": session, "clientMetadata": metadata }),
            json!({
                "publicChallengeParameters": null,
                "privateChallengeParameters": null,
                "challengeMetadata": null,
            }),
        )
    }

    /// Cognito gives this trigger no session and no public parameters.
    #[must_use]
    pub fn verify(&self, private_parameters: &Value, answer: &str, metadata: &Value) -> Value {
        self.event(
            "VerifyAuthChallengeResponse_Authentication",
            json!({
                "privateChallengeParameters": private_parameters,
                "challengeAnswer": answer,
                "clientMetadata": metadata,
            }),
            json!({ "answerCorrect": null }),
        )
    }

    /// `source` such as `Authentication` or `RefreshTokens`, `metadata` that of the call which asks for the tokens.
    #[must_use]
    pub fn pre_token_generation(&self, source: &str, metadata: &Value) -> Value {
        self.event(
            &format!("TokenGeneration_{source}"),
            json!({
                "groupConfiguration": {
                    "groupsToOverride": [],
                    "iamRolesToOverride": [],
                    "preferredRole": null,
                },
                "clientMetadata": metadata,
            }),
            json!({ "claimsOverrideDetails": null }),
        )
    }
}

/// One entry of a session.
#[must_use]
pub fn entry(challenge: &str, passed: bool, metadata: Option<&str>) -> Value {
    json!({ "challengeName": challenge, "challengeResult": passed, "challengeMetadata": metadata })
}

/// The session of somebody whose password was right.
#[must_use]
pub fn password_verified() -> Vec<Value> {
    vec![entry("SRP_A", true, None), entry("PASSWORD_VERIFIER", true, None)]
}

/// What our clients send with every answer of one sign-in.
#[must_use]
pub fn attempt(id: u128) -> Value {
    json!({ "attempt": format!("{id:032x}") })
}

/// The same, asking for the mail again.
#[must_use]
pub fn resend(id: u128) -> Value {
    json!({ "attempt": format!("{id:032x}"), "action": "resend" })
}

/// The paths of everything in a JSON document, as pointers, what lies inside of something before it.
#[must_use]
pub fn pointers(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    find(value, "", &mut found);
    found
}

fn find(value: &Value, here: &str, found: &mut Vec<String>) {
    let mut visit = |key: &str, value: &Value| {
        let pointer = format!("{here}/{}", key.replace('~', "~0").replace('/', "~1"));
        find(value, &pointer, found);
        found.push(pointer);
    };
    match value {
        Value::Object(fields) => fields.iter().for_each(|(key, value)| visit(key, value)),
        Value::Array(items) => items.iter().enumerate().for_each(|(index, value)| visit(&index.to_string(), value)),
        _ => {}
    }
}
