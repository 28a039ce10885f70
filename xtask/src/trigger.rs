//! The four triggers by their one set of names: package, logical ID, template parameter.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

/// A Lambda function that Cognito calls during a sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Trigger {
    Define,
    Create,
    Verify,
    Gate,
}

impl Trigger {
    pub const ALL: [Self; 4] = [Self::Define, Self::Create, Self::Verify, Self::Gate];

    /// The Cargo package and the binary it builds.
    #[must_use]
    pub const fn package(self) -> &'static str {
        match self {
            Self::Define => "trigger-define",
            Self::Create => "trigger-create",
            Self::Verify => "trigger-verify",
            Self::Gate => "trigger-gate",
        }
    }

    /// As messages and the functions' own logs name it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Define => "define",
            Self::Create => "create",
            Self::Verify => "verify",
            Self::Gate => "gate",
        }
    }

    /// The function's logical ID in the template. Frozen: a renamed function is a removed one.
    #[must_use]
    pub const fn logical_id(self) -> &'static str {
        match self {
            Self::Define => "DefineAuthChallenge",
            Self::Create => "CreateAuthChallenge",
            Self::Verify => "VerifyAuthChallengeResponse",
            Self::Gate => "PreTokenGeneration",
        }
    }

    /// The template parameter that carries the S3 key of the function's artefact.
    #[must_use]
    pub const fn key_parameter(self) -> &'static str {
        match self {
            Self::Define => "DefineAuthChallengeKey",
            Self::Create => "CreateAuthChallengeKey",
            Self::Verify => "VerifyAuthChallengeResponseKey",
            Self::Gate => "PreTokenGenerationKey",
        }
    }

    /// The template parameter that carries the version of that object.
    #[must_use]
    pub const fn version_parameter(self) -> &'static str {
        match self {
            Self::Define => "DefineAuthChallengeVersion",
            Self::Create => "CreateAuthChallengeVersion",
            Self::Verify => "VerifyAuthChallengeResponseVersion",
            Self::Gate => "PreTokenGenerationVersion",
        }
    }
}
