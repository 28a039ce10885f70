//! What may be deleted, and what is said of it.

use aws_sdk_cloudformation::types::StackStatus;
use aws_sdk_cognitoidentityprovider::types::UserPoolType;

use super::super::judge::Refusal;
use super::*;
use crate::stack::Member;

fn member(logical_id: &str, resource_type: &str, physical_id: &str) -> Member {
    Member {
        logical_id: logical_id.to_owned(),
        resource_type: resource_type.to_owned(),
        physical_id: physical_id.to_owned(),
    }
}

/// A pool, a table and a function; the policies of pool and table are given.
fn doomed(pool: &str, table: &str) -> Doomed {
    let template = format!(
        "Resources:\n  UserPool: {{Type: AWS::Cognito::UserPool{pool}}}\n  StateTable: {{Type: AWS::DynamoDB::Table{table}}}\n  \
         Gate: {{Type: AWS::Lambda::Function, DeletionPolicy: Retain}}\n"
    );
    let members = [
        member("StateTable", "AWS::DynamoDB::Table", "t"),
        member("UserPool", "AWS::Cognito::UserPool", "P1"),
        member("Gate", "AWS::Lambda::Function", "gate"),
    ];
    let template = Template::parse(&template).unwrap();
    Doomed::new("arn:stack".to_owned(), StackStatus::UpdateComplete, &members, &template)
}

const KEEP: &str = ", DeletionPolicy: RetainExceptOnCreate";

#[test]
fn what_is_kept_is_what_the_deployed_template_keeps() {
    let doomed = doomed(KEEP, ", DeletionPolicy: Retain");
    assert_eq!(doomed.kept, [kept("UserPool", Kind::UserPool, "P1"), kept("StateTable", Kind::Table, "t")]);
    // A function that is kept is nobody's directory.
    assert_eq!((doomed.others, doomed.resources()), (1, 3));
}

#[test]
fn a_stack_is_deleted_only_when_nothing_speaks_against_it() {
    use StackStatus as S;
    let (fine, unkept) = (doomed(KEEP, KEEP), doomed(KEEP, ", DeletionPolicy: Delete"));
    let none = doomed("", "");
    let is = |status: S| Doomed { status, ..fine.clone() };
    let half_deleted = Doomed { status: S::DeleteFailed, ..none.clone() };
    let busy = Doomed { under_way: Some("an update is under way".to_owned()), ..is(S::UpdateInProgress) };
    let protected = Doomed { is_protected: true, ..fine.clone() };
    let rows: [(&str, Doomed, Option<&str>); 15] = [
        ("at rest", fine.clone(), None),
        ("a shell", is(S::ReviewInProgress), None),
        ("a creation that failed", is(S::RollbackComplete), None),
        ("a rollback that failed", is(S::UpdateRollbackFailed), None),
        ("a deletion that failed", is(S::DeleteFailed), None),
        ("being deleted", is(S::DeleteInProgress), None),
        ("being deleted, and protected since", Doomed { is_protected: true, ..is(S::DeleteInProgress) }, None),
        ("being updated", busy, Some("an update is under way\nhint: `cargo xtask status --stage prod`")),
        ("being created", is(S::CreateInProgress), Some("it is in CREATE_IN_PROGRESS: another operation")),
        ("in a state of tomorrow", is(S::from("NEW_STATE")), Some("it is in NEW_STATE")),
        ("protected", protected, Some("--no-enable-termination-protection --stack-name cognito-email-mfa-prod")),
        ("a table that would go", unkept, Some("would not keep `StateTable`\nhint: `cargo xtask deploy --stage prod`")),
        ("no policy at all", none, Some("would not keep `StateTable`, `UserPool`")),
        (
            "no policy, and a deletion that failed",
            half_deleted,
            Some(
                "hint: `aws cloudformation delete-stack --stack-name cognito-email-mfa-prod --region eu-central-1 \
                 --retain-resources StateTable UserPool` deletes the rest",
            ),
        ),
        (
            "protected while it cannot be deleted",
            Doomed { is_protected: true, ..is(S::UpdateInProgress) },
            Some("UPDATE_IN_PROGRESS"),
        ),
    ];
    for (name, doomed, expected) in rows {
        let refusal = doomed.judge(&prod()).err().map(|refusal| refusal.to_string());
        assert_eq!(refusal.is_some(), expected.is_some(), "{name}: {refusal:?}");
        assert!(expected.is_none_or(|expected| refusal.as_ref().unwrap().contains(expected)), "{name}: {refusal:?}");
    }
}

