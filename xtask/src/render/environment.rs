//! What the functions are told of the stage. Names, with their values, that the functions read by the same names.

use challenge::AttemptRule;
use serde::Serialize;

use crate::stage::{Stage, Store};
use crate::trigger::Trigger;

/// A variable whose value the stage knows. What only the stack knows stands in the template.
#[derive(Debug, Serialize)]
pub(super) struct Variable {
    name: &'static str,
    value: String,
}

pub(super) fn of(stage: &Stage, trigger: Trigger) -> Vec<Variable> {
    let mut variables = match trigger {
        Trigger::Define => vec![max_attempts(stage)],
        Trigger::Create | Trigger::Verify | Trigger::Gate => state(stage),
    };
    if trigger == Trigger::Create {
        variables.extend(mail(stage));
    }
    variables.into_iter().map(|(name, value)| Variable { name, value }).collect()
}

/// Where the state is kept, and every rule about it: whoever reads a state judges it by the whole policy.
fn state(stage: &Stage) -> Vec<(&'static str, String)> {
    let policy = &stage.challenge.policy;
    let store = match stage.challenge.store {
        Store::Attribute => "attribute",
        Store::Table => "table",
    };
    let attempt = match policy.attempt {
        AttemptRule::Optional => "optional",
        AttemptRule::Required => "required",
    };
    vec![
        ("CUSTOM_ATTRIBUTES", stage.challenge.custom_attribute()),
        ("STATE_STORE", store.to_owned()),
        ("CODE_LENGTH", policy.code_length.get().to_string()),
        ("CONFIRM_CODE_TIMEOUT", policy.code_life.get().to_string()),
        max_attempts(stage),
        ("RESEND_AFTER", policy.resend_after.get().to_string()),
        ("SENDS_PER_HOUR", policy.sends_per_hour.get().to_string()),
        ("ATTEMPT", attempt.to_owned()),
        ("LOCK_AFTER", policy.lockout.after.get().to_string()),
        ("LOCK_FIRST_WAIT", policy.lockout.first_wait.get().to_string()),
        ("LOCK_LONGEST_WAIT", policy.lockout.longest_wait.get().to_string()),
    ]
}

fn max_attempts(stage: &Stage) -> (&'static str, String) {
    ("MAX_ATTEMPTS", stage.challenge.policy.max_attempts.get().to_string())
}

fn mail(stage: &Stage) -> impl Iterator<Item = (&'static str, String)> + use<> {
    let email = &stage.email;
    [
        ("EMAIL_FROM_ADDRESS", Some(email.from_address.to_string())),
        ("EMAIL_REGION", Some(email.region.to_string())),
        ("EMAIL_CONFIGURATION_SET", email.configuration_set.as_ref().map(ToString::to_string)),
        ("EMAIL_REPLY_TO", email.reply_to.as_ref().map(ToString::to_string)),
        ("EMAIL_FROM_NAME", email.sender_name.as_ref().map(ToString::to_string)),
        ("PRODUCT_NAME", Some(email.product_name.to_string())),
        ("DEFAULT_LOCALE", Some(email.default_locale.as_str().to_owned())),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, value?)))
}
