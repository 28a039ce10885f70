//! The front end of `examples/angular` as people meet it: built, served under its security policy, in a real browser.
//!
//! The tests themselves are Playwright's, in `examples/angular/e2e`. They run from here and not as a step of the runner, so
//! that they share the stack with the other end-to-end tests, and no test changes it meanwhile.

use std::time::Duration;

use e2e::node::{self, Example};
use e2e::stack::Stack;
use e2e::tool;

const BUILD_BOUND: Duration = Duration::from_secs(30 * 60);
/// Longer than `globalTimeout` in `playwright.config.ts`, which ends the browsers in good order.
const RUN_BOUND: Duration = Duration::from_secs(62 * 60);

#[tokio::test(flavor = "multi_thread")]
async fn the_front_end_in_a_browser() {
    if !node::is_there() {
        return;
    }
    let example = Example::of("angular").await.unwrap();
    for script in ["check", "build"] {
        let mut run = example.command("npm", &["run", script]);
        run.env("NG_CLI_ANALYTICS", "false");
        tool::program(&format!("npm run {script}"), run, BUILD_BOUND).await.unwrap();
    }
    let stack = Stack::of("local").await.unwrap();
    // Node itself, and not `npx` before it: so it is Playwright that is ended if it must be.
    let mut run = example.command("node", &["node_modules/@playwright/test/cli.js", "test"]);
    run.env("E2E_AGE", env!("CARGO_BIN_EXE_age"));
    tool::program("playwright test", run, RUN_BOUND).await.unwrap();
    nothing_was_planted(&stack).await;
}

/// The pages of `other-origins.e2e.ts` have tried to make both.
async fn nothing_was_planted(stack: &Stack) {
    const PLANTED: &str = "planted-by-a-page";
    let functions = aws_sdk_lambda::Client::new(&stack.session.sdk_config).list_functions().send().await.unwrap();
    let names: Vec<_> = functions.functions().iter().filter_map(|function| function.function_name()).collect();
    assert!(!names.is_empty() && !names.contains(&PLANTED), "{names:?}");
    let planted = xtask_online::stack::describe(&stack.cloudformation, PLANTED).await.unwrap();
    assert!(planted.is_none(), "{planted:?}");
}
