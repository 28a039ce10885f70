//! `status` and `logs`, as operators use them.

use std::collections::BTreeSet;

use e2e::person::Person;
use e2e::stack::Stack;
use e2e::{tool, wait};
use serde_json::{Value, json};
use xtask::trigger::Trigger;

async fn status(arguments: &[&str]) -> Value {
    let run = tool::run(&[&["status", "--json"], arguments].concat(), "").await.unwrap().succeeded().unwrap();
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {}", run.stdout))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deployed_stage_is_shown_whole() {
    let stack = Stack::alone().await.unwrap();
    let _user = Person::new(&stack).await.unwrap();
    let shown = status(&[]).await;
    assert!(!shown.to_string().contains("\"unread\""), "{shown:#}");
    assert_eq!(shown["stack"]["name"], *stack.outputs.stack);
    assert!(shown["stack"]["status"].as_str().unwrap().ends_with("_COMPLETE"), "{shown:#}");
    assert!(shown["stack"]["since"].as_str().unwrap() >= shown["stack"]["created"].as_str().unwrap(), "{shown:#}");
    assert_eq!(shown["functions"].as_array().unwrap().len(), 4, "{shown:#}");
    for function in shown["functions"].as_array().unwrap() {
        // The stage is deployed from the very bundle.
        assert_eq!(function["same"], true, "{function:#}");
        assert_eq!(function["deployed"]["state"], "Active", "{function:#}");
    }
    assert_eq!(shown["userPool"]["id"], *stack.outputs.user_pool_id);
    assert!(shown["userPool"]["users"].as_u64().unwrap() >= 1, "{shown:#}");
    assert_eq!(shown["userPool"]["deletionProtection"], true);
    assert_eq!(shown["sender"]["verified"], true);
    assert_eq!(shown["attention"], json!([]));

    let text = tool::run(&["status"], "").await.unwrap().succeeded().unwrap().stdout;
    assert!(text.starts_with("stack      ") && text.contains(&stack.outputs.user_pool_id), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_changed_by_hand_is_drift() {
    let stack = Stack::alone().await.unwrap();
    let days = i32::try_from(stack.session.stage.log_retention.get()).unwrap();
    let before = status(&["--drift"]).await;
    assert_eq!((&before["stack"]["driftStatus"], &before["stack"]["drifted"]), (&json!("IN_SYNC"), &json!([])));

    stack.keep_log(Trigger::Verify, 1).await.unwrap();
    let after = status(&["--drift"]).await;
    let text = tool::run(&["status", "--drift"], "").await.unwrap().succeeded().unwrap().stdout;
    stack.keep_log(Trigger::Verify, days).await.unwrap();

    assert_eq!(after["stack"]["driftStatus"], "DRIFTED", "{after:#}");
    let [drifted] = after["stack"]["drifted"].as_array().unwrap().as_slice() else { panic!("{after:#}") };
    assert_eq!((&drifted["kind"], &drifted["status"]), (&json!("AWS::Logs::LogGroup"), &json!("MODIFIED")));
    let property = json!({ "path": "/RetentionInDays", "expected": days.to_string(), "actual": "1" });
    assert_eq!(drifted["properties"], json!([property]), "{after:#}");
    assert!(text.contains(&format!("/RetentionInDays: expected {days}, is 1")), "{text}");
    assert!(text.contains("\nattention: resources of the stack are not as the template says\n"), "{text}");
    assert_eq!(status(&["--drift"]).await["stack"]["driftStatus"], "IN_SYNC");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_of_a_sign_in_is_one_stream() {
    let stack = Stack::alone().await.unwrap();
    let person = Person::new(&stack).await.unwrap();
    let printed = tool::follow(
        &["--since", "1s"],
        async || {
            let flow = person.challenge().await.unwrap();
            flow.answer(&person.code().await.unwrap()).await.unwrap();
        },
        &["verify-password", "ask-for-code", "CODE_SENT", "accepted", "passed"],
    );
    let printed = printed.await.unwrap();
    let lines: Vec<_> = printed.lines().collect();
    assert!(lines.iter().all(|line| !line.contains("RequestId") && !line.contains("_aws")), "{printed}");
    let times: Vec<_> = lines.iter().map(|line| line.split(' ').next().unwrap()).collect();
    assert!(times.iter().all(|time| time.ends_with('Z') && time.len() == 24), "{printed}");
    // Not by words: another test's sign-in may have ended within the second before.
    let once: BTreeSet<_> = lines.iter().collect();
    assert_eq!(once.len(), lines.len(), "a line stands there twice: {printed}");
    assert!(!printed.contains(&person.email), "{printed}");

    let run = tool::run(&["logs", "--since", "1h", "--trigger", "create"], "").await.unwrap().succeeded().unwrap();
    let mut said = run.stdout.lines();
    assert!(said.next().is_some_and(|line| line.contains(" lines are failures, since ")), "{}", run.stdout);
    assert!(run.stdout.contains("CODE_SENT") && !run.stdout.contains("accepted"), "{}", run.stdout);
    let raw = tool::run(&["logs", "--since", "1h", "--trigger", "create", "--json"], "").await.unwrap().stdout;
    let raw: Vec<Value> = raw.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(raw.iter().all(|line| line["trigger"] == "create"), "{raw:?}");
    assert!(raw.iter().any(|line| line["message"]["outcome"] == "sent"), "{raw:?}");
    assert!(raw.iter().any(|line| line["message"].as_str().is_some_and(|text| text.starts_with("START "))), "{raw:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_mail_is_a_failure_at_the_top() {
    let stack = Stack::alone().await.unwrap();
    let person = Person::new(&stack).await.unwrap();
    // The permission to send is taken away from Create.
    stack.update_template(|template| template.replace("ses:SendEmail", "ses:SendBounce")).await.unwrap();
    // On a busy machine the emulator takes the end of a call for the end of what a function prints, and hands the rest over
    // with the next one: each look signs in.
    let logged = wait::until("the refused mail in the log", async || {
        let _refused = person.start("web").await?;
        let lines = stack.log(Trigger::Create).await?;
        let found = lines.iter().any(|line| line.contains("mail-refused"));
        Ok(if found { Ok(()) } else { Err(lines.join("\n")) })
    })
    .await;
    let run = tool::run(&["logs", "--since", "1h"], "").await;
    // Whatever was found, the other tests want to send mail.
    tool::deploy("local").await.unwrap();
    logged.unwrap();
    let run = run.unwrap().succeeded();
    let run = run.unwrap();
    let summary = run.stdout.lines().take_while(|line| !line.is_empty()).collect::<Vec<_>>();
    let found = summary.iter().find(|line| line.contains("× create  mail-refused"));
    assert!(found.is_some_and(|line| line.contains("ses:SendEmail")), "{}", run.stdout);
    assert!(run.stdout.lines().any(|line| line.contains(" ! create  mail-refused")), "{}", run.stdout);
}
