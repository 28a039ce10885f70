#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::*;
use crate::trigger::Trigger;

mod roles;

const LOCAL: &str = include_str!("../../../deploy/stages/local.toml");

/// Makes every resource that there can be appear.
const ALARM_ADDRESS: (&str, &str) = ("# alarm_address = \"…\"", "alarm_address = \"ops@example.com\" # ");

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

fn stage(changes: &[(&str, &str)]) -> Stage {
    let text = changes.iter().fold(LOCAL.to_owned(), |text, (from, to)| {
        assert_eq!(text.matches(from).count(), 1, "`{from}` should stand once in the file");
        text.replace(from, to)
    });
    Stage::parse(StageName::new("test").unwrap(), &text).unwrap()
}

fn document(changes: &[(&str, &str)]) -> Value {
    parse(&render(&root(), &stage(changes)).unwrap()).unwrap()
}

fn keys(document: &Value, section: &str) -> Vec<String> {
    document[section].as_object().unwrap().keys().cloned().collect()
}

/// A renamed resource is a removed one. `UserPool` renamed deletes a directory of users, an app client renamed is a
/// client with another id: whoever changes this list writes down what becomes of those that are deployed.
#[test]
fn the_logical_ids_are_frozen() {
    let frozen = [
        "AlarmSubscription",
        "AlarmTopic",
        "AlarmTopicPolicy",
        "AppClientServer",
        "AppClientWeb",
        "CodeKey",
        "CreateAuthChallenge",
        "CreateAuthChallengeErrorsAlarm",
        "CreateAuthChallengeLogs",
        "CreateAuthChallengePermission",
        "CreateAuthChallengePoolPolicy",
        "CreateAuthChallengeRole",
        "CreateAuthChallengeThrottlesAlarm",
        "DefineAuthChallenge",
        "DefineAuthChallengeErrorsAlarm",
        "DefineAuthChallengeLogs",
        "DefineAuthChallengePermission",
        "DefineAuthChallengeRole",
        "DefineAuthChallengeThrottlesAlarm",
        "DeliveryFailedAlarm",
        "GateRefusedAlarm",
        "MailsThrottledAlarm",
        "PreTokenGeneration",
        "PreTokenGenerationErrorsAlarm",
        "PreTokenGenerationLogs",
        "PreTokenGenerationPermission",
        "PreTokenGenerationRole",
        "PreTokenGenerationThrottlesAlarm",
        "SenderIdentity",
        "StateForgedAlarm",
        "StateTable",
        "StoreFaultAlarm",
        "UserPool",
        "UsersLockedAlarm",
        "VerifyAuthChallengeResponse",
        "VerifyAuthChallengeResponseErrorsAlarm",
        "VerifyAuthChallengeResponseLogs",
        "VerifyAuthChallengeResponsePermission",
        "VerifyAuthChallengeResponsePoolPolicy",
        "VerifyAuthChallengeResponseRole",
        "VerifyAuthChallengeResponseThrottlesAlarm",
    ];
    let found: BTreeSet<_> = keys(&document(&[ALARM_ADDRESS]), "Resources").into_iter().collect();
    assert_eq!(found, frozen.map(str::to_owned).into());
}

#[test]
fn what_the_deployer_fills_in_and_reads_is_frozen_too() {
    let document = document(&[]);
    let parameters: BTreeSet<_> = keys(&document, "Parameters").into_iter().collect();
    let expected = ["ArtefactBucket", "Architecture", "DeletionProtection"].into_iter();
    let expected = expected.chain(Trigger::ALL.map(Trigger::key_parameter));
    let expected = expected.chain(Trigger::ALL.map(Trigger::version_parameter));
    assert_eq!(parameters, expected.map(str::to_owned).collect());
    let outputs: BTreeSet<_> = keys(&document, "Outputs").into_iter().collect();
    assert_eq!(
        outputs,
        ["AlarmTopicArn", "AppClientServerId", "AppClientWebId", "Issuer", "UserPoolId"].map(str::to_owned).into()
    );
}

