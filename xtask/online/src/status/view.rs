//! What `status --json` prints. A key is never taken away or given another meaning under one version.

use std::collections::BTreeMap;

use serde::Serialize;
use xtask::bundle::Commit;
use xtask::trigger::Trigger;

use crate::clients::PoolClient;
use crate::code::Code;
use crate::ses;
use crate::unread::Seen;

/// The shape of `status --json`.
pub const SCHEMA_VERSION: u32 = 1;

/// A stage as it stands. Times are RFC 3339, in UTC.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    pub schema_version: u32,
    pub stage: String,
    pub account: String,
    pub region: String,
    /// The local AWS; none on AWS.
    pub endpoint: Option<String>,
    /// None where the stage is not deployed.
    pub stack: Seen<Option<StackView>>,
    /// None where no bundle of the stage was built here.
    pub code_here: Option<CodeHere>,
    /// In the order of a sign-in; empty where the stage is not deployed.
    pub functions: Vec<Function>,
    /// None where the stage is not deployed.
    pub user_pool: Option<Seen<UserPool>>,
    pub sender: Sender,
    /// What the account may send in the Region of the sender.
    pub ses: Seen<ses::Account>,
    pub quotas: Quotas,
    /// What somebody should look at.
    pub attention: Vec<Attention>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StackView {
    pub id: String,
    pub name: String,
    pub status: String,
    pub status_reason: Option<String>,
    /// Since when it is in this status.
    pub since: Seen<Option<String>>,
    pub created: Option<String>,
    pub last_update: Option<String>,
    pub termination_protection: bool,
    /// As CloudFormation last saw it: `NOT_CHECKED`, `IN_SYNC`, `DRIFTED` or `UNKNOWN`.
    pub drift_status: String,
    pub drift_checked: Option<String>,
    /// What has drifted; none unless it was asked for.
    pub drifted: Option<Seen<Vec<DriftedResource>>>,
    /// Of the template: where the code lies, and in which version.
    pub parameters: BTreeMap<String, String>,
}

/// A resource that is not as the template says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DriftedResource {
    pub logical_id: String,
    pub kind: String,
    /// `MODIFIED` or `DELETED`.
    pub status: String,
    pub properties: Vec<DriftedProperty>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DriftedProperty {
    /// Such as `/Environment/Variables/MAX_ATTEMPTS`.
    pub path: String,
    /// As the template says; JSON where it is no scalar.
    pub expected: String,
    pub actual: String,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Function {
    pub trigger: Trigger,
    pub name: String,
    /// None where Lambda has no such function.
    pub deployed: Seen<Option<Code>>,
    /// The `CodeSha256` of the bundle here.
    pub here: Option<String>,
    /// Whether what is deployed is what the bundle here has; none where either is not known.
    pub same: Option<bool>,
    /// Which version of its object in the artefact bucket the stack was deployed with.
    pub object_version: Option<String>,
}

/// A bundle that was built here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CodeHere {
    /// Where the bundle lies.
    pub folder: String,
    /// None if it was built outside of a git repository.
    pub commit: Option<Commit>,
    /// `CodeSha256` by function.
    pub functions: BTreeMap<Trigger, String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UserPool {
    pub id: String,
    /// As Cognito estimates it.
    pub users: i32,
    pub deletion_protection: bool,
    pub tier: Option<String>,
    /// App clients that are none of the stage's, and that people can sign in through all the same.
    pub other_clients: Seen<Vec<PoolClient>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Sender {
    pub address: String,
    pub identity: String,
    pub region: String,
    /// None where SES does not know the identity.
    pub verified: Seen<Option<bool>>,
}

/// What bounds the number of sign-ins, besides SES.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Quotas {
    pub lambda: Seen<Lambda>,
    /// None unless the state is kept in the user's attribute: nothing else updates users at every sign-in.
    pub user_updates: Option<Fixed>,
}

/// Of the account in the Region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Lambda {
    pub concurrent_executions: i32,
    /// What functions without a reservation share.
    pub unreserved: Option<i32>,
}

/// A quota that nobody can raise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Fixed {
    pub per_second: u32,
    pub adjustable: bool,
}

impl Fixed {
    /// Cognito's category UserUpdate, for the account in the Region, all pools together (Cognito's page `quotas`).
    pub const USER_UPDATES: Self = Self { per_second: 25, adjustable: false };
}

/// What somebody should look at, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Attention {
    pub what: String,
    pub hint: String,
}
