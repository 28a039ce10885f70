//! Whether the programs that lie there are what a build would make now. Then none is needed, and a deploy that changes nothing
//! does not wait for one to find that out.
//!
//! Everything counts by its content: the sources that the compiler itself says it has read, manifests, lock file, cargo's
//! configuration, compiler, flags and tools, and the programs. What is in doubt is built.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

use super::manifest::{Digest, ToolVersions};

/// What a build was made of, and what it made.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Stamp {
    /// Everything that is no file: tools, flags, packages, variables.
    words: Vec<String>,
    /// By content; `None` for a file that would count if there were one.
    inputs: BTreeMap<PathBuf, Option<Digest>>,
    programs: BTreeMap<PathBuf, Digest>,
    pub(super) tools: ToolVersions,
}

/// What cargo and rustup look for in a folder and in every folder above it.
const CONFIGURATION: [&str; 4] = [".cargo/config.toml", ".cargo/config", "rust-toolchain.toml", "rust-toolchain"];

impl Stamp {
    /// The stamp at `path`, if a build of `words` would make the same again.
    pub(super) fn valid(path: &Path, words: &[String]) -> Option<Self> {
        let stamp: Self = serde_json::from_slice(&fs::read(path).ok()?).ok()?;
        let same = |path: &PathBuf, digest: &Option<Digest>| content(path).is_ok_and(|now| now == *digest);
        let holds = stamp.words == words
            && stamp.inputs.iter().all(|(path, digest)| same(path, digest))
            && stamp.programs.iter().all(|(path, digest)| same(path, &Some(*digest)));
        holds.then_some(stamp)
    }

    /// Says what a build has just made, that began at `begun`. `None` when a source was changed while it was compiled, or
    /// the compiler has not said what it has read.
    ///
    /// # Errors
    /// When something cannot be read.
    pub(super) fn of(
        build: &Built<'_>,
        words: Vec<String>,
        tools: ToolVersions,
        begun: SystemTime,
    ) -> anyhow::Result<Option<Self>> {
        let mut files = Vec::new();
        for dep_info in &build.dep_infos {
            let Ok(text) = fs::read_to_string(dep_info) else { return Ok(None) };
            files.extend(sources(&text));
        }
        // `begun` is exact, and what file systems keep may be rounded down to a tick of the kernel's clock.
        let settled = |path: &PathBuf| fs::metadata(path)?.modified().map(|modified| modified < begun);
        if files.is_empty() || !files.iter().all(|path| settled(path).unwrap_or(false)) {
            return Ok(None);
        }
        let mut inputs = BTreeMap::new();
        for path in files.iter().filter_map(|path| manifest_of(path)).chain(configuration(build.root, build.cargo_home))
        {
            inputs.insert(path.clone(), content(&path)?);
        }
        for path in files {
            inputs.insert(path.clone(), content(&path)?);
        }
        let mut programs = BTreeMap::new();
        for path in &build.programs {
            let digest = content(path)?.with_context(|| format!("the build has left no `{}`", path.display()))?;
            programs.insert(path.clone(), digest);
        }
        Ok(Some(Self { words, inputs, programs, tools }))
    }

    /// # Errors
    /// When it cannot be written.
    pub(super) fn write(&self, path: &Path) -> anyhow::Result<()> {
        let text = serde_json::to_vec_pretty(self).context("failed to write JSON")?;
        fs::write(path, text).with_context(|| format!("failed to write `{}`", path.display()))
    }
}

/// Where a build was made and what it has left.
#[derive(Debug)]
pub(super) struct Built<'a> {
    pub(super) root: &'a Path,
    pub(super) cargo_home: &'a Path,
    /// Cargo's lists of sources, one for each program, in the format of `make`.
    pub(super) dep_infos: Vec<PathBuf>,
    pub(super) programs: Vec<PathBuf>,
}

fn content(path: &Path) -> anyhow::Result<Option<Digest>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(Digest::of(&bytes))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("failed to read `{}`", path.display())),
    }
}

