//! From the text of a stage file to a [`Stage`]: every key is read before anything is given up.

use challenge::policy::{AttemptRule, Lockout, Policy};
use toml_span::value::ValueInner;

use super::choice::AuthFlow;
use super::problem::{Collector, Problems};
use super::raw::{Raw, RawAppClient, RawAws, RawChallenge, RawEmail, RawUserPool};
use super::reader::{At, Section, Setting as _, described, shown};
use super::text::{RepositoryName, StageName, TagKey, TagValue};
use super::{AppClient, Aws, Challenge, Email, Pipeline, Stage, UserPool, agree, policy};

pub(super) fn stage(name: StageName, text: &str) -> Result<Stage, Problems> {
    let mut problems = Collector::new(&super::file(&name), text);
    let stage = match toml_span::parse(text) {
        Ok(value) => Section::new("", value, &mut problems).and_then(|mut top| {
            let raw = read(&mut top, &mut problems);
            top.close(&mut problems);
            agree::check(&raw, &mut problems);
            policy::check(&raw, &mut problems);
            finish(name, raw)
        }),
        Err(error) => {
            problems.add(error.span.start, format!("not TOML: {error}"));
            None
        }
    };
    problems.finish(stage)
}

fn read(top: &mut Section<'_>, problems: &mut Collector<'_>) -> Raw {
    let mut raw = Raw { accept: top.required("accept", problems).map(|list| list.value), ..Raw::default() };
    if let Some(mut aws) = top.section("aws", problems) {
        raw.aws = RawAws {
            account: aws.optional("account", problems),
            region: aws.required("region", problems),
            stack: aws.required("stack", problems),
            architecture: aws.required("architecture", problems),
            termination_protection: aws.required("termination_protection", problems),
        };
        aws.close(problems);
    }
    if let Some(mut pool) = top.section("user_pool", problems) {
        raw.user_pool = RawUserPool {
            name: pool.required("name", problems),
            sign_in: pool.required("sign_in", problems),
            recovery: pool.required("recovery", problems),
            self_sign_up: pool.required("self_sign_up", problems),
            deletion_protection: pool.required("deletion_protection", problems),
            tier: pool.required("tier", problems),
        };
        pool.close(problems);
    }
    if let Some(mut challenge) = top.section("challenge", problems) {
        raw.challenge = RawChallenge {
            store: challenge.required("store", problems),
            attribute: challenge.required("attribute", problems),
            code_length: challenge.required("code_length", problems),
            code_life: challenge.required("confirm_code_timeout", problems),
            max_attempts: challenge.required("max_attempts", problems),
            resend_after: challenge.required("resend_after", problems),
            sends_per_hour: challenge.required("sends_per_hour", problems),
            attempt: challenge.optional("attempt", problems),
            lock_after: challenge.required("lock_after", problems),
            lock_first_wait: challenge.required("lock_first_wait", problems),
            lock_longest_wait: challenge.required("lock_longest_wait", problems),
        };
        challenge.close(problems);
    }
    if let Some(mut triggers) = top.section("triggers", problems) {
        raw.gate = triggers.required("gate", problems);
        raw.log_retention = triggers.required("log_retention_days", problems);
        raw.alarm_address = triggers.optional("alarm_address", problems);
        triggers.close(problems);
    }
    if let Some(mut email) = top.section("email", problems) {
        raw.email = RawEmail {
            from_address: email.required("from_address", problems),
            region: email.required("region", problems),
            identity: email.required("identity", problems),
            identity_name: email.required("identity_name", problems),
            configuration_set: email.optional("configuration_set", problems),
            reply_to: email.optional("reply_to", problems),
            sender_name: email.optional("sender_name", problems),
            product_name: email.required("product_name", problems),
            default_locale: email.required("default_locale", problems),
        };
        email.close(problems);
    }
    raw.github_repository = read_repository(top, problems);
    read_app_clients(top, &mut raw, problems);
    read_tags(top, &mut raw, problems);
    raw
}

/// The section may be left out; one that is there names the repository.
fn read_repository(top: &mut Section<'_>, problems: &mut Collector<'_>) -> Option<Option<At<RepositoryName>>> {
    let Some(value) = top.take("pipeline") else { return Some(None) };
    let mut pipeline = Section::new("pipeline", value, problems)?;
    let repository = pipeline.required("github_repository", problems);
    pipeline.close(problems);
    repository.map(Some)
}

