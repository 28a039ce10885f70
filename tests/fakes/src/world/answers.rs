//! What the functions answer, in the words of the tests.

use std::collections::BTreeMap;

use anyhow::{Context as _, bail, ensure};
use serde_json::Value;

use crate::runtime_api::Answer;

/// What Define decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    Challenge(String),
    Tokens,
    Refused,
}

/// What Create returned.
#[derive(Debug, Clone, PartialEq)]
pub struct Created {
    pub public: BTreeMap<String, String>,
    /// Opaque: the functions' own, to be handed to Verify.
    pub private: Value,
    pub metadata: Option<String>,
}

impl Created {
    #[must_use]
    pub fn state(&self) -> &str {
        self.public.get("state").map_or("", String::as_str)
    }
}

/// # Errors
/// When Define failed, or decided nothing or more than one thing.
pub fn next(answer: &Answer) -> anyhow::Result<Next> {
    let response = response(answer)?;
    let tokens = response["issueTokens"] == true;
    let refused = response["failAuthentication"] == true;
    match (response["challengeName"].as_str(), tokens, refused) {
        (Some(name), false, false) => Ok(Next::Challenge(name.to_owned())),
        (None, true, false) => Ok(Next::Tokens),
        (None, false, true) => Ok(Next::Refused),
        _ => bail!("an ambiguous answer: {response}"),
    }
}

/// # Errors
/// When Create failed, or returned what Cognito cannot use.
pub fn created(answer: &Answer) -> anyhow::Result<Created> {
    let response = response(answer)?;
    // Cognito carries strings alone.
    let strings = |value: &Value| serde_json::from_value::<BTreeMap<String, String>>(value.clone());
    let private = strings(&response["privateChallengeParameters"]).context("private parameters are strings")?;
    ensure!(!private.is_empty(), "without a private parameter unknown users get another error than known ones");
    Ok(Created {
        public: strings(&response["publicChallengeParameters"]).context("public parameters are strings")?,
        private: response["privateChallengeParameters"].clone(),
        metadata: response["challengeMetadata"].as_str().map(str::to_owned),
    })
}

/// Whether Verify accepted the answer.
///
/// # Errors
/// When Verify failed, or decided nothing.
pub fn verified(answer: &Answer) -> anyhow::Result<bool> {
    let response = response(answer)?;
    response["answerCorrect"].as_bool().with_context(|| format!("no decision in {response}"))
}

/// Whether the gate let tokens pass. It refuses by failing.
#[must_use]
pub const fn passed(answer: &Answer) -> bool {
    matches!(answer, Answer::Response(_))
}

fn response(answer: &Answer) -> anyhow::Result<&Value> {
    match answer {
        Answer::Response(answered) => Ok(&answered["response"]),
        Answer::Error { error_type, message } => bail!("the function failed: {error_type}: {message}"),
    }
}
