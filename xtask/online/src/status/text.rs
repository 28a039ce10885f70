//! A status for people.

use std::fmt::Write as _;

use xtask::terminal;

use super::view::{DriftedResource, Function, Lambda, StackView, Status, UserPool};
use crate::code::Code;
use crate::ses;
use crate::unread::Seen;

/// The column of what is said of a thing.
const COLUMN: usize = 11;
/// How much of a hash tells one from another.
const SHORT: usize = 12;

pub(super) fn of(status: &Status) -> String {
    let mut text = String::new();
    let mut part = |name: &str, lines: Vec<String>| {
        for (index, line) in lines.into_iter().enumerate() {
            let name = if index == 0 { name } else { "" };
            let _ = writeln!(text, "{name:<COLUMN$}{}", terminal::line(&line));
        }
    };
    part("stack", stack(&status.stack));
    if !status.functions.is_empty() {
        let mut lines = vec![here(status)];
        lines.extend(status.functions.iter().map(function));
        part("functions", lines);
    }
    part("user pool", status.user_pool.iter().flat_map(user_pool).collect());
    let sender = &status.sender;
    let verified = sender.verified.text(|verified| {
        match verified {
            Some(true) => "verified",
            Some(false) => "not verified",
            None => "not known to SES",
        }
        .to_owned()
    });
    let through = if sender.address == sender.identity { String::new() } else { format!(", by {}", sender.identity) };
    part("sender", vec![format!("{}{through} in {}: {verified}", sender.address, sender.region)]);
    part("SES", status.ses.0.as_ref().map_or_else(|unread| vec![unread.to_string()], account));
    let mut quotas = vec![status.quotas.lambda.text(lambda)];
    quotas.extend(status.quotas.user_updates.map(|quota| {
        let adjustable = if quota.adjustable { "adjustable" } else { "not adjustable" };
        format!(
            "Cognito: {} updates of users a second in account and Region, {adjustable}; each sign-in takes some",
            quota.per_second
        )
    }));
    part("quotas", quotas);
    for attention in &status.attention {
        let (what, hint) = (terminal::line(&attention.what), terminal::line(&attention.hint));
        let _ = write!(text, "\nattention: {what}\nhint: {hint}\n");
    }
    text
}

fn stack(stack: &Seen<Option<StackView>>) -> Vec<String> {
    let stack = match &stack.0 {
        Err(unread) => return vec![unread.to_string()],
        Ok(None) => return vec!["not deployed".to_owned()],
        Ok(Some(stack)) => stack,
    };
    let since = stack.since.text(|since| since.clone().unwrap_or_else(|| "an unknown time".to_owned()));
    let protection = if stack.termination_protection { "on" } else { "off" };
    let updated = stack.last_update.as_ref().map(|time| format!(", last updated {time}")).unwrap_or_default();
    let created = stack.created.as_deref().unwrap_or("at an unknown time");
    let checked = match &stack.drift_checked {
        Some(time) => format!("drift: {}, seen {time}", stack.drift_status),
        None if stack.drifted.is_some() => format!("drift: {}", stack.drift_status),
        None => format!("drift: {}, `--drift` looks now", stack.drift_status),
    };
    let mut lines = vec![
        format!("{}: {} since {since}", stack.name, stack.status),
        format!("created {created}{updated}; termination protection {protection}"),
        checked,
    ];
    match stack.drifted.as_ref().map(|drifted| &drifted.0) {
        Some(Ok(resources)) => lines.extend(resources.iter().flat_map(drifted)),
        Some(Err(unread)) => lines.push(unread.to_string()),
        None => {}
    }
    lines
}

fn drifted(resource: &DriftedResource) -> Vec<String> {
    let mut lines = vec![format!("  {} {} ({})", resource.status, resource.logical_id, resource.kind)];
    lines.extend(resource.properties.iter().map(|property| {
        format!("    {}: expected {}, is {}", property.path, one_line(&property.expected), one_line(&property.actual))
    }));
    lines
}

fn one_line(value: &str) -> String {
    if value.is_empty() { "nothing".to_owned() } else { terminal::words(value) }
}

fn here(status: &Status) -> String {
    let Some(here) = &status.code_here else {
        return format!("no bundle here to compare with: `cargo xtask bundle --stage {}`", status.stage);
    };
    match &here.commit {
        None => "compared with the bundle here".to_owned(),
        Some(commit) => {
            let dirty = if commit.dirty { " and changes since" } else { "" };
            format!("compared with the bundle here, of commit {:.SHORT$}{dirty}", commit.id)
        }
    }
}

fn function(function: &Function) -> String {
    let code = function.deployed.text(|code| match code {
        None => "not there".to_owned(),
        Some(code) => deployed(code, function),
    });
    format!("{:<8}{code}", function.trigger.name())
}

fn deployed(code: &Code, function: &Function) -> String {
    let same = match (function.same, &function.here) {
        (Some(true), _) => "same".to_owned(),
        (Some(false), Some(here)) => format!("other than here ({here:.SHORT$})"),
        _ => "not compared".to_owned(),
    };
    let version = function.object_version.as_ref().map(|version| format!(", object version {version}"));
    format!(
        "{:.SHORT$}  {same}; {} bytes, changed {}, {}, update {}{}",
        code.code_sha256,
        code.size_bytes,
        code.last_modified,
        code.state,
        code.last_update_status,
        version.unwrap_or_default()
    )
}

fn user_pool(pool: &Seen<UserPool>) -> Vec<String> {
    let pool = match &pool.0 {
        Err(unread) => return vec![unread.to_string()],
        Ok(pool) => pool,
    };
    let protection = if pool.deletion_protection { "on" } else { "off" };
    let tier = pool.tier.as_ref().map(|tier| format!(", tier {tier}")).unwrap_or_default();
    let mut lines =
        vec![format!("{}: estimated users {}{tier}; deletion protection {protection}", pool.id, pool.users)];
    match &pool.other_clients.0 {
        Err(unread) => lines.push(unread.to_string()),
        Ok(clients) => lines.extend(clients.iter().map(|client| format!("{client}: enabled, and none of the stage's"))),
    }
    lines
}

fn account(account: &ses::Account) -> Vec<String> {
    let place = if account.sandbox { "in the sandbox" } else { "out of the sandbox" };
    let sending = if account.sending { "may send" } else { "may not send" };
    let mut lines = vec![format!("{place}, {sending}")];
    lines.extend(account.quota.map(|quota| {
        let of = quota.per_day.map_or_else(|| "any number of".to_owned(), |limit| format!("{limit}"));
        format!("{} of {of} mails sent in 24 hours; at most {} a second", quota.sent, quota.per_second)
    }));
    lines
}

fn lambda(quota: &Lambda) -> String {
    let unreserved = quota.unreserved.map(|number| format!(", {number} of them unreserved")).unwrap_or_default();
    format!("Lambda: {} functions at once in account and Region{unreserved}", quota.concurrent_executions)
}
