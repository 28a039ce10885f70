#![allow(clippy::unwrap_used)]

use std::path::PathBuf;

use super::*;
use crate::local::Running;

fn complete() -> Facts {
    let target = Target { name: "x86_64-unknown-linux-gnu", stages: vec!["local".to_owned()], installed: true };
    Facts {
        linux: true,
        rustc: Some(format!("rustc {RUST}.0 (c0ffee 2026-01-01)")),
        rustup: true,
        targets: Ok(vec![target]),
        compiler: Some("cc 14".to_owned()),
        python: Ok(PathBuf::from("/usr/bin/python3")),
        fetched: true,
        free_bytes: Some(ROOM_FOR_ALL),
        git: Some("git version 2".to_owned()),
        online: None,
        local: Ok(Standing::Stopped { taken: None }),
        browser: Some("firefox".to_owned()),
        front_end: front_end(Some("v20.20.2"), true),
    }
}

fn front_end(node: Option<&str>, chromium: bool) -> Tools {
    let chromium = chromium.then(|| Chromium::OfTheSystem(PathBuf::from("/usr/bin/chromium")));
    Tools { node: node.map(str::to_owned), npm: node.is_some(), chromium }
}

fn endpoint() -> Running {
    let access = serde_json::json!({"access-key-id": "AKIAEXAMPLE", "secret-access-key": "secret", "token": "token"});
    Running {
        endpoint: "http://127.0.0.1:4566".to_owned(),
        pid: 7,
        log: PathBuf::from("log"),
        access: serde_json::from_value(access).unwrap(),
    }
}

#[test]
fn nothing_is_said_against_a_complete_machine() {
    let rows = judge(&complete());
    assert!(rows.iter().all(|row| row.state == State::Ok && row.mend.is_empty()), "{rows:?}");
    assert_eq!(rows[0].to_string(), format!("ok        rustc {RUST}.0 (c0ffee 2026-01-01)"));
}

#[test]
fn what_is_missing_is_named_with_what_to_do() {
    use State::{Missing, Ok as Fine, Optional};
    let arm = |installed| Target { name: "aarch64-unknown-linux-gnu", stages: vec!["prod".to_owned()], installed };
    type Row<'a> = (&'a str, Facts, State, &'a [&'a str]);
    let rows: Vec<Row<'_>> = vec![
        ("no compiler", Facts { rustc: None, ..complete() }, Missing, &["Rust 1.", "rustup update"]),
        (
            "an old compiler and no rustup",
            Facts { rustc: Some("rustc 1.80.1 (x)".to_owned()), rustup: false, ..complete() },
            Missing,
            &["this is rustc 1.80.1", "https://rustup.rs"],
        ),
        ("a newer major", Facts { rustc: Some("rustc 2.0.0".to_owned()), ..complete() }, Fine, &[]),
        ("a nightly", Facts { rustc: Some("rustc 1.999.0-nightly (x)".to_owned()), ..complete() }, Fine, &[]),
        ("words", Facts { rustc: Some("not rust".to_owned()), ..complete() }, Missing, &["this is not rust"]),
        (
            "another processor",
            Facts { targets: Ok(vec![arm(false)]), ..complete() },
            Missing,
            &["`prod`", "`rustup target add aarch64-unknown-linux-gnu`"],
        ),
        ("another processor, installed", Facts { targets: Ok(vec![arm(true)]), ..complete() }, Fine, &[]),
        (
            "a broken stage",
            Facts { targets: Err("1 problem".to_owned()), ..complete() },
            Missing,
            &["1 problem", "`cargo xtask check`"],
        ),
        ("no cc", Facts { compiler: None, ..complete() }, Missing, &["C compiler", "build-essential"]),
        (
            "no Python",
            Facts { python: Err("found no Python\nhint: get one".to_owned()), ..complete() },
            Missing,
            &["(found no Python)", ": get one"],
        ),
        ("no tools yet", Facts { fetched: false, ..complete() }, Optional, &["`cargo xtask check`"]),
        ("little room", Facts { free_bytes: Some(ROOM_FOR_ALL - 1), ..complete() }, Optional, &["4.9 GiB", "clean"]),
        ("no room", Facts { free_bytes: Some(ROOM_AT_LEAST - 1), ..complete() }, Missing, &["0.9 GiB free"]),
        ("no git", Facts { git: None, ..complete() }, Optional, &["apt-get install git"]),
        ("a program", Facts { online: Some((PathBuf::from("/o"), true)), ..complete() }, Fine, &[]),
        ("none", Facts { online: Some((PathBuf::from("/o"), false)), ..complete() }, Missing, &["`/o`", "unset"]),
        ("running", Facts { local: Ok(Standing::Running(endpoint())), ..complete() }, Fine, &[]),
        ("port", Facts { local: Ok(Standing::Stopped { taken: Some(4566) }), ..complete() }, Optional, &["4566"]),
        ("no Linux", Facts { linux: false, ..complete() }, Optional, &["WSL"]),
        ("no browser", Facts { browser: None, ..complete() }, Optional, &["email preview"]),
        ("no Node", Facts { front_end: front_end(None, true), ..complete() }, Optional, &["Node 20.19", "nodejs.org"]),
        ("an old Node", Facts { front_end: front_end(Some("v18.1.0"), true), ..complete() }, Optional, &["v18.1.0"]),
        (
            "no Chromium",
            Facts { front_end: front_end(Some("v24.0.0"), false), ..complete() },
            Optional,
            &["Chromium", "playwright install"],
        ),
    ];
    for (name, facts, state, texts) in rows {
        let found: Vec<_> = judge(&facts).into_iter().filter(|row| row.state != Fine).collect();
        let expected = usize::from(state != Fine);
        assert_eq!(found.len(), expected, "{name}: {found:?}");
        for row in found {
            assert_eq!(row.state, state, "{name}: {row}");
            assert!(!row.mend.is_empty() && !row.to_string().contains('\n'), "{name}: {row}");
            assert!(texts.iter().all(|text| row.to_string().contains(text)), "{name}: {row}");
        }
    }
}
