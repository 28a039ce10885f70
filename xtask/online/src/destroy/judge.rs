//! Whether a stack may be deleted, decided by what reads say of it.

use std::collections::BTreeMap;

use aws_sdk_cloudformation::types::StackStatus;
use xtask::stage::Stage;
use xtask::template::Template;

use crate::decision::{Condition, Obstacle, command, deploy_command};
use crate::kept::{Kept, Kind, Pool};
use crate::stack::Member;

/// Why a stack is not deleted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    #[error("{what}\nhint: `{look}` shows how it stands; run this again when that is over")]
    Obstructed { what: String, look: String },
    #[error(
        "it is protected from being deleted\nhint: `{lift}` lifts that; `termination_protection` in `{file}` is what the next deploy sets"
    )]
    Protected { lift: String, file: String },
    /// The template keeps what is kept, and this one is of before.
    #[error("the template that it was deployed with would not keep `{}`\nhint: {hint}", .resources.join("`, `"))]
    Unkept { resources: Vec<String>, hint: String },
    /// The name is asked for so that nobody deletes the users of another stage.
    #[error(
        "`--delete-users {given}` does not name its user pool, which is `{name}`\nhint: nothing was deleted; type the name in full"
    )]
    OtherPool { given: String, name: String },
}

/// A stack as it is to be deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Doomed {
    pub(super) id: String,
    pub(super) status: StackStatus,
    pub(super) is_protected: bool,
    /// The operation that goes on, as far as it can be seen.
    pub(super) under_way: Option<String>,
    /// What its template keeps.
    pub(super) kept: Vec<Kept>,
    /// How many resources go with it.
    pub(super) others: usize,
    /// Holds something of the users', and its template does not keep it.
    pub(super) unkept: Vec<String>,
}

impl Doomed {
    /// A stack that nothing is under way on, and that may be deleted.
    #[must_use]
    pub(super) fn new(id: String, status: StackStatus, members: &[Member], template: &Template) -> Self {
        let mut doomed =
            Self { id, status, is_protected: false, under_way: None, kept: Vec::new(), others: 0, unkept: Vec::new() };
        let policies: BTreeMap<_, _> = template
            .resources
            .iter()
            .map(|(id, resource)| (id.as_str(), resource.deletion_policy.as_deref()))
            .collect();
        for member in members {
            let policy = policies.get(member.logical_id.as_str()).copied().flatten();
            match (Kind::of(&member.resource_type), policy.is_some_and(|policy| policy.starts_with("Retain"))) {
                (Some(kind), true) => doomed.kept.push(Kept {
                    logical_id: member.logical_id.clone(),
                    kind,
                    id: member.physical_id.clone(),
                    restorable_until: None,
                }),
                (kind, _) => {
                    doomed.others += 1;
                    doomed.unkept.extend(kind.map(|_| member.logical_id.clone()));
                }
            }
        }
        doomed.kept.sort_by(|a, b| (a.kind, &a.logical_id).cmp(&(b.kind, &b.logical_id)));
        doomed
    }

    /// How many resources it has.
    #[must_use]
    pub(super) fn resources(&self) -> usize {
        self.kept.len() + self.others
    }

    /// Whether somebody deletes it already: then that is what is waited for.
    #[must_use]
    pub(super) fn is_being_deleted(&self) -> bool {
        self.status == StackStatus::DeleteInProgress
    }

    /// # Errors
    /// [`Refusal`] when it must not be deleted, or not now.
    pub(super) fn judge(&self, stage: &Stage) -> Result<(), Refusal> {
        if self.is_being_deleted() {
            return Ok(());
        }
        // A stack that failed is deleted like any other: often that is the way out.
        if let Condition::Obstructed(obstacle @ (Obstacle::Busy | Obstacle::Unknown)) = Condition::of(&self.status) {
            let what = self.under_way.clone();
            let what = what.unwrap_or_else(|| format!("it is in {}: {obstacle}", self.status.as_str()));
            return Err(Refusal::Obstructed { what, look: command(stage, "status") });
        }
        if self.is_protected {
            let lift = format!(
                "aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name {} \
                 --region {}",
                stage.aws.stack, stage.aws.region
            );
            return Err(Refusal::Protected { lift, file: xtask::stage::file(&stage.name) });
        }
        if !self.unkept.is_empty() {
            return Err(Refusal::Unkept { resources: self.unkept.clone(), hint: self.keep(stage) });
        }
        Ok(())
    }

    /// How what its template does not keep is kept. A stack in `DELETE_FAILED` cannot be deployed to, and is the only one
    /// that CloudFormation takes names to keep for.
    /// <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteStack.html>
    fn keep(&self, stage: &Stage) -> String {
        if self.status != StackStatus::DeleteFailed {
            return format!("`{}` brings the one that does", deploy_command(stage));
        }
        format!(
            "`aws cloudformation delete-stack --stack-name {} --region {} --retain-resources {}` deletes the rest of the \
             stack; `{} --take-back` makes them part of it again",
            stage.aws.stack,
            stage.aws.region,
            self.unkept.join(" "),
            deploy_command(stage)
        )
    }
}

/// Whether the users that are to be deleted are those that were named. A pool that is gone had the stage's name.
///
/// # Errors
/// [`Refusal::OtherPool`] when it is another name.
pub(super) fn judge_name(given: &str, pool: Option<&Pool>, stage: &Stage) -> Result<(), Refusal> {
    let name = pool.map_or_else(|| stage.user_pool.name.as_ref(), Pool::name);
    if given == name {
        return Ok(());
    }
    Err(Refusal::OtherPool { given: given.to_owned(), name: name.to_owned() })
}
