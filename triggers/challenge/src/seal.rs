//! How a state is written into a user attribute: encrypted, authenticated, versioned, bound to its user and pool.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Payload},
};

use crate::{Key, KeyId, KeyRing, State, Subject, state::StateV1};

/// The text that stands in the attribute: `v2.` and base64url of key id ‖ nonce ‖ ciphertext.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedState(String);

/// Random bytes for one sealing; with 192 bits they may be drawn at random for ever.
pub type SealNonce = [u8; NONCE_BYTES];

/// What is written. Fields are appended to it: its readers pass over what they do not know, so that functions of two versions
/// can share a sign-in while they are updated one after the other.
const VERSION: &str = "v2.";
/// What the version before wrote. It is read exactly, and reads states of version 2 as far as it knows them.
const FIRST_VERSION: &str = "v1.";
const KEY_ID_BYTES: usize = 8;
const NONCE_BYTES: usize = 24;

/// Why a value of the attribute says nothing about its user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// It was written by a later version than this one, which says nothing against it.
    #[error("the state is of an unknown version")]
    UnknownVersion,
    #[error("the text is no state")]
    NotAState,
    #[error("the state is sealed with an unknown key")]
    UnknownKey(KeyId),
    /// Truncated, forged, or moved here from another user or pool.
    #[error("the state's seal is broken")]
    BrokenSeal,
}

impl SealedState {
    /// Cognito allows 2,048 bytes in the attribute; half a kilobyte keeps an ID token that carries it small.
    pub const MAX_BYTES: usize = 512;

