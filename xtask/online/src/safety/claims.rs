//! What CloudFormation itself says would be lost. The templates alone do not show everything: a property may change by what
//! it refers to.

use crate::plan::{Action, Change};

use super::{Danger, Loss, POOL, STATEFUL};

/// The losses in a change set that stand in none of the `known` dangers.
pub(super) fn claims<'a>(changes: &'a [Change], known: &'a [Danger]) -> impl Iterator<Item = Danger> + 'a {
    let new = move |change: &&Change| known.iter().all(|danger| danger.logical_id != change.logical_id);
    changes.iter().filter(new).filter_map(claim)
}

fn claim(change: &Change) -> Option<Danger> {
    let (_, replacing, _) = STATEFUL.iter().find(|(kind, ..)| *kind == change.kind)?;
    let touched: Vec<_> = change.properties.iter().map(|property| name(&property.path)).collect();
    let replaces = touched.iter().find(|property| replacing.contains(property)).copied();
    // Nothing of a user pool makes another one, so whatever CloudFormation says there is news.
    let any = || touched.first().copied().unwrap_or("the template").to_owned();
    let loss = match change.action {
        Action::Remove => Loss::Removed { new: Vec::new() },
        Action::Replace => Loss::Replaced { property: replaces.map_or_else(any, str::to_owned) },
        Action::Change if change.may_replace && change.kind == POOL => Loss::Doubtful { property: any() },
        // "Conditional" is said of many a property that is only ever changed in place.
        Action::Change if change.may_replace => Loss::Doubtful { property: replaces?.to_owned() },
        Action::Add | Action::Change | Action::Import => return None,
    };
    Some(Danger { logical_id: change.logical_id.clone(), kind: change.kind.clone(), loss })
}

/// The property that a path of a change set begins with.
fn name(path: &str) -> &str {
    let path = path.strip_prefix("Properties.").unwrap_or(path);
    path.split('.').next().unwrap_or(path)
}
