//! A bundle read back, by a job that has credentials and believes nothing that the manifest does not say.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use anyhow::{Context as _, anyhow, bail, ensure};

use super::files::{self, Folder};
use super::manifest::{self, Artefact, Commit, Digest, Manifest, Parameter};
use super::{MANIFEST, PARAMETERS, STAGE, TEMPLATE};
use crate::stage::{Stage, StageName};
use crate::terminal::{line, words};
use crate::trigger::Trigger;

/// How large a text of a bundle may be: CloudFormation takes no template of more than a megabyte.
const TEXT: u64 = 1 << 20;
/// Lambda takes no function of more than 250 MB; these are much smaller.
const ARCHIVE: u64 = 64 << 20;

/// What a bundle holds for one stage, every byte of it as the manifest says.
#[derive(Debug, Clone)]
pub struct StageBundle {
    pub stage: Stage,
    /// What the stage was parsed from.
    pub stage_file: String,
    /// The rendered template.
    pub template: String,
    pub parameters: Vec<Parameter>,
    /// The functions that the stage wires.
    pub functions: BTreeMap<Trigger, Artefact>,
    pub commit: Option<Commit>,
    archives: BTreeMap<Trigger, Archive>,
}

/// The bytes that were compared with the manifest: read again, they could be others.
#[derive(Clone)]
struct Archive(Vec<u8>);

impl fmt::Debug for Archive {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} bytes", self.0.len())
    }
}

impl StageBundle {
    /// A function's archive.
    ///
    /// # Errors
    /// When the stage does not wire the function.
    pub fn archive(&self, trigger: Trigger) -> anyhow::Result<&[u8]> {
        let archive = self.archives.get(&trigger).map(|archive| archive.0.as_slice());
        archive.with_context(|| format!("the bundle has no archive of `{}`", trigger.package()))
    }
}

/// Reads a stage from a bundle. Only names that this program gives are looked for, none that the manifest makes up.
///
/// # Errors
/// When something is missing, or is not what the manifest says.
pub fn open(dir: &Path, stage: &str) -> anyhow::Result<StageBundle> {
    read(dir, stage).with_context(|| format!("failed to read the stage `{stage}` from the bundle `{}`", dir.display()))
}

fn read(dir: &Path, name: &str) -> anyhow::Result<StageBundle> {
    let folder = Folder::open(dir).context("failed to open the folder")?;
    let bytes = |path: &Path, limit: u64| {
        folder.read(path, limit).with_context(|| format!("failed to read `{}`", dir.join(path).display()))
    };
    let manifest: Manifest = json(&bytes(Path::new(MANIFEST), TEXT)?, MANIFEST)?;
    ensure!(
        manifest.schema_version == manifest::SCHEMA_VERSION,
        "its manifest has version {}, this program reads version {}",
        manifest.schema_version,
        manifest::SCHEMA_VERSION
    );
    let Some(entry) = manifest.stages.get(name) else {
        let known: Vec<_> = manifest.stages.keys().map(|name| format!("`{}`", line(name))).collect();
        bail!("it holds no such stage, only {}", known.join(", "));
    };
    let name = StageName::new(name).context("failed to name the stage")?;
    let of_stage = Path::new("stages").join(name.as_ref());
    let file = |file: &str| {
        let content = bytes(&of_stage.join(file), TEXT)?;
        ensure!(entry.files.get(file) == Some(&Digest::of(&content)), "`{file}` is not what the manifest says");
        Ok(content)
    };
    let text = |name: &str| String::from_utf8(file(name)?).with_context(|| format!("`{name}` is no text"));
    let stage_file = text(STAGE)?;
    let stage = Stage::parse(name, &stage_file).context("its stage file is refused")?;

    let built = manifest.functions.get(&entry.architecture);
    let (mut functions, mut archives) = (BTreeMap::new(), BTreeMap::new());
    for trigger in stage.triggers() {
        let artefact = built.and_then(|built| built.get(&trigger));
        let artefact = artefact.with_context(|| format!("it names no archive of `{}`", trigger.package()))?;
        let path = manifest::archive_file(entry.architecture, trigger);
        let archive = bytes(Path::new(&path), ARCHIVE)?;
        ensure!(
            *artefact == Artefact::new(trigger, &archive, artefact.glibc),
            "`{path}` is not what the manifest says"
        );
        functions.insert(trigger, artefact.clone());
        archives.insert(trigger, Archive(archive));
    }
    let parameters: Vec<Parameter> = json(&file(PARAMETERS)?, PARAMETERS)?;
    ensure!(
        parameters == manifest::parameters(&stage, entry.architecture, &functions),
        "`{PARAMETERS}` does not lead to its archives"
    );
    let template = text(TEMPLATE)?;
    Ok(StageBundle { stage, stage_file, template, parameters, functions, commit: manifest.commit, archives })
}