#[test]
fn users_are_deleted_by_the_name_of_their_pool_in_full() {
    let pool = Pool::new(UserPoolType::builder().id("P1").name("people").build());
    let rows = [
        ("the name", "people", Some(&pool), true),
        ("a part of it", "peopl", Some(&pool), false),
        ("more than it", "people2", Some(&pool), false),
        ("in capitals", "People", Some(&pool), false),
        ("with a blank", "people ", Some(&pool), false),
        ("its id", "P1", Some(&pool), false),
        ("nothing", "", Some(&pool), false),
        ("the stage's name for a pool that has another", "cognito-email-mfa-prod", Some(&pool), false),
        ("the stage's name for a pool that is gone", "cognito-email-mfa-prod", None, true),
        ("another name for a pool that is gone", "people", None, false),
    ];
    for (name, given, pool, fine) in rows {
        assert_eq!(judge_name(given, pool, &prod()).is_ok(), fine, "{name}");
    }
    let text = judge_name("peopl", Some(&pool), &prod()).unwrap_err();
    assert!(matches!(&text, Refusal::OtherPool { name, .. } if name == "people"), "{text}");
}

#[test]
fn before_anybody_is_asked_it_is_said_what_goes_and_what_stays() {
    let doomed = doomed(KEEP, KEEP);
    let pool = Pool::new(UserPoolType::builder().id("P1").name("people").estimated_number_of_users(1).build());
    let kept = "
  the user pool `P1` (`people`) with 1 user
  UserPool             AWS::Cognito::UserPool        P1
  StateTable           AWS::DynamoDB::Table          t";
    let first = "to be deleted: the stack `cognito-email-mfa-prod`, and 1 of its resources";
    assert_eq!(announce(&prod(), &doomed, Some(&pool), false), format!("{first}\nto be kept:{kept}"));
    assert_eq!(announce(&prod(), &doomed, Some(&pool), true), format!("{first}\nto be deleted for good:{kept}"));
}

#[test]
fn the_report_says_what_was_kept_and_how_to_take_it_back() {
    let key =
        Kept { restorable_until: Some("2026-05-28T20:26:40Z".to_owned()), ..kept("CodeKey", Kind::Key, "arn:key") };
    let report = Report::new(&prod(), vec![kept("UserPool", Kind::UserPool, "P1"), key], Vec::new());
    assert_eq!(
        report.to_text(),
        "kept     UserPool             AWS::Cognito::UserPool        P1\n\
         deleted  CodeKey              AWS::SecretsManager::Secret   arn:key (deleted, can be restored until 2026-05-28T20:26:40Z)\n\
         `cargo xtask deploy --stage prod --take-back` makes it part of a stack again\n"
    );
    assert_eq!(
        serde_json::to_string(&report).unwrap(),
        r#"{"schemaVersion":1,"stage":"prod","region":"eu-central-1","stack":"cognito-email-mfa-prod","kept":[{"logicalId":"UserPool","kind":"AWS::Cognito::UserPool","id":"P1"}],"deleted":[{"logicalId":"CodeKey","kind":"AWS::SecretsManager::Secret","id":"arn:key","restorableUntil":"2026-05-28T20:26:40Z"}],"takeBack":"cargo xtask deploy --stage prod --take-back"}"#
    );
    let without = Report::new(&prod(), vec![kept("StateTable", Kind::Table, "t")], Vec::new());
    assert!(serde_json::to_string(&without).unwrap().contains(r#""takeBack":null"#), "{without:?}");
}
