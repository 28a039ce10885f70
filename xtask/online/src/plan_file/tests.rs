#![allow(clippy::unwrap_used)]

use std::fs;

use aws_sdk_cloudformation::types::StackStatus;

use super::*;
use crate::plan::Action;
use crate::plan::tests::plan;

const STAGE_FILE: &str = include_str!("../../../../deploy/stages/prod.toml");
const TEMPLATE: &str = "Parameters:\n  Memory: {Type: Number, Default: 256}\nResources: {}\n";

fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

fn deployed() -> Deployed {
    Deployed {
        status: StackStatus::UpdateComplete,
        template: "Resources: {}".to_owned(),
        parameters: map(&[("GateKey", "gate/0.zip")]),
        tags: map(&[("service", "sign-in"), ("aws:cloudformation:stack-name", "sign-in")]),
    }
}

fn file() -> PlanFile {
    let stage = Stage::parse(StageName::new("prod").unwrap(), STAGE_FILE).unwrap();
    let mut plan = plan();
    plan.account = stage.aws.account.as_ref().unwrap().to_string();
    plan.region = stage.aws.region.to_string();
    plan.stack = stage.aws.stack.to_string();
    let code = Code { key: "gate/1.zip".into(), version: "v1".into(), checksum: "sum".into() };
    PlanFile {
        schema_version: SCHEMA_VERSION,
        plan,
        stage_file: STAGE_FILE.to_owned(),
        deployed: Some(fingerprint(&deployed())),
        desired: Desired {
            template: TEMPLATE.to_owned(),
            parameters: map(&[("GateKey", "gate/1.zip"), ("GateVersion", "v1")]),
            tags: map(&[("service", "sign-in")]),
        },
        bucket: "artefacts".into(),
        code: [(Trigger::Gate, code)].into(),
        change_set: Some(Waiting {
            name: "plan-1".into(),
            id: "arn:set".into(),
            stack_id: "arn:stack".into(),
            role_arn: None,
        }),
    }
}

/// Everything as it was reviewed.
fn seen() -> Seen {
    let file = file();
    Seen {
        account: file.plan.account.clone(),
        deployed: file.deployed,
        change_set: Some(SeenChangeSet {
            status: "CREATE_COMPLETE".into(),
            execution_status: "AVAILABLE".into(),
            reason: None,
            template: file.desired.template.clone(),
            parameters: file.desired.parameters.clone(),
            tags: file.desired.tags.clone(),
            changes: file.plan.resources.clone(),
        }),
        code: [(Trigger::Gate, Some("sum".to_owned()))].into(),
    }
}

type Edit = fn(&mut Seen);
type EditSet = fn(&mut SeenChangeSet);

#[test]
fn whatever_is_not_as_reviewed_is_told() {
    assert_eq!(stale(&file(), &seen()), []);
    let other = |part| vec![Stale::ChangeSetContent { name: "plan-1".into(), part }];
    let state = |state: &str| vec![Stale::ChangeSetState { name: "plan-1".into(), state: state.into() }];
    let code = || vec![Stale::Code { function: Trigger::Gate.logical_id(), key: "gate/1.zip".into() }];
    let rows: [(&str, Edit, Vec<Stale>); 6] = [
        (
            "another account",
            |seen| seen.account = "444455556666".into(),
            vec![Stale::Account { seen: "444455556666".into() }],
        ),
        ("another stack", |seen| seen.deployed = Some(Digest::of(b"other")), vec![Stale::Stack]),
        ("no stack any more", |seen| seen.deployed = None, vec![Stale::Stack]),
        ("no change set", |seen| seen.change_set = None, vec![Stale::ChangeSetGone { name: "plan-1".into() }]),
        ("no code", |seen| seen.code = [(Trigger::Gate, None)].into(), code()),
        ("other code", |seen| seen.code = [(Trigger::Gate, Some("s".to_owned()))].into(), code()),
    ];
    for (name, edit, expected) in rows {
        let mut seen = seen();
        edit(&mut seen);
        assert_eq!(stale(&file(), &seen), expected, "{name}");
    }
    let rows: [(&str, EditSet, Vec<Stale>); 10] = [
        ("with a default", |set| set.parameters.extend(map(&[("Memory", "256")])), vec![]),
        ("with another default", |set| set.parameters.extend(map(&[("Memory", "512")])), other("parameters")),
        ("with a parameter more", |set| set.parameters.extend(map(&[("X", "1")])), other("parameters")),
        ("with other code", |set| set.parameters.extend(map(&[("GateVersion", "v2")])), other("parameters")),
        ("without parameters", |set| set.parameters.clear(), other("parameters")),
        ("another template", |set| set.template.push_str("Outputs: {}"), other("template")),
        ("without tags", |set| set.tags.clear(), other("tags")),
        ("removing instead", |set| set.changes[0].action = Action::Remove, other("changes")),
        (
            "obsolete",
            |set| {
                "UNAVAILABLE".clone_into(&mut set.execution_status);
                set.reason = Some("stack was updated".into());
            },
            state("CREATE_COMPLETE, UNAVAILABLE: stack was updated"),
        ),
        (
            "executed",
            |set| "EXECUTE_COMPLETE".clone_into(&mut set.execution_status),
            state("CREATE_COMPLETE, EXECUTE_COMPLETE"),
        ),
    ];
    for (name, edit, expected) in rows {
        let mut seen = seen();
        edit(seen.change_set.as_mut().unwrap());
        assert_eq!(stale(&file(), &seen), expected, "{name}");
    }
    let nothing = PlanFile { change_set: None, ..file() };
    assert_eq!(stale(&nothing, &seen()), [Stale::NothingPlanned]);
}

