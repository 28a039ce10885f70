//! The one lifecycle rule of the artefact bucket that is ours: what nobody can need any longer goes.
//!
//! An archive lies under its hash and never expires, since a rollback may need it however old it is. A version of it
//! becomes noncurrent only if somebody overwrites or deletes it, and even then a stack may have been deployed from just
//! that version: so the newest of them stay, whatever their age.

use aws_sdk_s3::error::BuildError;
use aws_sdk_s3::types::{
    AbortIncompleteMultipartUpload, BucketLifecycleConfiguration, ExpirationStatus, LifecycleRule, LifecycleRuleFilter,
    NoncurrentVersionExpiration, TransitionDefaultMinimumObjectSize,
};

const RULE: &str = "cognito-email-mfa";
/// Days after which the parts of an upload that was never finished go.
const ABANDONED: i32 = 7;
/// Days after which a noncurrent version may go.
const NONCURRENT: i32 = 365;
/// The noncurrent versions of an object that stay all the same.
const KEPT: i32 = 10;

/// What a bucket does with objects as they age.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Lifecycle {
    pub(super) rules: Vec<LifecycleRule>,
    /// Of all rules that move objects to another storage class; none where it was never set.
    pub(super) minimum: Option<TransitionDefaultMinimumObjectSize>,
}

impl Lifecycle {
    /// Whether our rule is among them, as it should be.
    pub(super) fn has_ours(&self) -> bool {
        self.rules.iter().any(is_ours)
    }

    /// The rules with ours among them, to be written: they replace all that there are.
    pub(super) fn with_ours(self) -> Result<BucketLifecycleConfiguration, BuildError> {
        let theirs = self.rules.into_iter().filter(|rule| rule.id() != Some(RULE));
        BucketLifecycleConfiguration::builder().set_rules(Some(theirs.collect())).rules(ours()?).build()
    }
}

/// S3 may say the same in other words: a filter that lets everything pass has more than one form.
fn is_ours(rule: &LifecycleRule) -> bool {
    let everything = |filter: &LifecycleRuleFilter| {
        let narrowed = filter.object_size_greater_than().or(filter.object_size_less_than()).is_some();
        filter.prefix().unwrap_or_default().is_empty() && filter.tag().is_none() && filter.and().is_none() && !narrowed
    };
    let noncurrent = |expiration: &NoncurrentVersionExpiration| {
        expiration.noncurrent_days() == Some(NONCURRENT) && expiration.newer_noncurrent_versions() == Some(KEPT)
    };
    rule.id() == Some(RULE)
        && *rule.status() == ExpirationStatus::Enabled
        && rule.filter().is_some_and(everything)
        && rule.expiration().is_none()
        && rule.abort_incomplete_multipart_upload().and_then(|abort| abort.days_after_initiation()) == Some(ABANDONED)
        && rule.noncurrent_version_expiration().is_some_and(noncurrent)
}

fn ours() -> Result<LifecycleRule, BuildError> {
    let abandoned = AbortIncompleteMultipartUpload::builder().days_after_initiation(ABANDONED).build();
    let noncurrent =
        NoncurrentVersionExpiration::builder().noncurrent_days(NONCURRENT).newer_noncurrent_versions(KEPT).build();
    LifecycleRule::builder()
        .id(RULE)
        .status(ExpirationStatus::Enabled)
        .filter(LifecycleRuleFilter::builder().prefix("").build())
        .abort_incomplete_multipart_upload(abandoned)
        .noncurrent_version_expiration(noncurrent)
        .build()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use aws_sdk_s3::types::LifecycleExpiration;

    use super::*;

    fn of(rules: &[LifecycleRule]) -> Lifecycle {
        Lifecycle { rules: rules.to_vec(), minimum: None }
    }

    fn changed(change: impl FnOnce(&mut LifecycleRule)) -> Lifecycle {
        let mut rule = ours().unwrap();
        change(&mut rule);
        of(&[rule])
    }

    #[test]
    fn our_rule_is_known_and_nothing_less_is_taken_for_it() {
        let good = || ours().unwrap();
        let theirs = || {
            let mut rule = good();
            rule.id = Some("theirs".to_owned());
            rule
        };
        let everything = LifecycleRuleFilter::builder().build();
        let one_folder = LifecycleRuleFilter::builder().prefix("trigger-gate/").build();
        let large_ones = LifecycleRuleFilter::builder().object_size_greater_than(1_000).build();
        let days = LifecycleExpiration::builder().days(30).build();
        let all_go = NoncurrentVersionExpiration::builder().noncurrent_days(NONCURRENT).build();
        let rows = [
            ("none", of(&[]), false),
            ("ours", of(&[good()]), true),
            ("ours among others", of(&[theirs(), good()]), true),
            ("the same by another name", of(&[theirs()]), false),
            ("ours in other words", changed(|rule| rule.filter = Some(everything)), true),
            ("for one folder", changed(|rule| rule.filter = Some(one_folder)), false),
            ("for large ones", changed(|rule| rule.filter = Some(large_ones)), false),
            ("without a filter", changed(|rule| rule.filter = None), false),
            ("off", changed(|rule| rule.status = ExpirationStatus::Disabled), false),
            ("that expires archives", changed(|rule| rule.expiration = Some(days)), false),
            (
                "that keeps no noncurrent version",
                changed(|rule| rule.noncurrent_version_expiration = Some(all_go)),
                false,
            ),
            ("that keeps abandoned uploads", changed(|rule| rule.abort_incomplete_multipart_upload = None), false),
        ];
        for (name, lifecycle, expected) in rows {
            assert_eq!(lifecycle.has_ours(), expected, "{name}");
            let written = lifecycle.clone().with_ours().unwrap().rules;
            assert!(of(&written).has_ours(), "{name}");
            let others =
                |rules: &[LifecycleRule]| rules.iter().filter(|rule| rule.id() != Some(RULE)).cloned().collect();
            let (before, after): (Vec<_>, Vec<_>) = (others(&lifecycle.rules), others(&written));
            assert_eq!(before, after, "{name}: the rules of others");
            assert_eq!(written.len(), after.len() + 1, "{name}");
        }
    }
}
