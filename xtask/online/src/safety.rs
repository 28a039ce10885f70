//! What of a change could cost a directory of users, found by comparing two templates before AWS is asked.
//!
//! CloudFormation gives no warning: `AWS::Cognito::UserPool` has no create-only properties, so a change set calls a lost
//! pool an addition, and an edit that Cognito refuses fails in the middle of a deploy.

use std::collections::BTreeSet;
use std::fmt;

use serde_json::Value;
use xtask::template::{Resource, Template};
use xtask::terminal::line;

mod claims;
mod foresee;

pub use foresee::foresee;

use crate::plan::Change;

const POOL: &str = "AWS::Cognito::UserPool";

/// The kinds of resource that hold users, or what their sign-ins need, each with the properties that make another one of
/// it when they change (create-only in CloudFormation's registry), and those whose change cannot be taken back.
const STATEFUL: [(&str, &[&str], &[&str]); 4] = [
    (POOL, &[], &["UsernameAttributes", "AliasAttributes", "UsernameConfiguration"]),
    ("AWS::Cognito::UserPoolClient", &["UserPoolId", "GenerateSecret"], &[]),
    ("AWS::DynamoDB::Table", &["TableName", "KeySchema", "ImportSourceSpecification"], &[]),
    // A changed generator makes another key, and every lock that the old one sealed is forgotten.
    ("AWS::SecretsManager::Secret", &["Name", "GenerateSecretString", "SecretString"], &[]),
];

/// One way in which a change would lose something.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Danger {
    pub logical_id: String,
    /// Its type.
    pub kind: String,
    pub loss: Loss,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Loss {
    /// The resource is no longer in the template; with the ones of its type that are new, since it may be a renaming.
    Removed { new: Vec<String> },
    /// Another one would take its place because of this property.
    Replaced { property: String },
    /// Another one may take its place, as CloudFormation finds out only while it changes this property.
    Doubtful { property: String },
    /// Under the same logical ID stands a resource of another type.
    Retyped { kind: String },
    /// An attribute of the user pool is changed or gone, which Cognito refuses.
    Schema { attribute: String },
    /// A property that Cognito never lets change.
    Fixed { property: String },
    /// What keeps the resource when it is removed or replaced would be gone.
    Unkept { policy: &'static str },
    /// Protection would go together with what it protects from.
    Unprotected,
}

impl Danger {
    /// Whether `--allow-replace` can accept it. Cognito refuses the rest anyway, or it takes two deploys on purpose.
    #[must_use]
    pub fn acceptable(&self) -> bool {
        !matches!(self.loss, Loss::Schema { .. } | Loss::Fixed { .. } | Loss::Unprotected)
    }
}

impl fmt::Display for Danger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { logical_id, kind, loss } = self;
        write!(f, "`{}` ({}) ", line(logical_id), line(kind))?;
        match loss {
            Loss::Removed { new } if new.is_empty() => f.write_str("would be removed"),
            Loss::Removed { new } => write!(
                f,
                "would be removed, and {} made empty: a logical ID is never renamed",
                new.iter().map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", ")
            ),
            Loss::Replaced { property } => write!(f, "would be replaced by another one, since `{property}` changes"),
            Loss::Doubtful { property } => {
                write!(f, "may be replaced by another one, as CloudFormation says, since `{property}` changes")
            }
            Loss::Retyped { kind } => write!(f, "would be replaced by a resource of the type {}", line(kind)),
            Loss::Schema { attribute } => {
                write!(f, "has the attribute `{}`, which Cognito lets nobody change or remove", line(attribute))
            }
            Loss::Fixed { property } => write!(f, "has a `{property}` that Cognito lets nobody change"),
            Loss::Unkept { policy } => write!(f, "would no longer be kept, since its `{policy}` goes"),
            Loss::Unprotected => {
                f.write_str("would lose its deletion protection in the same change: that takes a deploy of its own")
            }
        }
    }
}

/// Everything that would be lost on the way from one template to another, both with their parameters filled in.
#[must_use]
pub fn dangers(deployed: &Template, desired: &Template) -> Vec<Danger> {
    let mut dangers = Vec::new();
    for (id, before) in &deployed.resources {
        let Some((_, replacing, fixed)) = STATEFUL.iter().find(|(kind, ..)| *kind == before.kind) else { continue };
        let danger = |loss| Danger { logical_id: id.clone(), kind: before.kind.clone(), loss };
        let Some(after) = desired.resources.get(id) else {
            dangers.push(danger(Loss::Removed { new: added(deployed, desired, &before.kind) }));
            continue;
        };
        if after.kind != before.kind {
            dangers.push(danger(Loss::Retyped { kind: after.kind.clone() }));
            continue;
        }
        let changed = |property: &&&str| before.properties.get(**property) != after.properties.get(**property);
        let replaced = replacing.iter().filter(changed);
        dangers.extend(replaced.map(|property| danger(Loss::Replaced { property: (*property).to_owned() })));
        let refused = fixed.iter().filter(changed);
        dangers.extend(refused.map(|property| danger(Loss::Fixed { property: (*property).to_owned() })));
        // With other keys it has been replaced already.
        if !changed(&&"KeySchema") && key_types(before) != key_types(after) {
            dangers.push(danger(Loss::Replaced { property: "AttributeDefinitions".to_owned() }));
        }
        dangers.extend(schema(before, after).map(|attribute| danger(Loss::Schema { attribute })));
        dangers.extend(unkept(before, after).map(|policy| danger(Loss::Unkept { policy })));
    }
    if !dangers.is_empty() {
        let unprotected =
            deployed.resources.iter().filter(|(id, before)| loses_protection(before, desired.resources.get(*id)));
        let danger = |(id, before): (&String, &Resource)| Danger {
            logical_id: id.clone(),
            kind: before.kind.clone(),
            loss: Loss::Unprotected,
        };
        dangers.extend(unprotected.map(danger));
    }
    dangers.sort();
    dangers
}

