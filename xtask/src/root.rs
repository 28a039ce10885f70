//! Finds the repository: from `--root`, or from the working directory upwards. Never from where the program was built,
//! since a released binary outlives that place.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

/// What makes a directory a repository of this product.
const MARKS: [&str; 2] = ["deploy/stages", "templates/cloudformation"];

/// The repository named by `--root`, else the nearest one that holds the working directory.
///
/// # Errors
/// When the named directory is no repository, or none is found on the way up.
pub fn find(named: Option<&Path>) -> anyhow::Result<PathBuf> {
    match named {
        Some(directory) => {
            let directory = directory
                .canonicalize()
                .with_context(|| format!("failed to open the repository `{}`", directory.display()))?;
            if !is_root(&directory) {
                bail!("`{}` is not the repository: it lacks {}", directory.display(), lacking(&directory));
            }
            Ok(directory)
        }
        None => {
            let working = std::env::current_dir().context("failed to read the working directory")?;
            above(&working).with_context(|| {
                format!(
                    "found no repository in `{}` or above: no directory holds {}\nhint: change into the repository, or name it with `--root DIR`",
                    working.display(),
                    MARKS.map(|mark| format!("`{mark}`")).join(" and "),
                )
            })
        }
    }
}

fn above(start: &Path) -> Option<PathBuf> {
    start.ancestors().find(|directory| is_root(directory)).map(Path::to_path_buf)
}

fn is_root(directory: &Path) -> bool {
    MARKS.iter().all(|mark| directory.join(mark).is_dir())
}

fn lacking(directory: &Path) -> String {
    let lacking = MARKS.iter().filter(|mark| !directory.join(mark).is_dir());
    lacking.map(|mark| format!("`{mark}`")).collect::<Vec<_>>().join(" and ")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn repository() -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        for mark in MARKS {
            std::fs::create_dir_all(directory.path().join(mark)).unwrap();
        }
        directory
    }

    #[test]
    fn found_from_deep_inside() {
        let repository = repository();
        assert_eq!(above(&repository.path().join("deploy/stages")), Some(repository.path().to_path_buf()));
    }

    #[test]
    fn half_a_repository_is_none() {
        let repository = repository();
        std::fs::remove_dir(repository.path().join("deploy/stages")).unwrap();
        assert_eq!(above(repository.path()), None);
        let message = find(Some(repository.path())).unwrap_err().to_string();
        assert!(message.ends_with("it lacks `deploy/stages`"), "{message}");
    }
}
