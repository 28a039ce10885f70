//! A stage file as far as it could be read: `None` has been told to the collector.

use std::collections::BTreeMap;

use challenge::policy::{
    CodeLength, CodeLife, LockAfter, LockFirstWait, LockLongestWait, MaxAttempts, ResendAfter, SendsPerHour,
};
use message::Locale;

use super::choice::{
    Architecture, AttemptMark, AttributeAccess, AuthFlow, Identity, Recovery, Risk, SignIn, Store, Tier,
};
use super::number::{RefreshDays, RetentionDays, TokenMinutes};
use super::reader::At;
use super::text::{
    AccountId, AttributeName, ClientName, ConfigurationSetName, EmailAddress, IdentityName, PoolName, ProductName,
    Region, RepositoryName, StackName, TagKey, TagValue,
};

#[derive(Debug, Default)]
pub(super) struct Raw {
    pub(super) accept: Option<Vec<At<Risk>>>,
    pub(super) aws: RawAws,
    pub(super) user_pool: RawUserPool,
    pub(super) challenge: RawChallenge,
    pub(super) gate: Option<At<bool>>,
    pub(super) log_retention: Option<At<RetentionDays>>,
    pub(super) email: RawEmail,
    /// The outer `None` is a mistake, the inner one a section that is not there.
    pub(super) github_repository: Option<Option<At<RepositoryName>>>,
    pub(super) alarm_address: Option<Option<At<EmailAddress>>>,
    pub(super) app_clients: Vec<RawAppClient>,
    /// No app client could be read at all.
    pub(super) clients_unread: bool,
    pub(super) tags: BTreeMap<TagKey, TagValue>,
}

#[derive(Debug, Default)]
pub(super) struct RawAws {
    pub(super) account: Option<Option<At<AccountId>>>,
    pub(super) region: Option<At<Region>>,
    pub(super) stack: Option<At<StackName>>,
    pub(super) architecture: Option<At<Architecture>>,
    pub(super) termination_protection: Option<At<bool>>,
}

#[derive(Debug, Default)]
pub(super) struct RawUserPool {
    pub(super) name: Option<At<PoolName>>,
    pub(super) sign_in: Option<At<SignIn>>,
    pub(super) recovery: Option<At<Recovery>>,
    pub(super) self_sign_up: Option<At<bool>>,
    pub(super) deletion_protection: Option<At<bool>>,
    pub(super) tier: Option<At<Tier>>,
}

#[derive(Debug, Default)]
pub(super) struct RawChallenge {
    pub(super) store: Option<At<Store>>,
    pub(super) attribute: Option<At<AttributeName>>,
    pub(super) code_length: Option<At<CodeLength>>,
    pub(super) code_life: Option<At<CodeLife>>,
    pub(super) max_attempts: Option<At<MaxAttempts>>,
    pub(super) resend_after: Option<At<ResendAfter>>,
    pub(super) sends_per_hour: Option<At<SendsPerHour>>,
    /// The outer `None` is a mistake, the inner one a key that is not there.
    pub(super) attempt: Option<Option<At<AttemptMark>>>,
    pub(super) lock_after: Option<At<LockAfter>>,
    pub(super) lock_first_wait: Option<At<LockFirstWait>>,
    pub(super) lock_longest_wait: Option<At<LockLongestWait>>,
}

#[derive(Debug, Default)]
pub(super) struct RawEmail {
    pub(super) from_address: Option<At<EmailAddress>>,
    pub(super) region: Option<At<Region>>,
    pub(super) identity: Option<At<Identity>>,
    pub(super) identity_name: Option<At<IdentityName>>,
    pub(super) configuration_set: Option<Option<At<ConfigurationSetName>>>,
    pub(super) reply_to: Option<Option<At<EmailAddress>>>,
    pub(super) sender_name: Option<Option<At<ProductName>>>,
    pub(super) product_name: Option<At<ProductName>>,
    pub(super) default_locale: Option<At<Locale>>,
}

#[derive(Debug, Default)]
pub(super) struct RawAppClient {
    pub(super) name: Option<At<ClientName>>,
    pub(super) secret: Option<At<bool>>,
    pub(super) auth_flows: Option<Vec<At<AuthFlow>>>,
    pub(super) attribute_access: Option<At<AttributeAccess>>,
    pub(super) access_token: Option<At<TokenMinutes>>,
    pub(super) id_token: Option<At<TokenMinutes>>,
    pub(super) refresh_token: Option<At<RefreshDays>>,
}
