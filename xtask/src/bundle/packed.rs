//! Archives that were packed before: packing as small as possible takes longer than everything else of a bundle that changes
//! nothing.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::archive;
use super::manifest::Digest;

/// Changes whenever [`archive::pack`] makes other bytes of the same program.
const FORMAT: &str = "2";

/// The archive of the program, packed with `compression` from 1 to 9, from `folder` if it lies there. Its name says what was packed and what came of it, so that one
/// that is damaged is packed again.
///
/// # Errors
/// When the program is too large for an archive, or the archive cannot be kept.
pub(super) fn packed(folder: &Path, program: &[u8], compression: i64) -> anyhow::Result<Vec<u8>> {
    let prefix = format!("{}-{FORMAT}.{compression}-", Digest::of(program));
    let failed = || format!("failed to keep the archive in `{}`", folder.display());
    let kept = kept(folder).with_context(failed)?;
    for path in &kept {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        if let Some(digest) = name.strip_prefix(&prefix)
            && let Ok(archive) = fs::read(path)
            && Digest::of(&archive).to_string() == digest
        {
            return Ok(archive);
        }
    }
    let archive = archive::pack(program, compression).context("failed to pack a program")?;
    for path in kept {
        fs::remove_file(path).with_context(failed)?;
    }
    let path = folder.join(format!("{prefix}{}.zip", Digest::of(&archive)));
    fs::write(&path, &archive).with_context(failed)?;
    Ok(archive)
}

fn kept(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut kept = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "zip") {
            kept.push(path);
        }
    }
    Ok(kept)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn an_archive_is_packed_once_for_each_program() {
        let folder = tempfile::tempdir().unwrap();
        let first = packed(folder.path(), b"program", 9).unwrap();
        let path = kept(folder.path()).unwrap().pop().unwrap();
        let before = fs::metadata(&path).unwrap().modified().unwrap();
        assert_eq!(packed(folder.path(), b"program", 9).unwrap(), first);
        assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), before, "it was packed again");
        assert_ne!(packed(folder.path(), b"another", 9).unwrap(), first);
        assert_eq!(kept(folder.path()).unwrap().len(), 1, "one that nobody asks for any more");
    }

    #[test]
    fn a_damaged_archive_is_packed_again() {
        let folder = tempfile::tempdir().unwrap();
        let archive = packed(folder.path(), b"program", 9).unwrap();
        let path = kept(folder.path()).unwrap().pop().unwrap();
        fs::write(&path, &archive[..archive.len() / 2]).unwrap();
        assert_eq!(packed(folder.path(), b"program", 9).unwrap(), archive);
        assert_eq!(fs::read(&path).unwrap(), archive);
    }
}
