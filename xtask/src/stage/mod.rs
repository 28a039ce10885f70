//! Stage files: one flat, complete file per stage, read into types that cannot hold a wrong value.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, bail};
use challenge::policy::Policy;
use message::Locale;

use crate::trigger::Trigger;

mod agree;
mod choice;
mod number;
mod parse;
mod policy;
mod problem;
mod raw;
mod reader;
mod text;

#[cfg(test)]
mod tests;

pub use choice::{Architecture, AttributeAccess, AuthFlow, Identity, Recovery, Risk, SignIn, Store, Tier};
pub use number::{Bounded, RefreshDays, RetentionDays, TokenMinutes};
pub use problem::{Problem, Problems};
pub use text::{
    AccountId, AttributeName, ClientName, ConfigurationSetName, EmailAddress, IdentityName, Invalid, PoolName,
    ProductName, Region, RepositoryName, StackName, StageName, TagKey, TagValue,
};

/// Where the stage files lie, relative to the repository.
pub const DIRECTORY: &str = "deploy/stages";

/// A stage whose values are each in range, agree with each other, and carry no risk that the file does not accept.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stage {
    pub name: StageName,
    pub aws: Aws,
    pub user_pool: UserPool,
    pub challenge: Challenge,
    /// Whether tokens are issued only for a confirmed code, whatever flow asks for them.
    pub gate: bool,
    pub log_retention: RetentionDays,
    pub email: Email,
    /// Who may deploy the stage without a person's credentials; none where only people do.
    pub pipeline: Option<Pipeline>,
    /// The mailbox that is subscribed to the alarms' topic, if the stage names one.
    pub alarm_address: Option<EmailAddress>,
    /// At least one; names are unique.
    pub app_clients: Vec<AppClient>,
    /// Of the stack, which hands them on to its resources.
    pub tags: BTreeMap<TagKey, TagValue>,
    pub accepted: Vec<Risk>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Aws {
    /// None is the local AWS.
    pub account: Option<AccountId>,
    pub region: Region,
    pub stack: StackName,
    pub architecture: Architecture,
    /// Whether the stack cannot be deleted until somebody has taken that off.
    pub termination_protection: bool,
}

/// A pipeline that plans and deploys a stage in roles of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pipeline {
    /// The one whose workflows may take the roles.
    pub github_repository: RepositoryName,
}

#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UserPool {
    pub name: PoolName,
    pub sign_in: SignIn,
    pub recovery: Recovery,
    pub self_sign_up: bool,
    pub deletion_protection: bool,
    pub tier: Tier,
}

#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Challenge {
    pub store: Store,
    pub attribute: AttributeName,
    pub policy: Policy,
}

impl Challenge {
    /// The attribute as Cognito's API and the functions name it.
    #[must_use]
    pub fn custom_attribute(&self) -> String {
        format!("custom:{}", self.attribute)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Email {
    pub from_address: EmailAddress,
    /// The Region of the identity.
    pub region: Region,
    pub identity: Identity,
    /// The sender's address, or the domain that it belongs to.
    pub identity_name: IdentityName,
    pub configuration_set: Option<ConfigurationSetName>,
    /// Where an answer to a mail goes; none is the sender.
    pub reply_to: Option<EmailAddress>,
    /// Whom a mail program shows as the sender; none is the product.
    pub sender_name: Option<ProductName>,
    pub product_name: ProductName,
    pub default_locale: Locale,
}

#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AppClient {
    pub name: ClientName,
    /// A confidential client; changing it makes a client with another id.
    pub secret: bool,
    /// Never empty: Cognito would fall back to flows of its own.
    pub auth_flows: Vec<AuthFlow>,
    pub attribute_access: AttributeAccess,
    pub access_token: TokenMinutes,
    pub id_token: TokenMinutes,
    pub refresh_token: RefreshDays,
}

impl AppClient {
    /// Frozen like every logical ID: another one is another client, and every app would have to learn its id.
    #[must_use]
    pub fn logical_id(&self) -> String {
        let (first, rest) = self.name.as_ref().split_at(1);
        format!("AppClient{}{rest}", first.to_ascii_uppercase())
    }

    /// The template output that carries the client's id.
    #[must_use]
    pub fn output(&self) -> String {
        format!("{}Id", self.logical_id())
    }
}

impl Stage {
    #[must_use]
    pub fn is_local(&self) -> bool {
        self.aws.account.is_none()
    }

    /// The triggers that the stage wires, in the order of a sign-in.
    pub fn triggers(&self) -> impl Iterator<Item = Trigger> + use<> {
        let gate = self.gate;
        Trigger::ALL.into_iter().filter(move |trigger| gate || *trigger != Trigger::Gate)
    }

    /// Reads the text of a stage file.
    ///
    /// # Errors
    /// [`Problems`] with everything that is wrong in it.
    pub fn parse(name: StageName, text: &str) -> Result<Self, Problems> {
        parse::stage(name, text)
    }
}

/// Reads a stage by its name.
///
/// # Errors
/// When there is no such stage, its file cannot be read, or anything in it is wrong: then all of it.
pub fn load(root: &Path, name: &str) -> anyhow::Result<Stage> {
    let stages = names(root)?;
    let Some(name) = stages.iter().find(|stage| stage.as_ref() == name) else {
        let known: Vec<_> = stages.iter().map(|stage| format!("`{stage}`")).collect();
        bail!(
            "there is no stage `{}`\nhint: the stages in `{DIRECTORY}` are {}",
            reader::shown(name),
            known.join(", ")
        );
    };
    let text = read(root, name)?;
    Stage::parse(name.clone(), &text).with_context(|| format!("failed to read stage `{name}`"))
}

/// The text of a stage's file.
///
/// # Errors
/// When the file cannot be read.
pub fn read(root: &Path, name: &StageName) -> anyhow::Result<String> {
    let path = root.join(file(name));
    std::fs::read_to_string(&path).with_context(|| format!("failed to read stage file `{}`", path.display()))
}

/// The stages that there are files of, by name.
///
/// # Errors
/// When the directory cannot be read, or a file's name is no stage's.
pub fn names(root: &Path) -> anyhow::Result<Vec<StageName>> {
    let directory = root.join(DIRECTORY);
    let context = || format!("failed to list the stage files in `{}`", directory.display());
    let mut names = Vec::new();
    for entry in std::fs::read_dir(&directory).with_context(context)? {
        let path = entry.with_context(context)?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let stem = path.file_stem().unwrap_or_default().to_string_lossy();
            names.push(
                StageName::new(&stem).with_context(|| format!("failed to name the stage of `{}`", path.display()))?,
            );
        }
    }
    names.sort();
    Ok(names)
}

/// A stage's file, relative to the repository.
#[must_use]
pub fn file(name: &StageName) -> String {
    format!("{DIRECTORY}/{name}.toml")
}