fn read_app_clients(top: &mut Section<'_>, raw: &mut Raw, problems: &mut Collector<'_>) {
    let Some(mut value) = top.take("app_client") else {
        problems.add(top.offset(), "`[[app_client]]` is missing: a stage has at least one");
        raw.clients_unread = true;
        return;
    };
    let offset = value.span.start;
    let elements = match value.take() {
        ValueInner::Array(elements) if !elements.is_empty() => elements,
        ValueInner::Array(_) => {
            problems.add(offset, "`app_client` is empty: a stage has at least one");
            raw.clients_unread = true;
            return;
        }
        other => {
            problems
                .add(offset, format!("`app_client`: expected `[[app_client]]` tables, found {}", described(&other)));
            raw.clients_unread = true;
            return;
        }
    };
    for element in elements {
        let Some(mut client) = Section::new("app_client", element, problems) else {
            raw.clients_unread = true;
            continue;
        };
        raw.app_clients.push(RawAppClient {
            name: client.required("name", problems),
            secret: client.required("secret", problems),
            auth_flows: client.required("auth_flows", problems).and_then(|list| flows(list, problems)),
            attribute_access: client.required("attribute_access", problems),
            access_token: client.required("access_token_minutes", problems),
            id_token: client.required("id_token_minutes", problems),
            refresh_token: client.required("refresh_token_days", problems),
        });
        client.close(problems);
    }
}

fn flows(list: At<Vec<At<AuthFlow>>>, problems: &mut Collector<'_>) -> Option<Vec<At<AuthFlow>>> {
    if list.value.is_empty() {
        problems.add(list.offset, "`app_client.auth_flows` is empty: Cognito would choose flows of its own");
        return None;
    }
    for (index, flow) in list.value.iter().enumerate() {
        if list.value[..index].iter().any(|earlier| earlier.value == flow.value) {
            problems.add(flow.offset, format!("`app_client.auth_flows`: `{}` stands here twice", flow.value));
        }
    }
    Some(list.value)
}

fn read_tags(top: &mut Section<'_>, raw: &mut Raw, problems: &mut Collector<'_>) {
    let Some(tags) = top.section("tags", problems) else { return };
    for (key, value) in tags.rest() {
        let name =
            TagKey::new(&key.name).map_err(|error| problems.add(key.span.start, format!("`tags`: {error}"))).ok();
        let value = TagValue::read(&format!("tags.{}", shown(&key.name)), &value, problems);
        raw.tags.extend(name.zip(value));
    }
}

fn finish(name: StageName, raw: Raw) -> Option<Stage> {
    let (aws, pool, challenge, email) = (raw.aws, raw.user_pool, raw.challenge, raw.email);
    let app_clients: Option<Vec<_>> = raw.app_clients.into_iter().map(finish_app_client).collect();
    Some(Stage {
        name,
        aws: Aws {
            account: aws.account?.map(|at| at.value),
            region: aws.region?.value,
            stack: aws.stack?.value,
            architecture: aws.architecture?.value,
            termination_protection: aws.termination_protection?.value,
        },
        user_pool: UserPool {
            name: pool.name?.value,
            sign_in: pool.sign_in?.value,
            recovery: pool.recovery?.value,
            self_sign_up: pool.self_sign_up?.value,
            deletion_protection: pool.deletion_protection?.value,
            tier: pool.tier?.value,
        },
        challenge: Challenge {
            store: challenge.store?.value,
            attribute: challenge.attribute?.value,
            policy: Policy {
                code_length: challenge.code_length?.value,
                code_life: challenge.code_life?.value,
                max_attempts: challenge.max_attempts?.value,
                resend_after: challenge.resend_after?.value,
                sends_per_hour: challenge.sends_per_hour?.value,
                attempt: challenge.attempt?.map_or(AttemptRule::Optional, |at| at.value.into()),
                lockout: Lockout {
                    after: challenge.lock_after?.value,
                    first_wait: challenge.lock_first_wait?.value,
                    longest_wait: challenge.lock_longest_wait?.value,
                },
            },
        },
        gate: raw.gate?.value,
        log_retention: raw.log_retention?.value,
        email: Email {
            from_address: email.from_address?.value,
            region: email.region?.value,
            identity: email.identity?.value,
            identity_name: email.identity_name?.value,
            configuration_set: email.configuration_set?.map(|at| at.value),
            reply_to: email.reply_to?.map(|at| at.value),
            sender_name: email.sender_name?.map(|at| at.value),
            product_name: email.product_name?.value,
            default_locale: email.default_locale?.value,
        },
        pipeline: raw.github_repository?.map(|at| Pipeline { github_repository: at.value }),
        alarm_address: raw.alarm_address?.map(|at| at.value),
        app_clients: app_clients?,
        tags: raw.tags,
        accepted: raw.accept?.into_iter().map(|at| at.value).collect(),
    })
}

fn finish_app_client(client: RawAppClient) -> Option<AppClient> {
    Some(AppClient {
        name: client.name?.value,
        secret: client.secret?.value,
        auth_flows: client.auth_flows?.into_iter().map(|at| at.value).collect(),
        attribute_access: client.attribute_access?.value,
        access_token: client.access_token?.value,
        id_token: client.id_token?.value,
        refresh_token: client.refresh_token?.value,
    })
}
