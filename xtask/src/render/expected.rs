//! What must be found in a rendered template, said a second time and independently of the templates.

use challenge::AttemptRule;
use serde_json::{Value, json};

use crate::stage::{AppClient, AttributeAccess, Identity, Recovery, SignIn, Stage, Store};
use crate::trigger::Trigger;

/// The values of the stage that the template does not hold at their place, as lines for people.
pub(super) fn missing(stage: &Stage, document: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    let mut expect = |place: &str, value: Value| {
        let found = document.pointer(place).unwrap_or(&Value::Null);
        if *found != value {
            lines.push(format!("{place} is {found}, not {value}"));
        }
    };
    pool(stage, &mut expect);
    let protection = if stage.user_pool.deletion_protection { "ACTIVE" } else { "INACTIVE" };
    expect("/Parameters/DeletionProtection/Default", json!(protection));
    triggers(stage, &mut expect);
    state(stage, &mut expect);
    stage.app_clients.iter().for_each(|client| app_client(stage, client, &mut expect));
    let identity = match stage.email.identity {
        Identity::Managed => json!(stage.email.identity_name),
        Identity::Existing => Value::Null,
    };
    expect("/Resources/SenderIdentity/Properties/EmailIdentity", identity);
    lines
}

/// The same for the roles of the pipeline: who may take them, and what they are held to.
pub(super) fn missing_roles(stage: &Stage, document: &Value) -> Vec<String> {
    let Some(pipeline) = &stage.pipeline else { return vec!["the stage has no pipeline".to_owned()] };
    let mut lines = Vec::new();
    let mut expect = |place: &str, value: Value| {
        let found = document.pointer(place).unwrap_or(&Value::Null);
        if *found != value {
            lines.push(format!("{place} is {found}, not {value}"));
        }
    };
    let repository = &pipeline.github_repository;
    for (role, subject) in [
        ("DeployRole", format!("repo:{repository}:environment:{}", stage.name)),
        ("PlanRole", format!("repo:{repository}:pull_request")),
    ] {
        let condition = json!({ "StringEquals": {
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": subject,
        }});
        expect(&format!("/Resources/{role}/Properties/AssumeRolePolicyDocument/Statement/0/Condition"), condition);
    }
    let boundary = boundary(stage);
    let (_, name) = boundary.rsplit_once('/').unwrap_or_default();
    expect("/Resources/FunctionBoundary/Properties/ManagedPolicyName", json!(name));
    for role in ["FunctionBoundary", "DeployRole", "ExecutionRole", "PlanRole"] {
        expect(&format!("/Resources/{role}/Properties/Path"), json!("/pipeline/"));
    }
    lines
}

fn boundary(stage: &Stage) -> String {
    let (stack, region) = (&stage.aws.stack, &stage.aws.region);
    format!("arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:policy/pipeline/{stack}-{region}")
}

fn pool(stage: &Stage, expect: &mut impl FnMut(&str, Value)) {
    let pool = &stage.user_pool;
    let mut property = |place: &str, value: Value| expect(&format!("/Resources/UserPool/Properties/{place}"), value);
    property("UserPoolName", json!(pool.name));
    property("UserPoolTier", json!(pool.tier.word().to_uppercase()));
    property("DeletionProtection", json!({ "Ref": "DeletionProtection" }));
    property(
        "UsernameAttributes",
        match pool.sign_in {
            SignIn::Email => json!(["email"]),
            SignIn::Username => Value::Null,
        },
    );
    property("Schema/0/Name", json!(stage.challenge.attribute));
    let recovery = match pool.recovery {
        Recovery::AdminOnly => "admin_only",
        Recovery::VerifiedEmail => "verified_email",
    };
    property("AccountRecoverySetting/RecoveryMechanisms/0/Name", json!(recovery));
    property("AdminCreateUserConfig/AllowAdminCreateUserOnly", json!(!pool.self_sign_up));
    property("EmailConfiguration/From", json!(stage.email.from_address));
    property("EmailConfiguration/ConfigurationSet", json!(stage.email.configuration_set));
    let name = match stage.email.identity {
        Identity::Managed => "${SenderIdentity}",
        Identity::Existing => stage.email.identity_name.as_ref(),
    };
    let arn = format!("arn:${{AWS::Partition}}:ses:{}:${{AWS::AccountId}}:identity/{name}", stage.email.region);
    property("EmailConfiguration/SourceArn", json!({ "Fn::Sub": arn }));
    for trigger in Trigger::ALL {
        let id = trigger.logical_id();
        let wired = stage.triggers().any(|wired| wired == trigger);
        property(&format!("LambdaConfig/{id}"), if wired { json!({ "Fn::GetAtt": [id, "Arn"] }) } else { Value::Null });
    }
}

