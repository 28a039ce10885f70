//! What changes below the repository, as far as a deploy of the stage would notice.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use notify::event::{AccessKind, AccessMode};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::timeout;

/// An editor writes a file in several steps, and git many files: this long nothing must follow.
const SETTLED: Duration = Duration::from_millis(150);
/// What is watched, with all that lies below.
const FOLDERS: [&str; 3] = ["triggers", "templates", "deploy/stages"];
const LOCK: &str = "Cargo.lock";
/// What sources, templates and stage files end with. Editors leave other files beside them.
const ENDINGS: [&str; 5] = ["rs", "toml", "tera", "html", "txt"];

/// The changes from now on.
#[derive(Debug)]
pub(super) struct Changes {
    root: PathBuf,
    stage: String,
    news: UnboundedReceiver<Vec<PathBuf>>,
    /// Watches for as long as it lives.
    _watcher: RecommendedWatcher,
}

impl Changes {
    /// Watches what the stage is deployed from.
    ///
    /// # Errors
    /// When the system refuses to watch, by its limits for example.
    pub(super) fn of(root: &Path, stage: &str) -> anyhow::Result<Self> {
        let root =
            root.canonicalize().with_context(|| format!("failed to open the repository `{}`", root.display()))?;
        let (sender, news) = unbounded_channel();
        let tell = move |event: notify::Result<Event>| {
            let Some(event) = event.ok().filter(|event| changes(&event.kind)) else { return };
            // Nobody listens any more once the command ends.
            let _ = sender.send(event.paths);
        };
        let failed = || format!("failed to watch `{}` for changes", root.display());
        let mut watcher = notify::recommended_watcher(tell).with_context(failed)?;
        for folder in FOLDERS {
            watcher.watch(&root.join(folder), RecursiveMode::Recursive).with_context(failed)?;
        }
        watcher.watch(&root, RecursiveMode::NonRecursive).with_context(failed)?;
        Ok(Self { stage: stage.to_owned(), root, news, _watcher: watcher })
    }

    /// Waits for the next changes that matter, and returns their paths below the repository.
    ///
    /// # Errors
    /// When nothing is watched any more.
    pub(super) async fn next(&mut self) -> anyhow::Result<BTreeSet<PathBuf>> {
        loop {
            let Some(mut paths) = self.news.recv().await else { bail!("the watch for changes has ended") };
            while let Ok(Some(more)) = timeout(SETTLED, self.news.recv()).await {
                paths.extend(more);
            }
            let below = paths.iter().filter_map(|path| path.strip_prefix(&self.root).ok());
            let matter: BTreeSet<_> = below.filter(|path| matters(path, &self.stage)).map(Path::to_path_buf).collect();
            if !matter.is_empty() {
                return Ok(matter);
            }
        }
    }
}

/// Whether something is different afterwards: builds read all that is watched.
fn changes(kind: &EventKind) -> bool {
    !matches!(kind, EventKind::Access(access) if *access != AccessKind::Close(AccessMode::Write))
}

/// Whether a file, by its path below the repository, is part of what the stage is deployed from.
fn matters(path: &Path, stage: &str) -> bool {
    if path == Path::new(LOCK) {
        return true;
    }
    let known = path.extension().and_then(|ending| ending.to_str()).is_some_and(|ending| ENDINGS.contains(&ending));
    let hidden = path.file_name().and_then(|name| name.to_str()).is_none_or(|name| name.starts_with('.'));
    if !known || hidden {
        return false;
    }
    match path.strip_prefix("deploy/stages") {
        Ok(file) => file == Path::new(stage).with_extension("toml"),
        // Of the root, where nothing else is watched that could end so, the workspace's own file.
        Err(_) => path == Path::new("Cargo.toml") || path.starts_with("triggers") || path.starts_with("templates"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[tokio::test]
    async fn what_is_written_is_told_once_and_what_is_read_is_not() {
        const BOUND: Duration = Duration::from_secs(300);
        let root = tempfile::tempdir().unwrap();
        let source = root.path().join("triggers/create/src/main.rs");
        for folder in ["triggers/create/src", "templates", "deploy/stages"] {
            std::fs::create_dir_all(root.path().join(folder)).unwrap();
        }
        std::fs::write(&source, "old").unwrap();
        let mut changes = Changes::of(root.path(), "local").unwrap();
        std::fs::read(&source).unwrap();
        std::fs::write(root.path().join("deploy/stages/local.toml"), "new").unwrap();
        let first = timeout(BOUND, changes.next()).await.unwrap().unwrap();
        assert_eq!(first, [PathBuf::from("deploy/stages/local.toml")].into(), "what is only read is no change");
        std::fs::write(source.with_extension("tmp"), "new").unwrap();
        std::fs::rename(source.with_extension("tmp"), &source).unwrap();
        let second = timeout(BOUND, changes.next()).await.unwrap().unwrap();
        assert_eq!(second, [PathBuf::from("triggers/create/src/main.rs")].into(), "an editor that renames");
    }

    #[test]
    fn only_what_a_deploy_would_notice_matters() {
        let rows = [
            ("triggers/create/src/mail.rs", true),
            ("triggers/create/Cargo.toml", true),
            ("templates/cloudformation/stack.yaml.tera", true),
            ("templates/email/de/code.txt", true),
            ("deploy/stages/local.toml", true),
            ("Cargo.toml", true),
            ("Cargo.lock", true),
            ("deploy/stages/prod.toml", false),
            ("deploy/rendered/local.yaml", false),
            ("rustfmt.toml", false),
            ("xtask/src/lib.rs", false),
            ("triggers/create/src/.mail.rs.swp", false),
            ("triggers/create/src/.#mail.rs", false),
            ("triggers/create/src/mail.rs~", false),
            ("triggers/create/src/4913", false),
        ];
        for (path, expected) in rows {
            assert_eq!(matters(Path::new(path), "local"), expected, "{path}");
        }
    }
}
