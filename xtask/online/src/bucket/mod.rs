//! The bucket of an account and Region that holds the artefacts: made once, and only ever mended where it is not as it
//! should be.

use anyhow::{Context as _, bail};
use aws_sdk_s3::Client;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::head_bucket::HeadBucketError;
use aws_sdk_s3::types::{
    BucketLocationConstraint, BucketVersioningStatus, CreateBucketConfiguration, ObjectOwnership, OwnershipControls,
    OwnershipControlsRule, PublicAccessBlockConfiguration, ServerSideEncryption, ServerSideEncryptionByDefault,
    ServerSideEncryptionConfiguration, ServerSideEncryptionRule, VersioningConfiguration,
};
use xtask::artefact_bucket::artefact_bucket;

mod lifecycle;
mod policy;
mod settings;

use crate::aws::{self, Session};
use crate::progress::Message;
use lifecycle::Lifecycle;
use policy::partition;
use settings::{Mend, Settings, mends};

/// The Region whose name S3 does not take as a location.
const NO_LOCATION: &str = "us-east-1";

/// Makes the bucket unless it is there, mends what is not as it should be, and returns its name.
///
/// # Errors
/// When the bucket belongs to another account, or S3 refuses a call.
pub async fn ensure(session: &Session) -> anyhow::Result<String> {
    let client = Client::new(&session.sdk_config);
    let region = session.stage.aws.region.as_ref();
    let bucket = Bucket { client, name: artefact_bucket(&session.account, region), owner: session.account.clone() };
    let name = &bucket.name;
    if !bucket.exists().await? {
        session.reporter.tell(&Message::Bucket { name });
        bucket.create(region).await.with_context(|| format!("failed to make the artefact bucket `{name}`"))?;
    }
    let settings =
        bucket.read().await.with_context(|| format!("failed to read the settings of the bucket `{name}`"))?;
    for mend in mends(settings, name, partition(region)) {
        bucket.mend(mend).await.with_context(|| format!("failed to secure the artefact bucket `{name}`"))?;
    }
    Ok(bucket.name)
}

struct Bucket {
    client: Client,
    name: String,
    owner: String,
}

impl Bucket {
    async fn exists(&self) -> anyhow::Result<bool> {
        let answer = self.client.head_bucket().bucket(&self.name).expected_bucket_owner(&self.owner).send().await;
        let Err(error) = answer else { return Ok(true) };
        if error.as_service_error().is_some_and(HeadBucketError::is_not_found) {
            return Ok(false);
        }
        // A HEAD request is answered without words.
        if error.raw_response().is_some_and(|response| response.status().as_u16() == 403) {
            bail!(
                "the artefact bucket `{}` belongs to another account, or the caller may not read it\nhint: `aws s3api get-bucket-policy-status --bucket {0}` as the owner of account {} tells them apart",
                self.name,
                self.owner,
            );
        }
        Err(aws::sdk(error)).with_context(|| format!("failed to look for the artefact bucket `{}`", self.name))
    }

    async fn create(&self, region: &str) -> anyhow::Result<()> {
        let mut request = self.client.create_bucket().bucket(&self.name);
        request = request.object_ownership(ObjectOwnership::BucketOwnerEnforced);
        if region != NO_LOCATION {
            let location = BucketLocationConstraint::from(region);
            let configuration = CreateBucketConfiguration::builder().location_constraint(location).build();
            request = request.create_bucket_configuration(configuration);
        }
        match request.send().await {
            Ok(_) => Ok(()),
            // Another deploy was faster.
            Err(error) if error.code() == Some("BucketAlreadyOwnedByYou") => Ok(()),
            Err(error) => Err(aws::sdk(error)),
        }
    }

