//! The code: derived, never stored, compared in constant time.

use subtle::{Choice, ConstantTimeEq as _};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::{
    CodeLength, Key, Subject,
    state::Challenge,
    subject::{Digest8, first_eight},
};

/// The digits that go into the mail. Cannot be printed; [`Code::expose`] is for the mail alone.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Code {
    digits: [u8; CodeLength::MAX as usize],
    length: usize,
}

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Code(…)")
    }
}

impl Code {
    /// The code of a challenge: unbiased digits of HMAC(key, pool ‖ user ‖ challenge id ‖ 128 random bits).
    ///
    /// Whoever reads the state but not the key learns nothing of it, and it can be made again when a mail is in doubt.
    #[must_use]
    pub fn derive(key: &Key, subject: &Subject<'_>, challenge: &Challenge, length: CodeLength) -> Self {
        let subject_bytes = subject.bytes();
        let mut code = Self { digits: [0; CodeLength::MAX as usize], length: usize::from(length.get()) };
        let mut filled = 0;
        let mut block = 0_u32;
        while filled < code.length {
            let mut mac = key.code_mac(&[&subject_bytes, &challenge.id.0, &challenge.nonce, &block.to_be_bytes()]);
            for byte in mac {
                // 250 is the largest multiple of 10 in a byte: above it the low digits would come up more often.
                if byte < 250 && filled < code.length {
                    code.digits[filled] = b'0' + byte % 10;
                    filled += 1;
                }
            }
            mac.zeroize();
            block += 1;
        }
        code
    }

    /// The digits as text.
    #[must_use]
    pub fn expose(&self) -> &str {
        std::str::from_utf8(&self.digits[..self.length]).unwrap_or_default()
    }

    /// What an answer with these digits is known by in later challenges of the user.
    pub(crate) fn older_digest(&self, subject: &Subject<'_>) -> Digest8 {
        older_digest(subject, self.expose())
    }

    /// Whether `answer` is this code, in a time that does not depend on where they differ.
    #[must_use]
    pub fn matches(&self, answer: &Answer) -> bool {
        let same_length = Choice::from(u8::from(self.length == answer.length));
        bool::from(same_length & self.digits.ct_eq(&answer.digits))
    }
}

/// What the user typed, without the blanks and dashes that come along when a code is pasted.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Answer {
    digits: [u8; CodeLength::MAX as usize],
    length: usize,
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Answer(…)")
    }
}

impl Answer {
    /// An answer that is no row of up to 8 ASCII digits becomes one that matches no code; it costs a guess like any
    /// other wrong answer.
    #[must_use]
    pub fn new(typed: &str) -> Self {
        let mut answer = Self { digits: [0; CodeLength::MAX as usize], length: 0 };
        // Far beyond any code with blanks and dashes: a megabyte is not worth walking.
        if typed.len() > 64 {
            return answer;
        }
        for c in typed.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '\u{2010}'..='\u{2015}')) {
            let (Some(slot), true) = (answer.digits.get_mut(answer.length), c.is_ascii_digit()) else {
                return Self { digits: [0; CodeLength::MAX as usize], length: 0 };
            };
            *slot = c as u8;
            answer.length += 1;
        }
        answer
    }

    /// Tells a repeated answer from another one. Lies inside of a sealed state, or it would give the answer away.
    pub(crate) fn digest(&self, subject: &Subject<'_>, challenge: &Challenge) -> Digest8 {
        first_eight(subject.digest("answer", &format!("{}:{}", challenge.id, self.typed())))
    }

    /// What a code with these digits is remembered by once another one has taken its place.
    pub(crate) fn older_digest(&self, subject: &Subject<'_>) -> Digest8 {
        older_digest(subject, self.typed())
    }

    /// Whether it is as long as a code; one that is no row of digits has no length.
    #[must_use]
    pub fn is_of(&self, length: CodeLength) -> bool {
        self.length == usize::from(length.get())
    }

    fn typed(&self) -> &str {
        std::str::from_utf8(&self.digits[..self.length]).unwrap_or_default()
    }
}

