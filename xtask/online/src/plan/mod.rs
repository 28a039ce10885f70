//! What a deploy would do, as a value: for people, for a pull request, and for programs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use xtask::bundle::StageBundle;
use xtask::template::Template;
use xtask::trigger::Trigger;

mod compare;
mod grants;
mod markdown;
mod text;

#[cfg(test)]
pub(crate) mod tests;

pub use compare::{Action, Change, PropertyChange, compare};
pub use grants::{Grant, widening};

use crate::decision::{Decision, Deployed, Desired};

/// The shape of `plan --format json`. A key is never taken away or given another meaning under one version.
pub const SCHEMA_VERSION: u32 = 1;

/// Everything that a reviewer has to know of a deploy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    pub schema_version: u32,
    pub stage: String,
    /// Twelve digits.
    pub account: String,
    pub region: String,
    pub stack: String,
    pub operation: Operation,
    /// Who says what changes.
    pub source: Source,
    /// The weaknesses that the stage takes on purpose.
    pub accepted: Vec<Accepted>,
    pub resources: Vec<Change>,
    /// What somebody could do afterwards and could not before.
    pub iam_widening: Vec<Grant>,
    pub code: Vec<CodeChange>,
    /// Without those that name code.
    pub parameters: Vec<Pair>,
    pub tags: Vec<Pair>,
    /// Whether a second change set follows the first creation, which turns deletion protection on.
    pub protect_afterwards: bool,
    pub summary: Summary,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Operation {
    None,
    Create,
    Update,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// CloudFormation, in a change set.
    ChangeSet,
    /// This program, from the deployed template and the new one.
    Templates,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    pub risk: String,
    pub consequence: String,
}

/// The code of a function, which the template names by its hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeChange {
    pub function: String,
    pub before: Option<String>,
    /// SHA-256 of the archive, hexadecimal.
    pub after: String,
    #[serde(rename = "afterBytes")]
    pub after_bytes: usize,
}

/// A parameter or a tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pair {
    pub name: String,
    pub before: Option<String>,
    pub after: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    pub add: usize,
    pub change: usize,
    pub replace: usize,
    pub remove: usize,
    /// Only in a stack that takes existing resources in.
    pub import: usize,
    /// Of those that are replaced or removed, how many stay in the account.
    #[serde(default)]
    pub kept: usize,
}

impl Plan {
    /// The plan as the two templates tell it.
    ///
    /// # Errors
    /// When one of the templates is none.
    pub fn new(
        account: &str,
        bundle: &StageBundle,
        decision: Decision,
        deployed: Option<&Deployed>,
        desired: &Desired,
    ) -> anyhow::Result<Self> {
        let none = Deployed::empty();
        let deployed = deployed.filter(|_| decision == Decision::Update).unwrap_or(&none);
        let nothing = decision == Decision::Nothing;
        let before = Template::parse(&deployed.template)?.with(&deployed.parameters);
        let after = Template::parse(&desired.template)?.with(&desired.parameters);
        let stage = &bundle.stage;
        let mut plan = Self {
            schema_version: SCHEMA_VERSION,
            stage: stage.name.to_string(),
            account: account.to_owned(),
            region: stage.aws.region.to_string(),
            stack: stage.aws.stack.to_string(),
            operation: match decision {
                Decision::Nothing => Operation::None,
                Decision::Create => Operation::Create,
                Decision::Update => Operation::Update,
            },
            source: Source::Templates,
            accepted: stage.accepted.iter().map(|risk| Accepted::new(*risk)).collect(),
            resources: Vec::new(),
            iam_widening: Vec::new(),
            code: Vec::new(),
            parameters: Vec::new(),
            tags: Vec::new(),
            protect_afterwards: decision == Decision::Create && desired.unprotected() != *desired,
            summary: Summary::default(),
        };
        if !nothing {
            plan.resources = compare(&before, &after);
            plan.iam_widening = widening(&before, &after);
            plan.code = code(bundle, &deployed.parameters);
            let of_code = |name: &str| {
                let named = |trigger: Trigger| name == trigger.key_parameter() || name == trigger.version_parameter();
                Trigger::ALL.into_iter().any(named)
            };
            plan.parameters = pairs(&deployed.parameters, &desired.parameters, |name| !of_code(name));
            plan.tags = pairs(&deployed.tags, &desired.tags, |name| !name.starts_with("aws:"));
        }
        plan.summary = Summary::of(&plan.resources);
        Ok(plan)
    }