#[test]
fn the_committed_files_are_fresh() {
    let names = stage::names(&root()).unwrap();
    let mut stages = Vec::new();
    for name in &names {
        let stage = stage::load(&root(), name.as_ref()).unwrap();
        for fresh in all(&root(), &stage).unwrap() {
            let drift = drift(&root(), &fresh).unwrap();
            assert!(drift.is_none(), "mend with `cargo xtask render`:\n{}", drift.unwrap_or_default());
        }
        stages.push(stage);
    }
    assert_eq!(orphans(&root(), &names, &stages).unwrap(), Vec::<String>::new());
}

#[test]
fn the_same_stage_gives_the_same_bytes() {
    let stage = stage(&[]);
    assert_eq!(render(&root(), &stage).unwrap(), render(&root(), &stage).unwrap());
}

#[test]
fn a_product_name_stays_what_it_is() {
    for name in [
        "O'Neill & Söhne: \\\"best\\\" #1 <b>",
        "yes",
        "null",
        "- x",
        "!Ref UserPool",
        "<< email >>",
        "<% for",
        "漢字 🦀",
        "42",
    ] {
        let document = document(&[("product_name = \"Example\"", &format!("product_name = \"{name}\""))]);
        let found =
            &document["Resources"]["CreateAuthChallenge"]["Properties"]["Environment"]["Variables"]["PRODUCT_NAME"];
        assert_eq!(found, &json!(name.replace("\\\"", "\"")));
    }
}

#[test]
fn without_the_gate_nothing_of_it_is_left() {
    let document = document(&[("gate = true #", "gate = false #"), ("accept = []", "accept = [\"no-gate\"]")]);
    let text = document.to_string();
    assert!(!text.contains("PreTokenGeneration") && !text.contains("GateRefused"), "{text}");
}

#[test]
fn an_existing_identity_is_named_and_not_made() {
    let document = document(&[
        ("identity = \"managed\"", "configuration_set = \"mails\"\nidentity = \"existing\""),
        ("identity_name = \"sign-in@example.com\"", "identity_name = \"example.com\""),
        ("region = \"eu-central-1\"\nconfiguration_set", "region = \"eu-west-1\"\nconfiguration_set"),
    ]);
    let resources = &document["Resources"];
    assert!(resources.get("SenderIdentity").is_none());
    let send = &resources["CreateAuthChallengeRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"][3];
    assert_eq!(
        *send,
        json!({
            "Effect": "Allow",
            "Action": "ses:SendEmail",
            "Resource": [
                { "Fn::Sub": "arn:${AWS::Partition}:ses:eu-west-1:${AWS::AccountId}:identity/example.com" },
                { "Fn::Sub": "arn:${AWS::Partition}:ses:eu-west-1:${AWS::AccountId}:configuration-set/mails" },
            ],
            "Condition": { "StringEquals": { "ses:FromAddress": "sign-in@example.com" } },
        })
    );
}

#[test]
fn the_store_attribute_leaves_no_table_behind() {
    let document =
        document(&[("store = \"table\"", "store = \"attribute\""), ("accept = []", "accept = [\"soft-limits\"]")]);
    let text = document.to_string();
    assert!(!text.contains("StateTable") && !text.contains("STATE_TABLE") && !text.contains("dynamodb"), "{text}");
}

/// A lost table is a lost lock, so it stays when the stack goes or the stage turns to the other store.
#[test]
fn the_table_is_kept_and_can_be_brought_back() {
    let document = document(&[]);
    let table = &document["Resources"]["StateTable"];
    assert_eq!(
        (&table["DeletionPolicy"], &table["UpdateReplacePolicy"]),
        (&json!("RetainExceptOnCreate"), &json!("Retain"))
    );
    let properties = &table["Properties"];
    assert_eq!(properties["TimeToLiveSpecification"], json!({ "AttributeName": "expires", "Enabled": true }));
    assert_eq!(properties["PointInTimeRecoverySpecification"], json!({ "PointInTimeRecoveryEnabled": true }));
    assert!(
        properties.get("TableName").is_none(),
        "a fixed name could not be replaced, nor made again beside a kept one"
    );
}

