//! The functions' code as Lambda has it, held against that of a bundle.

use std::collections::BTreeMap;
use std::fmt;

use anyhow::Context as _;
use aws_sdk_lambda::Client;
use serde::Serialize;
use xtask::artefact_bucket::artefact_bucket;
use xtask::bundle::{Artefact, StageBundle};
use xtask::stage::Stage;
use xtask::trigger::Trigger;

use crate::aws::Session;
use crate::decision::deploy_command;
use crate::unread::Unread;

/// The code of a function as Lambda has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Code {
    /// Of the archive, in base64.
    pub code_sha256: String,
    pub size_bytes: i64,
    pub last_modified: String,
    /// Such as `Active`.
    pub state: String,
    /// Such as `Successful`.
    pub last_update_status: String,
}

/// What a function of a stack is called.
#[must_use]
pub fn function_name(stage: &Stage, trigger: Trigger) -> String {
    format!("{}-{}", stage.aws.stack, trigger.logical_id())
}

/// The code of the function of that name; none where there is no such function.
///
/// # Errors
/// When Lambda does not answer, or not the caller.
pub async fn read(client: &Client, name: &str) -> Result<Option<Code>, Unread> {
    let found = match client.get_function_configuration().function_name(name).send().await {
        Ok(found) => found,
        Err(error) if error.as_service_error().is_some_and(|error| error.is_resource_not_found_exception()) => {
            return Ok(None);
        }
        Err(error) => return Err(Unread::of("lambda:GetFunctionConfiguration")(error)),
    };
    Ok(Some(Code {
        size_bytes: found.code_size(),
        state: found.state().map(|state| state.as_str().to_owned()).unwrap_or_default(),
        last_update_status: found.last_update_status().map(|status| status.as_str().to_owned()).unwrap_or_default(),
        code_sha256: found.code_sha256.unwrap_or_default(),
        last_modified: found.last_modified.unwrap_or_default(),
    }))
}

/// The code that a function should run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// Where it lies in the artefact bucket.
    pub key: String,
    /// Of the archive, in base64.
    pub code_sha256: String,
}

/// What a bundle has of the functions that its stage wires.
#[must_use]
pub fn expected(bundle: &StageBundle) -> BTreeMap<Trigger, Expected> {
    let functions = bundle.functions.iter();
    let of = |artefact: &Artefact| Expected { key: artefact.key(), code_sha256: artefact.code_sha256.clone() };
    functions.map(|(trigger, artefact)| (*trigger, of(artefact))).collect()
}

/// Looks whether the functions run what they should. CloudFormation does not: it compares templates, so code that somebody
/// uploads beside the stack stays until that function's archive changes.
///
/// # Errors
/// [`ForeignCode`] when one runs something else; when Lambda does not answer. A caller who may not look is told so on
/// standard error, which is no error: an older role may lack that right.
pub async fn verify(session: &Session, expected: &BTreeMap<Trigger, Expected>) -> anyhow::Result<()> {
    let client = Client::new(&session.sdk_config);
    let mut foreign = Vec::new();
    for (trigger, expected) in expected {
        let name = function_name(&session.stage, *trigger);
        match read(&client, &name).await {
            Ok(code) => foreign.extend(difference(name, code.as_ref(), expected)),
            Err(unread @ Unread::NotAllowed { .. }) => {
                let text =
                    format!("warning: the code that runs could not be compared with what was deployed: {unread}");
                session.reporter.note(&text);
                break;
            }
            Err(unread @ Unread::Failed { .. }) => return Err(unread).context("failed to look at the code that runs"),
        }
    }
    if foreign.is_empty() {
        return Ok(());
    }
    let bucket = artefact_bucket(&session.account, session.stage.aws.region.as_ref());
    Err(ForeignCode { hint: hint(&session.stage, &bucket, &foreign), foreign }.into())
}

fn difference(name: String, found: Option<&Code>, expected: &Expected) -> Option<Foreign> {
    let found = found.map(|code| code.code_sha256.clone());
    (found.as_ref() != Some(&expected.code_sha256)).then(|| Foreign { name, found, expected: expected.clone() })
}

/// A function whose code is not what was deployed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Foreign {
    pub name: String,
    /// Its `CodeSha256`; none where there is no such function any more.
    pub found: Option<String>,
    pub expected: Expected,
}

