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
use super::surroundings::Surroundings;
use crate::cargo;

/// Variables that choose compilers, of Rust and of C, and tell them what to do.
const COMPILER_PREFIXES: [&str; 8] = ["RUSTC", "CC", "CXX", "AR", "CFLAGS", "CXXFLAGS", "HOST_", "TARGET_"];

/// Builds unless the programs that lie there are what this would make, with cargo's own progress on standard error.
///
/// # Errors
/// When the machine cannot be built for, or the build fails.
pub fn compile(build: &Build<'_>) -> anyhow::Result<ToolVersions> {
    let Build { root, machine, programs, quality, .. } = *build;
    let rust = Rust::ask(root)?;
    let cargo_home = cargo_home()?;
    let release = match quality {
        Quality::Release => Some(Release::of(build, &rust, &cargo_home)?),
        Quality::Debug => None,
    };
    let words = words(build, &rust, release.as_ref());
    let path = stamp(build);
    match Stamp::read(&path) {
        Some(stamp) if stamp.holds(&words) => return Ok(stamp.tools),
        Some(stamp) => stamp.renew()?,
        None => {}
    }
    // One that is added meanwhile changes the workspace's manifest or its lock file.
    let members = cargo::members(root)?;
    let look = || Surroundings::look(root, &cargo_home, &members);
    let before = look()?;
    let begun = SystemTime::now();
    let (dep_infos, cargo_lambda) = match &release {
        Some(release) => (release.compile()?, Some(release.version()?)),
        None => (debug::compile(build)?, None),
    };
    let tools = ToolVersions { cargo_lambda, rustc: rust.version };
    // What was changed in between may be in the programs, or not.
    if before.is_whole && look()? == before {
        let programs = programs.iter().map(|program| quality.program(root, machine, program)).collect();
        let built = Built { surroundings: before.files, dep_infos, programs };
        if let Some(made) = Stamp::of(built, words, tools.clone(), begun)? {
            made.write(&path)?;
        }
    }
    Ok(tools)
}

/// What decides the bytes beside files.
fn words(build: &Build<'_>, rust: &Rust, release: Option<&Release<'_>>) -> Vec<String> {
    // The root, since a stamp names files by their whole paths: that of a copied checkout speaks of the other one.
    let root = build.root.display().to_string();
    let mut words = vec![rust.words.clone(), build.machine.target().to_owned(), root];
    words.extend(build.packages.iter().map(|word| (*word).to_owned()));
    words.extend(variables(&COMPILER_PREFIXES));
    words.extend(release.map_or_else(|| variables(&debug::OBEYED_PREFIXES), Release::words));
    words
}

fn stamp(build: &Build<'_>) -> PathBuf {
    let name = format!("{}.json", build.packages.join("+"));
    build.quality.folder(build.root, build.machine).join(name)
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
    use crate::handover;
    use crate::stage::Architecture;

    struct Repository(PathBuf);

    impl Repository {
        /// With the tool, which does not compile, and a trigger whose program says `first`, and what a feature of a third
        /// package adds.
        fn new(folder: &Path) -> Self {
            let here = Self(folder.join("repository"));
            here.write("Cargo.toml", "[workspace]\nresolver = \"3\"\nmembers = [\"tool\", \"trigger\", \"shared\"]\n");
            let package =
                |name: &str| format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n");
            let shared = "[dependencies]\nshared = { path = \"../shared\" }\n";
            here.write("tool/Cargo.toml", &(package(handover::PACKAGE) + shared));
            here.write("tool/src/main.rs", "no Rust");
            here.write("trigger/Cargo.toml", &(package("trigger") + shared));
            here.write("trigger/src/main.rs", "fn main() {\n    print!(\"first{}\", shared::MORE);\n}\n");
            here.write("shared/Cargo.toml", &(package("shared") + "[features]\nmore = []\n"));
            let more = "pub const MORE: &str = if cfg!(feature = \"more\") { \" and more\" } else { \"\" };\n";
            here.write("shared/src/lib.rs", more);
            let locked = cargo::at(&here.0).args(["generate-lockfile", "--offline", "--quiet"]).status().unwrap();
            assert!(locked.success());
            here
        }

        fn write(&self, name: &str, text: &str) {
            let path = self.0.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }

        fn change(&self, name: &str, from: &str, to: &str) {
            let text = fs::read_to_string(self.0.join(name)).unwrap();
            assert!(text.contains(from), "{text}");
            self.write(name, &text.replace(from, to));
        }

        /// What the program says that a build leaves.
        fn says(&self) -> anyhow::Result<String> {
            let machine = Machine::of(Architecture::Host)?;
            let (root, packages, quality) = (self.0.as_path(), &["trigger"], Quality::Debug);
            compile(&Build { root, machine, packages, programs: packages, quality })?;
            let output = Command::new(quality.program(root, machine, "trigger")).output()?;
            Ok(String::from_utf8(output.stdout)?)
        }
    }

    #[test]
    fn a_trigger_is_built_with_the_tool_beside_it_and_again_when_it_has_changed() {
        let folder = tempfile::tempdir().unwrap();
        let here = Repository::new(folder.path());
        assert_eq!(here.says().unwrap(), "first");
        here.change("trigger/src/main.rs", "first", "second");
        assert_eq!(here.says().unwrap(), "second");
        // Replaced by a file of before the build, as a copy may be.
        here.change("trigger/src/main.rs", "second", "third");
        let source = fs::File::options().append(true).open(here.0.join("trigger/src/main.rs")).unwrap();
        source.set_modified(SystemTime::UNIX_EPOCH).unwrap();
        assert_eq!(here.says().unwrap(), "third");
        here.change("tool/Cargo.toml", "../shared\"", "../shared\", features = [\"more\"]");
        assert_eq!(here.says().unwrap(), "third and more", "what the tool asks for counts as well");
        here.write("trigger/src/main.rs", "no Rust");
        let error = format!("{:#}", here.says().unwrap_err());
        assert!(error.contains("failed to build `trigger`"), "{error}");
    }

    #[test]
    fn what_changes_during_a_build_leaves_no_stamp() {
        let folder = tempfile::tempdir().unwrap();
        let here = Repository::new(folder.path());
        let stamped = || {
            let out = Quality::Debug.folder(&here.0, Machine::of(Architecture::Host).unwrap());
            out.join("trigger.json").is_file()
        };
        let pull = |more: &str| {
            let path = "../shared/Cargo.toml";
            let write = format!("std::fs::write({path:?}, std::fs::read_to_string({path:?}).unwrap() + {more:?})");
            here.write("trigger/build.rs", &format!("fn main() {{\n    {write}.unwrap();\n}}\n"));
        };
        pull("");
        here.says().unwrap();
        assert!(stamped(), "the same content, written again");
        fs::remove_dir_all(here.0.join("target")).unwrap();
        pull("# newer");
        here.says().unwrap();
        assert!(!stamped(), "with a manifest that the build may not have seen");
    }

    #[test]
    fn a_copied_checkout_is_built_from_its_own_sources() {
        let folder = tempfile::tempdir().unwrap();
        let here = Repository::new(folder.path());
        assert_eq!(here.says().unwrap(), "first");
        let copy = Repository(folder.path().join("copy"));
        assert!(Command::new("cp").arg("-a").args([&here.0, &copy.0]).status().unwrap().success());
        copy.change("trigger/src/main.rs", "first", "second");
        assert_eq!(copy.says().unwrap(), "second");
    }
}
