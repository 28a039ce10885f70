//! The bundle of the stage `local`, changed for a stack of its own: whatever is done to that, the stack that the other tests
//! share stays as it is.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use tempfile::TempDir;
use xtask::bundle::{self, Digest, Manifest, StageBundle};

use crate::tool::{Run, Started};
use crate::{place, wait};

const STAGE: &str = "local";
const TEMPLATE: &str = "template.yaml";
const STAGE_FILE: &str = "stage.toml";
const PAUSE: Duration = Duration::from_millis(20);

/// What stands in the stage `local`, and what stands for it in the copy.
type Replacement<'a> = (&'a str, &'a str);

/// A copy of the bundle, in a folder that goes with it.
#[derive(Debug)]
pub struct Bundle {
    folder: TempDir,
    template: String,
    stage_file: String,
}

impl Bundle {
    /// For a stack, a user pool and a sender that go by this name.
    ///
    /// # Errors
    /// When the runner has built no bundle, or the copy cannot be written.
    pub fn named(name: &str) -> anyhow::Result<Self> {
        let sender = format!("{name}@example.com");
        Self::replaced(&[("cognito-email-mfa-local", name), ("sign-in@example.com", &sender)])
    }

    /// The same in a Region where no test has deployed anything: there is no artefact bucket yet.
    ///
    /// # Errors
    /// As [`Bundle::named`].
    pub fn elsewhere(name: &str, region: &str) -> anyhow::Result<Self> {
        let sender = format!("{name}@example.com");
        let replacements =
            [("cognito-email-mfa-local", name), ("sign-in@example.com", &sender), ("eu-central-1", region)];
        Self::replaced(&replacements)
    }

    fn replaced(replacements: &[Replacement<'_>]) -> anyhow::Result<Self> {
        let folder = copied()?;
        for file in fs::read_dir(folder.path().join("stages").join(STAGE))? {
            let path = file?.path();
            fs::write(&path, replace(&fs::read_to_string(&path)?, replacements))?;
        }
        let read = |file: &str| fs::read_to_string(folder.path().join("stages").join(STAGE).join(file));
        let (template, stage_file) = (read(TEMPLATE)?, read(STAGE_FILE)?);
        let bundle = Self { folder, template, stage_file };
        bundle.seal()?;
        Ok(bundle)
    }

    /// Where it lies, for `--bundle`.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A repository with nothing in it but its stage file: that is all that commands without a build have a use for.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn repository(&self) -> anyhow::Result<TempDir> {
        let folder = TempDir::new().context("failed to make a folder for a repository")?;
        let stages = folder.path().join("deploy/stages");
        fs::create_dir_all(&stages)?;
        fs::create_dir_all(folder.path().join("templates/cloudformation"))?;
        fs::copy(self.path().join("stages").join(STAGE).join(STAGE_FILE), stages.join(format!("{STAGE}.toml")))?;
        Ok(folder)
    }

    /// What stands in the template from one text up to another.
    ///
    /// # Errors
    /// When it does not stand there.
    pub fn of_template(&self, from: &str, to: &str) -> anyhow::Result<&str> {
        between(&self.template, from, to)
    }

    /// The same of the stage file.
    ///
    /// # Errors
    /// As [`Bundle::of_template`].
    pub fn of_stage(&self, from: &str, to: &str) -> anyhow::Result<&str> {
        between(&self.stage_file, from, to)
    }

    /// Changes the template: each text, which has to be there, for another. What was changed before is taken back.
    ///
    /// # Errors
    /// When a text is not there, or the bundle cannot be written.
    pub fn change_template(&self, changes: &[Replacement<'_>]) -> anyhow::Result<()> {
        self.write(TEMPLATE, &self.template, changes)
    }

    /// The same for the stage file.
    ///
    /// # Errors
    /// As [`Bundle::change_template`].
    pub fn change_stage(&self, changes: &[Replacement<'_>]) -> anyhow::Result<()> {
        self.write(STAGE_FILE, &self.stage_file, changes)
    }

    fn write(&self, file: &str, text: &str, changes: &[Replacement<'_>]) -> anyhow::Result<()> {
        for (from, _) in changes {
            ensure!(text.contains(from), "`{from}` does not stand in `{file}`");
        }
        fs::write(self.path().join("stages").join(STAGE).join(file), replace(text, changes))?;
        self.seal()
    }

    /// Tells the manifest what there is now.
    fn seal(&self) -> anyhow::Result<()> {
        let path = self.path().join("manifest.json");
        let mut manifest: Manifest = serde_json::from_slice(&fs::read(&path)?)?;
        let entry = manifest.stages.get_mut(STAGE).context("the bundle holds the stage `local`")?;
        for (file, digest) in &mut entry.files {
            *digest = Digest::of(&fs::read(self.path().join("stages").join(STAGE).join(file))?);
        }
        fs::write(&path, serde_json::to_vec_pretty(&manifest)?)?;
        Ok(())
    }

    /// Deploys it without asking.
    ///
    /// # Errors
    /// When the command cannot be started, or does not end within the bound.
    pub async fn deploy(&self) -> anyhow::Result<Run> {
        self.start_deploy(&place::from_runner("COGNITO_EMAIL_MFA_LOCAL_DIR")?)?.end().await
    }

    /// Begins to deploy it, to the local AWS that a note in this folder leads to.
    ///
    /// # Errors
    /// When the command cannot be started.
    pub fn start_deploy(&self, local_dir: &Path) -> anyhow::Result<Started> {
        let mut command = Command::new(place::from_runner(place::XTASK)?);
        command.args(["deploy", "--yes", "--root"]).arg(place::root()).arg("--bundle").arg(self.path());
        command.env("COGNITO_EMAIL_MFA_LOCAL_DIR", local_dir);
        Started::spawn("xtask deploy --bundle".to_owned(), command)
    }

    /// As a deploy reads it.
    ///
    /// # Errors
    /// When something is not what the manifest says.
    pub fn open(&self) -> anyhow::Result<StageBundle> {
        bundle::open(self.path(), STAGE)
    }
}

/// Deploys from sources, of other tests, put a new bundle in the place of the old one, which may be just here: then once more.
fn copied() -> anyhow::Result<TempDir> {
    let from = bundle::dir_of(place::root(), &xtask::stage::load(place::root(), STAGE)?.name);
    let begun = Instant::now();
    loop {
        let folder = TempDir::new().context("failed to make a folder for a bundle")?;
        match copy(&from, folder.path()) {
            Ok(()) => return Ok(folder),
            Err(error) if begun.elapsed() > wait::BOUND => {
                return Err(error).with_context(|| format!("failed to copy the bundle `{}`", from.display()));
            }
            Err(_) => std::thread::sleep(PAUSE),
        }
    }
}

fn between<'a>(text: &'a str, from: &str, to: &str) -> anyhow::Result<&'a str> {
    let start = text.find(from).with_context(|| format!("`{from}` does not stand there"))?;
    let length = text[start..].find(to).with_context(|| format!("`{to}` does not follow"))?;
    Ok(&text[start..start + length])
}

fn replace(text: &str, replacements: &[Replacement<'_>]) -> String {
    replacements.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        let target = to.join(path.file_name().context("an entry has a name")?);
        if path.is_dir() {
            copy(&path, &target)?;
        } else {
            fs::copy(&path, &target)?;
        }
    }
    Ok(())
}
