//! Writes a folder as a whole, so that nobody finds the half of one, whenever the writer is killed.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rustix::io::Errno;
use rustix::process::{Pid, test_kill_process};

/// What a writer makes beside the folder: the new one until it is complete, and the old one until it is removed.
const DRAFT: &str = "draft";
const OLD: &str = "old";

/// Puts a folder with exactly these files in the place of the old one; a reader sees one or the other, or none. Clears away
/// what a writer has left behind that was killed on the way.
pub(super) fn replace(dir: &Path, files: &[(String, Vec<u8>)]) -> io::Result<()> {
    for leftover in leftovers(dir)? {
        fs::remove_dir_all(leftover)?;
    }
    let (draft, old) = (beside(dir, DRAFT), beside(dir, OLD));
    fs::create_dir_all(&draft)?;
    for (name, content) in files {
        let path = draft.join(name);
        path.parent().map_or(Ok(()), fs::create_dir_all)?;
        fs::write(path, content)?;
    }
    // Moved before it is removed: the half of a bundle would not be taken for ours, and never be replaced again.
    absent(fs::rename(dir, &old))?;
    fs::rename(&draft, dir)?;
    absent(fs::remove_dir_all(&old))
}

fn beside(dir: &Path, what: &str) -> PathBuf {
    let mut name = dir.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.{what}", std::process::id()));
    dir.with_file_name(name)
}

/// Folders beside this one whose writer has ended, or had our number before us.
fn leftovers(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(dir.parent().unwrap_or(Path::new("."))) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        let of_dir = || name?.strip_prefix(dir.file_name()?.to_str()?)?.strip_prefix('.')?.split_once('.');
        let Some((writer, DRAFT | OLD)) = of_dir() else { continue };
        let writer = writer.parse().ok().and_then(Pid::from_raw);
        if writer
            .is_some_and(|writer| writer == rustix::process::getpid() || test_kill_process(writer) == Err(Errno::SRCH))
        {
            found.push(path);
        }
    }
    Ok(found)
}

fn absent(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_bundle_holds_nothing_of_the_one_before() {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("bundle/local");
        replace(&dir, &[("a.zip".to_owned(), b"1".to_vec()), ("b.zip".to_owned(), b"1".to_vec())]).unwrap();
        replace(&dir, &[("a.zip".to_owned(), b"2".to_vec())]).unwrap();
        assert_eq!(names(&dir), ["a.zip"]);
        assert_eq!(fs::read(dir.join("a.zip")).unwrap(), b"2");
        assert_eq!(names(&folder.path().join("bundle")), ["local"]);
    }

    #[test]
    fn what_a_killed_writer_has_left_behind_goes() {
        let folder = tempfile::tempdir().unwrap();
        let mut ended = std::process::Command::new("true").spawn().unwrap();
        ended.wait().unwrap();
        let (ended, alive) = (ended.id(), std::os::unix::process::parent_id());
        for name in [
            format!("local.{ended}.draft"),
            format!("local.{ended}.old"),
            format!("local.{}.draft", std::process::id()),
            format!("local.{alive}.draft"),
            format!("other.{ended}.draft"),
            "local.backup.old".to_owned(),
            "local.draft".to_owned(),
        ] {
            fs::create_dir_all(folder.path().join(name).join("functions")).unwrap();
        }
        replace(&folder.path().join("local"), &[("a.zip".to_owned(), b"1".to_vec())]).unwrap();
        let mut kept = vec![
            "local".to_owned(),
            format!("local.{alive}.draft"),
            "local.backup.old".to_owned(),
            "local.draft".to_owned(),
            format!("other.{ended}.draft"),
        ];
        kept.sort();
        assert_eq!(names(folder.path()), kept);
    }
}
