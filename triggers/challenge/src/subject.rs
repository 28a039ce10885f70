//! Whom a challenge is about.

use sha2::{Digest as _, Sha256};

/// A user of a user pool. Both names enter everything that is derived or sealed, so that nothing can be moved from one
/// user, or one pool, to another.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Subject<'a> {
    /// The pool's id, such as `eu-central-1_AbCdEfGhI`.
    pub user_pool: &'a str,
    /// The `userName` of the event: immutable in the pool, unlike the e-mail address.
    pub user: &'a str,
}

impl std::fmt::Debug for Subject<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // A user name can be an e-mail address.
        f.debug_struct("Subject").field("user_pool", &self.user_pool).finish_non_exhaustive()
    }
}

impl Subject<'_> {
    /// Both names with their lengths in front, so that no two subjects give the same bytes.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.user_pool.len() + self.user.len() + 8);
        for part in [self.user_pool, self.user] {
            push_with_length(&mut bytes, part.as_bytes());
        }
        bytes
    }

    /// The name under which a store keeps the user's state: 64 hex digits, which tell nobody who it is at a glance.
    #[must_use]
    pub fn storage_key(&self) -> String {
        Sha256::digest(self.bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// A short fingerprint of `value` for this subject. Unkeyed: it only ever lies inside a sealed state.
    pub(crate) fn digest(&self, label: &str, value: &str) -> Digest16 {
        let mut bytes = self.bytes();
        push_with_length(&mut bytes, label.as_bytes());
        push_with_length(&mut bytes, value.as_bytes());
        let hash = Sha256::digest(&bytes);
        let mut short = [0; 16];
        short.copy_from_slice(&hash[..16]);
        short
    }
}

pub(crate) type Digest16 = [u8; 16];
pub(crate) type Digest8 = [u8; 8];

pub(crate) fn first_eight(digest: Digest16) -> Digest8 {
    std::array::from_fn(|index| digest[index])
}

fn push_with_length(bytes: &mut Vec<u8>, part: &[u8]) {
    bytes.extend_from_slice(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
    bytes.extend_from_slice(part);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_subjects_share_their_bytes() {
        let split_early = Subject { user_pool: "pool", user: "user" };
        let split_late = Subject { user_pool: "poolu", user: "ser" };
        assert_ne!(split_early.bytes(), split_late.bytes());
        assert_ne!(split_early.digest("a", "bc"), split_early.digest("ab", "c"));
    }

    #[test]
    fn states_are_kept_under_what_a_hash_made_elsewhere_gives() {
        // Computed with another implementation of SHA-256. Under any other name the users' locks would be looked for in
        // vain after an update; under one name for all, they would share one state.
        for (name, user_pool, user, expected) in [
            ("a user", "eu-central-1_Pool", "user", "18cb56adb6321c6a9d41b3ec2c0a47ccd44e251ef002347e6ac7c0ae9e0facd8"),
            (
                "a name that is an address",
                "eu-central-1_Pool",
                "jane@example.com",
                "193d4e9012cc35d8b92b5481dbda337d560e8d5e83d39f4070583ec30fc234f1",
            ),
            (
                "another pool",
                "eu-central-1_Other",
                "user",
                "d8f66ffa13d71ac716f4a4386484f7cc69861823f036e7f83ca24ccbe6b3bb5b",
            ),
        ] {
            assert_eq!(Subject { user_pool, user }.storage_key(), expected, "{name}");
        }
    }

    #[test]
    fn debug_shows_the_pool_and_not_the_user() {
        let subject = Subject { user_pool: "eu-central-1_Pool", user: "jane@example.com" };
        assert_eq!(format!("{subject:?}"), "Subject { user_pool: \"eu-central-1_Pool\", .. }");
    }
}
