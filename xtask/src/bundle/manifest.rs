//! What a bundle holds, and what it was made with.

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};

use super::elf::Glibc;
use super::machine::Machine;
use crate::artefact_bucket::artefact_bucket;
use crate::local;
use crate::stage::Stage;
use crate::trigger::Trigger;

/// The shape of `manifest.json`.
pub(super) const SCHEMA_VERSION: u32 = 1;

/// `manifest.json` of a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Manifest {
    pub schema_version: u32,
    /// None outside of a git repository.
    pub commit: Option<Commit>,
    pub tools: ToolVersions,
    /// The archives, each built once for all stages on its kind of processor.
    pub functions: BTreeMap<Machine, BTreeMap<Trigger, Artefact>>,
    /// The stages by name.
    pub stages: BTreeMap<String, StageEntry>,
}

/// What a bundle holds of one stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StageEntry {
    pub architecture: Machine,
    /// The files of the stage's folder by name.
    pub files: BTreeMap<String, Digest>,
}

/// The commit that the sources were at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commit {
    pub id: String,
    /// Whether files differed from it.
    pub dirty: bool,
}

/// The programs that can change the bytes of an artefact, as they introduce themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolVersions {
    /// None for a build by cargo alone.
    #[serde(rename = "cargo-lambda", skip_serializing_if = "Option::is_none")]
    pub cargo_lambda: Option<String>,
    pub rustc: String,
}

/// The archive of one function.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Artefact {
    pub package: String,
    /// Of the archive.
    pub sha256: Digest,
    /// The same as Lambda has it in `CodeSha256`: base64.
    pub code_sha256: String,
    /// Of the archive.
    pub size_bytes: usize,
    /// The release of the C library that the program needs; none if it needs none.
    pub glibc: Option<Glibc>,
}

impl Artefact {
    #[must_use]
    pub fn new(trigger: Trigger, archive: &[u8], glibc: Option<Glibc>) -> Self {
        let sha256 = Digest::of(archive);
        Self {
            package: trigger.package().to_owned(),
            code_sha256: sha256.base64(),
            sha256,
            size_bytes: archive.len(),
            glibc,
        }
    }

    /// Where the archive lies in the artefact bucket: under its hash, so that an object never changes its meaning.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{}/{}.zip", self.package, self.sha256)
    }
}

/// Where the archive of a function lies in a bundle.
#[must_use]
pub(super) fn archive_file(machine: Machine, trigger: Trigger) -> String {
    format!("functions/{}/{}.zip", machine.as_str(), trigger.package())
}

/// A SHA-256, written as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Digest([u8; 32]);

impl Digest {
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// From 64 hexadecimal digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let mut bytes = [0; 32];
        for (byte, digits) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
        }
        Some(Self(bytes))
    }

    /// As S3 and Lambda write it.
    #[must_use]
    pub fn base64(&self) -> String {
        STANDARD.encode(self.0)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("a SHA-256 has 64 hexadecimal digits"))
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// One parameter of the template, in the form that CloudFormation's own tools read from a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Parameter {
    pub parameter_key: String,
    pub parameter_value: String,
}

/// How built code enters a rendered template.
#[must_use]
pub(super) fn parameters(stage: &Stage, machine: Machine, functions: &BTreeMap<Trigger, Artefact>) -> Vec<Parameter> {
    let account = stage.aws.account.as_ref().map_or_else(|| local::ACCOUNT.to_owned(), ToString::to_string);
    let mut values = BTreeMap::from([
        ("ArtefactBucket", artefact_bucket(&account, stage.aws.region.as_ref())),
        ("Architecture", machine.as_str().to_owned()),
    ]);
    let keys = stage.triggers().filter_map(|trigger| Some((trigger.key_parameter(), functions.get(&trigger)?.key())));
    values.extend(keys);
    let parameter = |(key, value): (&str, String)| Parameter { parameter_key: key.to_owned(), parameter_value: value };
    values.into_iter().map(parameter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_artefact_is_named_by_its_hash() {
        let artefact = Artefact::new(Trigger::Gate, b"abc", None);
        assert_eq!(artefact.key(), "trigger-gate/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad.zip");
        assert_eq!(artefact.code_sha256, "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
    }

    #[test]
    fn a_digest_reads_what_it_writes_and_nothing_else() {
        let digest = Digest::of(b"abc");
        assert_eq!(Digest::parse(&digest.to_string()), Some(digest));
        for text in ["", "ba7816bf", &"g".repeat(64), &"+f".repeat(32), &"é".repeat(32)] {
            assert_eq!(Digest::parse(text), None, "{text}");
        }
    }
}
