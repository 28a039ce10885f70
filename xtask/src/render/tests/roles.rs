//! What the roles of a pipeline may do, and what they may not.

use crate::template::Template;

use super::*;

const PROD: &str = include_str!("../../../../deploy/stages/prod.toml");

fn prod(from: &str, to: &str) -> Stage {
    assert_eq!(PROD.matches(from).count(), 1, "`{from}` should stand once in the file");
    Stage::parse(StageName::new("prod").unwrap(), &PROD.replace(from, to)).unwrap()
}

fn roles() -> Template {
    let files = all(&root(), &prod("OWNER/REPOSITORY", "example/sign-in")).unwrap();
    assert_eq!(files[1].file, "deploy/rendered/prod.pipeline.yaml");
    Template::parse(&files[1].text).unwrap()
}

/// The actions of a role, each with the statement that gives it.
fn actions<'t>(roles: &'t Template, role: &str) -> Vec<(&'t str, &'t Value)> {
    let policies = roles.resources[role].properties["Policies"].as_array().unwrap().iter();
    let statements = policies.flat_map(|policy| policy["PolicyDocument"]["Statement"].as_array().unwrap());
    let named = |statement: &'t Value| match &statement["Action"] {
        Value::Array(actions) => actions.iter().map(|action| (action.as_str().unwrap(), statement)).collect(),
        action => vec![(action.as_str().unwrap(), statement)],
    };
    statements.flat_map(named).collect()
}

fn reads(action: &str) -> bool {
    let (_, call) = action.split_once(':').unwrap();
    ["Describe", "Get", "List"].iter().any(|read| call.starts_with(read))
}

#[test]
fn whoever_writes_a_pull_request_changes_nothing_and_reads_no_secret() {
    let roles = roles();
    for (action, _) in actions(&roles, "PlanRole") {
        let service = action.split(':').next().unwrap();
        assert!(reads(action) && ["cloudformation", "lambda", "s3"].contains(&service), "{action}");
    }
}

#[test]
fn the_deploy_role_changes_the_stack_and_the_archives_alone() {
    let roles = roles();
    for (action, statement) in actions(&roles, "DeployRole") {
        let writes = ["cloudformation:", "s3:"].iter().any(|service| action.starts_with(service));
        let condition = &statement["Condition"]["StringEquals"];
        match action {
            "iam:PassRole" => {
                assert_eq!(statement["Resource"], json!({ "Fn::GetAtt": ["ExecutionRole", "Arn"] }));
                assert_eq!(condition["iam:PassedToService"], "cloudformation.amazonaws.com");
            }
            "cloudformation:CreateChangeSet" => {
                assert_eq!(condition["cloudformation:RoleArn"], json!({ "Fn::GetAtt": ["ExecutionRole", "Arn"] }));
            }
            _ => assert!(writes || reads(action), "{action}"),
        }
    }
}

#[test]
fn nobody_in_a_pipeline_reads_the_key_or_deletes_what_is_not_the_stack_s() {
    let roles = roles();
    for role in ["DeployRole", "ExecutionRole", "PlanRole"] {
        for (action, statement) in actions(&roles, role) {
            let secret = ["GetSecretValue", "PutSecretValue", "AdminGetUser", "GetItem", "Scan", "Query"];
            assert!(!secret.iter().any(|call| action.ends_with(call)), "{role}: {action}");
            if action.starts_with("cognito-idp:Delete") || action == "secretsmanager:DeleteSecret" {
                let condition = statement["Condition"]["StringEquals"].as_object().unwrap();
                assert!(condition.values().all(|stack| stack == "cognito-email-mfa-prod"), "{role}: {action}");
            }
        }
    }
}

/// Without the bound, who may write a role's policy may do everything.
#[test]
fn every_role_that_is_made_is_bounded() {
    let roles = roles();
    for call in ["iam:CreateRole", "iam:PutRolePolicy", "iam:PutRolePermissionsBoundary"] {
        let given: Vec<_> =
            actions(&roles, "ExecutionRole").into_iter().filter(|(action, _)| *action == call).collect();
        assert_eq!(given.len(), 1, "{call}");
        let bound = &given[0].1["Condition"]["StringEquals"]["iam:PermissionsBoundary"];
        assert_eq!(*bound, json!({ "Ref": "FunctionBoundary" }), "{call}");
    }
    let names: Vec<_> = actions(&roles, "ExecutionRole").into_iter().map(|(action, _)| action).collect();
    for call in ["iam:AttachRolePolicy", "iam:DeleteRolePermissionsBoundary", "iam:CreatePolicy", "iam:CreateUser"] {
        assert!(!names.contains(&call), "{call}");
    }
}

