//! What of a status somebody should look at.

use xtask::stage::{Identity, Stage};
use xtask::terminal::line;

use super::view::{Attention, Function, StackView, Status};
use crate::decision::deploy_command;

/// Of the day's quota: the rest may not last for a morning.
const MUCH: f64 = 0.8;

pub(super) fn of(status: &Status, stage: &Stage) -> Vec<Attention> {
    let mut found = Vec::new();
    let mut add = |what: String, hint: String| found.push(Attention { what, hint });
    match status.stack.get() {
        Some(None) => {
            add(format!("the stage `{}` is not deployed", stage.name), format!("`{}`", deploy_command(stage)))
        }
        Some(Some(stack)) => of_stack(stack, stage, &mut add),
        None => {}
    }
    for function in &status.functions {
        of_function(function, stage, &mut add);
    }
    let pool = status.user_pool.as_ref().and_then(|pool| pool.get());
    if pool.is_some_and(|pool| stage.user_pool.deletion_protection && !pool.deletion_protection) {
        add("the user pool is not protected against deletion".to_owned(), format!("`{}`", deploy_command(stage)));
    }
    for client in pool.and_then(|pool| pool.other_clients.get()).into_iter().flatten() {
        let what = format!("people can sign in through the {client}, which is none of the stage's");
        add(what, format!("`{} --delete-client {}` deletes it", deploy_command(stage), line(&client.id)));
    }
    of_mail(status, stage, &mut add);
    found
}

fn of_stack(stack: &StackView, stage: &Stage, add: &mut impl FnMut(String, String)) {
    if stack.status.ends_with("_FAILED") || stack.status.contains("ROLLBACK") {
        let reason = stack.status_reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
        let hint = format!("`{}` goes on from there, or says what has to be done first", deploy_command(stage));
        add(format!("the stack is in {}{reason}", stack.status), hint);
    }
    if stage.aws.termination_protection && !stack.termination_protection {
        add("the stack is not protected against deletion".to_owned(), format!("`{}`", deploy_command(stage)));
    }
    if stack.drift_status == "DRIFTED" {
        let hint = match &stack.drifted {
            Some(_) => "put back what was changed by hand, or take it over into the stage file".to_owned(),
            None => format!("`cargo xtask status --stage {} --drift` says what", stage.name),
        };
        add("resources of the stack are not as the template says".to_owned(), hint);
    }
}

fn of_function(function: &Function, stage: &Stage, add: &mut impl FnMut(String, String)) {
    let Some(deployed) = function.deployed.get() else { return };
    let Some(code) = deployed else {
        add(format!("there is no function `{}`", function.name), format!("`{}`", deploy_command(stage)));
        return;
    };
    if code.state == "Failed" || code.last_update_status == "Failed" {
        let what =
            format!("the function `{}` is {}, its last update {}", function.name, code.state, code.last_update_status);
        add(what, format!("`aws lambda get-function-configuration --function-name {}` says why", function.name));
    }
}

fn of_mail(status: &Status, stage: &Stage, add: &mut impl FnMut(String, String)) {
    let region = &status.sender.region;
    let identity = &status.sender.identity;
    match status.sender.verified.get() {
        // The stack brings it, unless there is no stack yet.
        Some(None) if status.stack.get() == Some(&None) && stage.email.identity == Identity::Managed => {}
        Some(None) => add(
            format!("SES does not know the sender's identity {identity} in {region}"),
            format!("`aws sesv2 create-email-identity --region {region} --email-identity {identity}`"),
        ),
        Some(Some(false)) => add(
            format!("the sender's identity {identity} is not verified in {region}"),
            "publish its DKIM records, or follow the link in SES's mail to it".to_owned(),
        ),
        Some(Some(true)) | None => {}
    }
    let Some(account) = status.ses.get() else { return };
    if !account.sending {
        add(
            format!("the account may not send mail in {region}"),
            "the SES console's page `Reputation` says why".to_owned(),
        );
    }
    if account.sandbox {
        add(
            format!("the account is in the sandbox of SES in {region}: only verified recipients get mail"),
            "ask for production access in the SES console".to_owned(),
        );
    }
    if account.quota.is_some_and(|quota| quota.used() >= MUCH) {
        add(format!("most of the day's mails are sent in {region}"), "ask SES for a higher quota".to_owned());
    }
}
