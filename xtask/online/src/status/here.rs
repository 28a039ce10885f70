//! The newest bundle of a stage that was built here.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::Context as _;
use xtask::bundle::{self, Manifest};
use xtask::errln;
use xtask::stage::Stage;

use super::view::CodeHere;

/// None where there is no bundle of the stage. A bundle that cannot be understood is told on standard error, and is none.
///
/// # Errors
/// When the folder of the bundles cannot be read.
pub(super) fn read(root: &Path, stage: &Stage) -> anyhow::Result<Option<CodeHere>> {
    let folder = root.join(bundle::DIRECTORY);
    let mut newest: Option<(SystemTime, CodeHere)> = None;
    for (written, path) in manifests(&folder).with_context(|| format!("failed to list `{}`", folder.display()))? {
        let code = match bundle::read_manifest(&path) {
            Ok(manifest) => of_stage(manifest, stage, &path),
            Err(error) => {
                errln!("warning: {error:#}\nhint: `cargo xtask bundle --stage {}` writes one anew", stage.name);
                None
            }
        };
        if let Some(code) = code.filter(|_| newest.as_ref().is_none_or(|(newest, _)| written > *newest)) {
            newest = Some((written, code));
        }
    }
    Ok(newest.map(|(_, code)| code))
}

/// With when each was written.
fn manifests(folder: &Path) -> std::io::Result<Vec<(SystemTime, PathBuf)>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry?.path().join("manifest.json");
        // Whoever builds a bundle replaces its folder, so one may go while this looks.
        if let Ok(written) = fs::metadata(&path).and_then(|metadata| metadata.modified()) {
            found.push((written, path));
        }
    }
    Ok(found)
}

fn of_stage(manifest: Manifest, stage: &Stage, path: &Path) -> Option<CodeHere> {
    let entry = manifest.stages.get(stage.name.as_ref())?;
    let functions = manifest.functions.get(&entry.architecture)?;
    Some(CodeHere {
        folder: path.parent()?.display().to_string(),
        commit: manifest.commit,
        functions: functions.iter().map(|(trigger, artefact)| (*trigger, artefact.code_sha256.clone())).collect(),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use xtask::trigger::Trigger;

    use super::*;

    fn write(root: &Path, name: &str, stage: &str, code: &str, age_seconds: u64) {
        let folder = root.join(bundle::DIRECTORY).join(name);
        fs::create_dir_all(&folder).unwrap();
        let artefact = serde_json::json!({ "package": "trigger-gate", "sha256": "0".repeat(64), "codeSha256": code,
                                           "sizeBytes": 1, "glibc": null });
        let manifest = serde_json::json!({
            "schemaVersion": 1, "commit": null, "tools": { "cargo-lambda": "1", "rustc": "1" },
            "functions": { "arm64": { "gate": artefact } },
            "stages": { stage: { "architecture": "arm64", "files": {} } },
        });
        let path = folder.join("manifest.json");
        fs::write(&path, manifest.to_string()).unwrap();
        let written = SystemTime::now() - std::time::Duration::from_secs(age_seconds);
        fs::File::options().write(true).open(path).unwrap().set_modified(written).unwrap();
    }

    #[test]
    fn the_newest_bundle_of_the_stage_counts() {
        let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let stage = xtask::stage::load(&repository, "local").unwrap();
        let root = tempfile::tempdir().unwrap();
        let found = || read(root.path(), &stage).unwrap().map(|here| here.functions[&Trigger::Gate].clone());
        assert_eq!(found(), None);
        write(root.path(), "local", "local", "old", 60);
        assert_eq!(found().as_deref(), Some("old"));
        write(root.path(), "aws", "prod", "of another stage", 10);
        assert_eq!(found().as_deref(), Some("old"));
        write(root.path(), "all", "local", "new", 30);
        assert_eq!(found().as_deref(), Some("new"));
        fs::write(root.path().join("target/bundle/all/manifest.json"), "no manifest").unwrap();
        assert_eq!(found().as_deref(), Some("old"));
    }
}
