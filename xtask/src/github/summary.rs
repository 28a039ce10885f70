//! How much of a text fits into the summary of a step: GitHub refuses the whole summary when it is larger than 1 MiB.

use std::borrow::Cow;

/// What one step may write, in bytes.
const LIMIT: usize = 1024 * 1024;
const CUT: &str = "\n\n**Cut here:** the rest stands in the log.\n";

/// The text with a blank line after it, so that the next one begins anew; cut where `written` bytes and it would be too many.
pub(super) fn fitting(markdown: &str, written: u64) -> String {
    let room = LIMIT.saturating_sub(usize::try_from(written).unwrap_or(LIMIT));
    let whole = format!("{}\n\n", markdown.trim_end());
    cut(&whole, room).into_owned()
}

fn cut(text: &str, room: usize) -> Cow<'_, str> {
    if text.len() <= room {
        return Cow::Borrowed(text);
    }
    // Nothing at all rather than half of the words that say so.
    let Some(kept) = room.checked_sub(CUT.len()) else { return Cow::Borrowed("") };
    Cow::Owned(format!("{}{CUT}", &text[..text.floor_char_boundary(kept)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_long_is_cut_between_characters_and_says_so() {
        let short = "# Plan\n";
        assert_eq!(fitting(short, 0), "# Plan\n\n");
        let long = "ü".repeat(LIMIT);
        let limit = u64::try_from(LIMIT).unwrap_or(u64::MAX);
        for written in [0, 1, 2, limit - 60, limit - 44, limit - 43, limit - 1, limit, limit + 1] {
            let text = fitting(&long, written);
            assert!(text.len() + usize::try_from(written).unwrap_or(LIMIT) <= LIMIT || text.is_empty(), "{written}");
            assert!(text.is_empty() || text.ends_with(CUT), "{written}");
        }
        assert!(fitting(&long, 0).len() > LIMIT - 4);
        assert_eq!(fitting(short, limit), "");
    }
}
