//! What the templates see of a stage: whole scalars, and names composed here rather than in the templates.

use serde::Serialize;

use crate::stage::{self, AppClient, AttributeAccess, Identity, Recovery, SignIn, Stage, Store, Tier};
use crate::trigger::Trigger;

use super::alarms::{self, Alarm};
use super::arn::identity_arn;
use super::send::Send;
use super::{environment, pipeline};

const CODE_KEY_ARN: &str = "CodeKey.Id";
const STATE_TABLE: &str = "StateTable";

/// Choices are lists of none or one, since a template loops where it would otherwise branch.
#[derive(Debug, Serialize)]
pub(super) struct Context {
    description: String,
    user_pool: UserPool,
    challenge: Challenge,
    log_retention_days: u64,
    email: Email,
    triggers: Vec<Function>,
    app_clients: Vec<Client>,
    state_tables: Vec<&'static str>,
    alarms: Vec<Alarm>,
    alarm_addresses: Vec<String>,
}

#[derive(Debug, Serialize)]
struct UserPool {
    name: String,
    tier: &'static str,
    deletion_protection: &'static str,
    username_attributes: Vec<Vec<&'static str>>,
    recovery: &'static str,
    admin_creates_users_only: bool,
}

#[derive(Debug, Serialize)]
struct Challenge {
    attribute: String,
}

#[derive(Debug, Serialize)]
struct Email {
    /// With CloudFormation's `${…}`.
    identity_arn: String,
    from_address: String,
    configuration_sets: Vec<String>,
    managed_identities: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Function {
    id: &'static str,
    arn: String,
    role: String,
    role_arn: String,
    /// With CloudFormation's `${…}`.
    boundaries: Vec<String>,
    logs: String,
    logs_arn: String,
    permission: String,
    pool_policies: Vec<String>,
    /// The function that has to know first what this one writes.
    updated_after: Vec<&'static str>,
    key_parameter: &'static str,
    key_description: String,
    version_parameter: &'static str,
    version_description: String,
    /// With CloudFormation's `${…}`.
    function_name: String,
    /// With CloudFormation's `${…}`.
    log_group: String,
    description: &'static str,
    environment: Vec<environment::Variable>,
    key_arns: Vec<&'static str>,
    state_tables: Vec<Table>,
    sends: Vec<Send>,
}

#[derive(Debug, Serialize)]
struct Table {
    id: &'static str,
    arn: String,
}

#[derive(Debug, Serialize)]
struct Client {
    id: String,
    output: String,
    output_description: String,
    name: String,
    secret: bool,
    auth_flows: Vec<&'static str>,
    auth_session_minutes: u8,
    read_attributes: Vec<String>,
    write_attributes: Vec<String>,
    access_token_minutes: u64,
    id_token_minutes: u64,
    refresh_token_days: u64,
}

impl Context {
    pub(super) fn new(stage: &Stage) -> Self {
        Self {
            description: format!(
                "User pool with a confirmation code by e-mail as its second factor (stage {})",
                stage.name
            ),
            user_pool: UserPool::new(&stage.user_pool),
            challenge: Challenge { attribute: stage.challenge.attribute.to_string() },
            log_retention_days: stage.log_retention.get(),
            email: Email::new(&stage.email),
            triggers: stage.triggers().map(|trigger| Function::new(stage, trigger)).collect(),
            app_clients: stage.app_clients.iter().map(|client| Client::new(stage, client)).collect(),
            state_tables: state_table(stage).into_iter().collect(),
            alarms: alarms::of(stage),
            alarm_addresses: stage.alarm_address.iter().map(ToString::to_string).collect(),
        }
    }
}

impl UserPool {
    fn new(pool: &stage::UserPool) -> Self {
        Self {
            name: pool.name.to_string(),
            tier: match pool.tier {
                Tier::Lite => "LITE",
                Tier::Essentials => "ESSENTIALS",
                Tier::Plus => "PLUS",
            },
            deletion_protection: if pool.deletion_protection { "ACTIVE" } else { "INACTIVE" },
            username_attributes: match pool.sign_in {
                SignIn::Email => vec![vec!["email"]],
                SignIn::Username => Vec::new(),
            },
            recovery: match pool.recovery {
                Recovery::AdminOnly => "admin_only",
                Recovery::VerifiedEmail => "verified_email",
            },
            admin_creates_users_only: !pool.self_sign_up,
        }
    }
}

impl Email {
    fn new(email: &stage::Email) -> Self {
        let managed = email.identity == Identity::Managed;
        Self {
            identity_arn: identity_arn(email),
            from_address: email.from_address.to_string(),
            configuration_sets: email.configuration_set.iter().map(ToString::to_string).collect(),
            managed_identities: managed.then(|| email.identity_name.to_string()).into_iter().collect(),
        }
    }
}

fn state_table(stage: &Stage) -> Option<&'static str> {
    match stage.challenge.store {
        Store::Table => Some(STATE_TABLE),
        Store::Attribute => None,
    }
}

