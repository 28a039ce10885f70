//! How the programs are built.

use std::path::{Path, PathBuf};

use crate::trigger::Trigger;

/// What a build is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quality {
    /// Small and fast programs.
    Release,
    /// Programs that are built fast, for the local AWS alone.
    Debug,
}

impl Quality {
    /// The arguments of cargo-lambda.
    pub(super) const fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Release => &["--release"],
            Self::Debug => &["--profile", "quick"],
        }
    }

    /// Where cargo-lambda leaves the programs.
    #[must_use]
    pub fn folder(self, root: &Path) -> PathBuf {
        root.join(match self {
            Self::Release => "target/lambda",
            Self::Debug => "target/lambda-debug",
        })
    }

    /// Where cargo leaves them, below the folder of the target machine.
    pub(super) const fn profile(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Debug => "quick",
        }
    }

    /// A program as cargo-lambda leaves it.
    pub(super) fn program(self, root: &Path, name: &str) -> PathBuf {
        self.folder(root).join(name).join(super::archive::ENTRY)
    }

    /// The program of a trigger.
    #[must_use]
    pub fn bootstrap(self, root: &Path, trigger: Trigger) -> PathBuf {
        self.program(root, trigger.package())
    }
}
