//! One secret with its current and its previous version.

use serde_json::{Value, json};

use super::Reply;

/// The ARN that the functions are given.
pub const ARN: &str = "arn:aws:secretsmanager:eu-central-1:000000000000:secret:CodeKey-AbCdEf";

/// A value that tests rotate to.
pub const SECOND: &str = "ZYXWVUTSRQPONMLKJIHGFEDCBA9876543210zyxwvutsrqponmlkjihgfedcba-_";

/// The secret's versions, oldest first.
#[derive(Debug)]
pub(super) struct Versions(Vec<String>);

impl Default for Versions {
    fn default() -> Self {
        Self(vec!["0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_".to_owned()])
    }
}

impl Versions {
    pub(super) fn current(&self) -> String {
        self.0.last().cloned().unwrap_or_default()
    }

    pub(super) fn rotate(&mut self, text: &str) {
        self.0.push(text.to_owned());
    }

    pub(super) fn get_secret_value(&self, body: &Value) -> Reply {
        if body["SecretId"] != ARN {
            return Reply::refused("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
        }
        let stage = body["VersionStage"].as_str().unwrap_or("AWSCURRENT");
        let back = if stage == "AWSPREVIOUS" { 2 } else { 1 };
        let Some(text) = self.0.len().checked_sub(back).and_then(|index| self.0.get(index)) else {
            let message = format!("Secrets Manager can't find the specified secret value for staging label: {stage}.");
            return Reply::refused("ResourceNotFoundException", &message);
        };
        Reply::ok(json!({
            "ARN": ARN,
            "Name": "CodeKey",
            "VersionId": format!("00000000-0000-4000-8000-{:012}", self.0.len() - back),
            "VersionStages": [stage],
            "SecretString": text,
            "CreatedDate": 1_700_000_000.0,
        }))
    }
}
