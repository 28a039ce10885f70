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
}
