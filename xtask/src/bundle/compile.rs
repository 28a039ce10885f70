//! Builds the programs of functions, unless those that lie there are what a build would make.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::Context as _;

use super::debug;
use super::machine::Machine;
use super::manifest::ToolVersions;
use super::quality::Quality;
use super::release::Release;
use super::rust::Rust;
use super::stamp::{Built, Stamp};

/// Variables that choose compilers, of Rust and of C, and tell them what to do.
const COMPILER_PREFIXES: [&str; 7] = ["RUSTC", "CC", "CXX", "AR", "CFLAGS", "CXXFLAGS", "TARGET_"];

/// What is built together. Cargo unites the features of dependencies over all that one command builds.
#[derive(Debug, Clone, Copy)]
pub struct Build<'a> {
    /// The repository, canonical.
    pub root: &'a Path,
    pub machine: Machine,
    /// The Cargo packages, and the programs that they build.
    pub packages: &'a [&'a str],
    pub programs: &'a [&'a str],
    pub quality: Quality,
}

impl Build<'_> {
    /// Builds unless the programs that lie there are what this would make, with cargo's own progress on standard error.
    ///
    /// # Errors
    /// When the machine cannot be built for, or the build fails.
    pub fn run(&self) -> anyhow::Result<ToolVersions> {
        let rust = Rust::ask(self.root)?;
        let cargo_home = cargo_home()?;
        let release = match self.quality {
            Quality::Release => Some(Release::of(self, &rust, &cargo_home)?),
            Quality::Debug => None,
        };
        let words = self.words(&rust, release.as_ref());
        let stamp = self.stamp();
        if let Some(valid) = Stamp::valid(&stamp, &words) {
            return Ok(valid.tools);
        }
        let begun = SystemTime::now();
        let (dep_infos, cargo_lambda) = match &release {
            Some(release) => (release.compile()?, Some(release.version()?)),
            None => (debug::compile(self)?, None),
        };
        let tools = ToolVersions { cargo_lambda, rustc: rust.version };
        let programs = self.programs.iter().map(|program| self.quality.program(self.root, program)).collect();
        let built = Built { root: self.root, cargo_home: &cargo_home, dep_infos, programs };
        if let Some(made) = Stamp::of(&built, words, tools.clone(), begun)? {
            made.write(&stamp)?;
        }
        Ok(tools)
    }

    /// What decides the bytes beside files.
    fn words(&self, rust: &Rust, release: Option<&Release<'_>>) -> Vec<String> {
        let mut words = vec![rust.words.clone(), self.machine.target().to_owned()];
        words.extend(self.packages.iter().map(|word| (*word).to_owned()));
        words.extend(variables(&COMPILER_PREFIXES));
        words.extend(release.map_or_else(|| variables(&debug::OBEYED_PREFIXES), Release::words));
        words
    }

    fn stamp(&self) -> PathBuf {
        let name = format!("{}.{}.json", self.packages.join("+"), self.machine.target());
        self.quality.folder(self.root).join(name)
    }
}

/// The variables that begin so, with their values.
fn variables(prefixes: &[&str]) -> Vec<String> {
    let begins = |name: &str| prefixes.iter().any(|prefix| name.starts_with(prefix));
    let found = std::env::vars_os().filter(|(name, _)| begins(&name.to_string_lossy()));
    let mut words: Vec<_> = found.map(|(name, value)| format!("{}={}", name.display(), value.display())).collect();
    words.sort();
    words
}

/// Where cargo keeps the sources of the dependencies, by cargo's own rule.
fn cargo_home() -> anyhow::Result<PathBuf> {
    if let Some(home) = std::env::var_os("CARGO_HOME").filter(|home| !home.is_empty()) {
        return std::path::absolute(PathBuf::from(home)).context("failed to resolve `CARGO_HOME`");
    }
    let home = std::env::home_dir().context("found neither `CARGO_HOME` nor a home directory")?;
    Ok(home.join(".cargo"))
}
