//! What is shown of the settings before the question.

use serde_json::json;

use super::*;
use crate::replay::{Answer, Replay};

fn known(template: &Template) -> Known<'_> {
    Known {
        template,
        partition: "aws",
        account: "111122223333",
        region: "eu-central-1",
        stack: "cognito-email-mfa-prod",
    }
}

/// The pool as Cognito tells of it when it is as the template has it, with what it adds of its own.
fn pool_as_wanted() -> Value {
    let function =
        |name: &str| format!("arn:aws:lambda:eu-central-1:111122223333:function:cognito-email-mfa-prod-{name}");
    let gate = function("PreTokenGeneration");
    json!({
        "Id": "P1", "Arn": "arn:aws:cognito-idp:eu-central-1:111122223333:userpool/P1", "Name": "cognito-email-mfa-prod",
        "CreationDate": 1.0, "LastModifiedDate": 2.0, "EstimatedNumberOfUsers": 7, "SchemaAttributes": [{ "Name": "sub" }],
        "Policies": {
            "PasswordPolicy": {
                "MinimumLength": 12, "RequireLowercase": false, "RequireNumbers": false, "RequireSymbols": false,
                "RequireUppercase": false, "TemporaryPasswordValidityDays": 7,
            },
            "SignInPolicy": { "AllowedFirstAuthFactors": ["PASSWORD"] },
        },
        "LambdaConfig": {
            "DefineAuthChallenge": function("DefineAuthChallenge"),
            "CreateAuthChallenge": function("CreateAuthChallenge"),
            "VerifyAuthChallengeResponse": function("VerifyAuthChallengeResponse"),
            "PreTokenGeneration": gate,
            "PreTokenGenerationConfig": { "LambdaVersion": "V1_0", "LambdaArn": gate },
        },
        "AutoVerifiedAttributes": ["email"], "UsernameAttributes": ["email"],
        "UsernameConfiguration": { "CaseSensitive": false },
        "UserAttributeUpdateSettings": { "AttributesRequireVerificationBeforeUpdate": ["email"] },
        "VerificationMessageTemplate": { "DefaultEmailOption": "CONFIRM_WITH_CODE" },
        "MfaConfiguration": "OFF", "SmsConfiguration": {}, "EmailVerificationMessage": "",
        "EmailConfiguration": {
            "SourceArn": "arn:aws:ses:eu-central-1:111122223333:identity/example.com", "EmailSendingAccount": "DEVELOPER",
            "From": "sign-in@example.com",
        },
        "UserPoolTags": { "cognito-email-mfa-stack": "cognito-email-mfa-prod", "stage": "prod", "aws:cloudformation:stack-id": "s" },
        "AdminCreateUserConfig": { "AllowAdminCreateUserOnly": true, "UnusedAccountValidityDays": 7 },
        "AccountRecoverySetting": { "RecoveryMechanisms": [{ "Name": "admin_only", "Priority": 1 }] },
        "UserPoolTier": "LITE", "DeletionProtection": "ACTIVE",
    })
}

fn client_as_wanted(id: &str, name: &str) -> Value {
    json!({
        "UserPoolId": "P1", "ClientId": id, "ClientName": name, "ClientSecret": "never shown", "CreationDate": 1.0,
        "ExplicitAuthFlows": ["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_CUSTOM_AUTH"], "AuthSessionValidity": 15,
        "ReadAttributes": ["locale", "email_verified", "email"], "WriteAttributes": ["locale"],
        "PreventUserExistenceErrors": "ENABLED", "EnableTokenRevocation": true,
        "EnablePropagateAdditionalUserContextData": false, "AllowedOAuthFlowsUserPoolClient": false,
        "AccessTokenValidity": 60, "IdTokenValidity": 60, "RefreshTokenValidity": 30,
        "TokenValidityUnits": { "AccessToken": "minutes", "IdToken": "minutes", "RefreshToken": "days" },
    })
}

fn with(value: &Value, path: &str, to: Value) -> Value {
    let mut value = value.clone();
    let (parent, name) = path.rsplit_once('/').unwrap();
    value.pointer_mut(parent).unwrap()[name] = to;
    value
}

