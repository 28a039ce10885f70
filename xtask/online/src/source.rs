//! Where that which is deployed comes from: sources that are built here and now, or a bundle that was built before.

use std::path::{Path, PathBuf};

use xtask::bundle::{self, Quality, StageBundle};
use xtask::errln;
use xtask::local;
use xtask::stage::{self, Stage};

use crate::aws::{self, Session};

/// Opens the bundle if one is named, and builds one if not, for the local AWS the fast way unless `release` is wanted;
/// connects to the account of the stage. `root` is where the repository was found, if it was: a bundle needs none.
///
/// # Errors
/// When the account is another one, the build fails, or the bundle is not what its manifest says.
pub async fn open(
    root: anyhow::Result<PathBuf>,
    stage: &str,
    bundle: Option<&Path>,
    release: bool,
) -> anyhow::Result<(Session, StageBundle)> {
    let Some(dir) = bundle else { return build(&root?, stage, release).await };
    let bundle = bundle::open(dir, stage)?;
    Ok((aws::connect_from(root.ok().as_deref(), &bundle.stage).await?, bundle))
}

/// The account is checked before minutes are spent.
async fn build(root: &Path, stage: &str, release: bool) -> anyhow::Result<(Session, StageBundle)> {
    let stage = stage::load(root, stage)?;
    if stage.is_local() {
        local::ensure_started(root)?;
    }
    let session = aws::connect(root, &stage).await?;
    let dir = bundle::dir_of(root, &stage.name);
    let quality = if stage.is_local() && !release { Quality::Debug } else { Quality::Release };
    tokio::task::block_in_place(|| bundle::build(root, std::slice::from_ref(&stage), &dir, quality))?;
    let bundle = bundle::open(&dir, stage.name.as_ref())?;
    warn_if_stale(root, &bundle, &stage);
    Ok((session, bundle))
}

/// What is deployed is what the stage file says now, which a reviewer of the committed file has not seen.
fn warn_if_stale(root: &Path, bundle: &StageBundle, stage: &Stage) {
    let file = format!("deploy/rendered/{}.yaml", stage.name);
    if std::fs::read_to_string(root.join(&file)).ok().as_deref() != Some(&bundle.template) {
        errln!("warning: `{file}` is not what is being deployed\nhint: `cargo xtask render` brings it up to date");
    }
}
