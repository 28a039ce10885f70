//! The bundle: everything that a deploy of its stages needs, built once and without credentials.
//!
//! `manifest.json`, `functions/<architecture>/<package>.zip`, and for each stage `stages/<stage>/` with its file, its
//! rendered template and the template's parameters.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context as _, bail, ensure};

mod archive;
mod build;
mod compile;
mod debug;
mod elf;
mod files;
mod machine;
mod manifest;
mod open;
mod packed;
mod quality;
mod release;
mod replace;
mod rust;
mod stamp;
mod surroundings;

pub use build::Build;
pub use compile::compile;
pub use elf::{Glibc, NotRunnable};
pub use files::read;
pub use machine::{Machine, UnknownHost};
pub use manifest::{Artefact, Commit, Digest, Manifest, Parameter, StageEntry, ToolVersions};
pub use open::{StageBundle, manifest as read_manifest, open};
pub use quality::Quality;
use replace::replace;
pub use rust::has_library;

use crate::cli::BundleArgs;
use crate::render;
use crate::stage::{self, Stage, StageName};
use crate::trigger::Trigger;
use crate::{errln, outln};

/// Where bundles lie unless told otherwise, relative to the repository.
pub const DIRECTORY: &str = "target/bundle";

const MANIFEST: &str = "manifest.json";
const STAGE: &str = "stage.toml";
const TEMPLATE: &str = "template.yaml";
const PARAMETERS: &str = "parameters.json";

/// The verb `bundle`: every stage on AWS, unless stages are named.
///
/// # Errors
/// As [`build`]; when no stage is on AWS.
pub fn run(root: &Path, args: &BundleArgs) -> anyhow::Result<ExitCode> {
    let stages = if args.stage.is_empty() { on_aws(root)? } else { load(root, &args.stage)? };
    let out = args.out.clone().unwrap_or_else(|| match stages.as_slice() {
        [only] => dir_of(root, &only.name),
        _ => root.join(DIRECTORY).join("aws"),
    });
    let quality = if args.debug { Quality::Debug } else { Quality::Release };
    let manifest = build(root, &stages, &out, quality)?;
    for (machine, functions) in &manifest.functions {
        for artefact in functions.values() {
            let digest = artefact.sha256.to_string();
            outln!("{:<16} {:<7} {digest:.12} {:>9} bytes", artefact.package, machine.as_str(), artefact.size_bytes);
        }
    }
    let names: Vec<_> = manifest.stages.keys().map(|name| format!("`{name}`")).collect();
    errln!("bundle of {} in `{}`", names.join(", "), out.display());
    Ok(ExitCode::SUCCESS)
}

fn load(root: &Path, names: &[String]) -> anyhow::Result<Vec<Stage>> {
    let names: BTreeSet<_> = names.iter().collect();
    names.into_iter().map(|name| stage::load(root, name)).collect()
}

fn on_aws(root: &Path) -> anyhow::Result<Vec<Stage>> {
    let mut stages = Vec::new();
    for name in stage::names(root)? {
        stages.push(stage::load(root, name.as_ref())?);
    }
    stages.retain(|stage| !stage.is_local());
    ensure!(
        !stages.is_empty(),
        "no stage in `{}` has an account, so there is nothing to bundle for AWS\nhint: `cargo xtask bundle --stage STAGE`",
        stage::DIRECTORY
    );
    Ok(stages)
}

/// Where the bundle of one stage lies unless told otherwise.
#[must_use]
pub fn dir_of(root: &Path, stage: &StageName) -> PathBuf {
    root.join(DIRECTORY).join(stage.as_ref())
}

