//! The code: derived, never stored, compared in constant time.

use subtle::{Choice, ConstantTimeEq as _};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::{
    CodeLength, Key, Subject,
    state::Challenge,
    subject::{Digest8, first_eight},
    typed,
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

/// What the user typed, as digits alone: in the ASCII form, whatever script and separators they were typed with.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Answer {
    digits: [u8; CodeLength::MAX as usize],
    /// 0 for what is no row of digits, and for a row that is longer than any code.
    length: usize,
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Answer(…)")
    }
}

impl Answer {
    /// Eight digits of four bytes each with an invisible mark around every one of them fit several times. A megabyte is
    /// not worth walking.
    const MAX_BYTES: usize = 256;

    /// Takes the digits of any script by their value; blanks, dashes and what cannot be seen may stand anywhere.
    /// Everything else makes an answer that is no code of any length.
    #[must_use]
    pub fn new(typed: &str) -> Self {
        let nothing = Self { digits: [0; CodeLength::MAX as usize], length: 0 };
        if typed.len() > Self::MAX_BYTES {
            return nothing;
        }
        let mut answer = nothing.clone();
        for c in typed.chars().filter(|c| !typed::is_separator(*c)) {
            let (Some(slot), Some(value)) = (answer.digits.get_mut(answer.length), typed::digit(c)) else {
                return nothing;
            };
            *slot = b'0' + value;
            answer.length += 1;
        }
        answer
    }

    /// Whether it has as many digits as a code of that length. What has not can be refused without comparing it.
    #[must_use]
    pub fn is_of(&self, length: CodeLength) -> bool {
        self.length == usize::from(length.get())
    }

    /// The digits as ASCII text, empty for what is no code of any length; for the call that answers with them alone.
    #[must_use]
    pub fn expose(&self) -> &str {
        std::str::from_utf8(&self.digits[..self.length]).unwrap_or_default()
    }

    /// Tells a repeated answer from another one. Lies inside of a sealed state, or it would give the answer away.
    pub(crate) fn digest(&self, subject: &Subject<'_>, challenge: &Challenge) -> Digest8 {
        first_eight(subject.digest("answer", &format!("{}:{}", challenge.id, self.expose())))
    }

    /// What a code with these digits is remembered by once another one has taken its place.
    pub(crate) fn older_digest(&self, subject: &Subject<'_>) -> Digest8 {
        older_digest(subject, self.expose())
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

    /// The digits of `code` in another script, by that script's zero.
    fn written(code: &str, zero: char) -> String {
        code.bytes().filter_map(|digit| char::from_u32(u32::from(zero) + u32::from(digit - b'0'))).collect()
    }

    #[test]
    fn an_answer_is_the_code_however_it_was_typed() {
        let code = code(1, &SUBJECT, 1, 6);
        let digits = code.expose().to_owned();
        let (head, tail) = digits.split_at(3);
        for (name, typed, expected) in [
            ("as sent", digits.clone(), true),
            ("blank inside", format!("{head} {tail}"), true),
            ("dash inside", format!("{head}-{tail}"), true),
            ("blanks around", format!(" {digits}\n"), true),
            ("no-break space", format!("{head}\u{a0}{tail}"), true),
            ("ideographic space", format!("{head}\u{3000}{tail}"), true),
            ("en dash", format!("{head}\u{2013}{tail}"), true),
            ("minus sign", format!("{head}\u{2212}{tail}"), true),
            ("long dash of an IME", format!("{head}\u{30FC}{tail}"), true),
            ("its half-width form", format!("{head}\u{FF70}{tail}"), true),
            ("soft hyphen", format!("{head}\u{AD}{tail}"), true),
            ("zero width space", format!("{head}\u{200B}{tail}"), true),
            ("byte order mark", format!("\u{FEFF}{digits}"), true),
            ("isolates around", format!("\u{2068}{digits}\u{2069}"), true),
            ("direction marks", format!("\u{200E}{head}\u{200F}{tail}"), true),
            ("variation selector", format!("{head}\u{FE0F}{tail}"), true),
            ("full-width digits", written(&digits, '０'), true),
            ("full-width digits, spaced", written(&digits, '０').chars().flat_map(|c| [c, '\u{3000}']).collect(), true),
            ("arabic digits", written(&digits, '٠'), true),
            ("persian digits", written(&digits, '۰'), true),
            ("devanagari digits", written(&digits, '०'), true),
            ("bold digits", written(&digits, '\u{1D7CE}'), true),
            ("two scripts", format!("{head}{}", written(tail, '٠')), true),
            ("arabic digits of another number", written(&digits, '١'), false),
            ("one digit short", digits[..5].to_owned(), false),
            ("one digit more", format!("{digits}0"), false),
            ("longer than any code", format!("{digits}{digits}"), false),
            ("padded with nul", format!("{digits}\0"), false),
            ("empty", String::new(), false),
            ("a letter", format!("{}x", &digits[..5]), false),
            ("superscript and circled", "²①".repeat(3), false),
            ("roman numerals", "ⅠⅡⅢⅣⅤⅥ".to_owned(), false),
            ("a megabyte", "1".repeat(1 << 20), false),
            ("a megabyte of blanks", format!("{}{digits}", " ".repeat(1 << 20)), false),
        ] {
            assert_eq!(code.matches(&Answer::new(&typed)), expected, "{name}: {typed:.40?}");
        }
    }

    #[test]
    fn the_numbers_people_paste_are_these_digits() {
        for typed in [
            "702678",
            "７０２６７８",
            "٧٠٢٦٧٨",
            "७०२६७८",
            "702\u{2212}678",
            "702\u{30FC}678",
            "7\u{AD}02678",
            "702 - 678",
        ] {
            assert_eq!(Answer::new(typed).expose(), "702678", "{typed:?}");
        }
        for typed in ["²①", "702678a", "702,678", "702.678", "+702678", "702\u{7}678", ""] {
            assert_eq!(Answer::new(typed).expose(), "", "{typed:?}");
        }
    }

    #[test]
    fn an_answer_knows_whether_it_has_the_length_of_a_code() {
        let six = CodeLength::new(6).unwrap();
        for (typed, expected) in [
            ("702678", true),
            ("７０２ ６７８", true),
            ("70267", false),
            ("7026781", false),
            ("702678x", false),
            ("", false),
        ] {
            assert_eq!(Answer::new(typed).is_of(six), expected, "{typed:?}");
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