/// CloudWatch joins an alarm to a metric by namespace, name and the exact set of dimensions; one that names another set
/// never rings.
#[test]
fn every_alarm_is_on_a_metric_of_this_stack_and_rings_somewhere() {
    let document = document(&[ALARM_ADDRESS]);
    let resources = document["Resources"].as_object().unwrap();
    let alarms: Vec<_> =
        resources.iter().filter(|(_, resource)| resource["Type"] == "AWS::CloudWatch::Alarm").collect();
    assert_eq!(alarms.len(), 6 + 4 * 2);
    for (id, alarm) in alarms {
        let properties = &alarm["Properties"];
        let metric = properties["MetricName"].as_str().unwrap();
        let of = id.strip_suffix("Alarm").and_then(|id| id.strip_suffix(metric)).unwrap();
        let (namespace, dimension, value) = match of {
            "" => ("CognitoEmailMfa", "Stack", "AWS::StackName"),
            function => ("AWS/Lambda", "FunctionName", function),
        };
        assert_eq!(properties["Namespace"], namespace, "{id}");
        assert_eq!(properties["Dimensions"], json!([{ "Name": dimension, "Value": { "Ref": value } }]), "{id}");
        assert_eq!(properties["AlarmActions"], json!([{ "Ref": "AlarmTopic" }]), "{id}");
        assert_eq!(properties["TreatMissingData"], "notBreaching", "{id}");
    }
    for trigger in crate::trigger::Trigger::ALL {
        let variables = &resources[trigger.logical_id()]["Properties"]["Environment"]["Variables"];
        assert_eq!(variables["STACK_NAME"], json!({ "Ref": "AWS::StackName" }), "{trigger:?}");
    }
    assert!(resources["AlarmTopic"].get("Properties").is_none(), "CloudWatch cannot publish with the AWS managed key");
}

#[test]
fn an_answer_to_a_mail_goes_where_the_stage_says() {
    let of = |document: Value| {
        document["Resources"]["CreateAuthChallenge"]["Properties"]["Environment"]["Variables"]["EMAIL_REPLY_TO"].clone()
    };
    assert_eq!(of(document(&[])), Value::Null);
    let named = ("# reply_to = \"…\"", "reply_to = \"help@example.org\" # ");
    assert_eq!(of(document(&[named])), "help@example.org");
}

#[test]
fn a_sender_is_named_as_the_stage_says() {
    let of = |document: Value| {
        document["Resources"]["CreateAuthChallenge"]["Properties"]["Environment"]["Variables"]["EMAIL_FROM_NAME"]
            .clone()
    };
    assert_eq!(of(document(&[])), Value::Null, "the function takes the product's name");
    let named = ("# sender_name = \"…\"", "sender_name = \"Söhne & \\\"Co\\\"\" # ");
    assert_eq!(of(document(&[named])), "Söhne & \"Co\"");
}

#[test]
fn user_names_leave_the_choice_of_sign_in_out() {
    let document = document(&[("sign_in = \"email\" #", "sign_in = \"username\" #")]);
    assert!(document["Resources"]["UserPool"]["Properties"].get("UsernameAttributes").is_none());
}