/// What is said of a pool and its two clients.
async fn said(pool: &Value, server: &Value) -> String {
    let answer = |operation: &'static str, name: &str, value: &Value| {
        (operation, Answer::Http(200, json!({ name: value }).to_string()))
    };
    let replay = Replay::new([
        answer("DescribeUserPool", "UserPool", pool),
        answer("DescribeUserPoolClient", "UserPoolClient", server),
        answer("DescribeUserPoolClient", "UserPoolClient", &client_as_wanted("1web", "web")),
    ]);
    let session = replay.session("prod");
    let kept: Vec<_> =
        all_kept().into_iter().filter(|kept| matches!(kept.kind, Kind::UserPool | Kind::AppClient)).collect();
    let described = super::pool();
    let remains = Remains { stack_id: None, pool: None, kept };
    let actual = Actual::read(&session, &remains, &Pool::new(described.clone())).await.unwrap();
    replay.asked();
    let wanted = wanted();
    let import = Import::new(&wanted, &described, &remains.kept, &actual.with_secret);
    let tags = BTreeMap::from([("stage".to_owned(), "prod".to_owned())]);
    let text = settings(&import, &actual, &known(&wanted), &tags);
    assert!(!text.contains("never shown") && !format!("{actual:?}").contains("never shown"), "{text}");
    text
}

#[tokio::test]
async fn a_pool_that_is_as_it_was_has_nothing_to_show() {
    let text = said(&pool_as_wanted(), &client_as_wanted("2server", "server")).await;
    assert_eq!(text, "user pool and app clients have the settings of the stage");
}

