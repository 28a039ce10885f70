//! Builds the programs of functions, unless those that lie there are what a build would make.

use std::path::PathBuf;
use std::time::SystemTime;

use anyhow::Context as _;

use super::build::Build;
use super::debug;
use super::manifest::ToolVersions;
use super::quality::Quality;
use super::release::Release;
use super::rust::Rust;
use super::stamp::{Built, Stamp};

/// Variables that choose compilers, of Rust and of C, and tell them what to do.
const COMPILER_PREFIXES: [&str; 7] = ["RUSTC", "CC", "CXX", "AR", "CFLAGS", "CXXFLAGS", "TARGET_"];

/// Builds unless the programs that lie there are what this would make, with cargo's own progress on standard error.
///
/// # Errors
/// When the machine cannot be built for, or the build fails.
pub fn compile(build: &Build<'_>) -> anyhow::Result<ToolVersions> {
    let Build { root, programs, quality, .. } = *build;
    let rust = Rust::ask(root)?;
    let cargo_home = cargo_home()?;
    let release = match quality {
        Quality::Release => Some(Release::of(build, &rust, &cargo_home)?),
        Quality::Debug => None,
    };
    let words = words(build, &rust, release.as_ref());
    let stamp = stamp(build);
    if let Some(valid) = Stamp::valid(&stamp, &words) {
        return Ok(valid.tools);
    }
    let begun = SystemTime::now();
    let (dep_infos, cargo_lambda) = match &release {
        Some(release) => (release.compile()?, Some(release.version()?)),
        None => (debug::compile(build)?, None),
    };
    let tools = ToolVersions { cargo_lambda, rustc: rust.version };
    let programs = programs.iter().map(|program| quality.program(root, program)).collect();
    let built = Built { root, cargo_home: &cargo_home, dep_infos, programs };
    if let Some(made) = Stamp::of(&built, words, tools.clone(), begun)? {
        made.write(&stamp)?;
    }
    Ok(tools)
}

/// What decides the bytes beside files.
fn words(build: &Build<'_>, rust: &Rust, release: Option<&Release<'_>>) -> Vec<String> {
    let mut words = vec![rust.words.clone(), build.machine.target().to_owned()];
    words.extend(build.packages.iter().map(|word| (*word).to_owned()));
    words.extend(variables(&COMPILER_PREFIXES));
    words.extend(release.map_or_else(|| variables(&debug::OBEYED_PREFIXES), Release::words));
    words
}

fn stamp(build: &Build<'_>) -> PathBuf {
    let name = format!("{}.{}.json", build.packages.join("+"), build.machine.target());
    build.quality.folder(build.root).join(name)
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::fs;
    use std::path::Path;
    use std::process::Command;

    use super::*;
    use crate::bundle::Machine;
    use crate::cargo;
    use crate::stage::Architecture;

    /// A repository with the tool, which does not compile, and a trigger whose program says `word`.
    fn repository(word: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write("Cargo.toml", "[workspace]\nresolver = \"3\"\nmembers = [\"tool\", \"trigger\"]\n");
        let package = |name: &str| format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n");
        write("tool/Cargo.toml", &package(debug::TOOL));
        write("tool/src/main.rs", "no Rust");
        write("trigger/Cargo.toml", &package("trigger"));
        write("trigger/src/main.rs", &format!("fn main() {{\n    print!(\"{word}\");\n}}\n"));
        let locked = cargo::at(folder.path()).args(["generate-lockfile", "--offline", "--quiet"]).status().unwrap();
        assert!(locked.success());
        folder
    }

    fn build(root: &Path) -> anyhow::Result<String> {
        let machine = Machine::of(Architecture::Host)?;
        let (packages, quality) = (&["trigger"], Quality::Debug);
        compile(&Build { root, machine, packages, programs: packages, quality })?;
        let output = Command::new(quality.program(root, "trigger")).output()?;
        Ok(String::from_utf8(output.stdout)?)
    }

    #[test]
    fn a_trigger_is_built_with_the_tool_beside_it_and_again_when_it_has_changed() {
        let here = repository("first");
        assert_eq!(build(here.path()).unwrap(), "first");
        let source = here.path().join("trigger/src/main.rs");
        fs::write(&source, fs::read_to_string(&source).unwrap().replace("first", "second")).unwrap();
        assert_eq!(build(here.path()).unwrap(), "second");
        fs::write(&source, "no Rust").unwrap();
        let error = format!("{:#}", build(here.path()).unwrap_err());
        assert!(error.contains("failed to build `trigger`"), "{error}");
    }
}
