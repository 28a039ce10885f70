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
    pub(super) fn folder(self, root: &Path) -> PathBuf {
        root.join(match self {
            Self::Release => "target/lambda",
            Self::Debug => "target/lambda-debug",
        })
    }

    /// The program of a trigger.
    #[must_use]
    pub fn bootstrap(self, root: &Path, trigger: Trigger) -> PathBuf {
        self.folder(root).join(trigger.package()).join(super::archive::ENTRY)
    }
}
