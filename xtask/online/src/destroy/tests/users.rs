//! The calls by which users go, last of all.

use serde_json::json;

use super::answers::*;
use crate::replay::{refused, xml};

#[tokio::test]
async fn users_go_last_and_a_run_that_was_interrupted_goes_on() {
    let with_users = &["--delete-users", NAME];
    let go_on = |found: Script| script([vec![no_stack(), deleted_stacks()], found, vec![no_pools()]]);
    let without_pool = || {
        let mut left = left(missing("DescribeUserPool"));
        left.remove(2);
        left
    };
    let rows: [(&str, Script, usize); 4] = [
        (
            "from the beginning",
            script([begin("UPDATE_COMPLETE"), vec![pool("INACTIVE")], deletion(), left(pool("INACTIVE")), deleted()]),
            3,
        ),
        ("the stack is gone", script([go_on(left(pool("INACTIVE"))), deleted()]), 3),
        ("the pool, too", script([go_on(without_pool()), deleted().into_iter().skip(1).collect()]), 2),
        (
            "and the table goes at that moment",
            script([go_on(without_pool()), vec![missing("DeleteTable")], deleted().into_iter().skip(2).collect()]),
            2,
        ),
    ];
    for (name, script, lines) in rows {
        let (outcome, asked) = run(script, with_users).await;
        let text = outcome.unwrap();
        assert_eq!(text.lines().filter(|line| line.starts_with("deleted  ")).count(), lines, "{name}: {text}");
        assert!(
            text.contains("restored until 2026-05-28T20:26:40Z") && !text.contains("--take-back"),
            "{name}: {text}"
        );
        assert!(asked.iter().any(|body| body.contains("\"RecoveryWindowInDays\":30")), "{name}: {asked:?}");
    }
    let nothing = vec![
        events(&["DELETE_COMPLETE", "DELETE_IN_PROGRESS"], &resources("DELETE_SKIPPED")),
        missing("DescribeUserPool"),
        missing("DescribeSecret"),
        missing("DescribeTable"),
    ];
    let (outcome, _) = run(go_on(nothing), with_users).await;
    assert_eq!(outcome.unwrap(), "", "all of it is gone");
    let (outcome, _) = run(vec![no_stack(), ("ListStacks", xml("ListStacks", "")), no_pools()], with_users).await;
    assert_eq!(outcome.unwrap(), "", "there never was anything");
}

#[tokio::test]
async fn only_what_the_last_stack_left_is_deleted_without_one() {
    let rows: [(&str, Script, &[&str], &str); 3] = [
        (
            "protected",
            script([vec![no_stack(), deleted_stacks()], left(pool("ACTIVE")), vec![no_pools()]]),
            &["--delete-users", NAME],
            "cargo xtask deploy --stage prod --take-back",
        ),
        (
            "another name",
            script([vec![no_stack(), deleted_stacks()], left(pool("INACTIVE")), vec![no_pools()]]),
            &["--delete-users", "people"],
            "does not name",
        ),
        (
            "blind",
            vec![no_stack(), ("ListStacks", refused("AccessDenied", "no"))],
            &[],
            "not allowed to read: cloudformation:ListStacks",
        ),
    ];
    for (name, script, rest, expected) in rows {
        let (outcome, _) = run(script, rest).await;
        let text = outcome.unwrap_err();
        assert!(text.contains(expected), "{name}: {text}");
    }
    // A pool that is known by its name alone may be anybody's.
    let by_name = || {
        vec![
            no_stack(),
            ("ListStacks", xml("ListStacks", "")),
            answer("ListUserPools", &json!({ "UserPools": [{ "Id": "P1", "Name": NAME }] })),
            pool("INACTIVE"),
            answer("ListUserPoolClients", &json!({ "UserPoolClients": [] })),
        ]
    };
    assert_eq!(run(by_name(), &["--delete-users", NAME]).await.0.unwrap(), "");
    assert!(run(by_name(), &[]).await.0.unwrap().starts_with("kept     UserPool"));
}
