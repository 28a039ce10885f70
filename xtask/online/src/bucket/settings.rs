//! What the artefact bucket should be like, held against what it is like.

use serde_json::Value;

use super::lifecycle::Lifecycle;
use super::policy::with_tls_only;

/// What of a bucket matters here.
#[derive(Debug, Clone, Default)]
pub(super) struct Settings {
    pub(super) public_access_blocked: bool,
    pub(super) owner_enforced: bool,
    pub(super) versioned: bool,
    pub(super) encrypted: bool,
    pub(super) policy: Option<Value>,
    pub(super) lifecycle: Lifecycle,
}

/// One write that brings a bucket closer to what it should be.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Mend {
    BlockPublicAccess,
    EnforceOwner,
    Version,
    Encrypt,
    /// With everything that the policy says already.
    Policy(Value),
    /// With the rules that there are already.
    Lifecycle(Lifecycle),
}

pub(super) fn mends(settings: Settings, bucket: &str, partition: &str) -> Vec<Mend> {
    let mut mends = Vec::new();
    if !settings.public_access_blocked {
        mends.push(Mend::BlockPublicAccess);
    }
    if !settings.owner_enforced {
        mends.push(Mend::EnforceOwner);
    }
    if !settings.versioned {
        mends.push(Mend::Version);
    }
    if !settings.encrypted {
        mends.push(Mend::Encrypt);
    }
    mends.extend(with_tls_only(settings.policy, bucket, partition).map(Mend::Policy));
    if !settings.lifecycle.has_ours() {
        mends.push(Mend::Lifecycle(settings.lifecycle));
    }
    mends
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const BUCKET: &str = "artefacts";

    fn as_it_should_be() -> Settings {
        Settings {
            public_access_blocked: true,
            owner_enforced: true,
            versioned: true,
            encrypted: true,
            policy: with_tls_only(None, BUCKET, "aws"),
            lifecycle: Lifecycle { rules: Lifecycle::default().with_ours().unwrap().rules, minimum: None },
        }
    }

    #[test]
    fn only_what_is_wrong_is_written() {
        let good = as_it_should_be;
        let policy = with_tls_only(None, BUCKET, "aws").unwrap();
        let rows = [
            ("as it should be", good(), vec![]),
            ("public", Settings { public_access_blocked: false, ..good() }, vec![Mend::BlockPublicAccess]),
            ("with access lists", Settings { owner_enforced: false, ..good() }, vec![Mend::EnforceOwner]),
            ("unversioned", Settings { versioned: false, ..good() }, vec![Mend::Version]),
            ("unencrypted", Settings { encrypted: false, ..good() }, vec![Mend::Encrypt]),
            ("over plain HTTP", Settings { policy: None, ..good() }, vec![Mend::Policy(policy.clone())]),
            (
                "without our lifecycle",
                Settings { lifecycle: Lifecycle::default(), ..good() },
                vec![Mend::Lifecycle(Lifecycle::default())],
            ),
            (
                "new",
                Settings::default(),
                vec![
                    Mend::BlockPublicAccess,
                    Mend::EnforceOwner,
                    Mend::Version,
                    Mend::Encrypt,
                    Mend::Policy(policy.clone()),
                    Mend::Lifecycle(Lifecycle::default()),
                ],
            ),
        ];
        for (name, settings, expected) in rows {
            assert_eq!(mends(settings, BUCKET, "aws"), expected, "{name}");
        }
    }
}
