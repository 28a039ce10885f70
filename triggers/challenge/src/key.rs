//! The key of a user pool's codes and states, and what is derived from it.

use hkdf::Hkdf;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::subject::Subject;

/// Names a key without telling anything of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyId(pub(crate) [u8; 8]);

/// One version of the secret, split by HKDF (RFC 5869) into a key for each use.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Key {
    #[zeroize(skip)]
    id: KeyId,
    seal: [u8; 32],
    code: [u8; 32],
    user_hash: [u8; 32],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the key's secret is shorter than {} bytes", Key::MIN_SECRET_BYTES)]
pub struct InvalidKey;

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Key").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Key {
    /// The stack generates 64 letters and digits, 380 bits; anything much shorter was not made by it.
    pub const MIN_SECRET_BYTES: usize = 32;

    /// # Errors
    /// [`InvalidKey`] when the secret is too short to be one.
    pub fn from_secret(secret: &[u8]) -> Result<Self, InvalidKey> {
        if secret.len() < Self::MIN_SECRET_BYTES {
            return Err(InvalidKey);
        }
        let hkdf = Hkdf::<Sha256>::new(Some(b"cognito-email-mfa"), secret);
        let mut key = Self { id: KeyId([0; 8]), seal: [0; 32], code: [0; 32], user_hash: [0; 32] };
        hkdf.expand(b"id", &mut key.id.0).map_err(|_| InvalidKey)?;
        hkdf.expand(b"seal", &mut key.seal).map_err(|_| InvalidKey)?;
        hkdf.expand(b"code", &mut key.code).map_err(|_| InvalidKey)?;
        hkdf.expand(b"user-hash", &mut key.user_hash).map_err(|_| InvalidKey)?;
        Ok(key)
    }

    #[must_use]
    pub const fn id(&self) -> KeyId {
        self.id
    }

    pub(crate) const fn seal_key(&self) -> &[u8; 32] {
        &self.seal
    }

    /// HMAC-SHA-256 over `parts` under the key for codes.
    pub(crate) fn code_mac(&self, parts: &[&[u8]]) -> [u8; 32] {
        mac(&self.code, parts)
    }

    /// Sixteen hex digits that stand for the user in logs: equal for the same user, and meaningless without the key.
    #[must_use]
    pub fn user_hash(&self, subject: &Subject<'_>) -> String {
        mac(&self.user_hash, &[&subject.bytes()])[..8].iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

fn mac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    // HMAC takes a key of any length; the error type is the trait's, not the algorithm's.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { unreachable!("hmac accepts every key length") };
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// The keys a function knows: the current one, with which it seals and makes codes, and the one before it, which still
/// opens what was sealed before a rotation.
#[derive(Debug, Clone)]
pub struct KeyRing {
    pub current: Key,
    pub previous: Option<Key>,
}

impl KeyRing {
    #[must_use]
    pub fn get(&self, id: KeyId) -> Option<&Key> {
        std::iter::once(&self.current).chain(&self.previous).find(|key| key.id == id)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_short_secret_is_no_key() {
        assert_eq!(Key::from_secret(&[7; 31]).unwrap_err(), InvalidKey);
        assert!(Key::from_secret(&[7; 32]).is_ok());
    }

    #[test]
    fn the_ring_finds_both_keys_and_no_other() {
        let [current, previous, other] = [1, 2, 3].map(|n| Key::from_secret(&[n; 64]).unwrap());
        let ring = KeyRing { current: current.clone(), previous: Some(previous.clone()) };
        assert_eq!(ring.get(current.id()).map(Key::id), Some(current.id()));
        assert_eq!(ring.get(previous.id()).map(Key::id), Some(previous.id()));
        assert!(ring.get(other.id()).is_none());
    }

    #[test]
    fn each_use_has_a_key_of_its_own() {
        let key = Key::from_secret(&[1; 64]).unwrap();
        assert!(key.seal != key.code && key.code != key.user_hash && key.seal != key.user_hash);
    }

    #[test]
    fn debug_names_the_key_and_shows_none_of_it() {
        let key = Key::from_secret(&[1; 64]).unwrap();
        assert_eq!(format!("{key:?}"), "Key { id: KeyId([0, 12, 199, 6, 0, 44, 32, 22]), .. }");
    }

    #[test]
    fn users_are_called_in_logs_what_an_hmac_made_elsewhere_gives() {
        // Computed with another implementation of HKDF and HMAC: an operator who searches for a user after an update must
        // find what was logged before it, and whoever lacks the key must not be able to make the name.
        for (name, key_byte, user_pool, user, expected) in [
            ("a user", 1, "eu-central-1_Pool", "user", "5666016d13cb53d9"),
            ("a name that is an address", 1, "eu-central-1_Pool", "jane@example.com", "08dcbb84fc482a4e"),
            ("another pool", 1, "eu-central-1_Other", "user", "b69e6fa49fb8d607"),
            ("another key", 2, "eu-central-1_Pool", "user", "e9469245b4b87f1b"),
        ] {
            let key = Key::from_secret(&[key_byte; 64]).unwrap();
            assert_eq!(key.user_hash(&Subject { user_pool, user }), expected, "{name}");
        }
    }
}
