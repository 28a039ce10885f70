//! Characters as people type and paste them: the digits of every script, and what comes along between them.

/// The zero of every row of digits, in order. Unicode keeps a row together, so that nine more follow on each.
const ZEROS: [u32; 77] = [
    0x30, 0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0,
    0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620,
    0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10, 0x104a0, 0x10d30, 0x10d40, 0x11066, 0x110f0, 0x11136,
    0x111d0, 0x112f0, 0x11450, 0x114d0, 0x11650, 0x116c0, 0x116d0, 0x116da, 0x11730, 0x118e0, 0x11950, 0x11bf0,
    0x11c50, 0x11d50, 0x11da0, 0x11de0, 0x11f50, 0x16130, 0x16a60, 0x16ac0, 0x16b50, 0x16d70, 0x1ccf0, 0x1d7ce,
    0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1e140, 0x1e2f0, 0x1e4f0, 0x1e5f1, 0x1e950, 0x1fbf0,
];

/// White space, dashes of every kind, and what cannot be seen, from the first to the last of each row: White_Space, Dash,
/// category Cf, Default_Ignorable_Code_Point, and what keyboards have for a dash.
const SEPARATORS: [(u32, u32); 60] = [
    (0x9, 0xd),
    (0x20, 0x20),
    (0x2d, 0x2d),
    (0x85, 0x85),
    (0xa0, 0xa0),
    (0xad, 0xad),
    (0x2d7, 0x2d7),
    (0x34f, 0x34f),
    (0x58a, 0x58a),
    (0x5be, 0x5be),
    (0x600, 0x605),
    (0x61c, 0x61c),
    (0x6dd, 0x6dd),
    (0x70f, 0x70f),
    (0x890, 0x891),
    (0x8e2, 0x8e2),
    (0x115f, 0x1160),
    (0x1400, 0x1400),
    (0x1680, 0x1680),
    (0x17b4, 0x17b5),
    (0x1806, 0x1806),
    (0x180b, 0x180f),
    (0x2000, 0x2015),
    (0x2028, 0x202f),
    (0x2043, 0x2043),
    (0x2053, 0x2053),
    (0x205f, 0x206f),
    (0x207b, 0x207b),
    (0x208b, 0x208b),
    (0x2212, 0x2212),
    (0x2500, 0x2500),
    (0x2796, 0x2796),
    (0x2e17, 0x2e17),
    (0x2e1a, 0x2e1a),
    (0x2e3a, 0x2e3b),
    (0x2e40, 0x2e40),
    (0x2e5d, 0x2e5d),
    (0x3000, 0x3000),
    (0x301c, 0x301c),
    (0x3030, 0x3030),
    (0x30a0, 0x30a0),
    (0x30fc, 0x30fc),
    (0x3164, 0x3164),
    (0xfe00, 0xfe0f),
    (0xfe31, 0xfe32),
    (0xfe58, 0xfe58),
    (0xfe63, 0xfe63),
    (0xfeff, 0xfeff),
    (0xff0d, 0xff0d),
    (0xff70, 0xff70),
    (0xffa0, 0xffa0),
    (0xfff0, 0xfffb),
    (0x10d6e, 0x10d6e),
    (0x10ead, 0x10ead),
    (0x110bd, 0x110bd),
    (0x110cd, 0x110cd),
    (0x13430, 0x1343f),
    (0x1bca0, 0x1bca3),
    (0x1d173, 0x1d17a),
    (0xe0000, 0xe0fff),
];

/// The decimal value of a digit of any script (category Nd). A numeral of another kind, such as `²`, has none.
pub(crate) fn digit(c: char) -> Option<u8> {
    let c = u32::from(c);
    let before = ZEROS.partition_point(|zero| *zero <= c);
    let zero = ZEROS.get(before.checked_sub(1)?)?;
    u8::try_from(c - zero).ok().filter(|value| *value < 10)
}

/// Whether a character says nothing in a code.
pub(crate) fn is_separator(c: char) -> bool {
    let c = u32::from(c);
    let before = SEPARATORS.partition_point(|(first, _)| *first <= c);
    before.checked_sub(1).and_then(|index| SEPARATORS.get(index)).is_some_and(|(_, last)| c <= *last)
}

#[cfg(test)]
mod tests {
    use icu_properties::props::{Dash, DefaultIgnorableCodePoint, GeneralCategory, WhiteSpace};
    use icu_properties::{CodePointMapData, CodePointSetData};

    use super::*;

    /// What keyboards have for a dash although Unicode counts it elsewhere: modifier letter minus, hyphen bullet, box
    /// drawing, heavy minus, and the long vowel mark of Japanese input, in both widths.
    const TYPED_AS_DASHES: [char; 6] = ['\u{2d7}', '\u{2043}', '\u{2500}', '\u{2796}', '\u{30fc}', '\u{ff70}'];

    fn every_character() -> impl Iterator<Item = char> {
        '\0'..=char::MAX
    }

    /// Rows of characters that follow on each other.
    fn rows(wanted: impl Fn(char) -> bool) -> Vec<(u32, u32)> {
        let mut rows: Vec<(u32, u32)> = Vec::new();
        for c in every_character().filter(|c| wanted(*c)).map(u32::from) {
            match rows.last_mut() {
                Some((_, last)) if *last + 1 == c => *last = c,
                _ => rows.push((c, c)),
            }
        }
        rows
    }

    #[test]
    fn the_digits_are_those_of_unicode() {
        let category = CodePointMapData::<GeneralCategory>::new();
        let digits = rows(|c| category.get(c) == GeneralCategory::DecimalNumber);
        let zeros: Vec<_> = digits.iter().flat_map(|(first, last)| (*first..=*last).step_by(10)).collect();
        assert_eq!(ZEROS.to_vec(), zeros, "the right side is Unicode's: {zeros:#x?}");
        for c in every_character() {
            assert_eq!(digit(c).is_some(), category.get(c) == GeneralCategory::DecimalNumber, "{c:?}");
            assert!(c.to_digit(10).is_none_or(|value| digit(c).map(u32::from) == Some(value)), "{c:?}");
        }
    }

    #[test]
    fn the_separators_are_those_of_unicode() {
        let category = CodePointMapData::<GeneralCategory>::new();
        let (white, dash) = (CodePointSetData::new::<WhiteSpace>(), CodePointSetData::new::<Dash>());
        let unseen = CodePointSetData::new::<DefaultIgnorableCodePoint>();
        let is_between = |c: char| {
            let kind = category.get(c);
            matches!(kind, GeneralCategory::Format | GeneralCategory::DashPunctuation)
                || white.contains(c)
                || dash.contains(c)
                || unseen.contains(c)
                || TYPED_AS_DASHES.contains(&c)
        };
        let expected = rows(is_between);
        assert_eq!(SEPARATORS.to_vec(), expected, "the right side is Unicode's: {expected:#x?}");
        for c in every_character() {
            assert_eq!(is_separator(c), is_between(c), "{c:?}");
            assert!(!is_separator(c) || digit(c).is_none(), "{c:?} is both");
        }
    }
}