/// Lies inside of a sealed state alone: without the seal it would give the code away.
fn older_digest(subject: &Subject<'_>, digits: &str) -> Digest8 {
    first_eight(subject.digest("older-code", digits))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;
    use crate::{UnixSeconds, state::tests::challenge};

    const SUBJECT: Subject<'_> = Subject { user_pool: "eu-central-1_Pool", user: "user" };

    fn code(key_byte: u8, subject: &Subject<'_>, nonce: u8, length: u64) -> Code {
        let key = Key::from_secret(&[key_byte; 64]).unwrap();
        let mut challenge = challenge(UnixSeconds(0));
        challenge.nonce = [nonce; 16];
        Code::derive(&key, subject, &challenge, CodeLength::new(length).unwrap())
    }

    #[test]
    fn a_code_has_its_length_and_only_digits() {
        for length in 6..=8 {
            let code = code(1, &SUBJECT, 1, length);
            assert_eq!(code.expose().len(), usize::try_from(length).unwrap());
            assert!(code.expose().bytes().all(|b| b.is_ascii_digit()));
        }
    }

    #[test]
    fn everything_that_is_bound_changes_the_code() {
        let base = code(1, &SUBJECT, 1, 8);
        assert_eq!(base.expose(), code(1, &SUBJECT, 1, 8).expose());
        for (name, other) in [
            ("key", code(2, &SUBJECT, 1, 8)),
            ("pool", code(1, &Subject { user_pool: "eu-central-1_Other", ..SUBJECT }, 1, 8)),
            ("user", code(1, &Subject { user: "other", ..SUBJECT }, 1, 8)),
            ("nonce", code(1, &SUBJECT, 2, 8)),
        ] {
            assert_ne!(base.expose(), other.expose(), "{name}");
        }
    }

    #[test]
    fn codes_are_what_an_hmac_made_elsewhere_gives() {
        // Computed with another implementation of HKDF and HMAC. In all rows but the first a byte from 250 on stands
        // among the first eight; taken for a digit, it would make 0 to 5 likelier than the rest.
        for (name, nonce, expected) in [
            ("no byte left out", 1, "00375829"),
            ("255 left out", 7, "14063585"),
            ("250 left out at the start", 124, "92052785"),
            ("250 left out at the end", 145, "14186302"),
        ] {
            assert_eq!(code(1, &SUBJECT, nonce, 8).expose(), expected, "{name}");
            assert_eq!(code(1, &SUBJECT, nonce, 6).expose(), &expected[..6], "{name}, of six digits");
        }
    }

    #[test]
    fn answers_are_forgiven_blanks_and_dashes_and_nothing_else() {
        let code = code(1, &SUBJECT, 1, 6);
        let digits = code.expose().to_owned();
        let (head, tail) = digits.split_at(3);
        for (name, typed, expected) in [
            ("as sent", digits.clone(), true),
            ("blank inside", format!("{head} {tail}"), true),
            ("dash inside", format!("{head}-{tail}"), true),
            ("blanks around", format!(" {digits}\n"), true),
            ("no-break space", format!("{head}\u{a0}{tail}"), true),
            ("one digit short", digits[..5].to_owned(), false),
            ("one digit more", format!("{digits}0"), false),
            ("padded with nul", format!("{digits}\0"), false),
            ("empty", String::new(), false),
            ("a letter", format!("{}x", &digits[..5]), false),
            ("arabic digits", "٠١٢٣٤٥".to_owned(), false),
            ("full-width digits", "０１２３４５".to_owned(), false),
            ("a megabyte", "1".repeat(1 << 20), false),
        ] {
            assert_eq!(code.matches(&Answer::new(&typed)), expected, "{name}");
        }
    }

    #[test]
    fn digits_are_unbiased() {
        // 8,000 digits: each comes up 800 times with a deviation of 26.8, so 5 deviations are 134. The inputs are
        // fixed, so the test gives the same counts for ever.
        let mut counts = [0_i32; 10];
        let key = Key::from_secret(&[9; 64]).unwrap();
        for n in 0..1_000_u128 {
            let mut challenge = challenge(UnixSeconds(0));
            challenge.nonce = n.to_be_bytes();
            let code = Code::derive(&key, &SUBJECT, &challenge, CodeLength::new(8).unwrap());
            for digit in code.expose().bytes() {
                counts[usize::from(digit - b'0')] += 1;
            }
        }
        assert!(counts.iter().all(|count| (count - 800).abs() < 134), "{counts:?}");
    }

    proptest! {
        #[test]
        fn no_answer_panics_and_only_the_code_matches(typed in any::<String>()) {
            let code = code(1, &SUBJECT, 1, 6);
            let cleaned: String = typed.chars().filter(char::is_ascii_digit).collect();
            prop_assert!(!code.matches(&Answer::new(&typed)) || cleaned == code.expose());
        }
    }

    #[test]
    fn debug_shows_no_digit() {
        let code = code(1, &SUBJECT, 1, 6);
        assert_eq!(format!("{code:?} {:?}", Answer::new("123456")), "Code(…) Answer(…)");
    }
}
