//! The two kinds of processor that Lambda has, each by all its names.

use serde::{Deserialize, Serialize};

use crate::stage::Architecture;

/// The processor that an artefact is built for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Machine {
    #[serde(rename = "x86_64")]
    X86_64,
    #[serde(rename = "arm64")]
    Arm64,
}

#[derive(Debug, thiserror::Error)]
#[error(
    "Lambda has no processor like this machine's (`{0}`)\nhint: set `architecture` in the stage file to `x86_64` or `arm64`"
)]
pub struct UnknownHost(&'static str);

impl Machine {
    /// # Errors
    /// When the stage wants the host's architecture and Lambda does not have it.
    pub fn of(architecture: Architecture) -> Result<Self, UnknownHost> {
        match architecture {
            Architecture::X86_64 => Ok(Self::X86_64),
            Architecture::Arm64 => Ok(Self::Arm64),
            Architecture::Host => match std::env::consts::ARCH {
                "x86_64" => Ok(Self::X86_64),
                "aarch64" => Ok(Self::Arm64),
                other => Err(UnknownHost(other)),
            },
        }
    }

    /// As the template parameter `Architecture` has it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::X86_64 => "x86_64",
            Self::Arm64 => "arm64",
        }
    }

    /// As the Rust compiler has it.
    #[must_use]
    pub const fn target(self) -> &'static str {
        match self {
            Self::X86_64 => "x86_64-unknown-linux-gnu",
            Self::Arm64 => "aarch64-unknown-linux-gnu",
        }
    }

    /// What cargo-lambda tunes release builds for, unless told otherwise: the oldest processors that Lambda runs on.
    #[must_use]
    pub const fn cpu(self) -> &'static str {
        match self {
            Self::X86_64 => "haswell",
            Self::Arm64 => "neoverse-n1",
        }
    }

    /// `e_machine` of its ELF files.
    #[must_use]
    pub const fn elf_machine(self) -> u16 {
        match self {
            Self::X86_64 => elf::abi::EM_X86_64,
            Self::Arm64 => elf::abi::EM_AARCH64,
        }
    }
}
