//! Whether the stack can be deleted, as the stage file wants it.

use anyhow::{Context as _, bail};
use aws_sdk_cloudformation::Client;
use xtask::stage::Stage;

use crate::aws::{self, Session};
use crate::consent::{Consent, Refused};
use crate::decision::deploy_command;
use crate::stack;

/// A change of the protection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    On,
    Off,
}

impl Turn {
    fn decide(stage: &Stage, protected: bool) -> Option<Self> {
        match (protected, stage.aws.termination_protection) {
            (false, true) => Some(Self::On),
            (true, false) => Some(Self::Off),
            (true, true) | (false, false) => None,
        }
    }
}

/// Protects the stack from deletion, or no longer, where it is not as the stage file says. Called once a deploy has gone
/// well: a stack whose creation fails has to be deleted again. Off is asked for by itself, since no plan shows it, and a
/// deploy of a plan (`planned`) leaves it on unless `yes`.
///
/// # Errors
/// When there is no such stack, nobody to ask, or CloudFormation refuses.
pub async fn ensure(session: &Session, yes: bool, planned: bool) -> anyhow::Result<()> {
    let (stage, client) = (&session.stage, Client::new(&session.sdk_config));
    let name = stage.aws.stack.as_ref();
    let stack = stack::describe(&client, name).await?;
    let stack = stack.with_context(|| format!("the stack `{name}` is gone"))?;
    let Some(turn) = Turn::decide(stage, stack.enable_termination_protection() == Some(true)) else { return Ok(()) };
    if turn == Turn::Off && planned && !yes {
        session.reporter.note(&format!(
            "the stack `{name}` stays protected from deletion, since no plan shows that: `{}` asks about it",
            deploy_command(stage)
        ));
        return Ok(());
    }
    if turn == Turn::Off {
        let question = format!("Let the stack `{name}` be deleted from now on, as the stage file says?");
        match Consent::of(stage, yes)?.obtain(&question).await {
            Ok(()) => {}
            Err(Refused::No) => {
                session.reporter.note(&format!("the stack `{name}` stays protected from deletion"));
                return Ok(());
            }
            Err(refused) => bail!("{refused}, so the stack `{name}` stays protected from deletion"),
        }
    }
    let request = client.update_termination_protection().stack_name(name);
    let request = request.enable_termination_protection(turn == Turn::On);
    let turned = request.send().await.map_err(aws::sdk);
    turned.with_context(|| format!("failed to change the termination protection of the stack `{name}`"))?;
    let now = if turn == Turn::On { "now" } else { "no longer" };
    session.reporter.note(&format!("the stack `{name}` is {now} protected from deletion"));
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]

    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::answers;

    #[tokio::test]
    async fn it_becomes_what_the_stage_file_says() {
        let rows = [
            ("on, and wanted", true, true, None),
            ("off, and not wanted", false, false, None),
            ("off, but wanted", false, true, Some("true")),
            ("on, but not wanted", true, false, Some("false")),
        ];
        for (name, is, wanted, expected) in rows {
            let mut stage = answers::stage("local");
            stage.aws.termination_protection = wanted;
            let told = Arc::new(Mutex::new(Vec::new()));
            let seen = Arc::clone(&told);
            let session = answers::session(stage, move |call| match call.name.as_str() {
                "DescribeStacks" => {
                    let protection = format!("<EnableTerminationProtection>{is}</EnableTerminationProtection>");
                    let stack =
                        format!("<StackName>s</StackName><StackStatus>CREATE_COMPLETE</StackStatus>{protection}");
                    answers::xml("DescribeStacks", &format!("<Stacks><member>{stack}</member></Stacks>"))
                }
                "UpdateTerminationProtection" => {
                    seen.lock().unwrap().extend(call.parameter("EnableTerminationProtection"));
                    answers::xml("UpdateTerminationProtection", "<StackId>arn:stack/1</StackId>")
                }
                other => panic!("`{other}` is asked for"),
            });
            ensure(&session, false, false).await.unwrap();
            assert_eq!(*told.lock().unwrap(), expected.into_iter().collect::<Vec<_>>(), "{name}");
        }
    }

    /// Tests have no terminal.
    #[tokio::test]
    async fn a_pipeline_without_consent_turns_nothing_off() {
        let mut stage = answers::stage("prod");
        stage.aws.termination_protection = false;
        let protected = "<Stacks><member><StackStatus>CREATE_COMPLETE</StackStatus>\
                         <EnableTerminationProtection>true</EnableTerminationProtection></member></Stacks>";
        let session = answers::session(stage, move |call| match call.name.as_str() {
            "DescribeStacks" => answers::xml("DescribeStacks", protected),
            other => panic!("`{other}` is asked for"),
        });
        let refused = ensure(&session, false, false).await.unwrap_err().to_string();
        assert!(refused.contains("--yes"), "{refused}");
    }
}
