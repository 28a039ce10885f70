//! What the templates of a pipeline's roles see of a stage: names and ARNs, composed here.

use serde::Serialize;

use crate::artefact_bucket::artefact_bucket;
use crate::stage::{Pipeline, Stage};

use super::arn::identity_arn;
use super::send::Send;

/// A path that the roles of a pipeline have no rights on, so that none can widen itself.
const PATH: &str = "/pipeline/";
/// CloudFormation cuts the stack's name in the names of roles, which are short. As far as this it stays whole.
const ROLE_PREFIX: usize = 24;

#[derive(Debug, Serialize)]
pub(super) struct Context {
    description: String,
    stack: String,
    boundary: Boundary,
    deploy_subject: String,
    plan_subject: String,
    from_address: String,
    /// With CloudFormation's `${…}`.
    senders: Vec<String>,
    arns: Arns,
}

#[derive(Debug, Serialize)]
struct Boundary {
    name: String,
    path: &'static str,
}

/// With CloudFormation's `${…}`.
#[derive(Debug, Serialize)]
struct Arns {
    alarms: String,
    artefacts: String,
    bucket: String,
    change_sets: String,
    functions: String,
    github: String,
    identity: String,
    key: String,
    log_groups: String,
    mail_role: String,
    pools: String,
    roles: String,
    stack: String,
    tables: String,
    topics: String,
}

impl Context {
    pub(super) fn new(stage: &Stage, pipeline: &Pipeline) -> Self {
        let send = Send::new(&stage.email);
        let repository = &pipeline.github_repository;
        Self {
            description: format!("The roles that a pipeline plans and deploys the stage {} in", stage.name),
            stack: stage.aws.stack.to_string(),
            boundary: Boundary { name: boundary_name(stage), path: PATH },
            deploy_subject: format!("repo:{repository}:environment:{}", stage.name),
            plan_subject: format!("repo:{repository}:pull_request"),
            from_address: send.from_address,
            senders: send.resource_arns,
            arns: Arns::new(stage),
        }
    }
}

impl Arns {
    fn new(stage: &Stage) -> Self {
        let (region, stack) = (&stage.aws.region, &stage.aws.stack);
        let here = |service: &str, name: &str| {
            format!("arn:${{AWS::Partition}}:{service}:{region}:${{AWS::AccountId}}:{name}")
        };
        let iam = |name: &str| format!("arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:{name}");
        let bucket = format!("arn:${{AWS::Partition}}:s3:::{}", artefact_bucket("${AWS::AccountId}", region.as_ref()));
        Self {
            alarms: here("cloudwatch", &format!("alarm:{stack}-*")),
            artefacts: format!("{bucket}/*"),
            bucket,
            change_sets: here("cloudformation", "changeSet/*"),
            functions: here("lambda", &format!("function:{stack}-*")),
            github: iam("oidc-provider/token.actions.githubusercontent.com"),
            identity: identity_arn(&stage.email),
            key: here("secretsmanager", "secret:CodeKey-*"),
            log_groups: here("logs", &format!("log-group:/aws/lambda/{stack}-*")),
            mail_role: iam(
                "role/aws-service-role/email.cognito-idp.amazonaws.com/AWSServiceRoleForAmazonCognitoIdpEmailService",
            ),
            pools: here("cognito-idp", "userpool/*"),
            roles: iam(&format!("role/{}*", role_prefix(stack.as_ref()))),
            stack: here("cloudformation", &format!("stack/{stack}/*")),
            tables: here("dynamodb", &format!("table/{stack}-*")),
            topics: here("sns", &format!("{stack}-*")),
        }
    }
}

/// What the names of the stack's roles begin with; stack names are ASCII.
fn role_prefix(stack: &str) -> String {
    format!("{stack}-").chars().take(ROLE_PREFIX).collect()
}

fn boundary_name(stage: &Stage) -> String {
    format!("{}-{}", stage.aws.stack, stage.aws.region)
}

/// What bounds the functions' roles of a stage that a pipeline deploys; with CloudFormation's `${…}`.
pub(super) fn boundary_arn(stage: &Stage) -> Option<String> {
    stage.pipeline.as_ref()?;
    let name = boundary_name(stage);
    Some(format!("arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:policy{PATH}{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_known_by_as_much_of_the_stack_as_its_name_keeps() {
        for (stack, expected) in [
            ("sign-in", "sign-in-"),
            ("a-name-of-twenty-three-c", "a-name-of-twenty-three-c"),
            ("a-name-of-more-than-twenty-four", "a-name-of-more-than-twen"),
        ] {
            assert_eq!(role_prefix(stack), expected);
        }
    }
}