/// The gate judges by what Verify has stored: in the table that is the item, and it needs no right on users.
fn reads_users(stage: &Stage, trigger: Trigger) -> bool {
    match trigger {
        Trigger::Define => false,
        Trigger::Create | Trigger::Verify => true,
        Trigger::Gate => stage.challenge.store == Store::Attribute,
    }
}

/// A new version of a function reads what the version before wrote, and not the other way round: so the reader is updated
/// first, and no sign-in is lost meanwhile. Create writes the session's metadata for Define, Verify the consumption for the gate.
fn updated_after(stage: &Stage, trigger: Trigger) -> Option<&'static str> {
    let reader = match trigger {
        Trigger::Create => Trigger::Define,
        Trigger::Verify => Trigger::Gate,
        Trigger::Define | Trigger::Gate => return None,
    };
    stage.triggers().any(|wired| wired == reader).then(|| reader.logical_id())
}

impl Function {
    fn new(stage: &Stage, trigger: Trigger) -> Self {
        let id = trigger.logical_id();
        let uses_state = trigger != Trigger::Define;
        let function_name = format!("${{AWS::StackName}}-{id}");
        Self {
            id,
            arn: format!("{id}.Arn"),
            role: format!("{id}Role"),
            role_arn: format!("{id}Role.Arn"),
            boundaries: pipeline::boundary_arn(stage).into_iter().collect(),
            logs: format!("{id}Logs"),
            logs_arn: format!("{id}Logs.Arn"),
            permission: format!("{id}Permission"),
            pool_policies: reads_users(stage, trigger).then(|| format!("{id}PoolPolicy")).into_iter().collect(),
            updated_after: updated_after(stage, trigger).into_iter().collect(),
            key_parameter: trigger.key_parameter(),
            key_description: format!("The S3 key of the archive of {id}"),
            version_parameter: trigger.version_parameter(),
            version_description: format!("The version of that object, of {id}"),
            log_group: format!("/aws/lambda/{function_name}"),
            function_name,
            description: match trigger {
                Trigger::Define => "Decides what comes next in a sign-in",
                Trigger::Create => "Makes a confirmation code and mails it",
                Trigger::Verify => "Compares the answer with the code",
                Trigger::Gate => "Lets tokens pass only for a confirmed code",
            },
            environment: environment::of(stage, trigger),
            key_arns: uses_state.then_some(CODE_KEY_ARN).into_iter().collect(),
            state_tables: state_table(stage)
                .filter(|_| uses_state)
                .map(|id| Table { id, arn: format!("{id}.Arn") })
                .into_iter()
                .collect(),
            sends: (trigger == Trigger::Create).then(|| Send::new(&stage.email)).into_iter().collect(),
        }
    }
}

impl Client {
    fn new(stage: &Stage, client: &AppClient) -> Self {
        let attribute = stage.challenge.custom_attribute();
        let (reads, writes) = match client.attribute_access {
            AttributeAccess::None => (false, false),
            AttributeAccess::Read => (true, false),
            AttributeAccess::ReadWrite => (true, true),
        };
        let with = |plain: &[&str], attribute_too: bool| {
            let plain = plain.iter().map(ToString::to_string);
            plain.chain(attribute_too.then(|| attribute.clone())).collect()
        };
        Self {
            id: client.logical_id(),
            output: client.output(),
            output_description: format!("The id of the app client {}", client.name),
            name: client.name.to_string(),
            secret: client.secret,
            auth_flows: client.auth_flows.iter().map(|flow| flow.word()).collect(),
            auth_session_minutes: stage.challenge.policy.code_life.session_minutes(),
            read_attributes: with(&["email", "email_verified", "locale"], reads),
            write_attributes: with(&["locale"], writes),
            access_token_minutes: client.access_token.get(),
            id_token_minutes: client.id_token.get(),
            refresh_token_days: client.refresh_token.get(),
        }
    }
}
