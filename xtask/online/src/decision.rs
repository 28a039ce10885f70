//! What a deploy has to do, decided by comparing values: what is wanted, and what reads say is there.

use std::collections::BTreeMap;

use aws_sdk_cloudformation::types::StackStatus;
use serde::{Deserialize, Serialize};
use xtask::bundle::StageBundle;
use xtask::stage::Stage;
use xtask::template::Template;
use xtask::trigger::Trigger;

/// The template parameter that says whether Cognito refuses to delete the user pool.
pub const PROTECTION: &str = "DeletionProtection";

/// What the stack is to be made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Desired {
    pub template: String,
    pub parameters: BTreeMap<String, String>,
    pub tags: BTreeMap<String, String>,
}

impl Desired {
    /// As the bundle has it, with deletion protection as the template wants it in the end. The versions of the artefacts
    /// are known only once those are stored.
    ///
    /// # Errors
    /// When the template of the bundle is none.
    pub fn new(bundle: &StageBundle) -> anyhow::Result<Self> {
        let parameter =
            |parameter: &xtask::bundle::Parameter| (parameter.parameter_key.clone(), parameter.parameter_value.clone());
        let mut parameters: BTreeMap<_, _> = bundle.parameters.iter().map(parameter).collect();
        let defaults = Template::parse(&bundle.template)?.defaults();
        parameters.extend(defaults.get_key_value(PROTECTION).map(|(name, value)| (name.clone(), value.clone())));
        Ok(Self {
            template: bundle.template.clone(),
            parameters,
            tags: bundle.stage.tags.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect(),
        })
    }

    /// The same for a stack that is only being created: a protected user pool could not be removed again if that fails.
    #[must_use]
    pub fn unprotected(&self) -> Self {
        let mut desired = self.clone();
        desired.parameters.entry(PROTECTION.to_owned()).and_modify(|value| "INACTIVE".clone_into(value));
        desired
    }

    /// The same before anything is stored: an artefact that stays keeps its version, any other will get one.
    #[must_use]
    pub fn expected(self, stage: &Stage, deployed: Option<&Deployed>) -> Self {
        let version = |trigger: Trigger| {
            let now = |name: &str| deployed.and_then(|deployed| deployed.parameters.get(name));
            let stays = now(trigger.key_parameter()) == self.parameters.get(trigger.key_parameter());
            now(trigger.version_parameter()).filter(|_| stays).map_or_else(|| LATER.to_owned(), Clone::clone)
        };
        let versions = stage.triggers().map(|trigger| (trigger, version(trigger))).collect();
        self.pinned(&versions)
    }

    /// The same with the artefacts pinned to the versions that were verified.
    #[must_use]
    pub fn pinned(mut self, versions: &BTreeMap<Trigger, String>) -> Self {
        let pins = versions.iter().map(|(trigger, version)| (trigger.version_parameter().to_owned(), version.clone()));
        self.parameters.extend(pins);
        self
    }
}

/// Stands for the version of an artefact that is not stored yet.
const LATER: &str = "known after upload";

/// What the stack is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployed {
    pub status: StackStatus,
    pub template: String,
    pub parameters: BTreeMap<String, String>,
    pub tags: BTreeMap<String, String>,
}

impl Deployed {
    /// No stack at all.
    #[must_use]
    pub fn empty() -> Self {
        Self {
            status: StackStatus::DeleteComplete,
            template: "Resources: {}".to_owned(),
            parameters: BTreeMap::new(),
            tags: BTreeMap::new(),
        }
    }

    /// Whether a change set of what is wanted would be empty. A parameter that only the stack has is a default of the
    /// template; a tag of AWS's own is nobody's wish.
    fn is(&self, desired: &Desired) -> bool {
        self.template.trim_end() == desired.template.trim_end()
            && desired.parameters.iter().all(|(key, value)| self.parameters.get(key) == Some(value))
            && self.tags.iter().filter(|(key, _)| !key.starts_with("aws:")).eq(&desired.tags)
    }
}

/// What there is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    Nothing,
    Create,
    Update,
}