    #[must_use]
    pub fn new(text: String) -> Self {
        Self(text)
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Writes `state` for `subject` with `key`.
    ///
    /// # Errors
    /// `None` in place of an error that cannot happen with a bounded state: the codec or the cipher refused it.
    #[must_use]
    pub fn seal(state: &State, subject: &Subject<'_>, key: &Key, nonce: SealNonce) -> Option<Self> {
        let plain = postcard::to_allocvec(state).ok()?;
        let cipher = XChaCha20Poly1305::new(key.seal_key().into());
        let payload = Payload { msg: &plain, aad: &associated_data(VERSION, subject, key.id()) };
        let ciphertext = cipher.encrypt(&XNonce::from(nonce), payload).ok()?;
        let bytes = [&key.id().0[..], &nonce, &ciphertext].concat();
        Some(Self(format!("{VERSION}{}", URL_SAFE_NO_PAD.encode(bytes))))
    }

    /// Reads the state of `subject`.
    ///
    /// # Errors
    /// [`OpenError`] for anything that was not sealed for this very user of this very pool with a key of the ring.
    pub fn open(&self, subject: &Subject<'_>, keys: &KeyRing) -> Result<State, OpenError> {
        let prefixed =
            [VERSION, FIRST_VERSION].into_iter().find_map(|version| Some((version, self.0.strip_prefix(version)?)));
        let (version, encoded) = prefixed.ok_or_else(|| self.unknown())?;
        let bytes = URL_SAFE_NO_PAD.decode(encoded).map_err(|_| OpenError::BrokenSeal)?;
        let (id, rest) = bytes.split_first_chunk::<KEY_ID_BYTES>().ok_or(OpenError::BrokenSeal)?;
        let (nonce, ciphertext) = rest.split_first_chunk::<NONCE_BYTES>().ok_or(OpenError::BrokenSeal)?;
        let id = KeyId(*id);
        let key = keys.get(id).ok_or(OpenError::UnknownKey(id))?;
        let cipher = XChaCha20Poly1305::new(key.seal_key().into());
        let payload = Payload { msg: ciphertext, aad: &associated_data(version, subject, id) };
        let plain = cipher.decrypt(&XNonce::from(*nonce), payload).map_err(|_| OpenError::BrokenSeal)?;
        let read = if version == FIRST_VERSION {
            postcard::take_from_bytes::<StateV1>(&plain)
                .ok()
                .filter(|(_, rest)| rest.is_empty())
                .map(|(v1, _)| v1.into())
        } else {
            postcard::take_from_bytes(&plain).ok().map(|(state, _)| state)
        };
        read.ok_or(OpenError::BrokenSeal)
    }

    /// What a text is that begins with no version of ours: `v` and a number before the first dot is another version's.
    fn unknown(&self) -> OpenError {
        let number = self.0.strip_prefix('v').and_then(|rest| rest.split_once('.')).map(|(number, _)| number);
        let is_version = |text: &str| (1..=4).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        if number.is_some_and(is_version) { OpenError::UnknownVersion } else { OpenError::NotAState }
    }
}

fn associated_data(version: &str, subject: &Subject<'_>, key: KeyId) -> Vec<u8> {
    [version.as_bytes(), &key.0, &subject.bytes()].concat()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;
    use crate::{
        Attempt, ChallengeId, UnixSeconds,
        client::Client,
        policy::OLDER_CODES,
        state::{Consumption, tests::challenge},
    };

    const JANE: Subject<'_> = Subject { user_pool: "eu-central-1_Pool", user: "jane" };

    fn key(byte: u8) -> Key {
        Key::from_secret(&[byte; 64]).unwrap()
    }

    fn ring() -> KeyRing {
        KeyRing { current: key(1), previous: Some(key(2)) }
    }

    /// A state with everything in it that a state can hold.
    fn full_state() -> State {
        let now = UnixSeconds(4_000_000_000);
        let mut challenge = challenge(now);
        challenge.attempt = Attempt::parse(&JANE, Some(&"a".repeat(64))).unwrap();
        let consumption = Consumption {
            challenge: ChallengeId([255; 16]),
            at: now,
            client: Client::new(&JANE, "client"),
            used: true,
        };
        challenge.replaces = Some(ChallengeId([255; 16]));
        challenge.last_answer = Some([255; 8]);
        let mut state = State {
            challenge: Some(challenge),
            consumption: Some(consumption),
            begun_through: Some(Client::new(&JANE, "client")),
            older: vec![[255; 8]; OLDER_CODES],
            answered_older: true,
            ..State::default()
        };
        let lockout = crate::state::tests::policy().lockout;
        (0..150).for_each(|_| state.failures = state.failures.with_failure(lockout, now));
        state.told_at = now;
        (0..20).for_each(|_| state.sends.record(now));
        state
    }

    #[test]
    fn opens_what_it_sealed_with_either_key() {
        for byte in [1, 2] {
            let sealed = SealedState::seal(&full_state(), &JANE, &key(byte), [byte; 24]).unwrap();
            assert_eq!(sealed.open(&JANE, &ring()), Ok(full_state()));
        }
    }

    /// `plain` sealed by the rules of a version.
    fn sealed(version: &str, plain: &[u8]) -> SealedState {
        let key = key(1);
        let payload = Payload { msg: plain, aad: &associated_data(version, &JANE, key.id()) };
        let ciphertext =
            XChaCha20Poly1305::new(key.seal_key().into()).encrypt(&XNonce::from([0; 24]), payload).unwrap();
        let bytes = [&key.id().0[..], &[0; 24], &ciphertext].concat();
        SealedState(format!("{version}{}", URL_SAFE_NO_PAD.encode(bytes)))
    }

    #[test]
    fn fields_that_are_appended_later_are_passed_over() {
        let plain = [postcard::to_allocvec(&full_state()).unwrap(), vec![1, 2, 3]].concat();
        assert_eq!(sealed(VERSION, &plain).open(&JANE, &ring()), Ok(full_state()));
    }

    #[test]
    fn a_state_of_version_1_is_read_exactly() {
        let full = full_state();
        let fields = (&full.challenge, &full.consumption, &full.sends, full.failures, full.told_at);
        let plain = postcard::to_allocvec(&fields).unwrap();
        let expected = State { begun_through: None, older: Vec::new(), answered_older: false, ..full };
        assert_eq!(sealed(FIRST_VERSION, &plain).open(&JANE, &ring()), Ok(expected));
        let longer = [plain.clone(), vec![0]].concat();
        assert_eq!(sealed(FIRST_VERSION, &longer).open(&JANE, &ring()), Err(OpenError::BrokenSeal));
        assert_eq!(sealed(VERSION, &plain).open(&JANE, &ring()), Err(OpenError::BrokenSeal), "version 2 has more");
    }

    /// As version 1 does with a state of the version after it: it reads its own fields and passes over the rest.
    #[test]
    fn version_1_finds_its_own_fields_in_version_2() {
        let plain = postcard::to_allocvec(&full_state()).unwrap();
        let (read, rest) = postcard::take_from_bytes::<StateV1>(&plain).unwrap();
        let expected = State { begun_through: None, older: Vec::new(), answered_older: false, ..full_state() };
        assert_eq!(State::from(read), expected);
        assert!(!rest.is_empty());
    }

    #[test]
    fn the_fullest_state_fits() {
        let sealed = SealedState::seal(&full_state(), &JANE, &key(1), [255; 24]).unwrap();
        assert!(sealed.as_str().len() <= SealedState::MAX_BYTES, "{} bytes", sealed.as_str().len());
    }

    #[test]
    fn a_state_belongs_to_one_user_of_one_pool() {
        let sealed = SealedState::seal(&full_state(), &JANE, &key(1), [0; 24]).unwrap();
        for (name, subject) in [
            ("another user", Subject { user: "john", ..JANE }),
            ("another pool", Subject { user_pool: "eu-central-1_Other", ..JANE }),
        ] {
            assert_eq!(sealed.open(&subject, &ring()), Err(OpenError::BrokenSeal), "{name}");
        }
    }

    #[test]
    fn foreign_text_is_refused_by_its_kind() {
        let sealed = SealedState::seal(&full_state(), &JANE, &key(3), [0; 24]).unwrap();
        assert_eq!(sealed.open(&JANE, &ring()), Err(OpenError::UnknownKey(key(3).id())));
        for (text, expected) in [
            ("", OpenError::NotAState),
            ("123456", OpenError::NotAState),
            ("v.AAAA", OpenError::NotAState),
            ("vx.AAAA", OpenError::NotAState),
            ("v12345.AAAA", OpenError::NotAState),
            ("v2.AAAA", OpenError::BrokenSeal),
            ("v3.AAAA", OpenError::UnknownVersion),
            ("v17.", OpenError::UnknownVersion),
            ("v1.", OpenError::BrokenSeal),
            ("v1.AAAA", OpenError::BrokenSeal),
            ("v1.not base64!", OpenError::BrokenSeal),
        ] {
            assert_eq!(SealedState::new(text.to_owned()).open(&JANE, &ring()), Err(expected), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn any_flipped_or_lost_byte_breaks_it(position in 0_usize..512, flip in 1_u8..) {
            let sealed = SealedState::seal(&full_state(), &JANE, &key(1), [0; 24]).unwrap();
            let mut bytes = URL_SAFE_NO_PAD.decode(&sealed.as_str()[VERSION.len()..]).unwrap();
            let position = position % bytes.len();
            let truncated = format!("{VERSION}{}", URL_SAFE_NO_PAD.encode(&bytes[..position]));
            prop_assert!(SealedState::new(truncated).open(&JANE, &ring()).is_err());
            bytes[position] ^= flip;
            let forged = format!("{VERSION}{}", URL_SAFE_NO_PAD.encode(&bytes));
            prop_assert!(SealedState::new(forged).open(&JANE, &ring()).is_err());
        }

        #[test]
        fn no_text_panics(text in any::<String>()) {
            prop_assert!(SealedState::new(text.clone()).open(&JANE, &ring()).is_err());
            let versioned = format!("{VERSION}{text}");
            prop_assert!(SealedState::new(versioned).open(&JANE, &ring()).is_err());
        }
    }
}