fn added(deployed: &Template, desired: &Template, kind: &str) -> Vec<String> {
    let new = desired.resources.iter().filter(|(id, new)| new.kind == kind && !deployed.resources.contains_key(*id));
    new.map(|(id, _)| id.clone()).collect()
}

/// The attributes of the pool that the new schema changes or lacks. More attributes are no loss.
fn schema<'a>(before: &'a Resource, after: &'a Resource) -> impl Iterator<Item = String> + 'a {
    let entries = |resource: &'a Resource| {
        let pool = resource.kind == POOL;
        resource.properties.get("Schema").filter(|_| pool).and_then(Value::as_array).map_or(&[][..], Vec::as_slice)
    };
    let kept = entries(after);
    let lost = entries(before).iter().filter(move |entry| !kept.contains(entry));
    lost.map(|entry| entry.get("Name").and_then(Value::as_str).unwrap_or("without a name").to_owned())
}

/// The types of the attributes that a table finds its items by; those of others change nothing.
fn key_types<'a>(resource: &'a Resource) -> BTreeSet<(&'a str, &'a str)> {
    let list = |name: &str| resource.properties.get(name).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let name = |entry: &'a Value| entry.get("AttributeName").and_then(Value::as_str);
    let keys: BTreeSet<_> = list("KeySchema").iter().filter_map(name).collect();
    let pair = |entry: &'a Value| Some((name(entry)?, entry.get("AttributeType")?.as_str()?));
    list("AttributeDefinitions").iter().filter_map(pair).filter(|(name, _)| keys.contains(name)).collect()
}

fn unkept<'a>(before: &'a Resource, after: &'a Resource) -> impl Iterator<Item = &'static str> + 'a {
    let keeps = |policy: &Option<String>| policy.as_deref().is_some_and(|policy| policy.starts_with("Retain"));
    let policies = [
        ("DeletionPolicy", &before.deletion_policy, &after.deletion_policy),
        ("UpdateReplacePolicy", &before.update_replace_policy, &after.update_replace_policy),
    ];
    policies.into_iter().filter(move |(_, before, after)| keeps(before) && !keeps(after)).map(|(name, ..)| name)
}

fn loses_protection(before: &Resource, after: Option<&Resource>) -> bool {
    let protected =
        |resource: &Resource| resource.properties.get("DeletionProtection").is_some_and(|on| on == "ACTIVE");
    protected(before) && after.is_some_and(|after| !protected(after))
}

/// The refusal of a change, with everything that it would lose.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the change would lose what cannot be made again{}\n{}", lines(.0), hint(.0))]
    Loss(Vec<Danger>),
    /// A name that stands there for nothing hides what it may accept one day.
    #[error(
        "`--allow-replace {0}` accepts nothing, since this change neither replaces nor removes `{0}`\nhint: leave it out"
    )]
    Superfluous(String),
}

fn lines(dangers: &[Danger]) -> String {
    dangers.iter().map(|danger| format!("\n  {danger}")).collect()
}

fn hint(dangers: &[Danger]) -> String {
    let acceptable: BTreeSet<_> =
        dangers.iter().filter(|danger| danger.acceptable()).map(|danger| danger.logical_id.as_str()).collect();
    if dangers.iter().all(Danger::acceptable) {
        let flags: Vec<_> = acceptable.iter().map(|id| format!("--allow-replace {id}")).collect();
        format!("hint: take the change back; to lose it on purpose, `{}`", flags.join(" "))
    } else {
        "hint: take the change back".to_owned()
    }
}

/// Whether AWS may be asked at all, by what the templates show, given the logical IDs that somebody accepted one by one.
///
/// # Errors
/// [`Refusal::Loss`] with what has not been accepted.
pub fn preflight(dangers: &[Danger], allowed: &[String]) -> Result<(), Refusal> {
    let accepted = |danger: &&Danger| danger.acceptable() && allowed.contains(&danger.logical_id);
    let refused: Vec<_> = dangers.iter().filter(|danger| !accepted(danger)).cloned().collect();
    if refused.is_empty() { Ok(()) } else { Err(Refusal::Loss(refused)) }
}

/// Whether the change may be made, by what the templates show and by what CloudFormation says of it: `changes` are those of
/// its change set, none where there is none.
///
/// # Errors
/// [`Refusal`] with what has not been accepted, or what was accepted for nothing.
pub fn judge(mut dangers: Vec<Danger>, changes: &[Change], allowed: &[String]) -> Result<(), Refusal> {
    let claims: Vec<_> = claims::claims(changes, &dangers).collect();
    dangers.extend(claims);
    preflight(&dangers, allowed)?;
    let superfluous = allowed.iter().find(|id| dangers.iter().all(|danger| danger.logical_id != **id));
    superfluous.map_or(Ok(()), |id| Err(Refusal::Superfluous(id.clone())))
}

#[cfg(test)]
mod tests;