/// The sources in a rule `program: source source`, where `\ ` is a blank within a name.
fn sources(rule: &str) -> Vec<PathBuf> {
    let names = rule.lines().next().and_then(|line| line.split_once(": ")).map_or("", |(_, names)| names);
    let names = names.replace("\\ ", "\0");
    names.split_whitespace().map(|name| PathBuf::from(name.replace('\0', " "))).collect()
}

/// The manifest of the package that a source belongs to.
fn manifest_of(source: &Path) -> Option<PathBuf> {
    source.ancestors().skip(1).map(|folder| folder.join("Cargo.toml")).find(|manifest| manifest.is_file())
}

fn configuration(root: &Path, cargo_home: &Path) -> impl Iterator<Item = PathBuf> {
    let above = root.ancestors().flat_map(|folder| CONFIGURATION.map(|name| folder.join(name)));
    let workspace = ["Cargo.toml", "Cargo.lock"].map(|name| root.join(name));
    above.chain(workspace).chain(["config.toml", "config"].map(|name| cargo_home.join(name)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::time::Duration;

    use super::*;

    /// A repository after a build.
    struct Fixture {
        root: tempfile::TempDir,
        words: Vec<String>,
    }

    impl Fixture {
        fn new() -> Self {
            let root = tempfile::tempdir().unwrap();
            let here = Self { root, words: vec!["rustc 1".to_owned()] };
            for name in ["Cargo.toml", "Cargo.lock", "trigger/Cargo.toml", "trigger/src/main.rs", "trigger/a mail.txt"]
            {
                here.write(name, "before");
            }
            let path = |name: &str| here.path(name).display().to_string().replace(' ', "\\ ");
            let rule = format!("{}: {} {}\n", path("program"), path("trigger/src/main.rs"), path("trigger/a mail.txt"));
            here.write("program.d", &rule);
            here.write("program", "machine code");
            let stamp = here.stamp(SystemTime::now() + Duration::from_secs(1)).unwrap();
            stamp.write(&here.path("stamp.json")).unwrap();
            here
        }

        fn path(&self, name: &str) -> PathBuf {
            self.root.path().join(name)
        }

        fn write(&self, name: &str, text: &str) {
            let path = self.path(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }

        fn stamp(&self, begun: SystemTime) -> Option<Stamp> {
            let home = self.path("cargo-home");
            let built = Built {
                root: self.root.path(),
                cargo_home: &home,
                dep_infos: vec![self.path("program.d")],
                programs: vec![self.path("program")],
            };
            let tools = ToolVersions { cargo_lambda: Some("1".to_owned()), rustc: "1".to_owned() };
            Stamp::of(&built, self.words.clone(), tools, begun).unwrap()
        }

        fn is_valid(&self) -> bool {
            Stamp::valid(&self.path("stamp.json"), &self.words).is_some()
        }
    }

    #[test]
    fn nothing_changed_is_nothing_to_build() {
        let here = Fixture::new();
        assert!(here.is_valid());
        // The same content, written again.
        here.write("trigger/src/main.rs", "before");
        assert!(here.is_valid());
    }

    #[test]
    fn whatever_changes_is_built() {
        let changed = [
            "trigger/src/main.rs",
            "trigger/a mail.txt",
            "trigger/Cargo.toml",
            "Cargo.toml",
            "Cargo.lock",
            ".cargo/config.toml",
            "rust-toolchain.toml",
            "cargo-home/config.toml",
            "program",
        ];
        for name in changed {
            let here = Fixture::new();
            here.write(name, "after");
            assert!(!here.is_valid(), "{name}");
        }
        let here = Fixture::new();
        fs::remove_file(here.path("trigger/a mail.txt")).unwrap();
        assert!(!here.is_valid(), "a source that is gone");
        let mut here = Fixture::new();
        here.words = vec!["rustc 2".to_owned()];
        assert!(!here.is_valid(), "another compiler");
    }

    #[test]
    fn a_source_that_was_changed_during_the_build_leaves_no_stamp() {
        let here = Fixture::new();
        assert!(here.stamp(SystemTime::now() - Duration::from_secs(60)).is_none());
        here.write("program.d", "");
        assert!(here.stamp(SystemTime::now() + Duration::from_secs(1)).is_none(), "the compiler has named no source");
    }
}
