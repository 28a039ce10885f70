//! What `destroy` prints: what was kept and how to take it back, and what was deleted for good.

use serde::Serialize;
use xtask::stage::Stage;

use crate::decision::deploy_command;
use crate::kept::{Kept, Kind};

/// The shape of `destroy --json`. A key is never taken away or given another meaning under one version.
const SCHEMA_VERSION: u32 = 1;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Report {
    schema_version: u32,
    stage: String,
    region: String,
    stack: String,
    kept: Vec<Kept>,
    /// What `--delete-users` deleted, now or before; of what is gone altogether nobody knows.
    deleted: Vec<Kept>,
    /// The command that takes back what was kept; none where no user pool was.
    take_back: Option<String>,
}

impl Report {
    #[must_use]
    pub(super) fn new(stage: &Stage, remains: Vec<Kept>, deleted: Vec<Kept>) -> Self {
        let (scheduled, kept): (Vec<_>, Vec<_>) = remains.into_iter().partition(|kept| kept.restorable_until.is_some());
        let has_pool = kept.iter().any(|kept| kept.kind == Kind::UserPool);
        Self {
            schema_version: SCHEMA_VERSION,
            stage: stage.name.to_string(),
            region: stage.aws.region.to_string(),
            stack: stage.aws.stack.to_string(),
            kept,
            deleted: deleted.into_iter().chain(scheduled).collect(),
            take_back: has_pool.then(|| format!("{} --take-back", deploy_command(stage))),
        }
    }

    /// For people, a line each.
    #[must_use]
    pub(super) fn to_text(&self) -> String {
        let kept = self.kept.iter().map(|kept| format!("kept     {kept}\n"));
        let deleted = self.deleted.iter().map(|kept| format!("deleted  {kept}\n"));
        let take_back = self.take_back.iter().map(|command| format!("`{command}` makes it part of a stack again\n"));
        kept.chain(deleted).chain(take_back).collect()
    }
}
