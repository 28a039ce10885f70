//! The user pool: who asks for a code, and who can get around it.

use serde_json::Value;

use crate::stage::Risk;
use crate::template::Template;

use super::Fault;
use super::read::{POOL, is_true, list, of_kind};

/// Looks at each pool.
fn pools(template: &Template, look: impl Fn(&str, &Value) -> Vec<Fault>) -> Vec<Fault> {
    of_kind(template, POOL).flat_map(|(id, pool)| look(id, pool)).collect()
}

fn one(fault: Option<Fault>) -> Vec<Fault> {
    fault.into_iter().collect()
}

pub(super) fn schema_type(template: &Template) -> Vec<Fault> {
    pools(template, |id, pool| {
        let untyped = list(&pool["Schema"]).iter().filter(|entry| entry["AttributeDataType"].is_null());
        let message = |entry: &Value| {
            format!(
                "the schema entry {} has no `AttributeDataType`, so the next update of the pool would fail",
                entry["Name"]
            )
        };
        untyped.map(|entry| Fault::new(id, message(entry))).collect()
    })
}

pub(super) fn own_mfa(template: &Template) -> Vec<Fault> {
    pools(template, |id, pool| {
        let off = pool["MfaConfiguration"] == "OFF" && pool["EnabledMfas"].is_null();
        let message = "`MfaConfiguration` is not \"OFF\": Cognito's own second factor would take over after the password, and no code would be asked for";
        one((!off).then(|| Fault::new(id, message)))
    })
}

pub(super) fn devices(template: &Template) -> Vec<Fault> {
    pools(template, |id, pool| {
        let message = "`DeviceConfiguration` is there: remembered devices break the refresh of custom sign-ins";
        one((!pool["DeviceConfiguration"].is_null()).then(|| Fault::new(id, message)))
    })
}

pub(super) fn self_sign_up(template: &Template) -> Vec<Fault> {
    pools(template, |id, pool| {
        let closed = is_true(&pool["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"]);
        one((!closed).then(|| Fault::risk(id, Risk::OpenSignUp, "`AllowAdminCreateUserOnly` is not true")))
    })
}

pub(super) fn recovery(template: &Template) -> Vec<Fault> {
    pools(template, |id, pool| {
        let ways = list(&pool["AccountRecoverySetting"]["RecoveryMechanisms"]);
        if ways.is_empty() {
            return one(Some(Fault::new(
                id,
                "`RecoveryMechanisms` is empty or missing, so Cognito chooses e-mail and phone",
            )));
        }
        let wide = ways.iter().filter(|way| way["Name"] != "admin_only");
        wide.map(|way| match way["Name"].as_str() {
            Some("verified_email") => {
                Fault::risk(id, Risk::RecoveryByEmail, "accounts are recovered by `verified_email`")
            }
            _ => Fault::new(id, format!("accounts are recovered by {}, which no code guards", way["Name"])),
        })
        .collect()
    })
}

pub(super) fn address_change(template: &Template) -> Vec<Fault> {
    pools(template, |id, pool| {
        let verified = &pool["UserAttributeUpdateSettings"]["AttributesRequireVerificationBeforeUpdate"];
        let waits = list(verified).iter().any(|attribute| attribute == "email");
        let message = "`AttributesRequireVerificationBeforeUpdate` lacks `email`: the next code would go to an address that nobody has verified";
        one((!waits).then(|| Fault::new(id, message)))
    })
}

pub(super) fn gate(template: &Template) -> Vec<Fault> {
    pools(template, |id, pool| {
        let triggers = &pool["LambdaConfig"];
        let wired = !triggers["PreTokenGeneration"].is_null() || !triggers["PreTokenGenerationConfig"].is_null();
        one((!wired).then(|| Fault::risk(id, Risk::NoGate, "no `PreTokenGeneration` trigger is wired")))
    })
}

pub(super) fn challenge_triggers(template: &Template) -> Vec<Fault> {
    pools(template, |id, pool| {
        let needed = ["DefineAuthChallenge", "CreateAuthChallenge", "VerifyAuthChallengeResponse"];
        let missing = needed.into_iter().filter(|trigger| pool["LambdaConfig"][trigger].is_null());
        missing.map(|trigger| Fault::new(id, format!("no `{trigger}` trigger is wired, so no sign-in ends"))).collect()
    })
}
