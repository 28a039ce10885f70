//! The plan file: what somebody reviewed, and the change set that waits for it.
//!
//! Whoever applies it reads nothing else. It holds no secret: names, hashes, the template and its parameters.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, anyhow, bail, ensure};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tempfile::NamedTempFile;
use xtask::bundle::{self, Digest};
use xtask::stage::{Stage, StageName};
use xtask::terminal::{line, words};
use xtask::trigger::Trigger;

mod apply;
mod make;
mod stale;

#[cfg(test)]
mod tests;

pub use apply::deploy;
pub use make::{Basis, make};
pub use stale::{NotAsReviewed, Seen, SeenChangeSet, Stale, stale};

use crate::code::Expected;
use crate::decision::{Decision, Deployed, Desired};
use crate::plan::{Operation, Plan};

/// The shape of a plan file.
pub const SCHEMA_VERSION: u32 = 1;
/// In bytes: a template of a megabyte, what was made of it, and what changes.
const LARGEST: u64 = 16 << 20;

/// Everything that `deploy --plan` applies, and what it holds against the account first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PlanFile {
    schema_version: u32,
    /// As it was shown.
    pub plan: Plan,
    /// The text of the stage file.
    stage_file: String,
    /// What the stack was made of; none where there was nothing yet.
    pub deployed: Option<Digest>,
    /// What the stack is to be made of in the end, with the versions of the artefacts.
    pub desired: Desired,
    /// The artefact bucket.
    pub bucket: String,
    pub code: BTreeMap<Trigger, Code>,
    /// None where CloudFormation found nothing to change.
    pub change_set: Option<Waiting>,
}

/// The artefact of a function, as it lies in the bucket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Code {
    pub key: String,
    pub version: String,
    /// SHA-256, base64, as S3 and Lambda write it.
    pub checksum: String,
}

/// A change set that waits for its plan to be applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Waiting {
    pub name: String,
    pub id: String,
    pub stack_id: String,
    pub role_arn: Option<String>,
}

impl PlanFile {
    /// Reads a plan file.
    ///
    /// # Errors
    /// When it is none, or the plan in it is not about the stage in it.
    pub fn read(path: &Path) -> anyhow::Result<(Self, Stage)> {
        let read = || {
            let file: Self = serde_json::from_slice(&bundle::read(path, LARGEST)?)
                .map_err(|error| anyhow!(words(&error.to_string())))?;
            ensure!(
                file.schema_version == SCHEMA_VERSION,
                "it has version {}, this program reads version {SCHEMA_VERSION}",
                file.schema_version
            );
            let stage = file.stage()?;
            file.names_are_names()?;
            Ok((file, stage))
        };
        read().with_context(|| {
            format!("failed to read the plan file `{}`\nhint: `cargo xtask plan --out FILE` writes one", path.display())
        })
    }

    fn stage(&self) -> anyhow::Result<Stage> {
        let name = StageName::new(&self.plan.stage).context("the plan names no stage")?;
        let stage = Stage::parse(name, &self.stage_file).context("its stage file is refused")?;
        let Plan { account, region, stack, .. } = &self.plan;
        let same = stage.aws.account.as_ref().is_none_or(|of_stage| of_stage.to_string() == *account)
            && stage.aws.region.to_string() == *region
            && stage.aws.stack.to_string() == *stack;
        ensure!(same, "its plan and its stage file differ in account, Region or stack");
        Ok(stage)
    }

    /// They stand in lines of ours.
    fn names_are_names(&self) -> anyhow::Result<()> {
        let code = self.code.values().flat_map(|code| [&code.key, &code.version, &code.checksum]);
        let set = self.change_set.iter().flat_map(|set| [&set.name, &set.id, &set.stack_id]);
        let role = self.change_set.iter().filter_map(|set| set.role_arn.as_ref());
        let other = code.chain(set).chain(role).chain([&self.bucket]).find(|name| line(name) != **name);
        other.map_or(Ok(()), |name| bail!("`{}` is no name", line(name)))
    }

    /// What the plan decided.
    #[must_use]
    pub fn decision(&self) -> Decision {
        match self.plan.operation {
            Operation::None => Decision::Nothing,
            Operation::Create => Decision::Create,
            Operation::Update => Decision::Update,
        }
    }

    /// What the change set makes of the stack: a first creation goes without deletion protection.
    #[must_use]
    pub fn first(&self) -> Desired {
        first(self.decision(), &self.desired)
    }

    /// The code that the functions are to run.
    #[must_use]
    pub fn expected(&self) -> BTreeMap<Trigger, Expected> {
        let of = |code: &Code| Expected { key: code.key.clone(), code_sha256: code.checksum.clone() };
        self.code.iter().map(|(trigger, code)| (*trigger, of(code))).collect()
    }

    /// Moves the file to its place as a whole, so that nobody reads the half of one.
    fn write(&self, mut temporary: NamedTempFile, path: &Path) -> anyhow::Result<()> {
        serde_json::to_writer_pretty(&mut temporary, self)?;
        temporary.write_all(b"\n")?;
        temporary.persist(path)?;
        Ok(())
    }
}

fn first(decision: Decision, desired: &Desired) -> Desired {
    if decision == Decision::Create { desired.unprotected() } else { desired.clone() }
}

/// What a stack is made of, in one word: another one means that it was changed. Tags of AWS's own are nobody's change.
#[must_use]
pub fn fingerprint(deployed: &Deployed) -> Digest {
    let tags: BTreeMap<_, _> = deployed.tags.iter().filter(|(key, _)| !key.starts_with("aws:")).collect();
    Digest::of(json!([deployed.template.trim_end(), deployed.parameters, tags]).to_string().as_bytes())
}
