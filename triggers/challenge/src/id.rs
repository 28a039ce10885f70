//! What tells one challenge from another.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// Upper-case letters without vowels, so that no word comes up, and without those that look like another or a digit.
const LETTERS: &[u8; 19] = b"BCDFGHJKMNPQRSTVWXZ";

/// Names one challenge. Not a secret: it travels through the session as the challenge's metadata.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChallengeId(pub(crate) [u8; 16]);

impl ChallengeId {
    /// Made of 128 random bits.
    #[must_use]
    pub const fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Reads what [`ChallengeId`]'s `Display` wrote: 32 hex digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let well_formed = text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit());
        u128::from_str_radix(text, 16).ok().filter(|_| well_formed).map(|id| Self(id.to_be_bytes()))
    }

    /// Four letters by which a person tells the mail of this challenge from another one. A hash of the id alone, so that
    /// it says as little of the code as the id does: the code is made with a key.
    #[must_use]
    pub fn reference(self) -> String {
        let hash = Sha256::new().chain_update(b"mail-reference").chain_update(self.0).finalize();
        hash.iter().take(4).map(|byte| char::from(LETTERS[usize::from(*byte) % LETTERS.len()])).collect()
    }
}

impl std::fmt::Display for ChallengeId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

/// The random part of a new challenge, from a CSPRNG (ASVS 5.0 6.5.3).
#[derive(Clone, Copy)]
pub struct Fresh {
    pub id: [u8; 16],
    pub nonce: [u8; 16],
}

impl std::fmt::Debug for Fresh {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Fresh(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_read_back_what_they_print_and_nothing_else() {
        let id = ChallengeId([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 255]);
        assert_eq!(ChallengeId::parse(&id.to_string()), Some(id));
        for text in ["", "+0010203040506070809000a0b0c0d0eff", "+00102030405060708090a0b0c0d0eff", "zz"] {
            assert_eq!(ChallengeId::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn references_are_four_letters_that_a_hash_made_elsewhere_gives() {
        // Computed with another implementation of SHA-256.
        for (name, byte, expected) in [("zeros", 0, "FDDW"), ("sevens", 7, "DQJQ")] {
            assert_eq!(ChallengeId([byte; 16]).reference(), expected, "{name}");
        }
    }

    #[test]
    fn references_of_two_mails_differ_nearly_always() {
        let references: std::collections::BTreeSet<_> =
            (0..100_u8).map(|byte| ChallengeId([byte; 16]).reference()).collect();
        assert!(references.len() >= 99, "{references:?}");
        let letters = |text: &String| text.len() == 4 && text.bytes().all(|letter| LETTERS.contains(&letter));
        assert!(references.iter().all(letters), "{references:?}");
    }

    #[test]
    fn debug_does_not_show_what_a_code_is_made_of() {
        assert_eq!(format!("{:?}", Fresh { id: [7; 16], nonce: [9; 16] }), "Fresh(…)");
    }
}
