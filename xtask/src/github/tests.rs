#![allow(clippy::unwrap_used)]

use std::collections::HashMap;
use std::fs;

use super::*;

fn at(file: &str, line: usize, column: usize, message: &str) -> Problem {
    Problem { file: file.to_owned(), line, column, message: message.to_owned() }
}

#[test]
fn annotations_are_escaped_as_documented() {
    let table = [
        ("a place", at("a.toml", 3, 7, "no"), "::error file=a.toml,line=3,col=7::no"),
        ("a whole file", at("a.toml", 0, 0, "no"), "::error file=a.toml::no"),
        ("percent", at("a%0A", 1, 1, "100 %"), "::error file=a%250A,line=1,col=1::100 %25"),
        ("lines", at("a\r\nb", 1, 1, "x\r\ny"), "::error file=a%0D%0Ab,line=1,col=1::x%0D%0Ay"),
        ("a property in a file's name", at("a,line=9", 1, 1, "m"), "::error file=a%2Cline=9,line=1,col=1::m"),
        ("a colon", at("c:/a", 1, 1, "a: b, c"), "::error file=c%3A/a,line=1,col=1::a: b, c"),
        (
            "a command of its own",
            at("a", 1, 1, "x\n::stop-commands::t"),
            "::error file=a,line=1,col=1::x%0A::stop-commands::t",
        ),
    ];
    for (name, finding, expected) in table {
        assert_eq!(annotation(&finding), expected, "{name}");
    }
}

#[test]
fn a_group_has_no_properties() {
    let group = Command { name: "group", properties: Vec::new(), message: "one\ntwo" };
    assert_eq!(group.to_string(), "::group::one%0Atwo");
    assert_eq!(Command { name: "endgroup", properties: Vec::new(), message: "" }.to_string(), "::endgroup::");
}

#[test]
fn only_github_is_github() {
    let summary = Some(PathBuf::from("/s"));
    let table = [
        ("elsewhere", vec![], None),
        ("another system", vec![("CI", "true"), ("GITHUB_STEP_SUMMARY", "/s")], None),
        ("switched off", vec![("GITHUB_ACTIONS", "false")], None),
        ("without a summary", vec![("GITHUB_ACTIONS", "true")], Some(GitHub { summary: None })),
        (
            "with an empty one",
            vec![("GITHUB_ACTIONS", "true"), ("GITHUB_STEP_SUMMARY", "")],
            Some(GitHub { summary: None }),
        ),
        ("with one", vec![("GITHUB_ACTIONS", "true"), ("GITHUB_STEP_SUMMARY", "/s")], Some(GitHub { summary })),
    ];
    for (name, variables, expected) in table {
        let variables: HashMap<_, _> = variables.into_iter().collect();
        assert_eq!(GitHub::from(|name| variables.get(name).map(OsString::from)), expected, "{name}");
    }
}

#[test]
fn a_summary_grows_and_is_made_where_there_is_none() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("summary");
    append(&path, "# one").unwrap();
    append(&path, "# two\n").unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "# one\n\n# two\n\n");
}
