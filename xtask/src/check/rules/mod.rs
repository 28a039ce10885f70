//! What a template must not say, whatever it was rendered from: rules over the rendered text, where cfn-lint has none.
//!
//! A risk that a stage accepts in its file excuses here what it excuses there.

use std::collections::BTreeMap;
use std::fmt;

use crate::stage::Risk;
use crate::template::Template;

mod clients;
mod functions;
mod kept;
mod mail;
mod pool;
mod principals;
mod read;
mod secrets;
mod statement;
mod trust;
mod wildcards;

#[cfg(test)]
mod tests;

/// Something that a rule has found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule's name, for searching: such as `user-existence`.
    pub rule: &'static str,
    /// The logical ID of the resource or output that it was found in.
    pub resource: String,
    pub message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "`{}`: {} ({})", self.resource, self.message, self.rule)
    }
}

/// What a rule found, before it is known whether the stage accepts it.
#[derive(Debug)]
struct Fault {
    resource: String,
    message: String,
    risk: Option<Risk>,
}

impl Fault {
    fn new(resource: &str, message: impl Into<String>) -> Self {
        Self { resource: resource.to_owned(), message: message.into(), risk: None }
    }

    /// A fault that the stage may accept by this name.
    fn risk(resource: &str, risk: Risk, message: impl fmt::Display) -> Self {
        let message =
            format!("{message}: {}; a stage that takes the risk says `accept = [\"{risk}\"]`", risk.consequence());
        Self { resource: resource.to_owned(), message, risk: Some(risk) }
    }
}

/// A rule looks at a template whose parameters are their defaults.
struct Rule {
    name: &'static str,
    look: fn(&Template) -> Vec<Fault>,
}

/// Everything that is looked for, by the name that a finding carries.
const RULES: &[Rule] = &[
    Rule { name: "address-change", look: pool::address_change },
    Rule { name: "address-write", look: clients::address_write },
    Rule { name: "attribute-access", look: clients::attribute_access },
    Rule { name: "attribute-lists", look: clients::attribute_lists },
    Rule { name: "auth-flows", look: clients::auth_flows },
    Rule { name: "backups", look: kept::backups },
    Rule { name: "challenge-triggers", look: pool::challenge_triggers },
    Rule { name: "code-life", look: clients::code_life },
    Rule { name: "deletion-protection", look: kept::deletion_protection },
    Rule { name: "devices", look: pool::devices },
    Rule { name: "federated-trust", look: trust::federated_trust },
    Rule { name: "function-timeout", look: functions::timeout },
    Rule { name: "gate", look: pool::gate },
    Rule { name: "kept", look: kept::kept },
    Rule { name: "log-retention", look: functions::log_retention },
    Rule { name: "managed-policy", look: wildcards::managed_policy },
    Rule { name: "open-principal", look: principals::open_principal },
    Rule { name: "own-mfa", look: pool::own_mfa },
    Rule { name: "partition", look: wildcards::partition },
    Rule { name: "password-only-flows", look: clients::password_only_flows },
    Rule { name: "permission-source", look: functions::permission_source },
    Rule { name: "plaintext-secret", look: secrets::plaintext_secret },
    Rule { name: "recovery", look: pool::recovery },
    Rule { name: "schema-type", look: pool::schema_type },
    Rule { name: "self-sign-up", look: pool::self_sign_up },
    Rule { name: "ses-sender", look: mail::ses_sender },
    Rule { name: "state-store", look: functions::state_store },
    Rule { name: "token-revocation", look: clients::token_revocation },
    Rule { name: "trigger-permission", look: functions::trigger_permission },
    Rule { name: "user-existence", look: clients::user_existence },
    Rule { name: "wildcards", look: wildcards::wildcards },
];

/// What the rules find in a template and the stage does not accept, by resource.
///
/// A `Ref` to a parameter is judged by the parameter's default, since that is what a first deploy takes.
#[must_use]
pub fn judge(template: &Template, accepted: &[Risk]) -> Vec<Finding> {
    let template = template.with(&BTreeMap::new());
    let mut findings = Vec::new();
    for rule in RULES {
        let faults = (rule.look)(&template).into_iter();
        let open = faults.filter(|fault| fault.risk.is_none_or(|risk| !accepted.contains(&risk)));
        findings.extend(open.map(|fault| Finding {
            rule: rule.name,
            resource: fault.resource,
            message: fault.message,
        }));
    }
    findings.sort_by(|a, b| (&a.resource, a.rule).cmp(&(&b.resource, b.rule)));
    findings
}
