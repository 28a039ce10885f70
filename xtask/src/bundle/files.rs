//! Files from elsewhere, read with a bound: no link is followed, and nothing but a regular file is opened.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, ErrorKind, Read as _};
use std::os::fd::OwnedFd;
use std::path::{Component, Path};

use rustix::fs::{CWD, Mode, OFlags, openat};
use rustix::io::Errno;

/// For a file that is opened; a pipe that stands in its place must not be waited for.
const FILE: OFlags = OFlags::RDONLY.union(OFlags::NOFOLLOW).union(OFlags::NONBLOCK).union(OFlags::CLOEXEC);
/// For a folder that leads to it.
const FOLDER: OFlags = OFlags::RDONLY.union(OFlags::NOFOLLOW).union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

/// A folder whose files are read.
#[derive(Debug)]
pub(super) struct Folder(OwnedFd);

impl Folder {
    /// The folder itself may be reached by a link: its path is the caller's own.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(Self(openat(CWD, path, flags, Mode::empty())?))
    }

    /// A file below the folder, of at most so many bytes.
    pub(super) fn read(&self, path: &Path, limit: u64) -> io::Result<Vec<u8>> {
        let mut names = Vec::new();
        for component in path.components() {
            let Component::Normal(name) = component else { return Err(refused("its path leads out of the folder")) };
            names.push(name);
        }
        let (name, folders) = names.split_last().ok_or_else(|| refused("it has no name"))?;
        let mut folder = self.0.try_clone()?;
        for name in folders {
            folder = open(&folder, name, FOLDER)?;
        }
        bounded(open(&folder, name, FILE)?, limit)
    }
}

/// A file that is no link and not larger than this.
///
/// # Errors
/// When it cannot be read, is a link or no regular file, or is larger.
pub fn read(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    bounded(openat(CWD, path, FILE, Mode::empty()).map_err(no_link)?, limit)
}

fn open(folder: &OwnedFd, name: &OsStr, flags: OFlags) -> io::Result<OwnedFd> {
    openat(folder, name, flags, Mode::empty()).map_err(no_link)
}

/// What the system says of a link, in other words.
fn no_link(error: Errno) -> io::Error {
    if error == Errno::LOOP { refused("it is a link") } else { error.into() }
}

fn bounded(file: OwnedFd, limit: u64) -> io::Result<Vec<u8>> {
    let file = File::from(file);
    let about = file.metadata()?;
    if !about.is_file() {
        return Err(refused("it is no regular file"));
    }
    let too_large = || refused(&format!("it is larger than {limit} bytes"));
    if about.len() > limit {
        return Err(too_large());
    }
    let mut bytes = Vec::with_capacity(about.len().try_into().unwrap_or(0));
    // It may grow while it is read.
    file.take(limit + 1).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > limit { Err(too_large()) } else { Ok(bytes) }
}

fn refused(why: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, why.to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn a_file_is_read_within_its_folder_and_its_bound() {
        let all = tempfile::tempdir().unwrap();
        let dir = all.path().join("bundle");
        fs::create_dir_all(dir.join("stages/local")).unwrap();
        fs::write(all.path().join("outside"), "secret").unwrap();
        fs::write(dir.join("stages/local/good"), "12345").unwrap();
        symlink(all.path().join("outside"), dir.join("link")).unwrap();
        symlink("stages/local/good", dir.join("inner")).unwrap();
        symlink(dir.join("stages"), dir.join("linked")).unwrap();
        symlink(all.path(), dir.join("stages/up")).unwrap();
        rustix::fs::mkfifoat(CWD, dir.join("pipe"), Mode::RUSR | Mode::WUSR).unwrap();
        symlink(&dir, all.path().join("to the bundle")).unwrap();

        let rows: [(&str, &str, Option<&str>); 12] = [
            ("a file", "stages/local/good", Some("12345")),
            ("none", "stages/local/none", None),
            ("a folder", "stages/local", None),
            ("a link out", "link", None),
            ("a link inside", "inner", None),
            ("a folder that is a link", "linked/local/good", None),
            ("a folder that leads out", "stages/up/outside", None),
            ("a pipe", "pipe", None),
            ("a way up", "../outside", None),
            ("a way down and up", "stages/../../outside", None),
            ("the root", "/etc/hostname", None),
            ("nothing", "", None),
        ];
        for from in [dir.clone(), all.path().join("to the bundle")] {
            let folder = Folder::open(&from).unwrap();
            for (name, path, expected) in rows {
                let read = folder.read(Path::new(path), 5).ok();
                assert_eq!(read.as_deref(), expected.map(str::as_bytes), "{name}");
            }
        }
        let folder = Folder::open(&dir).unwrap();
        let too_large = folder.read(Path::new("stages/local/good"), 4).unwrap_err();
        assert_eq!(too_large.to_string(), "it is larger than 4 bytes");
        let linked = folder.read(Path::new("link"), 9).unwrap_err();
        assert_eq!(linked.to_string(), "it is a link");
        assert_eq!(read(&dir.join("stages/local/good"), 5).unwrap(), b"12345");
        for file in ["link", "pipe", "stages"] {
            assert!(read(&dir.join(file), 9).is_err(), "{file}");
        }
        // Its size says nothing: it is nought, and there is no end.
        assert!(read(Path::new("/dev/zero"), 9).is_err());
    }
}