fn triggers(stage: &Stage, expect: &mut impl FnMut(&str, Value)) {
    for trigger in stage.triggers() {
        let id = trigger.logical_id();
        expect(&format!("/Resources/{id}/Properties/Environment/Variables"), environment(stage, trigger));
        expect(&format!("/Resources/{id}/Properties/Code/S3Key"), json!({ "Ref": trigger.key_parameter() }));
        let version = json!({ "Ref": trigger.version_parameter() });
        expect(&format!("/Resources/{id}/Properties/Code/S3ObjectVersion"), version);
        expect(&format!("/Resources/{id}Logs/Properties/RetentionInDays"), json!(stage.log_retention.get()));
        let boundary = stage.pipeline.as_ref().map_or(Value::Null, |_| json!({ "Fn::Sub": boundary(stage) }));
        expect(&format!("/Resources/{id}Role/Properties/PermissionsBoundary"), boundary);
    }
}

fn environment(stage: &Stage, trigger: Trigger) -> Value {
    let (policy, email) = (&stage.challenge.policy, &stage.email);
    let number = |number: u64| json!(number.to_string());
    let mut variables = json!({
        "MAX_ATTEMPTS": number(policy.max_attempts.get().into()),
        "STACK_NAME": { "Ref": "AWS::StackName" },
    });
    let mut set = |name: &str, value: Value| variables[name] = value;
    if trigger != Trigger::Define {
        set("CUSTOM_ATTRIBUTES", json!(format!("custom:{}", stage.challenge.attribute)));
        set("CODE_KEY_SECRET", json!({ "Fn::GetAtt": ["CodeKey", "Id"] }));
        set("STATE_STORE", json!(stage.challenge.store.word()));
        if stage.challenge.store == Store::Table {
            set("STATE_TABLE", json!({ "Ref": "StateTable" }));
        }
        set("CODE_LENGTH", number(policy.code_length.get().into()));
        set("CONFIRM_CODE_TIMEOUT", number(policy.code_life.get().into()));
        set("RESEND_AFTER", number(policy.resend_after.get().into()));
        set("SENDS_PER_HOUR", number(policy.sends_per_hour.get().into()));
        set("ATTEMPT", json!(if policy.attempt == AttemptRule::Required { "required" } else { "optional" }));
        set("LOCK_AFTER", number(policy.lockout.after.get().into()));
        set("LOCK_FIRST_WAIT", number(policy.lockout.first_wait.get().into()));
        set("LOCK_LONGEST_WAIT", number(policy.lockout.longest_wait.get().into()));
    }
    if trigger == Trigger::Create {
        set("EMAIL_FROM_ADDRESS", json!(email.from_address));
        set("EMAIL_REGION", json!(email.region));
        set("PRODUCT_NAME", json!(email.product_name));
        set("DEFAULT_LOCALE", json!(email.default_locale.as_str()));
        for (name, value) in [
            ("EMAIL_CONFIGURATION_SET", email.configuration_set.as_ref().map(AsRef::<str>::as_ref)),
            ("EMAIL_REPLY_TO", email.reply_to.as_ref().map(AsRef::as_ref)),
            ("EMAIL_FROM_NAME", email.sender_name.as_ref().map(AsRef::as_ref)),
        ] {
            value.into_iter().for_each(|value| set(name, json!(value)));
        }
    }
    variables
}

/// The table is there and keyed as the functions ask it, or it is not there.
fn state(stage: &Stage, expect: &mut impl FnMut(&str, Value)) {
    let table = match stage.challenge.store {
        Store::Table => json!([{ "AttributeName": "user", "KeyType": "HASH" }]),
        Store::Attribute => Value::Null,
    };
    expect("/Resources/StateTable/Properties/KeySchema", table);
    expect("/Resources/AlarmSubscription/Properties/Endpoint", json!(stage.alarm_address));
    let gate_alarm = if stage.gate { json!("GateRefused") } else { Value::Null };
    expect("/Resources/GateRefusedAlarm/Properties/MetricName", gate_alarm);
}

fn app_client(stage: &Stage, client: &AppClient, expect: &mut impl FnMut(&str, Value)) {
    let id = client.logical_id();
    let mut property = |place: &str, value: Value| expect(&format!("/Resources/{id}/Properties/{place}"), value);
    property("ClientName", json!(client.name));
    property("GenerateSecret", json!(client.secret));
    property("ExplicitAuthFlows", client.auth_flows.iter().map(|flow| json!(flow.word())).collect());
    property("AuthSessionValidity", json!((stage.challenge.policy.code_life.get() + 5).min(15)));
    property("AccessTokenValidity", json!(client.access_token.get()));
    property("IdTokenValidity", json!(client.id_token.get()));
    property("RefreshTokenValidity", json!(client.refresh_token.get()));
    let attribute = format!("custom:{}", stage.challenge.attribute);
    let (reads, writes) = match client.attribute_access {
        AttributeAccess::None => (json!(["email", "email_verified", "locale"]), json!(["locale"])),
        AttributeAccess::Read => (json!(["email", "email_verified", "locale", attribute]), json!(["locale"])),
        AttributeAccess::ReadWrite => {
            (json!(["email", "email_verified", "locale", attribute]), json!(["locale", attribute]))
        }
    };
    property("ReadAttributes", reads);
    property("WriteAttributes", writes);
    expect(&format!("/Outputs/{}/Value", client.output()), json!({ "Ref": id }));
}
