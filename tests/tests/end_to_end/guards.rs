//! What a deploy sees to besides the stack: that nobody else is at it, that it cannot be deleted, that the functions run what
//! was deployed, and that the bucket keeps what a rollback needs.

use aws_sdk_cloudformation::types::ResourceSignalStatus;
use e2e::bundle::Bundle;
use e2e::stack::Stack;
use e2e::tool::{self, Run};
use e2e::wait;
use e2e::written::Written;
use xtask::trigger::Trigger;
use xtask_online::aws::sdk;

const NAME: &str = "guards";
const OPEN: (&str, &str) = ("termination_protection = false", "termination_protection = false");
const PROTECTED: (&str, &str) = ("termination_protection = false", "termination_protection = true");

async fn deploy(bundle: &Bundle) -> Run {
    bundle.deploy().await.unwrap()
}

async fn deployed() -> (Bundle, Stack) {
    let bundle = Bundle::named(NAME).unwrap();
    bundle.change_stage(&[PROTECTED]).unwrap();
    tool::local_aws().await.unwrap();
    let run = deploy(&bundle).await.succeeded().unwrap();
    assert!(run.stderr.contains("the stack `guards` is now protected from deletion"), "{}", run.stderr);
    let stack = Stack::own(&bundle).await.unwrap();
    (bundle, stack)
}

async fn is_protected(stack: &Stack) -> bool {
    let described = xtask_online::stack::describe(&stack.cloudformation, NAME).await.unwrap().unwrap();
    described.enable_termination_protection().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn they_hold() {
    let (bundle, stack) = deployed().await;

    assert!(is_protected(&stack).await);
    bundle.change_stage(&[OPEN]).unwrap();
    let run = deploy(&bundle).await.succeeded().unwrap();
    assert!(run.stderr.contains("nothing to change") && run.stderr.contains("no longer protected"), "{}", run.stderr);
    assert!(!is_protected(&stack).await);

    the_bucket_keeps_what_a_rollback_needs(&stack).await;
    code_from_elsewhere_is_noticed(&bundle, &stack).await;
    one_at_a_time(&bundle, &stack).await;
}

async fn the_bucket_keeps_what_a_rollback_needs(stack: &Stack) {
    let bucket = xtask::artefact_bucket::artefact_bucket(&stack.session.account, &stack.outputs.region);
    let read = stack.s3().get_bucket_lifecycle_configuration().bucket(bucket).send().await.map_err(sdk).unwrap();
    let [rule] = read.rules() else { panic!("{:?}", read.rules()) };
    assert!(rule.expiration().is_none(), "{rule:?}");
    assert_eq!(rule.abort_incomplete_multipart_upload().unwrap().days_after_initiation(), Some(7));
    let noncurrent = rule.noncurrent_version_expiration().unwrap();
    assert_eq!((noncurrent.noncurrent_days(), noncurrent.newer_noncurrent_versions()), (Some(365), Some(10)));
}

/// The gate of this stack gets the program of another function, as somebody does who has the right to.
async fn code_from_elsewhere_is_noticed(bundle: &Bundle, stack: &Stack) {
    let bucket = xtask::artefact_bucket::artefact_bucket(&stack.session.account, &stack.outputs.region);
    let lambda = aws_sdk_lambda::Client::new(&stack.session.sdk_config);
    let opened = bundle.open().unwrap();
    let put = async |trigger: Trigger| {
        let request = lambda.update_function_code().function_name("guards-PreTokenGeneration").s3_bucket(&bucket);
        request.s3_key(opened.functions[&trigger].key()).send().await.map_err(sdk).unwrap();
    };
    put(Trigger::Define).await;
    let before = Written::by(stack).await.unwrap();
    let run = deploy(bundle).await;
    assert_eq!(run.code, Some(1), "{run:?}");
    let sum = |trigger: Trigger| opened.functions[&trigger].code_sha256.clone();
    let (found, expected) = (sum(Trigger::Define), sum(Trigger::Gate));
    let said = format!("`guards-PreTokenGeneration` runs {found}, but {expected} was deployed");
    assert!(run.stderr.contains(&said), "{}", run.stderr);
    assert_eq!(Written::by(stack).await.unwrap(), before);
    put(Trigger::Gate).await;
    deploy(bundle).await.succeeded().unwrap();
}

/// An update that waits for a signal is under way for as long as we like.
async fn one_at_a_time(bundle: &Bundle, stack: &Stack) {
    let waits = "Resources:\n  Wait:\n    Type: AWS::CloudFormation::WaitCondition\n    \
                 CreationPolicy: {ResourceSignal: {Timeout: PT1H}}\n";
    bundle.change_template(&[("Resources:\n", waits)]).unwrap();
    let local_dir = e2e::place::from_runner("COGNITO_EMAIL_MFA_LOCAL_DIR").unwrap();
    let mut first = bundle.start_deploy(&local_dir).unwrap();
    wait::until("the first deploy to be under way", async || {
        assert!(!first.has_ended()?, "the first deploy has ended");
        let events = stack.cloudformation.describe_stack_events().stack_name(NAME).send().await.map_err(sdk)?;
        let waits = events.stack_events().iter().any(|event| event.logical_resource_id() == Some("Wait"));
        Ok(if waits { Ok(()) } else { Err("no event".to_owned()) })
    })
    .await
    .unwrap();

    let before = Written::by(stack).await.unwrap();
    bundle.change_template(&[("LOCK_FIRST_WAIT: \"60\"", "LOCK_FIRST_WAIT: \"61\"")]).unwrap();
    let second = deploy(bundle).await;
    assert_eq!(second.code, Some(1), "{second:?}");
    for text in
        ["an update is under way on the stack `guards` since 20", "begun as `deploy-", "UPDATE_IN_PROGRESS\nhint: "]
    {
        assert!(second.stderr.contains(text), "{text}: {}", second.stderr);
    }
    assert_eq!(Written::by(stack).await.unwrap(), before);

    let signal = stack.cloudformation.signal_resource().stack_name(NAME).logical_resource_id("Wait");
    signal.unique_id("1").status(ResourceSignalStatus::Success).send().await.map_err(sdk).unwrap();
    first.end().await.unwrap().succeeded().unwrap();
    deploy(bundle).await.succeeded().unwrap();
}
