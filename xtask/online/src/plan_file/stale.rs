//! Whether what was reviewed is still what would be applied, decided by comparing values.

use std::collections::BTreeMap;
use std::fmt;

use xtask::bundle::Digest;
use xtask::template::Template;
use xtask::terminal::line;
use xtask::trigger::Trigger;

use super::PlanFile;
use crate::plan::{Action, Change};

/// What there is now of all that a plan file leads to.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// The twelve digits of the account that the calls went to.
    pub account: String,
    /// None where there is no stack.
    pub deployed: Option<Digest>,
    /// None where it is gone.
    pub change_set: Option<SeenChangeSet>,
    /// The checksums of the artefacts, none for what is gone.
    pub code: BTreeMap<Trigger, Option<String>>,
}

/// A change set, as CloudFormation has it.
#[derive(Debug, Clone, PartialEq)]
pub struct SeenChangeSet {
    pub status: String,
    pub execution_status: String,
    pub reason: Option<String>,
    pub template: String,
    pub parameters: BTreeMap<String, String>,
    pub tags: BTreeMap<String, String>,
    pub changes: Vec<Change>,
}

/// One way in which things are no longer as they were reviewed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stale {
    Account {
        seen: String,
    },
    /// The plan found nothing to change.
    NothingPlanned,
    /// The stack is not what the plan was made against.
    Stack,
    ChangeSetGone {
        name: String,
    },
    /// It cannot be executed any more.
    ChangeSetState {
        name: String,
        state: String,
    },
    /// It would do something else than what was reviewed.
    ChangeSetContent {
        name: String,
        part: &'static str,
    },
    /// The artefact is gone, or is another one.
    Code {
        function: &'static str,
        key: String,
    },
}

impl fmt::Display for Stale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account { seen } => write!(f, "the credentials are those of account {seen}"),
            Self::NothingPlanned => f.write_str("the plan found nothing to change, and now there is"),
            Self::Stack => f.write_str("the stack has changed since the plan was made"),
            Self::ChangeSetGone { name } => {
                write!(
                    f,
                    "the change set `{}` is gone: a change set is deleted when another one is executed",
                    line(name)
                )
            }
            Self::ChangeSetState { name, state } => write!(f, "the change set `{}` is {}", line(name), line(state)),
            Self::ChangeSetContent { name, part } => {
                write!(f, "the change set `{}` differs from the plan in its {part}", line(name))
            }
            Self::Code { function, key } => {
                write!(
                    f,
                    "the code of `{function}` is not what was reviewed: `{}` is gone or holds other bytes",
                    line(key)
                )
            }
        }
    }
}

/// The refusal to apply a plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("things are not as they were reviewed{}\nhint: make a new plan with `{command}`", lines(.reasons))]
pub struct NotAsReviewed {
    pub reasons: Vec<Stale>,
    /// The command that makes a new plan.
    pub command: String,
}

fn lines(reasons: &[Stale]) -> String {
    reasons.iter().map(|reason| format!("\n  {reason}")).collect()
}

/// All ways in which what is seen differs from what was reviewed.
#[must_use]
pub fn stale(file: &PlanFile, seen: &Seen) -> Vec<Stale> {
    let mut reasons = Vec::new();
    if seen.account != file.plan.account {
        reasons.push(Stale::Account { seen: seen.account.clone() });
    }
    if seen.deployed != file.deployed {
        reasons.push(Stale::Stack);
    }
    match &file.change_set {
        None => reasons.push(Stale::NothingPlanned),
        Some(waiting) => reasons.extend(of_change_set(file, &waiting.name, seen.change_set.as_ref())),
    }
    let other = file
        .code
        .iter()
        .filter(|(trigger, code)| seen.code.get(*trigger).and_then(Option::as_ref) != Some(&code.checksum));
    reasons.extend(other.map(|(trigger, code)| Stale::Code { function: trigger.logical_id(), key: code.key.clone() }));
    reasons
}

fn of_change_set(file: &PlanFile, name: &str, seen: Option<&SeenChangeSet>) -> Vec<Stale> {
    let name = name.to_owned();
    let Some(seen) = seen else { return vec![Stale::ChangeSetGone { name }] };
    if seen.status != "CREATE_COMPLETE" || seen.execution_status != "AVAILABLE" {
        let reason = seen.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
        let state = format!("{}, {}{reason}", seen.status, seen.execution_status);
        return vec![Stale::ChangeSetState { name, state }];
    }
    let desired = file.first();
    let parts = [
        ("template", seen.template.trim_end() == desired.template.trim_end()),
        ("parameters", same_parameters(&desired.template, &desired.parameters, &seen.parameters)),
        ("tags", seen.tags == desired.tags),
        ("changes", names(&seen.changes) == names(&file.plan.resources)),
    ];
    let other = parts.into_iter().filter(|(_, same)| !same);
    other.map(|(part, _)| Stale::ChangeSetContent { name: name.clone(), part }).collect()
}

/// A change set may name the defaults of the template, too.
fn same_parameters(template: &str, desired: &BTreeMap<String, String>, seen: &BTreeMap<String, String>) -> bool {
    let mut whole = Template::parse(template).map(|template| template.defaults()).unwrap_or_default();
    whole.extend(desired.clone());
    desired.iter().all(|(name, value)| seen.get(name) == Some(value))
        && seen.iter().all(|(name, value)| whole.get(name) == Some(value))
}

/// What of a list of changes does not depend on how much CloudFormation tells about each.
fn names(changes: &[Change]) -> Vec<(&str, Action, bool)> {
    let mut names: Vec<_> =
        changes.iter().map(|change| (change.logical_id.as_str(), change.action, change.may_replace)).collect();
    names.sort_by_key(|(id, ..)| *id);
    names
}
