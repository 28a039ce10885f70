//! The app clients: what their users may do without a code, and what they may write and read.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::stage::{AuthFlow, Risk};
use crate::template::Template;

use super::Fault;
use super::functions::variables;
use super::read::{CLIENT, is_true, list, number, of_kind, texts};

/// The most minutes that a code lives without the risk being accepted.
const CODE_LIFE_MINUTES: u64 = 10;
/// What Cognito takes where `AuthSessionValidity` is left out.
const DEFAULT_SESSION_MINUTES: u64 = 3;
/// Where codes go, or would go if Cognito sent them.
const ADDRESSES: [&str; 4] = ["email", "email_verified", "phone_number", "phone_number_verified"];

fn clients(template: &Template, look: impl Fn(&str, &Value) -> Option<Fault>) -> Vec<Fault> {
    of_kind(template, CLIENT).filter_map(|(id, client)| look(id, client)).collect()
}

pub(super) fn auth_flows(template: &Template) -> Vec<Fault> {
    clients(template, |id, client| {
        let message = "`ExplicitAuthFlows` is empty or missing, so Cognito would let SRP alone sign in";
        list(&client["ExplicitAuthFlows"]).is_empty().then(|| Fault::new(id, message))
    })
}

pub(super) fn password_only_flows(template: &Template) -> Vec<Fault> {
    let guarded = |flow: &Value| {
        let known = AuthFlow::ALL.iter().find(|known| flow == known.word());
        known.is_some_and(|known| !known.is_password_only())
    };
    clients(template, |id, client| {
        let open: Vec<_> = list(&client["ExplicitAuthFlows"]).iter().filter(|flow| !guarded(flow)).collect();
        // The hosted pages ask for a password and for nothing that these triggers could add.
        let hosted =
            is_true(&client["AllowedOAuthFlowsUserPoolClient"]) || !list(&client["AllowedOAuthFlows"]).is_empty();
        let named = open.iter().map(ToString::to_string).chain(hosted.then(|| "hosted pages".to_owned()));
        let named = named.collect::<Vec<_>>().join(", ");
        (!named.is_empty()).then(|| Fault::risk(id, Risk::PasswordOnlyFlows, format!("it allows {named}")))
    })
}

pub(super) fn attribute_lists(template: &Template) -> Vec<Fault> {
    clients(template, |id, client| {
        let lists = ["ReadAttributes", "WriteAttributes"];
        let open: Vec<_> = lists.into_iter().filter(|name| list(&client[name]).is_empty()).collect();
        let message =
            || format!("`{}` is empty or missing, so Cognito opens every standard attribute", open.join("` and `"));
        (!open.is_empty()).then(|| Fault::new(id, message()))
    })
}

pub(super) fn address_write(template: &Template) -> Vec<Fault> {
    clients(template, |id, client| {
        let written: Vec<_> = texts(&client["WriteAttributes"]).filter(|name| ADDRESSES.contains(name)).collect();
        let message = || format!("users of the client may write `{}`, where codes go", written.join("` and `"));
        (!written.is_empty()).then(|| Fault::new(id, message()))
    })
}

/// The attribute is what the functions say it is; where none says so, every custom attribute may be it.
pub(super) fn attribute_access(template: &Template) -> Vec<Fault> {
    let told: BTreeSet<_> = variables(template, "CUSTOM_ATTRIBUTES").filter_map(Value::as_str).collect();
    let holds_state = |name: &&str| if told.is_empty() { name.starts_with("custom:") } else { told.contains(name) };
    clients(template, |id, client| {
        if let Some(name) = texts(&client["WriteAttributes"]).find(holds_state) {
            return Some(Fault::risk(id, Risk::AttributeWrite, format!("`WriteAttributes` has `{name}`")));
        }
        let read = texts(&client["ReadAttributes"]).find(holds_state)?;
        Some(Fault::risk(id, Risk::AttributeRead, format!("`ReadAttributes` has `{read}`")))
    })
}

pub(super) fn user_existence(template: &Template) -> Vec<Fault> {
    clients(template, |id, client| {
        let message = "`PreventUserExistenceErrors` is not `ENABLED`: a stranger learns who has an account";
        (client["PreventUserExistenceErrors"] != "ENABLED").then(|| Fault::new(id, message))
    })
}

pub(super) fn token_revocation(template: &Template) -> Vec<Fault> {
    clients(template, |id, client| {
        let message = "`EnableTokenRevocation` is not true: a stolen refresh token could not be taken back";
        (!is_true(&client["EnableTokenRevocation"])).then(|| Fault::new(id, message))
    })
}

/// Minutes that Cognito waits beyond the life of a code, so that one that ran out can be sent again.
const SESSION_LONGER_MINUTES: u64 = 5;
/// The most that Cognito takes as `AuthSessionValidity`.
const SESSION_MOST_MINUTES: u64 = 15;

/// Cognito waits somewhat longer than a code lives, and no code lives longer than the standards allow.
pub(super) fn code_life(template: &Template) -> Vec<Fault> {
    let lives: BTreeSet<_> = variables(template, "CONFIRM_CODE_TIMEOUT").filter_map(number).collect();
    let wait = |client: &Value| match &client["AuthSessionValidity"] {
        Value::Null => Some(DEFAULT_SESSION_MINUTES),
        minutes => number(minutes),
    };
    let mut faults = clients(template, |id, client| match wait(client) {
        None => Some(Fault::new(id, "`AuthSessionValidity` is no number of minutes")),
        Some(wait) if lives.iter().any(|life| session_minutes(*life) != wait) => {
            let wanted: BTreeSet<_> = lives.iter().map(|life| session_minutes(*life)).collect();
            let message = format!(
                "Cognito waits for {wait} minutes, and for a code of {} it has to be {}",
                words(&lives),
                words(&wanted)
            );
            Some(Fault::new(id, message))
        }
        Some(_) if lives.iter().any(|life| *life > CODE_LIFE_MINUTES) => {
            Some(Fault::risk(id, Risk::CodeLifeOver10Minutes, format!("a code lives for {} minutes", words(&lives))))
        }
        Some(_) => None,
    });
    if faults.is_empty() && lives.len() > 1 {
        let message = format!("the functions disagree about how long a code lives: {}", words(&lives));
        faults.extend(of_kind(template, super::read::POOL).map(|(id, _)| Fault::new(id, message.clone())));
    }
    faults
}

fn session_minutes(life: u64) -> u64 {
    life.saturating_add(SESSION_LONGER_MINUTES).min(SESSION_MOST_MINUTES)
}

fn words(lives: &BTreeSet<u64>) -> String {
    lives.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ")
}