    /// The same with CloudFormation's word on what changes. Values that it does not give are those of the templates.
    #[must_use]
    pub fn with_change_set(mut self, changes: &[Change]) -> Self {
        let mut ours: BTreeMap<_, _> =
            self.resources.into_iter().map(|change| (change.logical_id.clone(), change)).collect();
        let merged = changes.iter().map(|change| {
            let known = ours.remove(&change.logical_id);
            let valued = change.properties.iter().any(|property| property.before != property.after);
            let kept =
                change.kept.or(known.as_ref().and_then(|known| known.kept)).filter(|_| change.action.takes_away());
            let known = known.map(|known| known.properties).unwrap_or_default();
            let properties = if valued { change.properties.clone() } else { known };
            Change { kept, properties, ..change.clone() }
        });
        self.resources = merged.collect();
        self.source = Source::ChangeSet;
        self.summary = Summary::of(&self.resources);
        self
    }

    /// What changes, where CloudFormation itself has said so.
    #[must_use]
    pub fn claimed(&self) -> &[Change] {
        if self.source == Source::ChangeSet { &self.resources } else { &[] }
    }

    /// Whether a deploy would do anything.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        self.operation != Operation::None
    }
}

impl Accepted {
    fn new(risk: xtask::stage::Risk) -> Self {
        Self { risk: risk.to_string(), consequence: risk.consequence().to_owned() }
    }
}

impl Summary {
    pub(crate) fn of(changes: &[Change]) -> Self {
        let count = |action| changes.iter().filter(|change| change.action == action).count();
        Self {
            add: count(Action::Add),
            change: count(Action::Change),
            replace: count(Action::Replace),
            remove: count(Action::Remove),
            import: count(Action::Import),
            kept: changes.iter().filter(|change| change.kept == Some(true)).count(),
        }
    }
}

impl std::fmt::Display for Summary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { add, change, replace, remove, import, kept } = self;
        if *import > 0 {
            write!(f, "{import} to import, ")?;
        }
        write!(f, "{add} to add, {change} to change, {replace} to replace, {remove} to remove")?;
        if *kept > 0 { write!(f, ", {kept} kept") } else { Ok(()) }
    }
}

fn code(bundle: &StageBundle, deployed: &BTreeMap<String, String>) -> Vec<CodeChange> {
    let change = |(trigger, artefact): (&Trigger, &xtask::bundle::Artefact)| {
        let key = deployed.get(trigger.key_parameter());
        let digest = |key: &String| Some(key.rsplit_once('/')?.1.trim_end_matches(".zip").to_owned());
        (key != Some(&artefact.key())).then(|| CodeChange {
            function: trigger.logical_id().to_owned(),
            before: key.and_then(digest),
            after: artefact.sha256.to_string(),
            after_bytes: artefact.size_bytes,
        })
    };
    bundle.functions.iter().filter_map(change).collect()
}

fn pairs(
    before: &BTreeMap<String, String>,
    after: &BTreeMap<String, String>,
    wanted: impl Fn(&str) -> bool,
) -> Vec<Pair> {
    let names: std::collections::BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let changed = names.into_iter().filter(|name| wanted(name) && before.get(*name) != after.get(*name));
    let pair =
        |name: &String| Pair { name: name.clone(), before: before.get(name).cloned(), after: after.get(name).cloned() };
    changed.map(pair).collect()
}