    async fn read(&self) -> anyhow::Result<Settings> {
        let (client, name, owner) = (&self.client, &self.name, &self.owner);
        let (block, ownership, versioning, encryption, policy, lifecycle) = tokio::join!(
            client.get_public_access_block().bucket(name).expected_bucket_owner(owner).send(),
            client.get_bucket_ownership_controls().bucket(name).expected_bucket_owner(owner).send(),
            client.get_bucket_versioning().bucket(name).expected_bucket_owner(owner).send(),
            client.get_bucket_encryption().bucket(name).expected_bucket_owner(owner).send(),
            client.get_bucket_policy().bucket(name).expected_bucket_owner(owner).send(),
            client.get_bucket_lifecycle_configuration().bucket(name).expected_bucket_owner(owner).send(),
        );
        let block = present(block, "NoSuchPublicAccessBlockConfiguration")?
            .and_then(|answer| answer.public_access_block_configuration);
        let ownership = present(ownership, "OwnershipControlsNotFoundError")?;
        let ownership = ownership.and_then(|answer| answer.ownership_controls);
        let versioning = versioning.map_err(aws::sdk)?.status;
        let encryption = present(encryption, "ServerSideEncryptionConfigurationNotFoundError")?
            .and_then(|answer| answer.server_side_encryption_configuration);
        let policy = present(policy, "NoSuchBucketPolicy")?.and_then(|answer| answer.policy);
        let lifecycle = present(lifecycle, "NoSuchLifecycleConfiguration")?.map(|answer| Lifecycle {
            rules: answer.rules.unwrap_or_default(),
            minimum: answer.transition_default_minimum_object_size,
        });
        Ok(Settings {
            public_access_blocked: block == Some(everything_blocked()),
            owner_enforced: ownership.is_some_and(|controls| {
                controls.rules.iter().all(|rule| rule.object_ownership == ObjectOwnership::BucketOwnerEnforced)
            }),
            versioned: versioning == Some(BucketVersioningStatus::Enabled),
            encrypted: encryption.is_some_and(|configuration| !configuration.rules.is_empty()),
            policy: policy.as_deref().map(serde_json::from_str).transpose().context("its policy is no JSON")?,
            lifecycle: lifecycle.unwrap_or_default(),
        })
    }

    async fn mend(&self, mend: Mend) -> anyhow::Result<()> {
        let (client, name, owner) = (&self.client, &self.name, &self.owner);
        match mend {
            Mend::BlockPublicAccess => {
                let request = client.put_public_access_block().bucket(name).expected_bucket_owner(owner);
                let request = request.public_access_block_configuration(everything_blocked());
                request.send().await.map_err(aws::sdk)?;
            }
            Mend::EnforceOwner => {
                let rule = OwnershipControlsRule::builder().object_ownership(ObjectOwnership::BucketOwnerEnforced);
                let controls = OwnershipControls::builder().rules(rule.build()?).build()?;
                let request = client.put_bucket_ownership_controls().bucket(name).expected_bucket_owner(owner);
                request.ownership_controls(controls).send().await.map_err(aws::sdk)?;
            }
            Mend::Version => {
                let enabled = VersioningConfiguration::builder().status(BucketVersioningStatus::Enabled).build();
                let request = client.put_bucket_versioning().bucket(name).expected_bucket_owner(owner);
                request.versioning_configuration(enabled).send().await.map_err(aws::sdk)?;
            }
            Mend::Encrypt => {
                let aes =
                    ServerSideEncryptionByDefault::builder().sse_algorithm(ServerSideEncryption::Aes256).build()?;
                let rule = ServerSideEncryptionRule::builder().apply_server_side_encryption_by_default(aes).build();
                let configuration = ServerSideEncryptionConfiguration::builder().rules(rule).build()?;
                let request = client.put_bucket_encryption().bucket(name).expected_bucket_owner(owner);
                request.server_side_encryption_configuration(configuration).send().await.map_err(aws::sdk)?;
            }
            Mend::Policy(policy) => {
                let request = client.put_bucket_policy().bucket(name).expected_bucket_owner(owner);
                request.policy(policy.to_string()).send().await.map_err(aws::sdk)?;
            }
            Mend::Lifecycle(lifecycle) => {
                let request = client.put_bucket_lifecycle_configuration().bucket(name).expected_bucket_owner(owner);
                let request = request.set_transition_default_minimum_object_size(lifecycle.minimum.clone());
                request.lifecycle_configuration(lifecycle.with_ours()?).send().await.map_err(aws::sdk)?;
            }
        }
        Ok(())
    }
}

fn everything_blocked() -> PublicAccessBlockConfiguration {
    PublicAccessBlockConfiguration::builder()
        .block_public_acls(true)
        .ignore_public_acls(true)
        .block_public_policy(true)
        .restrict_public_buckets(true)
        .build()
}

/// A setting that may never have been made, which S3 answers with an error of that code.
fn present<T, E, R>(answer: Result<T, SdkError<E, R>>, absent: &str) -> anyhow::Result<Option<T>>
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if error.code() == Some(absent) => Ok(None),
        Err(error) => Err(aws::sdk(error)),
    }
}
