//! What a first deploy does with what it finds.

use super::*;

fn left(id: &str) -> Remains {
    Remains {
        stack_id: Some("arn:stack/1".to_owned()),
        pool: Some(pool(id, 2)),
        kept: vec![kept("UserPool", Kind::UserPool, id), kept("AppClientWeb", Kind::AppClient, "1web")],
    }
}

#[derive(Debug, PartialEq)]
enum Outcome {
    New,
    TakeBack(&'static str),
    Left,
    Several,
    Nothing,
    Superfluous(&'static str),
    Foreign,
}

#[test]
fn users_are_never_left_behind_without_a_word() {
    let (one, two) = (left("A"), left("B"));
    let without = Remains { pool: None, kept: vec![kept("StateTable", Kind::Table, "t")], ..left("C") };
    let named = Remains { stack_id: None, ..left("A") };
    let tagged = Remains { pool: Some(tagged("A", "gone")), ..named.clone() };
    type Row<'a> = (&'a str, &'a [&'a Remains], bool, &'a [&'a str], Outcome);
    let rows: &[Row<'_>] = &[
        ("nothing was left", &[], false, &[], Outcome::New),
        ("a table without its users", &[&without], false, &[], Outcome::New),
        ("a pool", &[&one], false, &[], Outcome::Left),
        ("a pool, behind something without one", &[&without, &one], false, &[], Outcome::Left),
        ("a pool, to be left behind", &[&one], false, &["A"], Outcome::New),
        ("two, one to be left behind", &[&one, &two], false, &["A"], Outcome::Left),
        ("two, both to be left behind", &[&one, &two], false, &["B", "A"], Outcome::New),
        ("nothing to take back", &[], true, &[], Outcome::Nothing),
        ("a table is no user pool", &[&without], true, &[], Outcome::Nothing),
        ("a pool to take back", &[&one], true, &[], Outcome::TakeBack("A")),
        ("a pool that has the name and nothing else", &[&named], true, &[], Outcome::Foreign),
        ("the same, not to be taken back", &[&named], false, &[], Outcome::Left),
        ("the same, to be left behind", &[&named], false, &["A"], Outcome::New),
        ("a pool that has the tag", &[&tagged], true, &[], Outcome::TakeBack("A")),
        ("ours, beside one that has the name", &[&two, &named], true, &["A"], Outcome::TakeBack("B")),
        ("one that has the name, beside ours", &[&two, &named], true, &["B"], Outcome::Foreign),
        ("two to take back", &[&one, &two], true, &[], Outcome::Several),
        ("one of two", &[&one, &two], true, &["A"], Outcome::TakeBack("B")),
        ("none of one", &[&one], true, &["A"], Outcome::Nothing),
        ("a name that fits nothing", &[&one], false, &["A", "X"], Outcome::Superfluous("X")),
        ("a name where nothing is", &[], false, &["A"], Outcome::Superfluous("A")),
        ("of what has no pool", &[&without], false, &["C"], Outcome::Superfluous("C")),
    ];
    for (name, found, take_back, leave_behind, expected) in rows {
        let found: Vec<_> = found.iter().map(|remains| (*remains).clone()).collect();
        let leave_behind: Vec<_> = leave_behind.iter().map(|id| (*id).to_owned()).collect();
        let outcome = match choose(&found, *take_back, &leave_behind, "deploy") {
            Ok(Choice::New) => Outcome::New,
            Ok(Choice::TakeBack { pool, .. }) => Outcome::TakeBack(if pool.id() == "A" { "A" } else { "B" }),
            Err(Refusal::Left { .. }) => Outcome::Left,
            Err(Refusal::Several { .. }) => Outcome::Several,
            Err(Refusal::Nothing) => Outcome::Nothing,
            Err(Refusal::Foreign { .. }) => Outcome::Foreign,
            Err(Refusal::Superfluous(id)) => Outcome::Superfluous(if id == "X" {
                "X"
            } else if id == "A" {
                "A"
            } else {
                "C"
            }),
        };
        assert_eq!(outcome, *expected, "{name}");
    }
}

#[test]
fn the_refusal_names_everything_and_both_ways_on() {
    let found = [left("A"), Remains { stack_id: None, ..left("B") }];
    let text = choose(&found, false, &[], "cargo xtask deploy --stage prod").unwrap_err().to_string();
    let expected = "an earlier stack left a user pool, and a new one would be empty
  user pool `A` (`people`) with 2 users, left by the deleted stack `arn:stack/1`
    UserPool             AWS::Cognito::UserPool        A
    AppClientWeb         AWS::Cognito::UserPoolClient  1web
  user pool `B` (`people`) with 2 users, found by its name, and not made by this tool
    UserPool             AWS::Cognito::UserPool        B
    AppClientWeb         AWS::Cognito::UserPoolClient  1web
hint: `cargo xtask deploy --stage prod --take-back` makes it part of the stack again, with its users; \
                    `cargo xtask deploy --stage prod --leave-behind A --leave-behind B` makes a new, empty one";
    assert_eq!(text, expected);
}

#[test]
fn what_merely_has_the_name_is_refused_by_it() {
    let found = [Remains { stack_id: None, kept: Vec::new(), ..left("A") }];
    let refused = |take_back| choose(&found, take_back, &[], "cargo xtask deploy").unwrap_err().to_string();
    let text = refused(true);
    let expected = "refused to take back what this tool did not make: it has no tag `cognito-email-mfa-stack`, and no deleted \
                    stack left it\n  user pool `A` (`people`) with 2 users, found by its name, and not made by this tool\n\
                    hint: `cargo xtask deploy --leave-behind A` makes a new, empty one beside it; if a stack";
    assert!(text.starts_with(expected) && text.contains("--tags cognito-email-mfa-stack=STACK`"), "{text}");
    assert!(!refused(false).contains("--take-back"), "{}", refused(false));
}
