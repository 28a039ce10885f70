//! Whether the programs that lie there are what a build would make now. Then none is needed, and a deploy that changes nothing
//! does not wait for one to find that out.
//!
//! Everything counts by its content: the sources that the compiler itself says it has read, manifests, lock file, cargo's
//! configuration, compiler, flags and tools, and the programs. What is in doubt is built.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

use super::manifest::{Digest, ToolVersions};
use super::surroundings::{Files, digest};

/// What a build was made of, and what it made.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Stamp {
    /// Everything that is no file: tools, flags, packages, variables.
    words: Vec<String>,
    surroundings: Files,
    sources: Files,
    programs: BTreeMap<PathBuf, Digest>,
    pub(super) tools: ToolVersions,
}

impl Stamp {
    /// What lies at `path`, if it is one.
    pub(super) fn read(path: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(path).ok()?).ok()
    }

    /// Whether a build of `words` would make the same again.
    pub(super) fn holds(&self, words: &[String]) -> bool {
        let same = |path: &Path, before: Option<Digest>| digest(path).is_ok_and(|now| now == before);
        let inputs = self.surroundings.iter().chain(&self.sources);
        self.words == words
            && inputs.into_iter().all(|(path, digest)| same(path, *digest))
            && self.programs.iter().all(|(path, digest)| same(path, Some(*digest)))
    }

    /// Gives a source that has changed and looks as old as the programs a time of now. Cargo tells changes by time, and so
    /// misses a file that was replaced by an older one.
    ///
    /// # Errors
    /// When a source cannot be read or given a time.
    pub(super) fn renew(&self) -> anyhow::Result<()> {
        let modified = |path: &PathBuf| fs::metadata(path)?.modified();
        let built = self.programs.keys().map(modified).collect::<io::Result<Vec<_>>>();
        // Without the programs nobody knows when cargo has made its own of them.
        let built = built.map_or_else(|_| SystemTime::now(), |built| built.into_iter().max().unwrap_or(UNIX_EPOCH));
        for (path, before) in &self.sources {
            let now = digest(path)?;
            if now.is_some() && now != *before && modified(path).is_ok_and(|at| at <= built) {
                let renewed = File::options().append(true).open(path);
                let renewed = renewed.and_then(|file| file.set_modified(SystemTime::now()));
                renewed.with_context(|| format!("failed to tell cargo that `{}` has changed", path.display()))?;
            }
        }
        Ok(())
    }

    /// Says what a build has just made, that began at `begun`. `None` when a source was changed while it was compiled, or
    /// the compiler has not said what it has read.
    ///
    /// # Errors
    /// When something cannot be read.
    pub(super) fn of(
        built: Built,
        words: Vec<String>,
        tools: ToolVersions,
        begun: SystemTime,
    ) -> anyhow::Result<Option<Self>> {
        let mut files = Vec::new();
        for dep_info in &built.dep_infos {
            let Ok(text) = fs::read_to_string(dep_info) else { return Ok(None) };
            files.extend(sources(&text));
        }
        // `begun` is exact, and what file systems keep may be rounded down to a tick of the kernel's clock.
        let settled = |path: &PathBuf| fs::metadata(path)?.modified().map(|modified| modified < begun);
        if files.is_empty() || !files.iter().all(|path| settled(path).unwrap_or(false)) {
            return Ok(None);
        }
        let mut sources = Files::new();
        for path in files {
            sources.insert(path.clone(), digest(&path)?);
        }
        let mut programs = BTreeMap::new();
        for path in built.programs {
            let digest = digest(&path)?.with_context(|| format!("the build has left no `{}`", path.display()))?;
            programs.insert(path, digest);
        }
        Ok(Some(Self { words, surroundings: built.surroundings, sources, programs, tools }))
    }

    /// # Errors
    /// When it cannot be written.
    pub(super) fn write(&self, path: &Path) -> anyhow::Result<()> {
        let text = serde_json::to_vec_pretty(self).context("failed to write JSON")?;
        fs::write(path, text).with_context(|| format!("failed to write `{}`", path.display()))
    }
}

/// What a build has left, and what was around it before and after.
#[derive(Debug)]
pub(super) struct Built {
    pub(super) surroundings: Files,
    /// Cargo's lists of sources, one for each program, in the format of `make`.
    pub(super) dep_infos: Vec<PathBuf>,
    pub(super) programs: Vec<PathBuf>,
}

/// The sources in a rule `program: source source`, where `\ ` is a blank within a name.
fn sources(rule: &str) -> Vec<PathBuf> {
    let names = rule.lines().next().and_then(|line| line.split_once(": ")).map_or("", |(_, names)| names);
    let names = names.replace("\\ ", "\0");
    names.split_whitespace().map(|name| PathBuf::from(name.replace('\0', " "))).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::time::Duration;

    use super::super::surroundings::Surroundings;
    use super::*;
    use crate::cargo::Member;

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

        fn surroundings(&self) -> Files {
            let members = [Member { name: "trigger".to_owned(), manifest_path: self.path("trigger/Cargo.toml") }];
            Surroundings::look(self.root.path(), &self.path("cargo-home"), &members).unwrap().files
        }

        fn stamp(&self, begun: SystemTime) -> Option<Stamp> {
            let built = Built {
                surroundings: self.surroundings(),
                dep_infos: vec![self.path("program.d")],
                programs: vec![self.path("program")],
            };
            let tools = ToolVersions { cargo_lambda: Some("1".to_owned()), rustc: "1".to_owned() };
            Stamp::of(built, self.words.clone(), tools, begun).unwrap()
        }

        fn is_valid(&self) -> bool {
            Stamp::read(&self.path("stamp.json")).is_some_and(|stamp| stamp.holds(&self.words))
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
    fn a_source_replaced_by_an_older_file_is_one_of_now_for_cargo() {
        let hour = Duration::from_secs(3_600);
        let (earlier, later) = (SystemTime::now() - hour, SystemTime::now() + hour);
        for (name, text, time, expected) in [
            ("changed, and old", "after", earlier, true),
            // Whoever watches files would hear of another change.
            ("changed, and new: cargo sees it", "after", later, false),
            ("the same, and old", "before", earlier, false),
        ] {
            let here = Fixture::new();
            let source = here.path("trigger/src/main.rs");
            here.write("trigger/src/main.rs", text);
            File::options().append(true).open(&source).unwrap().set_modified(time).unwrap();
            Stamp::read(&here.path("stamp.json")).unwrap().renew().unwrap();
            assert_eq!(fs::metadata(&source).unwrap().modified().unwrap() != time, expected, "{name}");
        }
    }

    #[test]
    fn a_folder_of_a_name_that_counts_is_no_file() {
        let here = Fixture::new();
        fs::create_dir(here.path("rust-toolchain")).unwrap();
        assert!(here.is_valid());
        assert!(here.stamp(SystemTime::now() + Duration::from_secs(1)).is_some());
    }

    #[test]
    fn a_source_that_was_changed_during_the_build_leaves_no_stamp() {
        let here = Fixture::new();
        assert!(here.stamp(SystemTime::now() - Duration::from_secs(60)).is_none());
        here.write("program.d", "");
        assert!(here.stamp(SystemTime::now() + Duration::from_secs(1)).is_none(), "the compiler has named no source");
    }
}
