//! Change sets that killed deploys have left behind.

use std::time::{Duration, SystemTime};

use aws_sdk_cloudformation::Client;
use aws_sdk_cloudformation::types::{ChangeSetStatus, ChangeSetSummary, ExecutionStatus};

use crate::aws::{self, Session};
use crate::change_set::Purpose;
use crate::stack;

/// Longer than anybody thinks about a question on a terminal.
const AGE: Duration = Duration::from_secs(60 * 60);

/// Deletes the change sets that deploys of the stack made and neither applied nor took back. Those of others stay, and so do
/// those that wait for their plan file. What cannot be cleared away is told on standard error and keeps nobody from
/// deploying: executing a change set deletes the others anyway.
pub async fn sweep(session: &Session) {
    let (client, reporter) = (Client::new(&session.sdk_config), session.reporter);
    let stack = session.stage.aws.stack.as_ref();
    let found = match find(&client, stack, SystemTime::now()).await {
        Ok(found) => found,
        Err(error) => {
            return reporter.note(&format!("warning: could not look for change sets that were left behind: {error:#}"));
        }
    };
    for (id, name) in found {
        reporter.note(&match client
            .delete_change_set()
            .stack_name(stack)
            .change_set_name(id)
            .send()
            .await
            .map_err(aws::words)
        {
            Ok(_) => format!("deleted the change set `{name}`, which an earlier deploy has left behind"),
            Err(error) => format!("warning: could not delete the change set `{name}`: {error:#}"),
        });
    }
}

/// Their ids and names.
async fn find(client: &Client, stack: &str, now: SystemTime) -> anyhow::Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    let mut token = None;
    loop {
        let page = client.list_change_sets().stack_name(stack).set_next_token(token).send().await;
        let page = match page {
            Ok(page) => page,
            Err(error) if stack::is_missing(&error) => return Ok(found),
            Err(error) => return Err(aws::words(error)),
        };
        let leftovers = page.summaries().iter().filter(|set| is_leftover(set, now));
        found.extend(leftovers.filter_map(|set| Some((set.change_set_id.clone()?, set.change_set_name.clone()?))));
        token = page.next_token;
        if token.is_none() {
            return Ok(found);
        }
    }
}

fn is_leftover(set: &ChangeSetSummary, now: SystemTime) -> bool {
    let at_rest = matches!(set.status(), Some(ChangeSetStatus::CreateComplete | ChangeSetStatus::Failed));
    let unused = matches!(
        set.execution_status(),
        Some(ExecutionStatus::Available | ExecutionStatus::Unavailable | ExecutionStatus::Obsolete)
    );
    let created = set.creation_time().and_then(|time| SystemTime::try_from(*time).ok());
    let old = created.and_then(|created| now.duration_since(created).ok()).is_some_and(|age| age > AGE);
    set.change_set_name().is_some_and(is_ours) && at_rest && unused && old
}

/// As `change_set::create` names what is to be applied at once.
fn is_ours(name: &str) -> bool {
    let digits = name.strip_prefix(Purpose::Deploy.prefix()).unwrap_or_default();
    digits.len() == 16 && digits.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]

    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::answers;

    const OURS: &str = "deploy-0123456789abcdef";
    const LONG_AGO: &str = "2026-03-01T08:00:00Z";

    fn listed(name: &str, status: &str, execution: &str, created: &str) -> String {
        format!(
            "<member><ChangeSetId>arn:changeSet/{name}</ChangeSetId><ChangeSetName>{name}</ChangeSetName>\
             <Status>{status}</Status><ExecutionStatus>{execution}</ExecutionStatus>\
             <CreationTime>{created}</CreationTime></member>"
        )
    }

    /// What is deleted, of a list whose pages these are.
    async fn deleted(pages: [String; 2]) -> Vec<String> {
        let deleted = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&deleted);
        let session = answers::session(answers::stage("local"), move |call| match call.name.as_str() {
            "ListChangeSets" => {
                let second = call.parameter("NextToken").is_some();
                let next = if second { "" } else { "<NextToken>2</NextToken>" };
                let page = &pages[usize::from(second)];
                answers::xml("ListChangeSets", &format!("<Summaries>{page}</Summaries>{next}"))
            }
            "DeleteChangeSet" => {
                seen.lock().unwrap().extend(call.parameter("ChangeSetName"));
                answers::xml("DeleteChangeSet", "")
            }
            other => panic!("`{other}` is asked for"),
        });
        sweep(&session).await;
        let deleted = deleted.lock().unwrap();
        deleted.clone()
    }

    #[tokio::test]
    async fn only_what_a_deploy_has_left_behind_is_deleted() {
        let now = aws_sdk_cloudformation::primitives::DateTime::from(SystemTime::now());
        let now = now.fmt(aws_sdk_cloudformation::primitives::DateTimeFormat::DateTime).unwrap();
        let rows = [
            ("waits for nobody", listed(OURS, "CREATE_COMPLETE", "AVAILABLE", LONG_AGO), true),
            ("came to nothing", listed(OURS, "FAILED", "UNAVAILABLE", LONG_AGO), true),
            ("was overtaken", listed(OURS, "CREATE_COMPLETE", "OBSOLETE", LONG_AGO), true),
            ("of a deploy that may still be asking", listed(OURS, "CREATE_COMPLETE", "AVAILABLE", &now), false),
            ("is being made", listed(OURS, "CREATE_IN_PROGRESS", "UNAVAILABLE", LONG_AGO), false),
            ("is being applied", listed(OURS, "CREATE_COMPLETE", "EXECUTE_IN_PROGRESS", LONG_AGO), false),
            ("tells what was applied", listed(OURS, "CREATE_COMPLETE", "EXECUTE_COMPLETE", LONG_AGO), false),
            ("tells what failed", listed(OURS, "CREATE_COMPLETE", "EXECUTE_FAILED", LONG_AGO), false),
            (
                "waits for its plan file",
                listed("plan-0123456789abcdef", "CREATE_COMPLETE", "AVAILABLE", LONG_AGO),
                false,
            ),
            ("somebody's", listed("deploy-by-hand", "CREATE_COMPLETE", "AVAILABLE", LONG_AGO), false),
            ("somebody's, in 16 letters", listed("deploy-of-this-and-that", "FAILED", "UNAVAILABLE", LONG_AGO), false),
        ];
        for (name, set, expected) in rows {
            let expected = if expected { vec![format!("arn:changeSet/{OURS}")] } else { vec![] };
            assert_eq!(deleted([String::new(), set.clone()]).await, expected, "{name}, on the second page");
            assert_eq!(deleted([set, String::new()]).await, expected, "{name}");
        }
    }

    #[tokio::test]
    async fn no_stack_has_no_leftovers() {
        let answer = |_: &answers::Call| answers::refusal("ValidationError", "Stack [sign-in] does not exist");
        let config = answers::config(answer);
        assert_eq!(find(&Client::new(&config), "sign-in", SystemTime::now()).await.unwrap(), []);
        let answer = |_: &answers::Call| answers::refusal("AccessDenied", "no");
        assert!(find(&Client::new(&answers::config(answer)), "sign-in", SystemTime::now()).await.is_err());
    }
}
