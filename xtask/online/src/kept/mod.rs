//! What outlives its stack: user pool, app clients, table and key, which the template keeps when the stack is deleted.

use std::fmt;

use aws_sdk_cognitoidentityprovider::types::{DeletionProtectionType, UserPoolType};
use serde::{Serialize, Serializer};
use xtask::terminal::line;

mod choice;
mod look;
mod read;

#[cfg(test)]
mod tests;

pub use choice::{Choice, Refusal, choose};
pub use look::{Blind, Look};
pub(crate) use read::date;

/// The tag by which the template says of a pool whose it is.
const TAG: &str = "cognito-email-mfa-stack";
/// The pool's logical ID in the template.
const USER_POOL: &str = "UserPool";

/// The kinds of resource that are kept, in the order in which one leads to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    UserPool,
    AppClient,
    Table,
    Key,
}

impl Kind {
    const ALL: [Self; 4] = [Self::UserPool, Self::AppClient, Self::Table, Self::Key];

    /// As a template names it.
    #[must_use]
    pub const fn resource_type(self) -> &'static str {
        match self {
            Self::UserPool => "AWS::Cognito::UserPool",
            Self::AppClient => "AWS::Cognito::UserPoolClient",
            Self::Table => "AWS::DynamoDB::Table",
            Self::Key => "AWS::SecretsManager::Secret",
        }
    }

    /// None for a type that holds nothing of the users'.
    #[must_use]
    pub fn of(resource_type: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.resource_type() == resource_type)
    }
}

impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.resource_type())
    }
}

/// A resource that is there although its stack is not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Kept {
    /// The one that it had in its stack.
    pub logical_id: String,
    pub kind: Kind,
    /// The pool's id, the client's, the table's name, the secret's ARN.
    pub id: String,
    /// Of a key that was deleted: until when it can be restored, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restorable_until: Option<String>,
}

impl fmt::Display for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<20} {:<29} {}", line(&self.logical_id), self.kind.resource_type(), line(&self.id))?;
        self.restorable_until.iter().try_for_each(|until| write!(f, " (deleted, can be restored until {until})"))
    }
}

/// What one stack left, as far as it is still there. Empty if all of it was deleted since.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Remains {
    /// The id of the stack; none for a pool that was found by its name alone.
    pub stack_id: Option<String>,
    pub pool: Option<Pool>,
    /// In the order of their kinds.
    pub kept: Vec<Kept>,
}

impl Remains {
    /// Whether this tool made it: a deleted stack of the stage's left it, or its tag says so.
    #[must_use]
    pub fn is_ours(&self) -> bool {
        self.stack_id.is_some() || self.pool.as_ref().is_some_and(|pool| pool.made_by().is_some())
    }

    /// The one of a kind of which there is one at most.
    #[must_use]
    pub fn of_kind(&self, kind: Kind) -> Option<&Kept> {
        self.kept.iter().find(|kept| kept.kind == kind)
    }
}

/// A user pool as Cognito describes it.
#[derive(Debug, Clone, PartialEq)]
pub struct Pool(UserPoolType);

impl Pool {
    #[must_use]
    pub const fn new(described: UserPoolType) -> Self {
        Self(described)
    }

    #[must_use]
    pub fn id(&self) -> &str {
        self.0.id().unwrap_or_default()
    }

    #[must_use]
    pub fn name(&self) -> &str {
        self.0.name().unwrap_or_default()
    }

    /// Whether Cognito refuses to delete it.
    #[must_use]
    pub fn is_protected(&self) -> bool {
        self.0.deletion_protection() == Some(&DeletionProtectionType::Active)
    }

    /// The stack that made it, by the pool's own tag.
    #[must_use]
    pub fn made_by(&self) -> Option<&str> {
        self.0.user_pool_tags().and_then(|tags| tags.get(TAG)).map(String::as_str)
    }

    #[must_use]
    pub const fn described(&self) -> &UserPoolType {
        &self.0
    }
}

impl fmt::Display for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let users = match self.0.estimated_number_of_users() {
            0 => "no users".to_owned(),
            1 => "1 user".to_owned(),
            users => format!("{users} users"),
        };
        write!(f, "user pool `{}` (`{}`) with {users}", line(self.id()), line(self.name()))
    }
}
