//! Who may send mail, and as whom.

use serde_json::Value;

use crate::template::Template;

use super::Fault;
use super::read::{text, texts};
use super::statement::{Statement, allowing};

pub(super) fn ses_sender(template: &Template) -> Vec<Fault> {
    let sends = |statement: &Statement<'_>| {
        let mut actions = statement.actions();
        actions.any(|action| action.to_ascii_lowercase().starts_with("ses:send"))
    };
    let mut faults = Vec::new();
    for statement in allowing(template).into_iter().filter(sends) {
        if statement.resources().is_empty() || !statement.resources().iter().all(names_sender) {
            let message = "mail may be sent through every identity of the account: name the sender's";
            faults.push(Fault::new(statement.resource, message));
        }
        if !statement.equals().any(|(key, value)| key.eq_ignore_ascii_case("ses:FromAddress") && is_exact(value)) {
            let message = "mail may be sent from any address of the identity: `ses:FromAddress` says which";
            faults.push(Fault::new(statement.resource, message));
        }
    }
    faults
}

fn names_sender(resource: &Value) -> bool {
    let named =
        |text: &str| !text.contains('*') && (text.contains(":identity/") || text.contains(":configuration-set/"));
    text(resource).is_some_and(named)
}

fn is_exact(value: &Value) -> bool {
    let mut addresses = texts(value).peekable();
    addresses.peek().is_some() && addresses.all(|address| address.contains('@') && !address.contains('*'))
}
