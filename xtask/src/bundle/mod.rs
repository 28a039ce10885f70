//! The bundle: everything that a deploy of one stage needs, built without credentials.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use anyhow::Context as _;

mod archive;
mod compile;
mod elf;
mod machine;
mod manifest;

pub use compile::{bootstrap, compile, has_library};
pub use elf::{Glibc, NotRunnable};
pub use machine::{Machine, UnknownHost};
pub use manifest::{Artefact, Commit, Digest, Manifest, Parameter, ToolVersions, artefact_bucket};

use crate::cli::StageArgs;
use crate::stage::{self, Stage};
use crate::trigger::Trigger;
use crate::{local, render, tools};

/// A finished bundle, as it lies in `target/bundle/<stage>`.
#[derive(Debug)]
pub struct Bundle {
    pub dir: PathBuf,
    pub manifest: Manifest,
    /// The rendered template, `template.yaml` in the folder.
    pub template: String,
    /// `parameters.json` in the folder.
    pub parameters: Vec<Parameter>,
}

impl Bundle {
    /// The archive of an artefact.
    #[must_use]
    pub fn path(&self, artefact: &Artefact) -> PathBuf {
        self.dir.join(&artefact.file)
    }
}

/// The verb `bundle`.
///
/// # Errors
/// As [`build`].
pub fn run(root: &Path, args: &StageArgs) -> anyhow::Result<ExitCode> {
    let stage = stage::load(root, args.name())?;
    let bundle = build(root, &stage)?;
    for artefact in bundle.manifest.functions.values() {
        println!("{:<16} {:.12} {:>9} bytes", artefact.package, artefact.sha256.to_string(), artefact.size_bytes);
    }
    eprintln!("bundle for {} in `{}`", bundle.manifest.architecture.as_str(), bundle.dir.display());
    Ok(ExitCode::SUCCESS)
}

/// Renders, builds, checks and packs the stage. Nothing is written to the folder of the bundle unless all of it is good.
///
/// # Errors
/// When a tool is missing, the build fails, or a program could not run on Lambda.
pub fn build(root: &Path, stage: &Stage) -> anyhow::Result<Bundle> {
    let root = &root.canonicalize().with_context(|| format!("failed to open the repository `{}`", root.display()))?;
    let machine = Machine::of(stage.aws.architecture)?;
    let template = render::render(root, stage)?;
    let triggers: Vec<Trigger> = stage.triggers().collect();
    let tools = compile(root, &tools::ensure_in(root)?, machine, &triggers)?;

    let mut archives = Vec::new();
    let mut functions = BTreeMap::new();
    for trigger in triggers {
        let (archive, artefact) = pack(root, trigger, machine)?;
        archives.push((artefact.file.clone(), archive));
        functions.insert(trigger, artefact);
    }
    let name = stage.name.to_string();
    let manifest = Manifest {
        schema_version: manifest::SCHEMA_VERSION,
        stage: name.clone(),
        architecture: machine,
        commit: commit(root),
        tools,
        functions,
    };
    let account = stage.aws.account.as_ref().map_or_else(|| local::ACCOUNT.to_owned(), ToString::to_string);
    let parameters = manifest::parameters(stage, &account, &manifest);

    let mut files = archives;
    files.push(("template.yaml".to_owned(), template.clone().into_bytes()));
    files.push(("parameters.json".to_owned(), json(&parameters)?));
    files.push(("manifest.json".to_owned(), json(&manifest)?));
    let dir = root.join("target/bundle").join(name);
    replace(&dir, &files).with_context(|| format!("failed to write the bundle `{}`", dir.display()))?;
    Ok(Bundle { dir, manifest, template, parameters })
}

/// Checks and packs the program of one trigger.
fn pack(root: &Path, trigger: Trigger, machine: Machine) -> anyhow::Result<(Vec<u8>, Artefact)> {
    let path = bootstrap(root, trigger);
    let program = fs::read(&path).with_context(|| format!("failed to read the built program `{}`", path.display()))?;
    let glibc = elf::check(&program, machine).with_context(|| format!("`{}` cannot run on Lambda", path.display()))?;
    let archive = archive::pack(&program).with_context(|| format!("failed to pack `{}`", path.display()))?;
    let artefact = Artefact::new(trigger, &archive, glibc);
    Ok((archive, artefact))
}

fn json(value: &impl serde::Serialize) -> anyhow::Result<Vec<u8>> {
    let mut text = serde_json::to_vec_pretty(value).context("failed to write JSON")?;
    text.push(b'\n');
    Ok(text)
}

/// Puts a folder with exactly these files in the place of the old one; a reader sees one or the other, or none.
fn replace(dir: &Path, files: &[(String, Vec<u8>)]) -> std::io::Result<()> {
    let draft = dir.with_extension(format!("{}.draft", std::process::id()));
    remove(&draft)?;
    fs::create_dir_all(&draft)?;
    for (name, content) in files {
        fs::write(draft.join(name), content)?;
    }
    remove(dir)?;
    fs::rename(&draft, dir)
}

fn remove(dir: &Path) -> std::io::Result<()> {
    match fs::remove_dir_all(dir) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// What git says of the sources; none where there is no git or no repository.
fn commit(root: &Path) -> Option<Commit> {
    let git = |args: &[&str]| {
        let output = Command::new("git").current_dir(root).args(args).stderr(Stdio::null()).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let id = git(&["rev-parse", "HEAD"])?;
    Some(Commit { id, dirty: !git(&["status", "--porcelain"])?.is_empty() })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_bundle_holds_nothing_of_the_one_before() {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("bundle/local");
        replace(&dir, &[("a.zip".to_owned(), b"1".to_vec()), ("b.zip".to_owned(), b"1".to_vec())]).unwrap();
        replace(&dir, &[("a.zip".to_owned(), b"2".to_vec())]).unwrap();
        let names: Vec<_> = fs::read_dir(&dir).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["a.zip"]);
        assert_eq!(fs::read(dir.join("a.zip")).unwrap(), b"2");
        assert_eq!(fs::read_dir(folder.path().join("bundle")).unwrap().count(), 1);
    }
}
