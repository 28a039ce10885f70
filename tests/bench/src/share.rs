//! The share of a processor that Lambda gives to a function of some size, by a control group.

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;

use anyhow::Context as _;

/// A function has one processor at this size (lambda/latest/dg/configuration-memory.html).
const MIB_OF_ONE_PROCESSOR: u64 = 1_769;
/// Short, so that a function that has used its share up waits as it does on Lambda: often and little.
const PERIOD_US: u64 = 20_000;
const ROOT: &str = "/sys/fs/cgroup";

/// A control group. Removed when dropped, by when the processes in it must have ended.
#[derive(Debug)]
pub(crate) struct Share {
    folder: PathBuf,
}

impl Share {
    /// # Errors
    /// When this process may not make control groups, as without root.
    pub(crate) fn of(memory_mib: u64) -> anyhow::Result<Self> {
        let quota_us = PERIOD_US * memory_mib / MIB_OF_ONE_PROCESSOR;
        let name = format!("bench-{}-{memory_mib}", std::process::id());
        // Version 2 has one tree, version 1 one for each thing that is shared out.
        let (folder, settings) = if PathBuf::from(ROOT).join("cgroup.controllers").is_file() {
            (PathBuf::from(ROOT).join(name), vec![("cpu.max", format!("{quota_us} {PERIOD_US}"))])
        } else {
            let settings = [("cpu.cfs_period_us", PERIOD_US.to_string()), ("cpu.cfs_quota_us", quota_us.to_string())];
            (PathBuf::from(ROOT).join("cpu").join(name), settings.to_vec())
        };
        fs::create_dir(&folder).with_context(|| format!("failed to make the control group `{}`", folder.display()))?;
        let share = Self { folder };
        for (file, value) in settings {
            let path = share.folder.join(file);
            fs::write(&path, value).with_context(|| format!("failed to write `{}`", path.display()))?;
        }
        Ok(share)
    }

    /// The command within the group: a shell moves itself there and becomes the program.
    pub(crate) fn wrapped(&self, words: &[OsString]) -> Vec<OsString> {
        let script = "echo $$ > \"$0\" && exec \"$@\"";
        let mut wrapped: Vec<OsString> = vec!["/bin/sh".into(), "-c".into(), script.into()];
        wrapped.push(self.folder.join("cgroup.procs").into());
        wrapped.extend_from_slice(words);
        wrapped
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir(&self.folder) {
            eprintln!("failed to remove the control group `{}`: {error}", self.folder.display());
        }
    }
}
