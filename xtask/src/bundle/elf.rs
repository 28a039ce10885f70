//! What a `bootstrap` must be before it may be packed: a program for Lambda's processor and Lambda's C library.

use std::fmt;

use elf::ElfBytes;
use elf::abi::SHT_GNU_VERNEED;
use elf::endian::AnyEndian;
use elf::file::Class;
use elf::gnu_symver::VerNeedIterator;
use elf::string_table::StringTable;
use serde::{Deserialize, Serialize};

use super::machine::Machine;

/// A release of the GNU C library, written `2.34`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Glibc {
    major: u16,
    minor: u16,
}

/// What Amazon Linux 2023, and with it `provided.al2023`, has.
pub(super) const AMAZON_LINUX_2023: Glibc = Glibc { major: 2, minor: 34 };

impl Glibc {
    /// From `2.34` or `2.2.5`; what comes after the second number does not matter for the order.
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let major = parts.next()?.parse().ok()?;
        let minor = parts.next()?.parse().ok()?;
        Some(Self { major, minor })
    }
}

impl fmt::Display for Glibc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl TryFrom<String> for Glibc {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or_else(|| format!("`{text}` is no release of glibc"))
    }
}

impl From<Glibc> for String {
    fn from(glibc: Glibc) -> Self {
        glibc.to_string()
    }
}

