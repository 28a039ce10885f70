#![allow(clippy::unwrap_used)]

use super::*;

fn lines(problems: Vec<Problem>) -> Vec<String> {
    problems.iter().map(ToString::to_string).collect()
}

#[test]
fn findings_of_all_three_read_like_ours() {
    let actionlint = br#"[{"message": "undefined function \"no\"", "filepath": ".github/workflows/a.yml", "line": 8,
        "column": 23, "kind": "expression", "snippet": "s", "end_column": 53}]"#;
    assert_eq!(
        lines(output::actionlint(actionlint).unwrap()),
        [".github/workflows/a.yml:8:23: undefined function \"no\" (actionlint, expression)"]
    );
    let shellcheck = br#"{"comments": [{"file": ".ci/run", "line": 2, "endLine": 2, "column": 4, "endColumn": 6,
        "level": "info", "code": 2086, "message": "Double quote.", "fix": null}]}"#;
    assert_eq!(lines(output::shellcheck(shellcheck).unwrap()), [".ci/run:2:4: Double quote. (SC2086)"]);
    assert_eq!(
        lines(output::zizmor(audit("Primary", r#"{"Local": {"verbatim_path": "b.yml"}}"#, false).as_bytes()).unwrap()),
        ["b.yml:4:3: injection: may expand (zizmor, template-injection)"]
    );
}

/// One audit with two places, of which the second has this kind.
fn audit(kind: &str, key: &str, ignored: bool) -> String {
    format!(
        r#"[{{"ident": "template-injection", "desc": "injection", "url": "u", "determinations": {{}}, "ignored": {ignored},
        "locations": [
        {{"symbolic": {{"key": {{"Local": {{"verbatim_path": "a.yml"}}}}, "annotation": "this step", "kind": "Hidden"}},
          "concrete": {{"location": {{"start_point": {{"row": 0, "column": 0}}}}}}}},
        {{"symbolic": {{"key": {key}, "annotation": "may expand", "kind": "{kind}"}},
          "concrete": {{"location": {{"start_point": {{"row": 3, "column": 2}}}}}}}}]}}]"#
    )
}

#[test]
fn what_is_excused_is_no_finding_and_what_has_no_place_is_one() {
    let local = r#"{"Local": {"verbatim_path": "b.yml"}}"#;
    assert!(output::zizmor(audit("Primary", local, true).as_bytes()).unwrap().is_empty());
    let remote = audit("Primary", r#"{"Remote": {"slug": {}, "path": "p"}}"#, false);
    assert_eq!(lines(output::zizmor(remote.as_bytes()).unwrap()), [".github: injection (zizmor, template-injection)"]);
    let first = audit("Related", local, false);
    assert_eq!(
        lines(output::zizmor(first.as_bytes()).unwrap()),
        ["a.yml:1:1: injection: this step (zizmor, template-injection)"]
    );
}

#[test]
fn nothing_found_is_not_nothing_said() {
    assert!(output::actionlint(b"null").unwrap().is_empty());
    assert!(output::actionlint(b"[]\n").unwrap().is_empty());
    assert!(output::actionlint(b"").is_err());
    assert!(output::zizmor(b"").is_err());
    assert!(output::shellcheck(b"").is_err());
}

#[test]
fn a_repository_without_workflows_needs_no_tools() {
    let root = tempfile::tempdir().unwrap();
    assert!(findings(root.path()).unwrap().is_empty());
    fs::create_dir_all(root.path().join(SCRIPTS)).unwrap();
    fs::write(root.path().join(".ci/notes"), "no script").unwrap();
    assert!(findings(root.path()).unwrap().is_empty());
}

/// The pinned linters on files that each of them dislikes, so that a new version of one cannot fall silent unnoticed.
#[test]
fn the_pinned_linters_find_what_is_planted() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let root = tempfile::tempdir().unwrap();
    for directory in [WORKFLOWS, SCRIPTS, "xtask"] {
        fs::create_dir_all(root.path().join(directory)).unwrap();
    }
    for file in ["requirements.txt", "requirements.in"] {
        fs::copy(here.join("xtask").join(file), root.path().join("xtask").join(file)).unwrap();
    }
    let workflow = "name: x\non: pull_request\npermissions: {}\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n\
        \x20     - run: echo ${{ github.event.pull_request.title }}\n      - run: echo ${{ github.evnt }}\n\
        \x20     - run: rm $HOME/*\n";
    fs::write(root.path().join(".github/workflows/x.yml"), workflow).unwrap();
    fs::write(root.path().join(".ci/run"), "#!/bin/sh\nrm $1/*\n").unwrap();
    let lines = lines(findings(root.path()).unwrap());
    let expected = [
        (".ci/run:2:4: ", "(SC2086)"),
        (".github/workflows/x.yml:8:", "(zizmor, template-injection)"),
        (".github/workflows/x.yml:9:", "(actionlint, expression)"),
        (".github/workflows/x.yml:10:", "(actionlint, shellcheck)"),
    ];
    for (place, rule) in expected {
        let found = lines.iter().any(|line| line.starts_with(place) && line.ends_with(rule));
        assert!(found, "{place} {rule} is not in {lines:#?}");
    }
}