#[tokio::test]
async fn every_setting_that_would_be_lost_is_shown_before_and_after() {
    let (pool, client) = (pool_as_wanted(), client_as_wanted("2server", "server"));
    let of_pool: [(&str, Value, &str); 9] = [
        ("/Policies/PasswordPolicy/MinimumLength", json!(20), "Policies.PasswordPolicy.MinimumLength: 20 → 12"),
        (
            "/Policies/PasswordPolicy/RequireSymbols",
            json!(true),
            "Policies.PasswordPolicy.RequireSymbols: true → false",
        ),
        (
            "/Policies/PasswordPolicy/PasswordHistorySize",
            json!(5),
            "Policies.PasswordPolicy.PasswordHistorySize: 5 → (none)",
        ),
        ("/LambdaConfig/PreSignUp", json!("arn:mine"), "LambdaConfig.PreSignUp: \"arn:mine\" → (none)"),
        (
            "/LambdaConfig/CustomEmailSender",
            json!({ "LambdaVersion": "V1_0", "LambdaArn": "arn:mine" }),
            "LambdaConfig.CustomEmailSender.LambdaArn: \"arn:mine\" → (none)",
        ),
        (
            "/LambdaConfig/DefineAuthChallenge",
            json!("arn:other"),
            "LambdaConfig.DefineAuthChallenge: \"arn:other\" → \"arn:aws:lambda:eu-central-1:111122223333:function:cognito-email-mfa-prod-DefineAuthChallenge\"",
        ),
        ("/MfaConfiguration", json!("ON"), "MfaConfiguration: \"ON\" → \"OFF\""),
        ("/UserPoolTags/owner", json!("a\nb"), "UserPoolTags.owner: \"a\\nb\" → (none)"),
        // Whatever a later Cognito tells, the update does not know it.
        ("/NewSetting", json!({ "On": true }), "NewSetting.On: true → (none)"),
    ];
    for (path, value, expected) in of_pool {
        let text = said(&with(&pool, path, value), &client).await;
        assert!(text.contains(&format!("\n`UserPool` (P1)\n    {expected}")), "{path}: {text}");
        let lines = text.lines().count();
        assert_eq!(lines, if path.ends_with("Sender") { 4 } else { 3 }, "{path}: {text}");
    }
    let of_client: [(&str, Value, &str); 4] = [
        (
            "/ExplicitAuthFlows",
            json!(["ALLOW_USER_PASSWORD_AUTH"]),
            r#"ExplicitAuthFlows: ["ALLOW_USER_PASSWORD_AUTH"] → ["ALLOW_CUSTOM_AUTH","ALLOW_REFRESH_TOKEN_AUTH"]"#,
        ),
        (
            "/WriteAttributes",
            json!(["locale", "custom:plan"]),
            r#"WriteAttributes: ["custom:plan","locale"] → ["locale"]"#,
        ),
        ("/CallbackURLs", json!(["https://a"]), r#"CallbackURLs: ["https://a"] → (none)"#),
        ("/AllowedOAuthFlowsUserPoolClient", json!(true), "AllowedOAuthFlowsUserPoolClient: true → (none)"),
    ];
    for (path, value, expected) in of_client {
        let text = said(&pool, &with(&client, path, value)).await;
        assert!(text.ends_with(&format!("\n`AppClientServer` (2server)\n    {expected}")), "{path}: {text}");
    }
}

#[test]
fn a_table_that_an_import_leaves_unlike_is_refused() {
    let wanted = wanted();
    let import = Import::new(&wanted, &pool(), &all_kept(), &[]);
    let table = |key: &str, billing: &str| {
        json!({ "KeySchema": [{ "AttributeName": key, "KeyType": "HASH" }], "BillingMode": billing,
                "AttributeDefinitions": [{ "AttributeName": key, "AttributeType": "S" }] })
    };
    for (name, has, expected) in [
        ("as it was", table("user", "PAY_PER_REQUEST"), None),
        ("another key", table("id", "PAY_PER_REQUEST"), Some("KeySchema: ")),
        ("another mode", table("user", "PROVISIONED"), Some("BillingMode: \"PROVISIONED\" → \"PAY_PER_REQUEST\"")),
    ] {
        let actual = Actual { settings: [("StateTable".to_owned(), has)].into(), with_secret: Vec::new() };
        let said = fits(&import, &actual, &known(&wanted)).err().map(|refusal| refusal.to_string());
        assert_eq!(said.is_some(), expected.is_some(), "{name}: {said:?}");
        assert!(expected.is_none_or(|expected| said.as_ref().unwrap().contains(expected)), "{name}: {said:?}");
    }
}

#[test]
fn what_a_template_says_is_resolved_as_far_as_it_is_known() {
    let template = Template::parse(
        "Resources:\n  Sender: {Type: AWS::SES::EmailIdentity, Properties: {EmailIdentity: a@example.com}}\n  \
         Gate: {Type: AWS::Lambda::Function, Properties: {FunctionName: !Sub '${AWS::StackName}-Gate'}}\n  \
         Topic: {Type: AWS::SNS::Topic}\n",
    )
    .unwrap();
    let known = known(&template);
    let rows = [
        (json!({ "Ref": "AWS::StackName" }), json!("cognito-email-mfa-prod")),
        (
            json!({ "Fn::Sub": "arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:identity/${Sender}" }),
            json!("arn:aws:ses:eu-central-1:111122223333:identity/a@example.com"),
        ),
        (
            json!({ "Fn::GetAtt": ["Gate", "Arn"] }),
            json!("arn:aws:lambda:eu-central-1:111122223333:function:cognito-email-mfa-prod-Gate"),
        ),
        (json!({ "Ref": "Topic" }), json!({ "Ref": "Topic" })),
        (json!({ "Fn::GetAtt": ["Topic", "Arn"] }), json!({ "Fn::GetAtt": ["Topic", "Arn"] })),
        (json!({ "Fn::Sub": "${Topic}" }), json!({ "Fn::Sub": "${Topic}" })),
    ];
    for (value, expected) in rows {
        // What is known and the same is no difference.
        let wanted = json!({ "It": value });
        let changes = differences(&json!({ "It": expected }), &wanted, &known);
        assert_eq!(changes, [], "{value}");
        let changes = differences(&json!({}), &wanted, &known);
        assert_eq!(changes[0].after.as_ref(), Some(&expected), "{value}");
    }
}
