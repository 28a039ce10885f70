//! `plan --out`: a change set that stays, and the file that leads to it.

use std::path::Path;

use anyhow::Context as _;
use aws_sdk_cloudformation::Client;
use tempfile::NamedTempFile;
use xtask::bundle::StageBundle;

use super::{Code, PlanFile, SCHEMA_VERSION, Waiting, fingerprint, first};
use crate::aws::Session;
use crate::change_set::{ChangeSet, Purpose};
use crate::decision::{Condition, Decision, Deployed, Desired};
use crate::plan::{Change, Plan};
use crate::safety::Refusal;
use crate::{artefacts, bucket, change_set};

/// What a plan was made from, read a moment ago.
#[derive(Debug)]
pub struct Basis {
    pub decision: Decision,
    pub deployed: Option<Deployed>,
    pub desired: Desired,
}

/// Stores the artefacts, makes a change set, keeps it, and writes the file. Returns the plan with CloudFormation's word, and
/// what `judge` says of that; where it refuses, nothing is kept and no file is written.
///
/// # Errors
/// When AWS refuses a step or the file cannot be written; then the change set is taken back.
pub async fn make(
    session: &Session,
    bundle: &StageBundle,
    basis: Basis,
    judge: impl FnOnce(&[Change]) -> Result<(), Refusal>,
    role_arn: Option<&str>,
    path: &Path,
) -> anyhow::Result<(Plan, Result<(), Refusal>)> {
    let context = || format!("failed to write the plan file `{}`", path.display());
    // Made first: whoever cannot be handed a plan should not leave a change set behind.
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let temporary = NamedTempFile::new_in(folder).with_context(context)?;
    let client = Client::new(&session.sdk_config);
    let stack = session.stage.aws.stack.as_ref();

    let bucket = bucket::ensure(session).await?;
    let versions = artefacts::upload(session, &bucket, bundle).await?;
    let desired = basis.desired.pinned(&versions);
    let of_set = first(basis.decision, &desired);
    let set = match basis.decision {
        Decision::Nothing => None,
        decision => change_set::create(&client, stack, decision, &of_set, role_arn, Purpose::Plan).await?,
    };
    let plan = Plan::new(&session.account, bundle, basis.decision, basis.deployed.as_ref(), &desired)?;
    let plan = match &set {
        Some(set) => plan.with_change_set(&set.changes),
        None => plan,
    };
    let judged = judge(plan.claimed());
    if judged.is_err() {
        if let Some(set) = &set {
            change_set::discard(&client, set).await?;
        }
        return Ok((plan, judged));
    }
    let code = |(trigger, version): (_, String)| {
        let artefact = bundle.functions.get(&trigger)?;
        Some((trigger, Code { key: artefact.key(), version, checksum: artefact.code_sha256.clone() }))
    };
    let file = PlanFile {
        schema_version: SCHEMA_VERSION,
        plan,
        stage_file: bundle.stage_file.clone(),
        deployed: basis.deployed.as_ref().filter(|deployed| is_there(deployed)).map(fingerprint),
        desired,
        bucket,
        code: versions.into_iter().filter_map(code).collect(),
        change_set: set.as_ref().map(|set| waiting(set, role_arn)),
    };
    if let Err(error) = file.write(temporary, path).with_context(context) {
        if let Some(set) = &set {
            change_set::discard(&client, set).await?;
        }
        return Err(error);
    }
    Ok((file.plan, judged))
}

/// The shell that a change set for a first creation makes is no stack yet.
pub(super) fn is_there(deployed: &Deployed) -> bool {
    Condition::of(&deployed.status) != Condition::Empty
}

fn waiting(set: &ChangeSet, role_arn: Option<&str>) -> Waiting {
    Waiting {
        name: set.name.clone(),
        id: set.id.clone(),
        stack_id: set.stack_id.clone(),
        role_arn: role_arn.map(str::to_owned),
    }
}
