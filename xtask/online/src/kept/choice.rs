//! What becomes of what was kept when a stage is deployed for the first time: taken back, left behind, or nothing is done.

use std::fmt::Write as _;

use xtask::terminal::line;

use super::{Pool, Remains, TAG};

/// What a first deploy does with what earlier stacks left.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Choice<'a> {
    /// There is nothing, or it was named to be left behind: the stack is made with a new pool.
    New,
    TakeBack {
        remains: &'a Remains,
        pool: &'a Pool,
    },
}

/// Why a first deploy makes nothing yet.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A new pool would be empty.
    #[error("an earlier stack left a user pool, and a new one would be empty{}\n{hint}", lines(.pools))]
    Left { pools: Vec<String>, hint: String },
    #[error("there is more than one user pool to take back{}\n{hint}", lines(.pools))]
    Several { pools: Vec<String>, hint: String },
    /// The name alone does not make a pool ours: its triggers and settings would be lost.
    #[error(
        "refused to take back what this tool did not make: it has no tag `{TAG}`, and no deleted stack left it\n  {pool}\n{hint}"
    )]
    Foreign { pool: String, hint: String },
    #[error(
        "there is nothing to take back: no earlier stack left a user pool that is still there\nhint: leave `--take-back` out, and a new, empty user pool is made"
    )]
    Nothing,
    /// A name that stands there for nothing hides what it may leave behind one day.
    #[error("`--leave-behind {0}` names no user pool that an earlier stack left\nhint: leave it out")]
    Superfluous(String),
}

fn lines(pools: &[String]) -> String {
    pools.iter().map(|pool| format!("\n  {pool}")).collect()
}

/// Decides by what was found and what was asked for; `deploy` is the command that deploys the stage.
///
/// # Errors
/// [`Refusal`] when users would be left behind without a word, or the words fit nothing.
pub fn choose<'a>(
    found: &'a [Remains],
    take_back: bool,
    leave_behind: &[String],
    deploy: &str,
) -> Result<Choice<'a>, Refusal> {
    let pools: Vec<_> = found.iter().filter_map(|remains| Some((remains, remains.pool.as_ref()?))).collect();
    let is_found = |id: &&String| pools.iter().any(|(_, pool)| pool.id() == **id);
    if let Some(unknown) = leave_behind.iter().find(|id| !is_found(id)) {
        return Err(Refusal::Superfluous(unknown.clone()));
    }
    let is_left = |pool: &Pool| leave_behind.iter().any(|id| id == pool.id());
    let rest: Vec<_> = pools.into_iter().filter(|(_, pool)| !is_left(pool)).collect();
    let described = || rest.iter().map(|(remains, pool)| describe(remains, pool)).collect();
    match (take_back, rest.as_slice()) {
        (false, []) => Ok(Choice::New),
        (true, []) => Err(Refusal::Nothing),
        (true, [(remains, pool)]) if remains.is_ours() => Ok(Choice::TakeBack { remains, pool }),
        (true, [(remains, pool)]) => {
            let hint = format!(
                "hint: `{deploy} --leave-behind {}` makes a new, empty one beside it; if a stack of this tool made it, more than 90 \
                 days ago, say so: `aws cognito-idp tag-resource --resource-arn {} --tags {TAG}=STACK`",
                line(pool.id()),
                line(pool.described().arn().unwrap_or("ARN"))
            );
            Err(Refusal::Foreign { pool: describe(remains, pool), hint })
        }
        (true, [..]) => {
            let hint = format!("hint: `{deploy} --take-back --leave-behind POOL_ID` for each but one");
            Err(Refusal::Several { pools: described(), hint })
        }
        (false, [..]) => {
            let flags: String = rest.iter().fold(String::new(), |mut flags, (_, pool)| {
                let _ = write!(flags, " --leave-behind {}", pool.id());
                flags
            });
            let take_back = if rest.iter().any(|(remains, _)| remains.is_ours()) {
                format!("`{deploy} --take-back` makes it part of the stack again, with its users; ")
            } else {
                String::new()
            };
            let hint = format!("hint: {take_back}`{deploy}{flags}` makes a new, empty one");
            Err(Refusal::Left { pools: described(), hint })
        }
    }
}

/// A pool with all that was kept beside it, a line each.
fn describe(remains: &Remains, pool: &Pool) -> String {
    let mut text = pool.to_string();
    match (&remains.stack_id, pool.made_by()) {
        (Some(stack), _) => _ = write!(text, ", left by the deleted stack `{}`", line(stack)),
        (None, Some(stack)) => _ = write!(text, ", found by its name; the stack `{}` made it", line(stack)),
        (None, None) => text.push_str(", found by its name, and not made by this tool"),
    }
    for kept in &remains.kept {
        let _ = write!(text, "\n    {kept}");
    }
    text
}
