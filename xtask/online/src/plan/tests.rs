#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag};
use serde_json::json;

use super::*;
use crate::fixture::template;

fn lines(changes: &[Change]) -> Vec<String> {
    let line = |change: &Change| {
        let paths: Vec<_> = change.properties.iter().map(|property| property.path.as_str()).collect();
        format!("{} {} {}", change.action.word(), change.logical_id, paths.join(","))
    };
    changes.iter().map(line).collect()
}

#[test]
fn a_change_is_told_by_its_smallest_part() {
    type Row<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a [&'a str]);
    let rows: &[Row<'_>] = &[
        ("nothing", &[], &[]),
        (
            "a number",
            &[(
                "Threshold: 3\n      ComparisonOperator: GreaterThanOrEqualToThreshold\n      TreatMissingData: notBreaching # nothing is written where nothing was counted\n      AlarmActions: [!Ref AlarmTopic]\n\n  StoreFault",
                "Threshold: 4\n      ComparisonOperator: GreaterThanOrEqualToThreshold\n      TreatMissingData: notBreaching\n      AlarmActions: [!Ref AlarmTopic]\n\n  StoreFault",
            )],
            &["change DeliveryFailedAlarm Threshold"],
        ),
        (
            "an entry of a list",
            &[("[dynamodb:GetItem, dynamodb:PutItem]", "[dynamodb:GetItem, dynamodb:PutItem, dynamodb:Scan]")],
            &[
                "change CreateAuthChallengeRole Policies.0.PolicyDocument.Statement.2.Action.2",
                "change PreTokenGenerationRole Policies.0.PolicyDocument.Statement.2.Action.2",
                "change VerifyAuthChallengeResponseRole Policies.0.PolicyDocument.Statement.2.Action.2",
            ],
        ),
        (
            "a client with a secret",
            &[("GenerateSecret: false", "GenerateSecret: true")],
            &["REPLACE AppClientWeb GenerateSecret"],
        ),
        (
            "a topic with another name",
            &[("  AlarmTopicPolicy:\n    Type: AWS::SNS::TopicPolicy", "  Gone:\n    Type: AWS::SNS::TopicPolicy")],
            &["REMOVE AlarmTopicPolicy PolicyDocument,Topics", "add Gone PolicyDocument,Topics"],
        ),
    ];
    for (name, changes, expected) in rows {
        let mut seen = lines(&compare(&template(&[]), &template(changes)));
        for line in &mut seen {
            // What is added or removed as a whole is told by its top properties.
            if line.starts_with("add") || line.starts_with("REMOVE") {
                let (head, paths) = line.rsplit_once(' ').unwrap();
                let mut tops: Vec<_> = paths.split(',').map(|path| path.split('.').next().unwrap()).collect();
                tops.dedup();
                *line = format!("{head} {}", tops.join(","));
            }
        }
        assert_eq!(seen, *expected, "{name}");
    }
}

#[test]
fn access_widens_by_what_was_not_allowed_before() {
    type Row<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a [&'a str]);
    let scan = "[dynamodb:GetItem, dynamodb:PutItem, dynamodb:Scan]";
    let rows: &[Row<'_>] = &[
        ("nothing", &[], &[]),
        ("less", &[("[dynamodb:GetItem, dynamodb:PutItem]", "[dynamodb:GetItem]")], &[]),
        (
            "another action",
            &[("[dynamodb:GetItem, dynamodb:PutItem]", scan)],
            &["dynamodb:Scan", "dynamodb:Scan", "dynamodb:Scan"],
        ),
        ("every action", &[("Action: ses:SendEmail", "Action: ses:*")], &["ses:*"]),
        (
            "a condition gone",
            &[(
                "                Condition:\n                  StringEquals:\n                    ses:FromAddress: \"sign-in@example.com\"\n",
                "",
            )],
            &["ses:SendEmail"],
        ),
        (
            "another resource",
            &[(
                "Action: secretsmanager:GetSecretValue\n                Resource: !GetAtt CodeKey.Id",
                "Action: secretsmanager:GetSecretValue\n                Resource: \"*\"",
            )],
            &["secretsmanager:GetSecretValue"; 3],
        ),
        (
            "anybody may call a function",
            &[(
                "FunctionName: !Ref DefineAuthChallenge\n      Principal: cognito-idp.amazonaws.com\n      SourceAccount: !Ref AWS::AccountId\n      SourceArn: !GetAtt UserPool.Arn",
                "FunctionName: !Ref DefineAuthChallenge\n      Principal: \"*\"",
            )],
            &["lambda:InvokeFunction"],
        ),
        ("anybody may take a role", &[("Service: lambda.amazonaws.com", "AWS: \"*\"")], &["sts:AssumeRole"; 4]),
        ("anybody may publish", &[("Service: cloudwatch.amazonaws.com", "AWS: \"*\"")], &["sns:Publish"]),
    ];
    for (name, changes, expected) in rows {
        let found = widening(&template(&[]), &template(changes));
        let actions: Vec<_> = found.iter().map(|grant| grant.action.as_str()).collect();
        assert_eq!(actions, *expected, "{name}");
    }
    let refusal = |effect: &str| {
        let text = format!(
            "Resources:\n  P:\n    Type: AWS::IAM::Policy\n    Properties:\n      PolicyDocument: {{Statement: [{{Effect: {effect}, Action: 'a:B', Resource: '*'}}]}}\n"
        );
        Template::parse(&text).unwrap()
    };
    let lifted = widening(&refusal("Deny"), &Template::default());
    assert!(lifted.len() == 1 && lifted[0].lifted_refusal, "{lifted:?}");
    assert!(widening(&Template::default(), &refusal("Deny")).is_empty());
}

/// A plan that replaces an app client.
pub(crate) fn plan() -> Plan {
    let resources = compare(&template(&[]), &template(&[("GenerateSecret: false", "GenerateSecret: true")]));
    Plan {
        schema_version: SCHEMA_VERSION,
        stage: "prod".into(),
        account: "111122223333".into(),
        region: "eu-central-1".into(),
        stack: "sign-in".into(),
        operation: Operation::Update,
        source: Source::Templates,
        accepted: vec![Accepted { risk: "no-gate".into(), consequence: "tokens".into() }],
        summary: Summary::of(&resources),
        resources,
        iam_widening: Vec::new(),
        code: vec![CodeChange { function: "F".into(), before: None, after: "a".repeat(64), after_bytes: 5 }],
        parameters: vec![Pair { name: "P".into(), before: Some("`x`\n".into()), after: None }],
        tags: Vec::new(),
        protect_afterwards: false,
    }
}

#[test]
fn the_last_line_counts() {
    let text = plan().to_string();
    assert_eq!(text.lines().last(), Some("0 to add, 0 to change, 1 to replace, 0 to remove, 1 kept"));
    assert!(text.contains("REPLACE             AppClientWeb"), "{text}");
    assert!(text.contains("\n    GenerateSecret: false → true\n"), "{text}");
    assert!(text.contains("accepted: `no-gate`: tokens\n"), "{text}");
}

#[test]
fn the_document_has_the_promised_shape() {
    let document = serde_json::to_value(plan()).unwrap();
    let keys: Vec<_> = document.as_object().unwrap().keys().map(String::as_str).collect();
    let promised = [
        "accepted",
        "account",
        "code",
        "iamWidening",
        "operation",
        "parameters",
        "protectAfterwards",
        "region",
        "resources",
        "schemaVersion",
        "source",
        "stack",
        "stage",
        "summary",
        "tags",
    ];
    assert_eq!(keys, promised);
    assert_eq!(
        document["resources"],
        json!([{
            "action": "replace", "mayReplace": false, "logicalId": "AppClientWeb",
            "type": "AWS::Cognito::UserPoolClient", "kept": true,
            "properties": [{ "path": "GenerateSecret", "before": false, "after": true }],
        }])
    );
}

#[test]
fn no_value_leaves_its_code_span() {
    let text = plan().to_markdown();
    assert!(text.contains("- `` P: `x`  → (none) ``\n"), "{text}");
    assert!(text.contains("**Replaced or removed**\n\n- **REPLACE** `AppClientWeb`"), "{text}");
}

#[test]
fn cloudformations_word_counts_and_the_templates_fill_in() {
    let said = |id: &str, action, may_replace| Change {
        action,
        may_replace,
        logical_id: id.to_owned(),
        kind: String::new(),
        kept: None,
        properties: Vec::new(),
    };
    let valued = Change {
        properties: vec![PropertyChange { path: "A".into(), before: Some(json!(1)), after: Some(json!(2)) }],
        ..said("Other", Action::Change, false)
    };
    let plan = plan().with_change_set(&[said("AppClientWeb", Action::Change, true), valued.clone()]);
    assert_eq!(plan.source, Source::ChangeSet);
    assert_eq!(plan.summary.to_string(), "0 to add, 2 to change, 0 to replace, 0 to remove");
    assert_eq!(plan.resources[0].properties[0].path, "GenerateSecret");
    assert_eq!(plan.resources[1], valued);
    assert!(plan.to_string().contains("change, may replace AppClientWeb"), "{plan}");
}

#[test]
fn what_leaves_the_stack_and_stays_in_the_account_is_said() {
    let client = "  AppClientWeb:\n    Type: AWS::Cognito::UserPoolClient\n    DeletionPolicy: RetainExceptOnCreate\n";
    let topic = "  AppClientWeb:\n    Type: AWS::SNS::Topic\n    DeletionPolicy: Retain\n";
    let deleted = "  AppClientWeb:\n    Type: AWS::Cognito::UserPoolClient\n    DeletionPolicy: Delete\n";
    let before = |text: &str| Template::parse(&format!("Resources:\n{text}")).unwrap();
    let said = |word: &str, rest: &str| format!("{word:<19} {:<40} {rest}", "AppClientWeb");
    let rows = [
        ("a client", client, said("REMOVE", "AWS::Cognito::UserPoolClient  (kept, still enabled)"), true),
        ("a client that goes", deleted, said("REMOVE", "AWS::Cognito::UserPoolClient"), false),
        ("anything else", topic, said("REMOVE", "AWS::SNS::Topic  (kept)"), false),
    ];
    for (name, template, expected, enabled) in rows {
        let resources = compare(&before(template), &Template::default());
        let plan = Plan { summary: Summary::of(&resources), resources, ..plan() };
        let (text, markdown) = (plan.to_string(), plan.to_markdown());
        assert!(text.lines().any(|line| line == expected), "{name}: {text}");
        for shown in [&text, &markdown] {
            assert_eq!(shown.contains("still enabled"), enabled, "{name}: {shown}");
            assert_eq!(shown.contains("`deploy --delete-client` deletes it"), enabled, "{name}: {shown}");
        }
        assert_eq!(
            text.lines().last().unwrap().ends_with("1 to remove, 1 kept"),
            name != "a client that goes",
            "{text}"
        );
    }
    let replaced = plan();
    assert!(replaced.to_string().contains("(the one before is kept, still enabled)"), "{replaced}");
}

#[test]
fn cloudformations_word_on_what_is_kept_counts() {
    let own = plan().resources[0].clone();
    let said = |action, kept| Change { action, kept, ..own.clone() };
    let rows = [
        ("nothing said", said(Action::Replace, None), Some(true)),
        ("deleted", said(Action::Replace, Some(false)), Some(false)),
        ("kept", said(Action::Remove, Some(true)), Some(true)),
        ("changed in place", said(Action::Change, Some(true)), None),
    ];
    for (name, change, expected) in rows {
        assert_eq!(plan().with_change_set(&[change]).resources[0].kept, expected, "{name}");
    }
}

/// A plan in which every text is this one.
fn all(text: &str) -> Plan {
    let pair = || Pair { name: text.into(), before: Some(text.into()), after: Some(text.into()) };
    let change = |action| Change {
        action,
        may_replace: false,
        logical_id: text.into(),
        kind: text.into(),
        kept: Some(true),
        properties: vec![
            PropertyChange { path: text.into(), before: Some(json!(text)), after: Some(json!({ "Ref": text })) },
            PropertyChange { path: text.into(), before: Some(json!({ "Fn::Sub": text })), after: None },
            PropertyChange { path: text.into(), before: None, after: Some(json!({ text: [text] })) },
        ],
    };
    Plan {
        stage: text.into(),
        account: text.into(),
        region: text.into(),
        stack: text.into(),
        accepted: vec![Accepted { risk: text.into(), consequence: text.into() }],
        resources: vec![change(Action::Remove), change(Action::Add)],
        iam_widening: vec![Grant {
            logical_id: text.into(),
            to: json!(text),
            action: text.into(),
            on: json!({ "Ref": text }),
            condition: json!({ text: text }),
            lifted_refusal: false,
        }],
        code: vec![CodeChange { function: text.into(), before: Some(text.into()), after: text.into(), after_bytes: 5 }],
        parameters: vec![pair()],
        tags: vec![pair()],
        protect_afterwards: true,
        ..plan()
    }
}

/// What Markdown is made of, without text.
fn markup(markdown: &str) -> Vec<String> {
    let of = |event| match event {
        Event::Text(_) | Event::Code(_) => None,
        // Of what is shown as code, and of what ends a name.
        Event::InlineHtml(html) if ["<!-- -->", "<code>", "</code>"].contains(&html.as_ref()) => None,
        Event::Start(Tag::Item) => Some("item".to_owned()),
        other => Some(format!("{other:?}")),
    };
    Parser::new_ext(markdown, Options::all()).filter_map(of).collect()
}

proptest! {
    #[test]
    fn no_text_adds_a_line_or_markup(piece in any::<String>(), hostile in prop::sample::select(vec![
        "", "\n", "\r\n- a", "\n\n## a", "\n::error::a", "##[error]a", "</details>", "<b>", "`", "``", "|", "[a](b)", "@a", "<!--",
        "**a**", "\u{2028}a", "\u{85}a",
    ])) {
        let (plain, text) = (all("a"), all(&format!("{piece}{hostile}{piece}")));
        prop_assert_eq!(text.to_string().lines().count(), plain.to_string().lines().count(), "{}", text);
        let shown = xtask::terminal::text(&text.to_string());
        prop_assert_eq!(&shown, &text.to_string(), "nothing was left to do");
        prop_assert_eq!(markup(&text.to_markdown()), markup(&plain.to_markdown()), "{}", text.to_markdown());
    }
}