/// # Errors
/// [`Obstacle`] when the stack is in a state that a change set cannot start from.
pub fn decide(desired: &Desired, deployed: Option<&Deployed>) -> Result<Decision, Obstacle> {
    let Some(deployed) = deployed else { return Ok(Decision::Create) };
    match Condition::of(&deployed.status) {
        Condition::Empty => Ok(Decision::Create),
        Condition::Steady if deployed.is(desired) => Ok(Decision::Nothing),
        Condition::Steady => Ok(Decision::Update),
        Condition::Obstructed(obstacle) => Err(obstacle),
    }
}

/// What a state of a stack means for a deploy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// There is no resource, at most the shell that a change set for a first creation leaves.
    Empty,
    Steady,
    Obstructed(Obstacle),
}

/// Why a stack cannot be changed now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Obstacle {
    #[error("another operation is under way on it")]
    Busy,
    #[error("its creation failed, and such a stack can only be deleted and created anew")]
    CreationFailed,
    #[error("its deletion failed half way")]
    DeletionFailed,
    #[error("an update failed and was not rolled back")]
    UpdateFailed,
    #[error("the rollback of an update failed, so it is neither the old nor the new stack")]
    RollbackFailed,
    #[error("taking resources into it failed, and so did letting go of them")]
    ImportFailed,
    #[error("its state is not known to this program")]
    Unknown,
}

impl Condition {
    #[must_use]
    pub fn of(status: &StackStatus) -> Self {
        use StackStatus as S;
        match status {
            S::ReviewInProgress | S::DeleteComplete => Self::Empty,
            S::CreateComplete
            | S::UpdateComplete
            | S::UpdateRollbackComplete
            | S::ImportComplete
            | S::ImportRollbackComplete => Self::Steady,
            S::RollbackComplete | S::RollbackFailed | S::CreateFailed => Self::Obstructed(Obstacle::CreationFailed),
            S::DeleteFailed => Self::Obstructed(Obstacle::DeletionFailed),
            S::UpdateFailed => Self::Obstructed(Obstacle::UpdateFailed),
            S::UpdateRollbackFailed => Self::Obstructed(Obstacle::RollbackFailed),
            S::ImportRollbackFailed => Self::Obstructed(Obstacle::ImportFailed),
            other if other.as_str().ends_with("_IN_PROGRESS") => Self::Obstructed(Obstacle::Busy),
            _ => Self::Obstructed(Obstacle::Unknown),
        }
    }
}

impl Obstacle {
    /// What to do about it, as a line that begins with `hint: `.
    #[must_use]
    pub fn hint(self, stage: &Stage) -> String {
        let again = deploy_command(stage);
        match self {
            Self::Busy => {
                format!("hint: `{}` shows how it stands; once it is over, `{again}`", command(stage, "status"))
            }
            Self::CreationFailed => {
                format!("hint: mend the cause, then `{again}` deletes what is left and creates the stack anew")
            }
            Self::UpdateFailed => {
                format!("hint: mend the cause, then `{again}` first brings the stack back to its last good state")
            }
            Self::RollbackFailed => format!("hint: mend the cause, then `{again}` first continues the rollback"),
            Self::DeletionFailed | Self::ImportFailed => format!(
                "hint: mend the cause, then `{}` deletes the rest and keeps the user pool; then `{again}`",
                command(stage, "destroy")
            ),
            Self::Unknown => format!(
                "hint: `aws cloudformation describe-stacks --stack-name {} --region {}` shows it",
                stage.aws.stack, stage.aws.region
            ),
        }
    }
}

/// The command that deploys the stage.
#[must_use]
pub fn deploy_command(stage: &Stage) -> String {
    command(stage, "deploy")
}

/// A command on the stage.
#[must_use]
pub fn command(stage: &Stage, verb: &str) -> String {
    if stage.name.as_ref() == xtask::cli::StageArgs::DEFAULT {
        format!("cargo xtask {verb}")
    } else {
        format!("cargo xtask {verb} --stage {}", stage.name)
    }
}

#[cfg(test)]
mod tests;
