//! The archives are the same bytes wherever they are built.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use e2e::{long, place, tool};
use serde_json::Value;

fn manifest(root: &Path) -> Value {
    let path = root.join("target/bundle/local/manifest.json");
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// The files of this checkout as they are, and nothing that was built from them.
fn copy_sources(to: &Path) {
    let listed = Command::new("git").args(["ls-files", "-z"]).current_dir(place::root()).output().unwrap();
    assert!(listed.status.success(), "{listed:?}");
    for file in String::from_utf8(listed.stdout).unwrap().split_terminator('\0') {
        let (from, to) = (place::root().join(file), to.join(file));
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(&from, &to).unwrap_or_else(|error| panic!("{}: {error}", from.display()));
    }
}

/// What was downloaded before, so that it is not again; the sources are unpacked anew, at another path.
fn copy_downloads(to: &Path) {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.unwrap_or_else(|| std::env::home_dir().unwrap().join(".cargo"));
    fs::create_dir_all(to).unwrap();
    let downloads = ["cache", "index"].map(|folder| home.join("registry").join(folder));
    let copied = Command::new("cp").arg("-r").args(downloads).arg(to).status().unwrap();
    assert!(copied.success());
    for file in ["config.toml", "config"] {
        let _ = fs::copy(home.join(file), to.parent().unwrap().join(file));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_folders_and_two_homes_of_cargo_give_the_same_archives() {
    if !long::wanted("a second build of the triggers, elsewhere") {
        return;
    }
    let elsewhere = tempfile::tempdir().unwrap();
    let (root, home) = (elsewhere.path().join("another folder"), elsewhere.path().join("home"));
    copy_sources(&root);
    copy_downloads(&home.join("registry"));
    tool::bundle(&root, &home).await.unwrap();
    let (here, there) = (manifest(place::root()), manifest(&root));
    assert_eq!(
        here["functions"].as_object().unwrap().values().map(|built| built.as_object().unwrap().len()).sum::<usize>(),
        4
    );
    assert_eq!(here["functions"], there["functions"]);
}