/// What each role may do, and nothing else: the whole list, so that a widening shows up here.
#[test]
fn every_role_may_do_what_its_function_calls() {
    let document = document(&[]);
    let resources = document["Resources"].as_object().unwrap();
    let mut allowed = BTreeSet::new();
    for (id, resource) in resources {
        let properties = &resource["Properties"];
        let documents = match resource["Type"].as_str().unwrap() {
            "AWS::IAM::Role" => {
                properties["Policies"].as_array().unwrap().iter().map(|policy| &policy["PolicyDocument"]).collect()
            }
            "AWS::IAM::Policy" => vec![&properties["PolicyDocument"]],
            _ => continue,
        };
        for statement in documents.iter().flat_map(|document| document["Statement"].as_array().unwrap()) {
            allowed.insert(format!("{id}: {} on {}", statement["Action"], statement["Resource"]).replace('"', ""));
        }
    }
    let mut expected = BTreeSet::new();
    for id in ["DefineAuthChallenge", "CreateAuthChallenge", "VerifyAuthChallengeResponse", "PreTokenGeneration"] {
        expected.insert(format!("{id}Role: [logs:CreateLogStream,logs:PutLogEvents] on {{Fn::GetAtt:[{id}Logs,Arn]}}"));
        if id != "DefineAuthChallenge" {
            expected.insert(format!("{id}Role: secretsmanager:GetSecretValue on {{Fn::GetAtt:[CodeKey,Id]}}"));
            expected
                .insert(format!("{id}Role: [dynamodb:GetItem,dynamodb:PutItem] on {{Fn::GetAtt:[StateTable,Arn]}}"));
        }
        // The gate judges by the item alone.
        if ["CreateAuthChallenge", "VerifyAuthChallengeResponse"].contains(&id) {
            expected.insert(format!(
                "{id}PoolPolicy: [cognito-idp:AdminGetUser,cognito-idp:AdminUpdateUserAttributes] on {{Fn::GetAtt:[UserPool,Arn]}}"
            ));
        }
    }
    let identity = "arn:${AWS::Partition}:ses:eu-central-1:${AWS::AccountId}:identity/${SenderIdentity}";
    expected.insert(format!("CreateAuthChallengeRole: ses:SendEmail on [{{Fn::Sub:{identity}}}]"));
    assert_eq!(allowed, expected);
}

#[test]
fn a_template_that_ignores_the_stage_is_noticed() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(directory.path().join(TEMPLATES)).unwrap();
    for entry in std::fs::read_dir(root().join(TEMPLATES)).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let text = text.replace("CaseSensitive: false", "CaseSensitive: false\n      AutoVerifiedAttributes: []");
        std::fs::write(directory.path().join(TEMPLATES).join(path.file_name().unwrap()), text).unwrap();
    }
    let twice = render(directory.path(), &stage(&[])).unwrap_err();
    assert!(format!("{twice:#}").contains("duplicated key"), "{twice:#}");

    let pool = directory.path().join(TEMPLATES).join("pool.yaml.tera");
    let text = std::fs::read_to_string(root().join(TEMPLATES).join("pool.yaml.tera")).unwrap();
    std::fs::write(pool, text.replace("<< user_pool.tier >>", "PLUS")).unwrap();
    let ignored = render(directory.path(), &stage(&[])).unwrap_err();
    assert!(
        ignored.to_string().ends_with("/Resources/UserPool/Properties/UserPoolTier is \"PLUS\", not \"LITE\""),
        "{ignored:#}"
    );
}

#[test]
fn writing_replaces_the_whole_file_and_leaves_nothing_beside_it() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("new/local.yaml");
    write(&path, "a longer first text").unwrap();
    write(&path, "second").unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "second");
    assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
}

#[test]
fn a_template_that_no_call_takes_is_refused() {
    let (before, client) = LOCAL.split_once("# A server can.\n").unwrap();
    let (client, tags) = client.split_once("[tags]").unwrap();
    let clients: String = (0..40).map(|n| client.replace("\"server\"", &format!("\"client{n}\""))).collect();
    let stage = Stage::parse(StageName::new("test").unwrap(), &format!("{before}{clients}[tags]{tags}")).unwrap();
    let error = render(&root(), &stage).unwrap_err().to_string();
    assert!(error.ends_with("bytes, CloudFormation takes less than 51200"), "{error}");
}