/// Why a file cannot run as a Lambda function.
#[derive(Debug, thiserror::Error)]
pub enum NotRunnable {
    #[error("not a readable ELF file")]
    Unreadable(#[from] elf::ParseError),
    #[error("a 32-bit program, where Lambda runs 64-bit ones")]
    Not64Bit,
    #[error("built for ELF machine {found}, where {} is machine {}", expected.as_str(), expected.elf_machine())]
    OtherMachine { expected: Machine, found: u16 },
    #[error("needs glibc {needed}, where Amazon Linux 2023 has {AMAZON_LINUX_2023}")]
    NewerGlibc { needed: Glibc },
    #[error("needs `{0}`, a version of glibc without a number, which only the machine it was built on may have")]
    UnnumberedGlibc(String),
}

/// Checks class, machine and the versions of glibc's symbols, and says which release of glibc the program needs; none
/// for one that is linked statically. It may need `newest` at most, or any where there is no such bound.
///
/// # Errors
/// The first reason why Lambda could not run it.
pub(super) fn check(bytes: &[u8], machine: Machine, newest: Option<Glibc>) -> Result<Option<Glibc>, NotRunnable> {
    let file = ElfBytes::<AnyEndian>::minimal_parse(bytes)?;
    if file.ehdr.class != Class::ELF64 {
        return Err(NotRunnable::Not64Bit);
    }
    if file.ehdr.e_machine != machine.elf_machine() {
        return Err(NotRunnable::OtherMachine { expected: machine, found: file.ehdr.e_machine });
    }
    let mut needed = None;
    for version in needed_versions(&file)? {
        let Some(number) = version.strip_prefix("GLIBC_") else { continue };
        let release = Glibc::parse(number).ok_or_else(|| NotRunnable::UnnumberedGlibc(version.to_owned()))?;
        needed = needed.max(Some(release));
    }
    match (needed, newest) {
        (Some(needed), Some(newest)) if needed > newest => Err(NotRunnable::NewerGlibc { needed }),
        _ => Ok(needed),
    }
}

/// The names of all symbol versions that the program asks its libraries for, such as `GLIBC_2.34`.
fn needed_versions<'data>(file: &ElfBytes<'data, AnyEndian>) -> Result<Vec<&'data str>, elf::ParseError> {
    let Some(sections) = file.section_headers() else { return Ok(Vec::new()) };
    let mut names = Vec::new();
    for section in sections.iter().filter(|section| section.sh_type == SHT_GNU_VERNEED) {
        let (data, _) = file.section_data(&section)?;
        let (strings, _) = file.section_data(&sections.get(section.sh_link as usize)?)?;
        let strings = StringTable::new(strings);
        let libraries =
            VerNeedIterator::new(file.ehdr.endianness, file.ehdr.class, u64::from(section.sh_info), 0, data);
        for (_, versions) in libraries {
            for version in versions {
                names.push(strings.get(version.vna_name as usize)?);
            }
        }
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    /// The smallest file with what `check` looks at: a header, the needed versions and their names.
    fn program(class: u8, machine: u16, versions: &[&str]) -> Vec<u8> {
        let mut strings = b"\0libc.so.6\0".to_vec();
        let mut needs = Vec::new();
        for half in [1_u16, u16::try_from(versions.len()).unwrap()] {
            needs.extend(half.to_le_bytes());
        }
        for word in [1_u32, 16, 0] {
            needs.extend(word.to_le_bytes());
        }
        for (index, version) in versions.iter().enumerate() {
            let next: u32 = if index + 1 == versions.len() { 0 } else { 16 };
            needs.extend(0_u32.to_le_bytes());
            needs.extend([0_u8, 0, u8::try_from(index + 2).unwrap(), 0]);
            needs.extend(u32::try_from(strings.len()).unwrap().to_le_bytes());
            needs.extend(next.to_le_bytes());
            strings.extend(version.as_bytes());
            strings.push(0);
        }
        let needs_at = 64 + 3 * 64_u64;
        let strings_at = needs_at + needs.len() as u64;
        let mut file = vec![0x7f, b'E', b'L', b'F', class, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        file.extend(3_u16.to_le_bytes());
        file.extend(machine.to_le_bytes());
        file.extend(1_u32.to_le_bytes());
        for long in [0_u64, 0, 64] {
            file.extend(long.to_le_bytes());
        }
        file.extend(0_u32.to_le_bytes());
        for half in [64_u16, 56, 0, 64, 3, 0] {
            file.extend(half.to_le_bytes());
        }
        let mut section = |kind: u32, at: u64, size: usize, link: u32, info: u32| {
            for word in [0, kind] {
                file.extend(word.to_le_bytes());
            }
            for long in [0, 0, at, size as u64] {
                file.extend(long.to_le_bytes());
            }
            for word in [link, info] {
                file.extend(word.to_le_bytes());
            }
            for long in [4_u64, 0] {
                file.extend(long.to_le_bytes());
            }
        };
        section(0, 0, 0, 0, 0);
        section(SHT_GNU_VERNEED, needs_at, needs.len(), 2, u32::from(!versions.is_empty()));
        section(elf::abi::SHT_STRTAB, strings_at, strings.len(), 0, 0);
        file.extend(needs);
        file.extend(strings);
        file
    }

    #[test]
    fn only_what_lambda_can_run_passes() {
        const X86: u16 = elf::abi::EM_X86_64;
        const ARM: u16 = elf::abi::EM_AARCH64;
        let rows: &[(&str, Vec<u8>, Machine, &str)] = &[
            ("as built", program(2, X86, &["GLIBC_2.2.5", "GLIBC_2.34"]), Machine::X86_64, "2.34"),
            ("order does not matter", program(2, X86, &["GLIBC_2.28", "GLIBC_2.9"]), Machine::X86_64, "2.28"),
            ("the other machine", program(2, ARM, &["GLIBC_2.17"]), Machine::Arm64, "2.17"),
            ("static", program(2, X86, &[]), Machine::X86_64, "none"),
            ("another library's version", program(2, X86, &["GCC_3.0"]), Machine::X86_64, "none"),
            ("too new", program(2, X86, &["GLIBC_2.34", "GLIBC_2.35"]), Machine::X86_64, "needs glibc 2.35"),
            ("too new by major", program(2, X86, &["GLIBC_3.0"]), Machine::X86_64, "needs glibc 3.0"),
            ("private", program(2, X86, &["GLIBC_PRIVATE"]), Machine::X86_64, "needs `GLIBC_PRIVATE`"),
            ("x86-64 for arm64", program(2, X86, &[]), Machine::Arm64, "built for ELF machine 62"),
            ("arm64 for x86-64", program(2, ARM, &[]), Machine::X86_64, "built for ELF machine 183"),
            ("a script", b"#!/bin/sh\nexec true\n".to_vec(), Machine::X86_64, "not a readable ELF file"),
            ("empty", Vec::new(), Machine::X86_64, "not a readable ELF file"),
        ];
        for (name, bytes, machine, expected) in rows {
            let seen = match check(bytes, *machine, Some(AMAZON_LINUX_2023)) {
                Ok(Some(glibc)) => glibc.to_string(),
                Ok(None) => "none".to_owned(),
                Err(error) => error.to_string(),
            };
            assert!(seen.starts_with(expected), "{name}: {seen}");
        }
    }

    #[test]
    fn a_32_bit_program_is_refused() {
        let mut bytes = program(2, elf::abi::EM_X86_64, &[]);
        bytes[4] = 1;
        assert!(check(&bytes, Machine::X86_64, None).is_err());
    }
}
