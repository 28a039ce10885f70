//! Puts the archives of a bundle into the bucket, each under its hash.

use std::collections::BTreeMap;

use anyhow::{Context as _, ensure};
use aws_sdk_s3::Client;
use aws_sdk_s3::error::ProvideErrorMetadata as _;
use aws_sdk_s3::operation::head_object::HeadObjectError;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::ChecksumMode;
use xtask::bundle::{Artefact, StageBundle};
use xtask::trigger::Trigger;

use crate::aws::{self, Session};
use crate::progress::{Message, Reporter};

/// What lies under the key of an artefact.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Found {
    Nothing,
    Object { checksum: Option<String>, etag: Option<String>, version: Option<String> },
}

impl Found {
    fn version(&self) -> Option<String> {
        match self {
            Self::Nothing => None,
            Self::Object { version, .. } => version.clone(),
        }
    }
}

/// How an artefact is to be written: over nothing, or over exactly the object that was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Write {
    IfNone,
    IfMatch(Option<String>),
}

/// A key is no proof of what lies under it; the checksum that S3 keeps is.
fn decide(found: Found, checksum: &str) -> Option<Write> {
    match found {
        Found::Nothing => Some(Write::IfNone),
        Found::Object { checksum: Some(seen), .. } if seen == checksum => None,
        Found::Object { etag, .. } => Some(Write::IfMatch(etag)),
    }
}

/// Writes the archives that are missing or differ, and returns the version of each: what lies under a key may change, a
/// version of it may not.
///
/// # Errors
/// When S3 refuses, or an object is not what was written.
pub async fn upload(
    session: &Session,
    bucket: &str,
    bundle: &StageBundle,
) -> anyhow::Result<BTreeMap<Trigger, String>> {
    let client = Client::new(&session.sdk_config);
    let store = Store { client, bucket, owner: &session.account, reporter: session.reporter };
    let mut versions = BTreeMap::new();
    for (trigger, artefact) in &bundle.functions {
        let key = artefact.key();
        let stored = store.put(bundle.archive(*trigger)?, artefact, &key).await;
        versions.insert(*trigger, stored.with_context(|| format!("failed to store `s3://{bucket}/{key}`"))?);
    }
    Ok(versions)
}

/// The checksum that S3 keeps of one version of an object, base64; none where there is no such version any more.
///
/// # Errors
/// When S3 does not answer.
pub async fn checksum(session: &Session, bucket: &str, key: &str, version: &str) -> anyhow::Result<Option<String>> {
    let request = Client::new(&session.sdk_config).head_object().bucket(bucket).key(key).version_id(version);
    let request = request.expected_bucket_owner(&session.account).checksum_mode(ChecksumMode::Enabled);
    match request.send().await {
        Ok(object) => Ok(object.checksum_sha256),
        // HEAD is answered without words: the status alone says that the version is gone, deleted, or no version at all.
        Err(error) if matches!(error.raw_response().map(|raw| raw.status().as_u16()), Some(400 | 404 | 405)) => {
            Ok(None)
        }
        Err(error) => Err(aws::sdk(error)).with_context(|| format!("failed to look for `s3://{bucket}/{key}`")),
    }
}

struct Store<'a> {
    client: Client,
    bucket: &'a str,
    owner: &'a str,
    reporter: Reporter,
}

impl Store<'_> {
    async fn put(&self, archive: &[u8], artefact: &Artefact, key: &str) -> anyhow::Result<String> {
        const UNVERSIONED: &str = "S3 names no version of it, although the bucket keeps versions";
        let checksum = &artefact.code_sha256;
        let found = self.find(key).await?;
        let version = found.version();
        let Some(write) = decide(found, checksum) else { return version.context(UNVERSIONED) };
        self.reporter.tell(&Message::Artefact { key, bytes: artefact.size_bytes });
        let request = self.client.put_object().bucket(self.bucket).key(key).expected_bucket_owner(self.owner);
        let request =
            request.body(ByteStream::from(archive.to_vec())).checksum_sha256(checksum).content_type("application/zip");
        let request = match write {
            Write::IfNone => request.if_none_match("*"),
            Write::IfMatch(etag) => request.set_if_match(etag),
        };
        match request.send().await {
            Ok(written) => written.version_id.context(UNVERSIONED),
            // Another deploy was faster; what counts is what lies there now.
            Err(error) if matches!(error.code(), Some("PreconditionFailed" | "ConditionalRequestConflict")) => {
                let found = self.find(key).await?;
                let version = found.version();
                ensure!(decide(found, checksum).is_none(), "somebody else keeps writing other content under this key");
                version.context(UNVERSIONED)
            }
            Err(error) => Err(aws::sdk(error)),
        }
    }

    async fn find(&self, key: &str) -> anyhow::Result<Found> {
        let request = self.client.head_object().bucket(self.bucket).key(key).expected_bucket_owner(self.owner);
        match request.checksum_mode(ChecksumMode::Enabled).send().await {
            Ok(object) => {
                Ok(Found::Object { checksum: object.checksum_sha256, etag: object.e_tag, version: object.version_id })
            }
            Err(error) if error.as_service_error().is_some_and(HeadObjectError::is_not_found) => Ok(Found::Nothing),
            Err(error) => Err(aws::sdk(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_missing_or_differs_is_written() {
        let object = |checksum: Option<&str>| Found::Object {
            checksum: checksum.map(str::to_owned),
            etag: Some("\"e\"".to_owned()),
            version: None,
        };
        let over = Some(Write::IfMatch(Some("\"e\"".to_owned())));
        let rows = [
            ("missing", Found::Nothing, Some(Write::IfNone)),
            ("the same", object(Some("sum")), None),
            ("other content", object(Some("other")), over.clone()),
            ("content nobody has summed", object(None), over),
        ];
        for (name, found, expected) in rows {
            assert_eq!(decide(found, "sum"), expected, "{name}");
        }
    }
}
