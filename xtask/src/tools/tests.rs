#![allow(clippy::unwrap_used)]

use std::collections::HashMap;

use super::*;

#[test]
fn the_environment_follows_the_pinned_versions_and_python() {
    let name = environment_name(b"ministack==1", "cpython-311-x86_64");
    assert_eq!(name.len(), "tools-".len() + 16);
    assert_eq!(name, environment_name(b"ministack==1", "cpython-311-x86_64"));
    assert_ne!(name, environment_name(b"ministack==2", "cpython-311-x86_64"));
    assert_ne!(name, environment_name(b"ministack==1", "cpython-312-x86_64"));
}

#[test]
fn the_cache_lies_where_the_user_keeps_caches() {
    let table = [
        ("both", vec![("XDG_CACHE_HOME", "/c"), ("HOME", "/h")], Some("/c/cognito-email-mfa")),
        ("home alone", vec![("HOME", "/h")], Some("/h/.cache/cognito-email-mfa")),
        ("relative", vec![("XDG_CACHE_HOME", "c"), ("HOME", "/h")], Some("/h/.cache/cognito-email-mfa")),
        ("neither", vec![], None),
    ];
    for (name, variables, expected) in table {
        let variables: HashMap<_, _> = variables.into_iter().collect();
        let found = cache_directory(|name| variables.get(name).map(PathBuf::from)).ok();
        assert_eq!(found, expected.map(PathBuf::from), "{name}");
    }
}

/// Fetches nothing: an empty list of requirements is installed at once.
#[test]
fn a_half_made_environment_is_made_again_and_a_complete_one_reused() {
    let cache = tempfile::tempdir().unwrap();
    let python = Python::find().unwrap();
    let requirements = cache.path().join("requirements.txt");
    fs::write(&requirements, "# nothing\n").unwrap();
    let directory = cache.path().join(environment_name(b"a", &python.tag));
    fs::create_dir(&directory).unwrap();
    fs::write(directory.join("left-over"), "").unwrap();

    let tools = ensure_at(cache.path(), &python, &requirements, b"a").unwrap();
    assert!(tools.program("python3").is_file());
    assert!(!directory.join("left-over").exists(), "what an interrupted command left is still there");

    fs::write(directory.join("mine"), "").unwrap();
    ensure_at(cache.path(), &python, &requirements, b"a").unwrap();
    assert!(directory.join("mine").exists(), "a complete environment was made again");

    // An upgrade of the system's Python can take away what the environment links to.
    fs::remove_file(directory.join("bin/python3")).unwrap();
    ensure_at(cache.path(), &python, &requirements, b"a").unwrap();
    assert!(!directory.join("mine").exists() && directory.join("bin/python3").is_file());
}

#[test]
fn a_failed_fetch_leaves_nothing_and_says_what_pip_said() {
    let cache = tempfile::tempdir().unwrap();
    let python = Python::find().unwrap();
    let requirements = cache.path().join("requirements.txt");
    // A file that is not there: pip asks nobody for it.
    let zeros = "0".repeat(64);
    fs::write(&requirements, format!("./no_such_tool-1-py3-none-any.whl --hash=sha256:{zeros}\n")).unwrap();
    let error = ensure_at(cache.path(), &python, &requirements, b"b").unwrap_err();
    let message = format!("{error:#}");
    assert!(message.contains("failed to fetch the pinned tools"), "{message}");
    assert!(message.contains("hint: check the network"), "{message}");
    assert!(message.contains("no_such_tool-1-py3-none-any.whl"), "{message}");
    assert!(!cache.path().join(environment_name(b"b", &python.tag)).exists());
}
