//! `deploy --plan`: exactly what was reviewed, or nothing.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, ensure};
use aws_sdk_cloudformation::Client;
use aws_sdk_cloudformation::error::ProvideErrorMetadata as _;
use aws_sdk_cloudformation::types::TemplateStage;
use xtask::stage::Stage;
use xtask::trigger::Trigger;

use super::make::is_there;
use super::{NotAsReviewed, PlanFile, Seen, SeenChangeSet, Waiting, fingerprint, stale};
use crate::aws::{self, Session};
use crate::change_set::{self, ChangeSet};
use crate::code::Expected;
use crate::decision::{self, Decision, Deployed};
use crate::progress::{Message, Reporter};
use crate::{artefacts, carry_out, stack};

/// Applies a plan file without a question, and returns the session that it was done with, and the code that was reviewed.
/// `root` is where the repository was found, if it was. A plan that has been applied already is applied no second time,
/// which is no error.
///
/// # Errors
/// [`NotAsReviewed`] when anything is not as it was reviewed; when CloudFormation refuses, or a resource failed.
pub async fn deploy(
    root: Option<&Path>,
    path: &Path,
    stage_name: Option<&str>,
    reporter: Reporter,
) -> anyhow::Result<(Session, BTreeMap<Trigger, Expected>)> {
    let (file, stage) = PlanFile::read(path)?;
    if let Some(asked) = stage_name {
        let planned = stage.name.as_ref();
        ensure!(asked == planned, "the plan file is about the stage `{planned}`, not `{asked}`");
    }
    let mut session = aws::connect_from(root, &stage).await?;
    session.tell_by(reporter);
    let client = Client::new(&session.sdk_config);
    let (now, deployed) = carry_out::decide(&client, &stage, &file.desired).await?;
    if now == Decision::Nothing {
        reporter.note("the stack is what the plan was to make of it");
        reporter.tell(&Message::Unchanged);
        return Ok((session, file.expected()));
    }
    let role = file.change_set.as_ref().and_then(|waiting| waiting.role_arn.as_deref());
    // Whoever was interrupted between creation and protection goes on there.
    let created = file.decision() == Decision::Create
        && decision::decide(&file.first(), deployed.as_ref()) == Ok(Decision::Nothing);
    if created {
        carry_out::protect(&session, &file.desired, role).await?;
        return Ok((session, file.expected()));
    }

    let (seen, set) = look(&session, &client, &file, deployed.as_ref()).await?;
    if file.change_set.is_none() && seen.deployed == file.deployed {
        reporter.tell(&Message::Unchanged);
        return Ok((session, file.expected()));
    }
    let reasons = stale(&file, &seen);
    let refused = || NotAsReviewed { reasons: reasons.clone(), command: plan_command(&stage, path) };
    let Some(set) = set.filter(|_| reasons.is_empty()) else {
        return Err(refused()).with_context(|| format!("refused to apply the plan file `{}`", path.display()));
    };
    reporter.plan(&file.plan);
    carry_out::carry_out(&session, file.decision(), &file.desired, &set, role).await?;
    Ok((session, file.expected()))
}

fn plan_command(stage: &Stage, path: &Path) -> String {
    format!("cargo xtask plan --stage {} --out {}", stage.name, path.display())
}

/// All that a plan file leads to, and the change set to execute.
async fn look(
    session: &Session,
    client: &Client,
    file: &PlanFile,
    deployed: Option<&Deployed>,
) -> anyhow::Result<(Seen, Option<ChangeSet>)> {
    let mut code = BTreeMap::new();
    for (trigger, reviewed) in &file.code {
        let checksum = artefacts::checksum(session, &file.bucket, &reviewed.key, &reviewed.version).await?;
        code.insert(*trigger, checksum);
    }
    let set = file.change_set.as_ref().map(|waiting| ChangeSet {
        name: waiting.name.clone(),
        id: waiting.id.clone(),
        stack_id: waiting.stack_id.clone(),
        changes: Vec::new(),
    });
    let change_set = match (&file.change_set, &set) {
        (Some(waiting), Some(set)) => read(client, waiting, set).await?,
        _ => None,
    };
    let seen = Seen {
        account: session.account.clone(),
        deployed: deployed.filter(|deployed| is_there(deployed)).map(fingerprint),
        change_set,
        code,
    };
    Ok((seen, set))
}

/// The change set as CloudFormation has it; none where it is gone.
async fn read(client: &Client, waiting: &Waiting, set: &ChangeSet) -> anyhow::Result<Option<SeenChangeSet>> {
    let context = || format!("failed to read the change set `{}`", waiting.name);
    let told =
        match client.describe_change_set().stack_name(&waiting.stack_id).change_set_name(&waiting.id).send().await {
            Ok(told) => told,
            Err(error) if error.code() == Some("ChangeSetNotFound") || stack::is_missing(&error) => return Ok(None),
            Err(error) => return Err(aws::sdk(error)).with_context(context),
        };
    let request = client.get_template().change_set_name(&waiting.id).stack_name(&waiting.stack_id);
    let template = request.template_stage(TemplateStage::Original).send().await.map_err(aws::sdk);
    let template = template.with_context(context)?.template_body.unwrap_or_default();
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    Ok(Some(SeenChangeSet {
        status: text(told.status().map(|status| status.as_str())),
        execution_status: text(told.execution_status().map(|status| status.as_str())),
        reason: told.status_reason().filter(|reason| !reason.is_empty()).map(str::to_owned),
        template,
        parameters: stack::pairs(told.parameters(), |pair| (pair.parameter_key(), pair.parameter_value())),
        tags: stack::pairs(told.tags(), |tag| (tag.key(), tag.value())),
        changes: change_set::changes(client, set).await?,
    }))
}