/// Renders, builds, checks and packs the stages. Nothing is written to the folder unless all of it is good.
///
/// # Errors
/// When a tool is missing, the build fails, a program could not run on Lambda, or the folder holds something else; for a
/// stage on AWS, when the build is none for it.
pub fn build(root: &Path, stages: &[Stage], out: &Path, quality: Quality) -> anyhow::Result<Manifest> {
    let root = &root.canonicalize().with_context(|| format!("failed to open the repository `{}`", root.display()))?;
    ensure_ours(out)?;
    if let Some(stage) = stages.iter().find(|stage| quality == Quality::Debug && !stage.is_local()) {
        bail!("the stage `{}` is on AWS, and `--debug` is for the local AWS alone\nhint: leave it out", stage.name);
    }
    let mut wanted: BTreeMap<Machine, BTreeSet<Trigger>> = BTreeMap::new();
    let mut templates = Vec::new();
    for stage in stages {
        wanted.entry(Machine::of(stage.aws.architecture)?).or_default().extend(stage.triggers());
        templates.push(render::render(root, stage)?);
    }

    let mut files = Vec::new();
    let mut functions: BTreeMap<Machine, BTreeMap<Trigger, Artefact>> = BTreeMap::new();
    let mut versions = None;
    let _alone = alone(root)?;
    for (machine, triggers) in wanted {
        let triggers: Vec<_> = triggers.into_iter().collect();
        let packages: Vec<_> = triggers.iter().map(|trigger| trigger.package()).collect();
        let packages = packages.as_slice();
        versions = Some(compile(&Build { root, machine, packages, programs: packages, quality })?);
        for trigger in triggers {
            let (archive, artefact) = pack(root, trigger, machine, quality)?;
            files.push((manifest::archive_file(machine, trigger), archive));
            functions.entry(machine).or_default().insert(trigger, artefact);
        }
    }

    let mut entries = BTreeMap::new();
    for (stage, template) in stages.iter().zip(templates) {
        let machine = Machine::of(stage.aws.architecture)?;
        let parameters = manifest::parameters(stage, machine, &functions[&machine]);
        let stage_file = stage::read(root, &stage.name)?;
        // The template was rendered before minutes of compiling.
        ensure!(
            Stage::parse(stage.name.clone(), &stage_file)? == *stage,
            "the stage file `{}` was changed during the build\nhint: run this again",
            stage::file(&stage.name)
        );
        let contents =
            [(STAGE, stage_file.into_bytes()), (TEMPLATE, template.into_bytes()), (PARAMETERS, json(&parameters)?)];
        let digests = contents.iter().map(|(name, bytes)| ((*name).to_owned(), Digest::of(bytes))).collect();
        entries.insert(stage.name.to_string(), StageEntry { architecture: machine, files: digests });
        files.extend(contents.map(|(name, bytes)| (format!("stages/{}/{name}", stage.name), bytes)));
    }
    let manifest = Manifest {
        schema_version: manifest::SCHEMA_VERSION,
        commit: commit(root),
        tools: versions.context("there is no stage to bundle")?,
        functions,
        stages: entries,
    };
    files.push((MANIFEST.to_owned(), json(&manifest)?));
    replace(out, &files).with_context(|| format!("failed to write the bundle `{}`", out.display()))?;
    Ok(manifest)
}

/// Two builds at once would take each other's programs away while they are packed: cargo-lambda moves them without a lock.
/// The second waits for as long as this lives.
pub(crate) fn alone(root: &Path) -> anyhow::Result<File> {
    let folder = root.join("target");
    let failed = || format!("failed to lock the build folder `{}`", folder.display());
    fs::create_dir_all(&folder).with_context(failed)?;
    let lock = File::create(folder.join("bundle.lock")).with_context(failed)?;
    if lock.try_lock().is_err() {
        errln!("waiting for another build in this repository");
        lock.lock().with_context(failed)?;
    }
    Ok(lock)
}

/// The folder is replaced as a whole: it must not be somebody's folder with other things.
fn ensure_ours(out: &Path) -> anyhow::Result<()> {
    let mut entries = match fs::read_dir(out) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error).with_context(|| format!("failed to open `{}`", out.display())),
    };
    ensure!(
        entries.next().is_none() || out.join(MANIFEST).is_file(),
        "`{}` is not empty and no bundle, so it is not replaced\nhint: name another folder",
        out.display()
    );
    Ok(())
}

/// Checks and packs the program of one trigger.
fn pack(root: &Path, trigger: Trigger, machine: Machine, quality: Quality) -> anyhow::Result<(Vec<u8>, Artefact)> {
    let path = &quality.program(root, machine, trigger.package());
    let program = fs::read(path).with_context(|| format!("failed to read the built program `{}`", path.display()))?;
    let glibc = elf::check(&program, machine, quality.glibc())
        .with_context(|| format!("`{}` cannot run on Lambda", path.display()))?;
    let folder = path.parent().unwrap_or(path);
    let archive = packed::packed(folder, &program, quality.compression());
    let archive = archive.with_context(|| format!("failed to pack `{}`", path.display()))?;
    let artefact = Artefact::new(trigger, &archive, glibc);
    Ok((archive, artefact))
}

fn json(value: &impl serde::Serialize) -> anyhow::Result<Vec<u8>> {
    let mut text = serde_json::to_vec_pretty(value).context("failed to write JSON")?;
    text.push(b'\n');
    Ok(text)
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

    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_second_of_two_builds_waits_for_the_first() {
        let root = tempfile::tempdir().unwrap();
        let first = alone(root.path()).unwrap();
        let (sender, second) = mpsc::channel();
        std::thread::scope(|scope| {
            scope.spawn(|| sender.send(alone(root.path()).unwrap()).unwrap());
            assert!(second.recv_timeout(Duration::from_millis(100)).is_err(), "both were alone");
            drop(first);
            second.recv().unwrap();
        });
    }
}
