//! A deploy whose network fails: it tries again, or says so and can be run again.

use e2e::bundle::Bundle;
use e2e::person::{Person, tokens};
use e2e::proxy::{Fate, Moment, Proxy};
use e2e::stack::Stack;
use e2e::tool::{self, Run};
use e2e::written::Written;
use xtask_online::aws::sdk;

const NAME: &str = "lost-network";
const REGION: &str = "eu-north-1";

/// A call whose request or answer is lost so many times.
#[derive(Debug, Clone, Copy)]
struct Loss(&'static str, Moment, usize);

async fn deploy(proxy: &Proxy, bundle: &Bundle, losses: &[Loss]) -> Run {
    let mut losses = losses.to_vec();
    proxy.judge(move |step| {
        let hit =
            |Loss(call, moment, left): &&mut Loss| *left > 0 && step.call.contains(*call) && step.moment == *moment;
        losses.iter_mut().find(hit).map_or(Fate::Pass, |loss| {
            loss.2 -= 1;
            Fate::Lose
        })
    });
    bundle.start_deploy(proxy.folder()).unwrap().end().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_lost_is_asked_for_again() {
    tool::local_aws().await.unwrap();
    let bundle = Bundle::elsewhere(NAME, REGION).unwrap();
    let proxy = Proxy::start().await.unwrap();

    // At every kind of step of a first deploy.
    let losses = [
        Loss("GetCallerIdentity", Moment::Before, 1),
        Loss("PUT /cognito-email-mfa-artefacts-000000000000-eu-north-1/", Moment::After, 1),
        Loss("trigger-define", Moment::Before, 2),
        // It lies there when it is sent again, and is taken for what it is.
        Loss("/trigger-gate", Moment::After, 2),
        Loss("DescribeChangeSet CREATE", Moment::After, 1),
        Loss("ExecuteChangeSet CREATE", Moment::Before, 1),
        Loss("DescribeStackEvents CREATE under way", Moment::Before, 2),
    ];
    let run = deploy(&proxy, &bundle, &losses).await.succeeded().unwrap();
    let stack = Stack::own(&bundle).await.unwrap();
    assert!(run.stdout.contains(&stack.outputs.user_pool_id), "{run:?}");
    let versions = Written::by(&stack).await.unwrap().versions;
    assert_eq!(versions.len(), 4, "something was stored twice: {versions:?}");

    // Whether AWS has done what was asked cannot be known. AWS takes a repeated request for what it is, by its token, and the
    // local AWS calls it an error: either way the next run goes on from whatever there is.
    for (wait, lost, said) in [
        ("61", Loss("CreateChangeSet UPDATE", Moment::After, 1), "failed to create a change set"),
        ("62", Loss("ExecuteChangeSet UPDATE", Moment::After, 1), "failed to execute the change set"),
        (
            "63",
            Loss("CreateChangeSet", Moment::Before, usize::MAX),
            "failed to create a change set for the stack `lost-network`: AWS cannot be reached: ",
        ),
    ] {
        let change = format!("LOCK_FIRST_WAIT: \"{wait}\"");
        bundle.change_template(&[("LOCK_FIRST_WAIT: \"60\"", &change)]).unwrap();
        let run = deploy(&proxy, &bundle, &[lost]).await;
        let told = run.stderr.contains(said) && (lost.2 == 1 || run.stderr.contains("\nhint: look at the network"));
        assert!(run.code == Some(0) && lost.2 == 1 || run.code == Some(1) && told, "{lost:?}: {run:?}");
        deploy(&proxy, &bundle, &[]).await.succeeded().unwrap();
        let template = stack.cloudformation.get_template().stack_name(NAME).send().await.map_err(sdk).unwrap();
        assert!(template.template_body().unwrap().contains(&change), "{lost:?}");
    }
    assert_eq!(Written::by(&stack).await.unwrap().versions, versions);
    let person = Person::new(&stack).await.unwrap();
    let flow = person.challenge().await.unwrap();
    tokens(flow.answer(&person.code().await.unwrap()).await.unwrap()).unwrap();
}