impl fmt::Display for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, found, expected } = self;
        match found {
            Some(found) => write!(f, "`{name}` runs {found}, but {} was deployed", expected.code_sha256),
            None => write!(f, "there is no function `{name}` any more"),
        }
    }
}

/// The stack is as it should be, and its functions are not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("somebody has changed the functions beside the stack{}\n{hint}", lines(.foreign))]
pub struct ForeignCode {
    pub foreign: Vec<Foreign>,
    hint: String,
}

fn lines(foreign: &[Foreign]) -> String {
    foreign.iter().map(|foreign| format!("\n  {foreign}")).collect()
}

/// CloudFormation sees nothing to change, so another deploy alone would not help.
fn hint(stage: &Stage, bucket: &str, foreign: &[Foreign]) -> String {
    let again = deploy_command(stage);
    if stage.is_local() {
        return format!("hint: `cargo xtask local stop` forgets the local AWS; then `{again}`");
    }
    let region = &stage.aws.region;
    let back = |Foreign { name, found, expected }: &Foreign| match found {
        Some(_) => format!(
            "hint: `aws lambda update-function-code --region {region} --function-name {name} --s3-bucket {bucket} --s3-key {}` puts it back\n",
            expected.key
        ),
        None => format!("hint: a change set with `--deployment-mode REVERT_DRIFT` makes `{name}` again\n"),
    };
    let back: String = foreign.iter().map(back).collect();
    format!("{back}hint: CloudTrail knows who it was (`UpdateFunctionCode`, `DeleteFunction`); `{again}` looks again")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::*;
    use crate::answers;

    fn wanted() -> BTreeMap<Trigger, Expected> {
        let expected = |sum: &str| Expected { key: format!("code/{sum}.zip"), code_sha256: sum.to_owned() };
        [(Trigger::Define, expected("one")), (Trigger::Gate, expected("two"))].into()
    }

    /// What `verify` says, where `gate` runs the code with this sum and answers with this status.
    async fn said(stage: &str, status: u16, gate: &'static str) -> Result<(), String> {
        let session = answers::session(answers::stage(stage), move |call| {
            let function = |sum: &str| json!({ "CodeSha256": sum, "CodeSize": 1 }).to_string();
            match (call.name.ends_with("PreTokenGeneration/configuration"), status) {
                (false, _) => (200, function("one")),
                (true, 200) => (200, function(gate)),
                (true, status) => (status, json!({ "__type": gate, "message": "no" }).to_string()),
            }
        });
        verify(&session, &wanted()).await.map_err(|error| format!("{error:#}"))
    }

    #[tokio::test]
    async fn code_that_was_not_deployed_is_named_with_what_to_do() {
        assert_eq!(said("prod", 200, "two").await, Ok(()));
        let other = said("prod", 200, "other").await.unwrap_err();
        for part in [
            "\n  `cognito-email-mfa-prod-PreTokenGeneration` runs other, but two was deployed\n",
            "hint: `aws lambda update-function-code --region eu-central-1 --function-name cognito-email-mfa-prod-PreTokenGeneration",
            "--s3-bucket cognito-email-mfa-artefacts-111122223333-eu-central-1 --s3-key code/two.zip` puts it back",
            "`cargo xtask deploy --stage prod` looks again",
        ] {
            assert!(other.contains(part), "{part}: {other}");
        }
        assert!(!other.contains("DefineAuthChallenge"), "{other}");
        let local = said("local", 200, "other").await.unwrap_err();
        assert!(
            local.ends_with("hint: `cargo xtask local stop` forgets the local AWS; then `cargo xtask deploy`"),
            "{local}"
        );
        let gone = said("prod", 404, "ResourceNotFoundException").await.unwrap_err();
        assert!(gone.contains("there is no function `cognito-email-mfa-prod-PreTokenGeneration` any more"), "{gone}");
    }

    #[tokio::test]
    async fn who_may_not_look_deploys_all_the_same() {
        assert_eq!(said("prod", 403, "AccessDeniedException").await, Ok(()));
        let failed = said("prod", 500, "ServiceException").await.unwrap_err();
        assert!(failed.contains("failed to look at the code that runs"), "{failed}");
    }
}