/// A resource that is new in the templates needs a right here, or the next deploy stops at it.
#[test]
fn the_execution_role_can_make_and_remove_all_that_the_stage_holds() {
    let roles = roles();
    let given: BTreeSet<_> = actions(&roles, "ExecutionRole").into_iter().map(|(action, _)| action).collect();
    let address = ("# alarm_address = \"…\"", "alarm_address = \"ops@example.com\" # ");
    let stage = Template::parse(&render(&root(), &prod(address.0, address.1)).unwrap()).unwrap();
    for resource in stage.resources.values() {
        let needed: &[&str] = match resource.kind.as_str() {
            "AWS::Cognito::UserPool" => &["cognito-idp:CreateUserPool", "cognito-idp:DeleteUserPool"],
            "AWS::Cognito::UserPoolClient" => &["cognito-idp:CreateUserPoolClient", "cognito-idp:DeleteUserPoolClient"],
            "AWS::SecretsManager::Secret" => {
                &["secretsmanager:CreateSecret", "secretsmanager:GetRandomPassword", "secretsmanager:DeleteSecret"]
            }
            "AWS::DynamoDB::Table" => &[
                "dynamodb:CreateTable",
                "dynamodb:UpdateTimeToLive",
                "dynamodb:UpdateContinuousBackups",
                "dynamodb:DeleteTable",
            ],
            "AWS::IAM::Role" => &["iam:CreateRole", "iam:PassRole", "iam:DeleteRole"],
            "AWS::IAM::Policy" => &["iam:PutRolePolicy", "iam:DeleteRolePolicy"],
            "AWS::Lambda::Function" => {
                &["lambda:CreateFunction", "s3:GetObject", "s3:GetObjectVersion", "lambda:DeleteFunction"]
            }
            "AWS::Lambda::Permission" => &["lambda:AddPermission", "lambda:RemovePermission"],
            "AWS::Logs::LogGroup" => &["logs:CreateLogGroup", "logs:PutRetentionPolicy", "logs:DeleteLogGroup"],
            "AWS::CloudWatch::Alarm" => &["cloudwatch:PutMetricAlarm", "cloudwatch:DeleteAlarms"],
            "AWS::SNS::Topic" => &["sns:CreateTopic", "sns:DeleteTopic"],
            "AWS::SNS::TopicPolicy" => &["sns:SetTopicAttributes"],
            "AWS::SNS::Subscription" => &["sns:Subscribe", "sns:Unsubscribe"],
            other => panic!("nobody has said what `{other}` needs"),
        };
        for action in needed {
            assert!(given.contains(action), "{}: {action}", resource.kind);
        }
    }
}

/// What the functions' own policies give must lie within the bound, or it is not given.
#[test]
fn the_bound_holds_every_call_of_the_functions() {
    let roles = roles();
    let statements = roles.resources["FunctionBoundary"].properties["PolicyDocument"]["Statement"].to_string();
    let stage = Template::parse(&render(&root(), &prod("OWNER/REPOSITORY", "example/sign-in")).unwrap()).unwrap();
    let mut calls = BTreeSet::new();
    for resource in stage.resources.values().filter(|resource| resource.kind.starts_with("AWS::IAM::")) {
        let text = resource.properties.to_string();
        let words = text.split('"').filter(|word| !word.starts_with("sts:") && !word.starts_with("ses:From"));
        calls.extend(
            words
                .filter(|word| {
                    word.split_once(':').is_some_and(|(service, call)| {
                        service.chars().all(|c| c.is_ascii_lowercase() || c == '-')
                            && call.starts_with(|c: char| c.is_ascii_uppercase())
                    })
                })
                .map(str::to_owned),
        );
        if resource.kind == "AWS::IAM::Role" {
            let bound =
                "arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/pipeline/cognito-email-mfa-prod-eu-central-1";
            assert_eq!(resource.properties["PermissionsBoundary"], json!({ "Fn::Sub": bound }));
        }
    }
    assert_eq!(calls.len(), 8, "{calls:?}");
    for call in calls {
        assert!(statements.contains(&format!("\"{call}\"")), "{call}");
    }
}

#[test]
fn without_a_pipeline_there_are_no_roles_and_no_bound() {
    let section = "[pipeline]\ngithub_repository = \"OWNER/REPOSITORY\" # replace it; newer repositories are OWNER@ID/REPOSITORY@ID\n";
    let alone = prod(section, "");
    let files = all(&root(), &alone).unwrap();
    assert_eq!(files.len(), 1);
    assert!(!files[0].text.contains("PermissionsBoundary"));

    let directory = tempfile::tempdir().unwrap();
    let rendered = directory.path().join(DIRECTORY);
    std::fs::create_dir_all(&rendered).unwrap();
    std::fs::write(rendered.join("prod.pipeline.yaml"), "").unwrap();
    let names = [alone.name.clone()];
    let orphan = "deploy/rendered/prod.pipeline.yaml".to_owned();
    assert_eq!(orphans(directory.path(), &names, &[alone]).unwrap(), [orphan]);
    let piped = prod("OWNER/REPOSITORY", "example/sign-in");
    assert_eq!(orphans(directory.path(), &names, &[piped]).unwrap(), Vec::<String>::new());
    assert_eq!(orphans(directory.path(), &names, &[]).unwrap(), Vec::<String>::new(), "a stage that cannot be read");
}