#[test]
fn a_stack_is_told_by_all_that_it_is_made_of() {
    let same = Deployed { status: StackStatus::CreateComplete, ..deployed() };
    assert_eq!(fingerprint(&same), fingerprint(&deployed()));
    let rows = [
        ("template", Deployed { template: "Resources: {A: 1}".into(), ..deployed() }),
        ("parameter", Deployed { parameters: map(&[("GateKey", "gate/2.zip")]), ..deployed() }),
        ("tag", Deployed { tags: map(&[("service", "other")]), ..deployed() }),
    ];
    for (name, other) in rows {
        assert_ne!(fingerprint(&other), fingerprint(&deployed()), "{name}");
    }
}

#[test]
fn a_plan_file_is_read_as_it_was_written_and_not_otherwise() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plan.json");
    let write = |file: &PlanFile| file.write(NamedTempFile::new_in(&folder).unwrap(), &path).unwrap();
    write(&file());
    let (read, stage) = PlanFile::read(&path).unwrap();
    assert_eq!((read, stage.name.as_ref()), (file(), "prod"));

    let with = |edit: fn(&mut PlanFile)| {
        let mut file = file();
        edit(&mut file);
        file
    };
    let rows = [
        ("of a later program", with(|file| file.schema_version += 1)),
        ("for another account", with(|file| file.plan.account = "444455556666".into())),
        ("for another Region", with(|file| file.plan.region = "us-east-1".into())),
        ("for another stack", with(|file| file.plan.stack = "other".into())),
        ("with a bucket that says more", with(|file| file.bucket.push_str("\nhint: run this"))),
        ("with code that says more", with(|file| file.code.values_mut().for_each(|code| code.key.push('\u{9b}')))),
        ("with a change set that says more", with(|file| file.change_set.as_mut().unwrap().name.push('\r'))),
        ("with a stage file that is none", with(|file| file.stage_file.push_str("\nx = 1"))),
    ];
    for (name, file) in rows {
        write(&file);
        assert!(PlanFile::read(&path).is_err(), "{name}");
    }
    write(&file());
    let linked = folder.path().join("linked");
    std::os::unix::fs::symlink(&path, &linked).unwrap();
    assert!(format!("{:#}", PlanFile::read(&linked).unwrap_err()).ends_with("it is a link"));
    fs::remove_file(linked).unwrap();
    fs::File::options().write(true).open(&path).unwrap().set_len(LARGEST + 1).unwrap();
    assert!(format!("{:#}", PlanFile::read(&path).unwrap_err()).contains("it is larger than"));
    for text in ["", "{}", "[]"] {
        fs::write(&path, text).unwrap();
        assert!(PlanFile::read(&path).is_err(), "{text}");
    }
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "a temporary file was left");
}

#[test]
fn a_first_creation_goes_without_protection() {
    let mut file = file();
    file.desired.parameters.extend(map(&[("DeletionProtection", "ACTIVE")]));
    assert_eq!(file.first(), file.desired);
    file.plan.operation = Operation::Create;
    assert_eq!(file.first().parameters["DeletionProtection"], "INACTIVE");
}
