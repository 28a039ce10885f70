//! What decides a build beside its sources: manifests, lock file, cargo's and rustup's configuration.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use toml_span::Value;

use super::manifest::Digest;
use crate::cargo::Member;

/// By content; `None` for a file that would count if there were one.
pub(super) type Files = BTreeMap<PathBuf, Option<Digest>>;

/// What cargo and rustup look for in a folder and in every folder above it.
const CONFIGURATION: [&str; 2] = [".cargo/config.toml", ".cargo/config"];
const TOOLCHAIN: [&str; 2] = ["rust-toolchain.toml", "rust-toolchain"];

/// Keys of cargo's configuration by which files decide that are not looked at here.
const BEYOND: [&str; 2] = ["include", "paths"];

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Surroundings {
    pub(super) files: Files,
    /// Whether nothing else decides. The compiler lists the sources of our packages, and those of the registry do not change;
    /// a dependency that lies in a folder, as a patched one does, is neither.
    pub(super) is_whole: bool,
}

impl Surroundings {
    /// # Errors
    /// When something cannot be read.
    pub(super) fn look(root: &Path, cargo_home: &Path, members: &[Member]) -> anyhow::Result<Self> {
        let above =
            |names: [&'static str; 2]| root.ancestors().flat_map(move |folder| names.map(|name| folder.join(name)));
        let mut files = Files::new();
        // All members: cargo unites the features that they ask for.
        let manifests = members.iter().map(|member| member.manifest_path.clone());
        for path in above(TOOLCHAIN).chain(manifests).chain([root.join("Cargo.toml")]) {
            let digest = digest(&path)?;
            files.insert(path, digest);
        }
        let mut is_whole = true;
        for path in above(CONFIGURATION).chain(["config.toml", "config"].map(|name| cargo_home.join(name))) {
            let bytes = read(&path)?;
            is_whole &= bytes.as_deref().is_none_or(stays_here);
            files.insert(path, bytes.as_deref().map(Digest::of));
        }
        let path = root.join("Cargo.lock");
        let lock = read(&path)?;
        is_whole &= lock.as_deref().is_some_and(|lock| is_of_registries(lock, members));
        files.insert(path, lock.as_deref().map(Digest::of));
        Ok(Self { files, is_whole })
    }
}

/// `None` when there is no such file.
///
/// # Errors
/// When it cannot be read.
pub(super) fn digest(path: &Path) -> anyhow::Result<Option<Digest>> {
    Ok(read(path)?.as_deref().map(Digest::of))
}

fn read(path: &Path) -> anyhow::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if is_absent(&error) => Ok(None),
        Err(error) => Err(error).with_context(|| format!("failed to read `{}`", path.display())),
    }
}

/// A folder of that name is no configuration, for cargo and rustup either.
fn is_absent(error: &io::Error) -> bool {
    use io::ErrorKind::{IsADirectory, NotADirectory, NotFound};
    matches!(error.kind(), NotFound | IsADirectory | NotADirectory)
}

/// Whether every package of a lock file is a member or comes from a registry, which names its source.
fn is_of_registries(lock: &[u8], members: &[Member]) -> bool {
    let is_known = |package: &Value<'_>| {
        let name = package.pointer("/name").and_then(Value::as_str);
        package.has_key("source") || members.iter().any(|member| Some(member.name.as_str()) == name)
    };
    let Some(lock) = toml(lock) else { return false };
    lock.pointer("/package").and_then(Value::as_array).is_some_and(|packages| packages.iter().all(is_known))
}

fn stays_here(configuration: &[u8]) -> bool {
    toml(configuration).is_some_and(|keys| BEYOND.iter().all(|key| !keys.has_key(key)))
}

fn toml(text: &[u8]) -> Option<Value<'_>> {
    toml_span::parse(str::from_utf8(text).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const REGISTRY: &str = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";

    #[test]
    fn a_package_of_a_folder_that_is_no_member_is_told() {
        let members = [Member { name: "trigger".to_owned(), manifest_path: "/r/trigger/Cargo.toml".into() }];
        let package =
            |name: &str, source: &str| format!("[[package]]\nname = \"{name}\"\nversion = \"1.0.0\"\n{source}\n");
        let ours = package("trigger", "");
        for (name, lock, expected) in [
            ("ours and a registry's", ours.clone() + &package("itoa", REGISTRY), true),
            ("a patched one", ours + &package("itoa", ""), false),
            ("no lock file", "nothing".to_owned(), false),
            ("an empty one", String::new(), false),
        ] {
            assert_eq!(is_of_registries(lock.as_bytes(), &members), expected, "{name}");
        }
    }

    #[test]
    fn a_configuration_that_leads_elsewhere_is_told() {
        for (text, expected) in [
            ("", true),
            ("[build]\nrustflags = []\n", true),
            ("paths = [\"/elsewhere\"]", false),
            ("include = [\"more.toml\"]", false),
            ("what is this", false),
        ] {
            assert_eq!(stays_here(text.as_bytes()), expected, "{text}");
        }
    }
}
