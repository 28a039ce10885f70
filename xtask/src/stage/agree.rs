//! What one value of a stage file says about another.

use super::choice::{Architecture, AttemptMark, AuthFlow, Identity, Tier};
use super::problem::Collector;
use super::raw::Raw;
use super::reader::At;
use super::text::{EmailAddress, IdentityName};

/// The account of AWS's own documentation, which stage files carry until somebody fills in his.
const EXAMPLE_ACCOUNT: &str = "111122223333";
const EXAMPLE_REPOSITORY: &str = "OWNER/REPOSITORY";

pub(super) fn check(raw: &Raw, problems: &mut Collector<'_>) {
    let email = &raw.email;
    if let (Some(Some(_)), Some(architecture)) = (&raw.aws.account, &raw.aws.architecture)
        && architecture.value == Architecture::Host
    {
        problems.add(architecture.offset, "`aws.architecture`: `host` is for a stage without an account, since the machine that builds is not the one that runs");
    }
    pipeline(raw, problems);
    attempt(raw, problems);
    if let (Some(address), Some(identity)) = (&email.from_address, &email.identity_name)
        && !covers(&identity.value, &address.value)
    {
        problems.add(
            identity.offset,
            format!("`email.identity_name`: `{}` is neither `{}` nor its domain", identity.value, address.value),
        );
    }
    if let (Some(identity), Some(region), Some(home)) = (&email.identity, &email.region, &raw.aws.region)
        && identity.value == Identity::Managed
        && region.value != home.value
    {
        problems.add(
            region.offset,
            format!("`email.region`: an identity that the stack manages lies in the stack's Region `{}`", home.value),
        );
    }
    if let (Some(identity), Some(Some(_))) = (&email.identity, &raw.aws.account)
        && identity.value == Identity::Managed
    {
        problems.add(identity.offset, "`email.identity`: `managed` is for a stage without an account: Cognito checks its sender when the pool is made, and SES has not verified yet what the same stack makes; verify it first, and say `existing`");
    }
    for (index, client) in raw.app_clients.iter().enumerate() {
        let earlier = &raw.app_clients[..index];
        if let Some(name) = &client.name
            && earlier.iter().any(|other| other.name.as_ref().is_some_and(|other| other.value == name.value))
        {
            problems.add(name.offset, format!("`app_client.name`: there is another app client `{}`", name.value));
        }
        if let (Some(flows), Some(tier)) = (&client.auth_flows, &raw.user_pool.tier)
            && tier.value == Tier::Lite
            && let Some(flow) = flows.iter().find(|flow| flow.value == AuthFlow::User)
        {
            problems
                .add(flow.offset, "`app_client.auth_flows`: `ALLOW_USER_AUTH` needs the tier `essentials` or `plus`");
        }
    }
}

/// A password-only flow through a client asks the gate for tokens like a sign-in with a code. Only the mark tells them apart, so
/// that no such flow takes the code that its user has just confirmed.
fn attempt(raw: &Raw, problems: &mut Collector<'_>) {
    let is_required =
        |given: &Option<At<AttemptMark>>| given.as_ref().is_some_and(|at| at.value == AttemptMark::Required);
    let (Some(gate), Some(given)) = (&raw.gate, &raw.challenge.attempt) else { return };
    if !gate.value || is_required(given) {
        return;
    }
    let flows = raw.app_clients.iter().filter_map(|client| client.auth_flows.as_ref()).flatten();
    if let Some(flow) = flows.into_iter().find(|flow| flow.value.is_password_only()) {
        problems.add(flow.offset, format!("`app_client.auth_flows`: `{}` beside the gate needs `challenge.attempt = \"required\"`: it could otherwise take the tokens of a code that its user has just confirmed", flow.value));
    }
}

/// A stage with an account of its own that trusts the repository of the example trusts whoever takes that name.
fn pipeline(raw: &Raw, problems: &mut Collector<'_>) {
    let (Some(account), Some(Some(repository))) = (&raw.aws.account, &raw.github_repository) else { return };
    match account {
        None => problems.add(
            repository.offset,
            "`pipeline`: a stage without an account is on the local AWS, where no pipeline deploys",
        ),
        Some(account)
            if account.value.as_ref() != EXAMPLE_ACCOUNT && repository.value.as_ref() == EXAMPLE_REPOSITORY =>
        {
            problems.add(repository.offset, format!("`pipeline.github_repository`: `{EXAMPLE_REPOSITORY}` is to be replaced by yours, or the section left out: its roles can be taken by whoever has that name"));
        }
        Some(_) => {}
    }
}

fn covers(identity: &IdentityName, address: &EmailAddress) -> bool {
    let (identity, domain) = (identity.as_ref(), address.domain());
    identity == address.as_ref()
        || identity == domain
        || domain.strip_suffix(identity).is_some_and(|parent| parent.ends_with('.'))
}
