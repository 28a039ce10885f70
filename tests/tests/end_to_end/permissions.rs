//! Each function may do what it does, and nothing else: one permission less, and the sign-in fails for that reason.

use e2e::person::{Person, challenge, tokens};
use e2e::stack::Stack;
use e2e::tool;
use xtask::trigger::Trigger;
use xtask_online::sign_in::{State, Step};

#[tokio::test(flavor = "multi_thread")]
async fn a_permission_taken_away_is_missed() {
    let stack = Stack::alone().await.unwrap();
    for (taken, given, trigger) in [
        ("ses:SendEmail", "ses:SendBounce", Trigger::Create),
        ("secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret", Trigger::Create),
        ("cognito-idp:AdminGetUser", "cognito-idp:AdminListDevices", Trigger::Create),
        ("dynamodb:GetItem", "dynamodb:BatchGetItem", Trigger::Create),
        ("dynamodb:PutItem", "dynamodb:BatchWriteItem", Trigger::Create),
    ] {
        let person = Person::new(&stack).await.unwrap();
        // The function changes too, so that no instance goes on with a key that it has fetched already.
        let change = |template: &str| template.replace(taken, given).replace("\"Example\"", "\"Less\"");
        stack.update_template(change).await.unwrap();
        match person.start("web").await.unwrap() {
            Step::Challenge(flow) => assert_eq!(flow.challenge().state, State::SendFailed, "without {taken}"),
            Step::Refused(_) => {}
            Step::Signed(_) => panic!("signed in without {taken}"),
        }
        stack.logged(trigger, &["AccessDenied", taken]).await.unwrap();
        assert!(stack.mails(&person.email).await.unwrap().is_empty(), "without {taken}");

        // By the real command, which sees that the deployed template is not the stage's.
        tool::deploy("local").await.unwrap();
        let person = Person::new(&stack).await.unwrap();
        let flow = challenge(person.start("web").await.unwrap()).unwrap();
        tokens(flow.answer(&person.code().await.unwrap()).await.unwrap()).unwrap();
    }
}

/// Locks are put where the other store would find them; without that a sign-in goes on, and the log says so.
#[tokio::test(flavor = "multi_thread")]
async fn a_lock_that_cannot_be_mirrored_is_told() {
    let stack = Stack::alone().await.unwrap();
    let change = |template: &str| {
        let less = template.replace("cognito-idp:AdminUpdateUserAttributes", "cognito-idp:AdminEnableUser");
        less.replace("LOCK_FIRST_WAIT: \"60\"", "LOCK_FIRST_WAIT: \"61\"")
    };
    stack.update_template(change).await.unwrap();
    let person = Person::new(&stack).await.unwrap();
    crate::lock::locked(&person).await;
    stack.logged(Trigger::Verify, &["lock-not-mirrored"]).await.unwrap();
    tool::deploy("local").await.unwrap();
}
