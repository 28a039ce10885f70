//! One good template, broken in one way at a time.

use serde_json::{Value, json};

use super::Break;

/// A name, what is broken, and what is found, each by rule and resource.
pub(super) type Row = (&'static str, Vec<Break>, &'static [&'static str]);

/// Each row breaks one thing in the template of `dev` and names what is found, by rule and resource.
pub(super) fn table() -> Vec<Row> {
    let action = "CreateAuthChallengeRole/Policies/0/PolicyDocument/Statement/0/Action";
    let resource = "CreateAuthChallengeRole/Policies/0/PolicyDocument/Statement/0/Resource";
    let mail = "CreateAuthChallengeRole/Policies/0/PolicyDocument/Statement/3/Resource";
    let from = "CreateAuthChallengeRole/Policies/0/PolicyDocument/Statement/3/Condition";
    let principal = "CreateAuthChallengeRole/AssumeRolePolicyDocument/Statement/0/Principal";
    let policy: &[&str] = &["wildcards CreateAuthChallengeRole"];
    let open: &[&str] = &["open-principal CreateAuthChallengeRole"];
    let sender: &[&str] = &["ses-sender CreateAuthChallengeRole"];
    #[rustfmt::skip]
    let table: Vec<Row> = vec![
        ("schema without a type", vec![("UserPool/Schema/0/AttributeDataType", Value::Null)], &["schema-type UserPool"]),
        ("own second factor", vec![("UserPool/MfaConfiguration", json!("OPTIONAL"))], &["own-mfa UserPool"]),
        ("nothing said of a second factor", vec![("UserPool/MfaConfiguration", Value::Null)], &["own-mfa UserPool"]),
        ("own factors enabled", vec![("UserPool/EnabledMfas", json!(["SOFTWARE_TOKEN_MFA"]))], &["own-mfa UserPool"]),
        ("remembered devices", vec![("UserPool/DeviceConfiguration", json!({ "ChallengeRequiredOnNewDevice": true }))], &["devices UserPool"]),
        ("open sign-up", vec![("UserPool/AdminCreateUserConfig/AllowAdminCreateUserOnly", json!(false))], &["self-sign-up UserPool"]),
        ("nothing said of sign-up", vec![("UserPool/AdminCreateUserConfig", Value::Null)], &["self-sign-up UserPool"]),
        ("recovery by e-mail", vec![("UserPool/AccountRecoverySetting/RecoveryMechanisms/0/Name", json!("verified_email"))], &["recovery UserPool"]),
        ("recovery by phone", vec![("UserPool/AccountRecoverySetting/RecoveryMechanisms/0/Name", json!("verified_phone_number"))], &["recovery UserPool"]),
        ("nothing said of recovery", vec![("UserPool/AccountRecoverySetting", Value::Null)], &["recovery UserPool"]),
        ("an address that changes at once", vec![("UserPool/UserAttributeUpdateSettings", Value::Null)], &["address-change UserPool"]),
        ("another attribute waits", vec![("UserPool/UserAttributeUpdateSettings/AttributesRequireVerificationBeforeUpdate", json!(["phone_number"]))], &["address-change UserPool"]),
        ("no gate", vec![("UserPool/LambdaConfig/PreTokenGeneration", Value::Null)], &["gate UserPool"]),
        ("no verifying trigger", vec![("UserPool/LambdaConfig/VerifyAuthChallengeResponse", Value::Null)], &["challenge-triggers UserPool"]),
        ("no deletion protection", vec![("UserPool/DeletionProtection", json!("INACTIVE"))], &["deletion-protection UserPool"]),
        ("pool deleted with the stack", vec![("UserPool/DeletionPolicy", Value::Null)], &["kept UserPool"]),
        ("client deleted with the stack", vec![("AppClientWeb/DeletionPolicy", Value::Null)], &["kept AppClientWeb"]),
        ("key deleted with the stack", vec![("CodeKey/DeletionPolicy", json!("Delete"))], &["kept CodeKey"]),
        ("table lost when replaced", vec![("StateTable/UpdateReplacePolicy", json!("Delete"))], &["kept StateTable"]),
        ("table without a way back", vec![("StateTable/PointInTimeRecoverySpecification/PointInTimeRecoveryEnabled", json!(false))], &["backups StateTable"]),
        ("password-only flow", vec![("AppClientWeb/ExplicitAuthFlows/1", json!("ALLOW_USER_SRP_AUTH"))], &["password-only-flows AppClientWeb"]),
        ("flow of an older name", vec![("AppClientWeb/ExplicitAuthFlows/1", json!("ADMIN_NO_SRP_AUTH"))], &["password-only-flows AppClientWeb"]),
        ("hosted pages", vec![("AppClientWeb/AllowedOAuthFlowsUserPoolClient", json!(true))], &["password-only-flows AppClientWeb"]),
        ("no flows", vec![("AppClientWeb/ExplicitAuthFlows", Value::Null)], &["auth-flows AppClientWeb"]),
        ("empty flows", vec![("AppClientWeb/ExplicitAuthFlows", json!([]))], &["auth-flows AppClientWeb"]),
        ("writable attribute", vec![("AppClientWeb/WriteAttributes/0", json!("custom:authChallenge"))], &["attribute-access AppClientWeb"]),
        ("readable attribute", vec![("AppClientWeb/ReadAttributes/0", json!("custom:authChallenge"))], &["attribute-access AppClientWeb"]),
        ("writable address", vec![("AppClientWeb/WriteAttributes/0", json!("email"))], &["address-write AppClientWeb"]),
        ("writable verification", vec![("AppClientWeb/WriteAttributes/0", json!("email_verified"))], &["address-write AppClientWeb"]),
        ("writable phone number", vec![("AppClientWeb/WriteAttributes/0", json!("phone_number"))], &["address-write AppClientWeb"]),
        ("no read list", vec![("AppClientWeb/ReadAttributes", Value::Null)], &["attribute-lists AppClientWeb"]),
        ("empty write list", vec![("AppClientWeb/WriteAttributes", json!([]))], &["attribute-lists AppClientWeb"]),
        ("users told apart", vec![("AppClientWeb/PreventUserExistenceErrors", json!("LEGACY"))], &["user-existence AppClientWeb"]),
        ("nothing said of users", vec![("AppClientServer/PreventUserExistenceErrors", Value::Null)], &["user-existence AppClientServer"]),
        ("tokens that stay", vec![("AppClientWeb/EnableTokenRevocation", json!(false))], &["token-revocation AppClientWeb"]),
        ("Cognito waits another time", vec![("AppClientWeb/AuthSessionValidity", json!(14))], &["code-life AppClientWeb"]),
        ("no time to ask for another code", vec![("AppClientWeb/AuthSessionValidity", json!(10))], &["code-life AppClientWeb"]),
        ("Cognito's own wait", vec![("AppClientWeb/AuthSessionValidity", Value::Null)], &["code-life AppClientWeb"]),
        ("one function disagrees", vec![("PreTokenGeneration/Environment/Variables/CONFIRM_CODE_TIMEOUT", json!("5"))], &["code-life AppClientServer", "code-life AppClientWeb"]),
        ("a longer life for all", vec![
            ("AppClientWeb/AuthSessionValidity", json!(15)), ("AppClientServer/AuthSessionValidity", json!(15)),
            ("CreateAuthChallenge/Environment/Variables/CONFIRM_CODE_TIMEOUT", json!("15")),
            ("VerifyAuthChallengeResponse/Environment/Variables/CONFIRM_CODE_TIMEOUT", json!("15")),
            ("PreTokenGeneration/Environment/Variables/CONFIRM_CODE_TIMEOUT", json!("15")),
        ], &["code-life AppClientServer", "code-life AppClientWeb"]),
        ("soft limits", vec![("CreateAuthChallenge/Environment/Variables/STATE_STORE", json!("attribute"))], &["state-store CreateAuthChallenge"]),
        ("function that outruns Cognito", vec![("CreateAuthChallenge/Timeout", json!(300))], &["function-timeout CreateAuthChallenge"]),
        ("permission for any pool", vec![("CreateAuthChallengePermission/SourceArn", Value::Null)], &["permission-source CreateAuthChallengePermission"]),
        ("permission for any account", vec![("CreateAuthChallengePermission/SourceAccount", Value::Null)], &["permission-source CreateAuthChallengePermission"]),
        ("permission gone", vec![("CreateAuthChallengePermission", Value::Null)], &["trigger-permission UserPool"]),
        ("permission for another function", vec![("CreateAuthChallengePermission/FunctionName", json!({ "Ref": "DefineAuthChallenge" }))], &["trigger-permission UserPool"]),
        ("permission for everybody", vec![("CreateAuthChallengePermission/Principal", json!("*"))], &["open-principal CreateAuthChallengePermission", "trigger-permission UserPool"]),
        ("endless logs", vec![("CreateAuthChallengeLogs/RetentionInDays", Value::Null)], &["log-retention CreateAuthChallengeLogs"]),
        ("logs of Lambda's own", vec![("CreateAuthChallenge/LoggingConfig/LogGroup", Value::Null)], &["log-retention CreateAuthChallenge"]),
        ("secret in a variable", vec![("CreateAuthChallenge/Environment/Variables/CODE_KEY_SECRET", json!("swordfish"))], &["plaintext-secret CreateAuthChallenge"]),
        ("secret from a parameter", vec![("CreateAuthChallenge/Environment/Variables/api_token", json!({ "Ref": "CreateAuthChallengeKey" }))], &["plaintext-secret CreateAuthChallenge"]),
        ("dynamic reference", vec![("CreateAuthChallenge/Environment/Variables/PEPPER", json!({ "Fn::Sub": "{{resolve:secretsmanager:${CodeKey}}}" }))], &["plaintext-secret CreateAuthChallenge"]),
        ("secret in the template", vec![("CodeKey/SecretString", json!("swordfish"))], &["plaintext-secret CodeKey"]),
        ("secret of a client handed on", vec![("CreateAuthChallenge/Environment/Variables/PEPPER", json!({ "Fn::GetAtt": ["AppClientServer", "ClientSecret"] }))], &["plaintext-secret CreateAuthChallenge"]),
        ("every action", vec![(action, json!("logs:*"))], policy),
        ("some actions", vec![(action, json!(["logs:Put*"]))], policy),
        ("every resource", vec![(resource, json!("*"))], policy),
        ("every pool there is", vec![(resource, json!({ "Fn::Sub": "arn:${AWS::Partition}:cognito-idp:*:${AWS::AccountId}:userpool/*" }))], policy),
        ("every role", vec![(resource, json!({ "Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/*" }))], policy),
        ("an open beginning", vec![(resource, json!({ "Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/*-x" }))], policy),
        ("all but one action", vec![("CreateAuthChallengeRole/Policies/0/PolicyDocument/Statement/0/NotAction", json!("iam:CreateUser"))], policy),
        ("all but one resource", vec![("CreateAuthChallengeRole/Policies/0/PolicyDocument/Statement/0/NotResource", json!("x"))], policy),
        ("a policy of AWS's", vec![("CreateAuthChallengeRole/ManagedPolicyArns", json!([{ "Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/AdministratorAccess" }]))], &["managed-policy CreateAuthChallengeRole"]),
        ("mail from every identity", vec![(mail, json!("*"))], &["ses-sender CreateAuthChallengeRole", "wildcards CreateAuthChallengeRole"]),
        ("mail from any address", vec![(from, Value::Null)], sender),
        ("mail from any address of a domain", vec![(from, json!({ "StringLike": { "ses:FromAddress": "*@example.com" } }))], sender),
        ("everybody becomes a role", vec![(principal, json!("*"))], open),
        ("every account becomes a role", vec![(principal, json!({ "AWS": "*" }))], open),
        ("another account becomes a role", vec![(principal, json!({ "AWS": { "Fn::Sub": "arn:${AWS::Partition}:iam::444455556666:root" } }))], open),
        ("an account by its number", vec![(principal, json!({ "AWS": ["444455556666"] }))], open),
        ("everybody of the account", vec![(principal, json!({ "AWS": { "Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root" } }))], open),
        ("all but one", vec![("CreateAuthChallengeRole/AssumeRolePolicyDocument/Statement/0/NotPrincipal", json!({ "AWS": "x" }))], open),
        ("a topic for everybody", vec![("AlarmTopicPolicy/PolicyDocument/Statement/0/Principal", json!("*"))], &["open-principal AlarmTopicPolicy"]),
        ("a topic for every account's alarms", vec![("AlarmTopicPolicy/PolicyDocument/Statement/0/Condition", Value::Null)], &["open-principal AlarmTopicPolicy"]),
        ("anybody's repository", vec![
            (principal, json!({ "Federated": { "Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:oidc-provider/token.actions.githubusercontent.com" } })),
            ("CreateAuthChallengeRole/AssumeRolePolicyDocument/Statement/0/Condition", json!({
                "StringEquals": { "token.actions.githubusercontent.com:aud": "sts.amazonaws.com" },
                "StringLike": { "token.actions.githubusercontent.com:sub": "repo:*" },
            })),
        ], &["federated-trust CreateAuthChallengeRole"]),
        ("a fixed partition", vec![("UserPool/EmailConfiguration/SourceArn", json!("arn:aws:ses:eu-central-1:111122223333:identity/example.com"))], &["partition UserPool"]),
    ];
    table
}