/// The manifest of a bundle, by its path.
///
/// # Errors
/// When it cannot be read, is a link, is too large, or is none.
pub fn manifest(path: &Path) -> anyhow::Result<Manifest> {
    let text = files::read(path, TEXT).with_context(|| format!("failed to read `{}`", path.display()))?;
    json(&text, &path.display().to_string())
}

fn json<T: serde::de::DeserializeOwned>(bytes: &[u8], name: &str) -> anyhow::Result<T> {
    // The words can hold a name of the document's: no line of it is taken for one of ours.
    let document = serde_json::from_slice(bytes).map_err(|error| anyhow!(words(&error.to_string())));
    document.with_context(|| format!("failed to understand `{name}`"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::fs;
    use std::os::unix::fs::symlink;

    use super::super::{Machine, StageEntry, ToolVersions, replace};
    use super::*;

    const STAGE_FILE: &str = include_str!("../../../deploy/stages/local.toml");

    fn bundle(dir: &Path) {
        let stage = Stage::parse(StageName::new("local").unwrap(), STAGE_FILE).unwrap();
        let machine = Machine::of(stage.aws.architecture).unwrap();
        let archive = |trigger: Trigger| trigger.package().as_bytes().to_vec();
        let functions: BTreeMap<_, _> =
            stage.triggers().map(|trigger| (trigger, Artefact::new(trigger, &archive(trigger), None))).collect();
        let parameters = serde_json::to_vec(&manifest::parameters(&stage, machine, &functions)).unwrap();
        let contents =
            [(STAGE, STAGE_FILE.as_bytes().to_vec()), (TEMPLATE, b"Resources: {}".to_vec()), (PARAMETERS, parameters)];
        let files = contents.iter().map(|(name, bytes)| ((*name).to_owned(), Digest::of(bytes))).collect();
        let manifest = Manifest {
            schema_version: manifest::SCHEMA_VERSION,
            commit: None,
            tools: ToolVersions { cargo_lambda: None, rustc: String::new() },
            functions: [(machine, functions)].into(),
            stages: [("local".to_owned(), StageEntry { architecture: machine, files })].into(),
        };
        let mut all: Vec<_> = contents.map(|(name, bytes)| (format!("stages/local/{name}"), bytes)).into();
        all.extend(stage.triggers().map(|trigger| (manifest::archive_file(machine, trigger), archive(trigger))));
        all.push((MANIFEST.to_owned(), serde_json::to_vec(&manifest).unwrap()));
        replace(dir, &all).unwrap();
    }

    #[test]
    fn a_bundle_is_read_as_it_was_written_and_not_otherwise() {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("bundle");
        bundle(&dir);
        let good = open(&dir, "local").unwrap();
        assert_eq!((good.template.as_str(), good.functions.len()), ("Resources: {}", 4));
        assert_eq!(good.archive(Trigger::Gate).unwrap(), Trigger::Gate.package().as_bytes());

        let machine = Machine::of(good.stage.aws.architecture).unwrap();
        let archive = manifest::archive_file(machine, Trigger::Gate);
        for (name, file, content) in [
            ("another template", "stages/local/template.yaml", "Resources: {A: 1}"),
            ("other parameters", "stages/local/parameters.json", "[]"),
            ("another stage", "stages/local/stage.toml", "accept = []"),
            ("another archive", archive.as_str(), "another"),
            ("no manifest", MANIFEST, "{}"),
        ] {
            bundle(&dir);
            fs::write(dir.join(file), content).unwrap();
            assert!(open(&dir, "local").is_err(), "{name}");
            fs::remove_file(dir.join(file)).unwrap();
            assert!(open(&dir, "local").is_err(), "{name}: none");
            bundle(&dir);
            // The very bytes, but somewhere else.
            fs::rename(dir.join(file), folder.path().join("elsewhere")).unwrap();
            symlink(folder.path().join("elsewhere"), dir.join(file)).unwrap();
            let linked = open(&dir, "local").unwrap_err();
            assert!(format!("{linked:#}").ends_with("it is a link"), "{name}: {linked:#}");
            fs::remove_file(dir.join(file)).unwrap();
            fs::File::create(dir.join(file)).unwrap().set_len(ARCHIVE + 1).unwrap();
            let large = open(&dir, "local").unwrap_err();
            assert!(format!("{large:#}").contains("it is larger than"), "{name}: {large:#}");
        }
        bundle(&dir);
        fs::write(dir.join(MANIFEST), "{\"a\\nhint: run b\": 1}").unwrap();
        assert!(!format!("{:#}", open(&dir, "local").unwrap_err()).contains('\n'));
        bundle(&dir);
        assert!(open(&dir, "prod").unwrap_err().chain().any(|cause| cause.to_string().contains("only `local`")));
        assert!(open(&dir, "../local").is_err());
    }
}
