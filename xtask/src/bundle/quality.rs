//! How the programs are built.

use std::path::{Path, PathBuf};

use super::elf::{AMAZON_LINUX_2023, Glibc};
use super::machine::Machine;

/// What a build is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quality {
    /// Small and fast programs.
    Release,
    /// Programs that are built fast, for the local AWS of this machine alone.
    Debug,
}

impl Quality {
    /// Where the programs for a machine are left, each in a folder of its name.
    #[must_use]
    pub fn folder(self, root: &Path, machine: Machine) -> PathBuf {
        let folder = match self {
            Self::Release => "target/lambda",
            Self::Debug => "target/lambda-debug",
        };
        root.join(folder).join(machine.as_str())
    }

    /// The newest C library that the programs may need; `None` for programs that run where they are built.
    pub(super) const fn glibc(self) -> Option<Glibc> {
        match self {
            Self::Release => Some(AMAZON_LINUX_2023),
            Self::Debug => None,
        }
    }

    /// How hard archives are packed, from 1 to 9: what goes to AWS is loaded by every new instance, and what stays here is
    /// waited for.
    pub(super) const fn compression(self) -> i64 {
        match self {
            Self::Release => 9,
            Self::Debug => 2,
        }
    }

    /// A program.
    pub(super) fn program(self, root: &Path, machine: Machine, name: &str) -> PathBuf {
        self.folder(root, machine).join(name).join(super::archive::ENTRY)
    }
}
