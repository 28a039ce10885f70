#![allow(clippy::unwrap_used)]

use super::*;

fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

fn desired() -> Desired {
    Desired {
        template: "Resources: {}\n".to_owned(),
        parameters: map(&[("Architecture", "arm64"), ("GateKey", "gate/1.zip")]),
        tags: map(&[("service", "sign-in")]),
    }
}

fn deployed(status: StackStatus) -> Deployed {
    let Desired { template, parameters, tags } = desired();
    Deployed { status, template, parameters, tags }
}

#[test]
fn what_differs_decides() {
    let steady = || deployed(StackStatus::UpdateComplete);
    let rows: [(&str, Deployed, Decision); 10] = [
        ("the same", steady(), Decision::Nothing),
        ("the same after a rollback", deployed(StackStatus::UpdateRollbackComplete), Decision::Nothing),
        ("an empty line at the end", Deployed { template: "Resources: {}\n\n".into(), ..steady() }, Decision::Nothing),
        ("another template", Deployed { template: "Resources: {A: 1}".into(), ..steady() }, Decision::Update),
        (
            "another artefact",
            Deployed { parameters: map(&[("Architecture", "arm64"), ("GateKey", "gate/0.zip")]), ..steady() },
            Decision::Update,
        ),
        (
            "a parameter missing",
            Deployed { parameters: map(&[("Architecture", "arm64")]), ..steady() },
            Decision::Update,
        ),
        (
            "a default of the template",
            Deployed {
                parameters: map(&[("Architecture", "arm64"), ("GateKey", "gate/1.zip"), ("Memory", "256")]),
                ..steady()
            },
            Decision::Nothing,
        ),
        ("a tag gone", Deployed { tags: map(&[]), ..steady() }, Decision::Update),
        (
            "a tag too many",
            Deployed { tags: map(&[("service", "sign-in"), ("team", "a")]), ..steady() },
            Decision::Update,
        ),
        (
            "a tag of AWS's own",
            Deployed { tags: map(&[("service", "sign-in"), ("aws:x", "y")]), ..steady() },
            Decision::Nothing,
        ),
    ];
    for (name, deployed, expected) in rows {
        assert_eq!(decide(&desired(), Some(&deployed)), Ok(expected), "{name}");
    }
    assert_eq!(decide(&desired(), None), Ok(Decision::Create), "no stack");
}

#[test]
fn an_artefact_that_stays_keeps_its_version() {
    let stage = Stage::parse(
        xtask::stage::StageName::new("local").unwrap(),
        include_str!("../../../../deploy/stages/local.toml"),
    );
    let stage = stage.unwrap();
    let (key, version) = (Trigger::Gate.key_parameter(), Trigger::Gate.version_parameter());
    let deployed = |name: &str| Deployed {
        parameters: map(&[(key, name), (version, "v1")]),
        ..deployed(StackStatus::UpdateComplete)
    };
    for (name, deployed, expected) in [
        ("the same", Some(deployed("gate/1.zip")), "v1"),
        ("another", Some(deployed("gate/0.zip")), LATER),
        ("a first one", None, LATER),
    ] {
        let mut desired = desired();
        desired.parameters.insert(key.to_owned(), "gate/1.zip".to_owned());
        assert_eq!(desired.expected(&stage, deployed.as_ref()).parameters[version], expected, "{name}");
    }
}

#[test]
fn every_state_has_its_meaning() {
    use StackStatus as S;
    let obstructed = Condition::Obstructed;
    let rows = [
        (S::ReviewInProgress, Condition::Empty),
        (S::DeleteComplete, Condition::Empty),
        (S::CreateComplete, Condition::Steady),
        (S::UpdateComplete, Condition::Steady),
        (S::UpdateRollbackComplete, Condition::Steady),
        (S::ImportComplete, Condition::Steady),
        (S::ImportRollbackComplete, Condition::Steady),
        (S::CreateInProgress, obstructed(Obstacle::Busy)),
        (S::UpdateInProgress, obstructed(Obstacle::Busy)),
        (S::UpdateCompleteCleanupInProgress, obstructed(Obstacle::Busy)),
        (S::UpdateRollbackInProgress, obstructed(Obstacle::Busy)),
        (S::RollbackInProgress, obstructed(Obstacle::Busy)),
        (S::DeleteInProgress, obstructed(Obstacle::Busy)),
        (S::ImportInProgress, obstructed(Obstacle::Busy)),
        (S::ImportRollbackInProgress, obstructed(Obstacle::Busy)),
        (S::UpdateRollbackCompleteCleanupInProgress, obstructed(Obstacle::Busy)),
        (S::RollbackComplete, obstructed(Obstacle::CreationFailed)),
        (S::RollbackFailed, obstructed(Obstacle::CreationFailed)),
        (S::CreateFailed, obstructed(Obstacle::CreationFailed)),
        (S::DeleteFailed, obstructed(Obstacle::DeletionFailed)),
        (S::UpdateFailed, obstructed(Obstacle::UpdateFailed)),
        (S::UpdateRollbackFailed, obstructed(Obstacle::RollbackFailed)),
        (S::ImportRollbackFailed, obstructed(Obstacle::ImportFailed)),
        (S::from("SOMETHING_NEW"), obstructed(Obstacle::Unknown)),
    ];
    for (status, expected) in rows {
        assert_eq!(Condition::of(&status), expected, "{status}");
    }
}
