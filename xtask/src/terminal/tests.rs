#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::*;

#[test]
fn what_acts_is_shown_as_a_sign_of_its_own() {
    let rows = [
        ("plain", "Ünïcode stays: 日本 🙂", "Ünïcode stays: 日本 🙂"),
        ("colour", "a\u{1b}[31mb", "a\u{fffd}[31mb"),
        ("a line written over", "good\rbad", "good\u{fffd}bad"),
        ("the line's end of a mail", "a\r\nb\n", "a\nb\n"),
        ("C1", "a\u{9b}2Jb\u{85}c", "a\u{fffd}2Jb\u{fffd}c"),
        ("delete", "a\u{7f}", "a\u{fffd}"),
        ("turned around", "a\u{202e}b\u{2066}c", "a\u{fffd}b\u{fffd}c"),
        ("other line's ends", "a\u{2028}b\u{2029}c", "a\u{fffd}b\u{fffd}c"),
        ("a tab", "a\tb", "a b"),
        ("a command", "::error::x", ": :error::x"),
        ("behind blanks", "a\n \u{a0}\u{feff}::set-output name=a::b", "a\n \u{a0}\u{feff}: :set-output name=a::b"),
        ("within a line", "AWS::Cognito::UserPool", "AWS::Cognito::UserPool"),
        ("an old command", "a ##[error]x", "a ## [error]x"),
        ("an old command, hidden", "###[error]x", "### [error]x"),
    ];
    for (name, given, expected) in rows {
        assert_eq!(text(given), expected, "{name}");
    }
}

#[test]
fn a_value_stays_on_its_line() {
    for (given, on_a_line, as_words) in [
        ("a\nhint: run b", "a hint: run b", "a hint: run b"),
        ("a\r\n\r\nb", "a  b", "a b"),
        ("a\u{85}b\u{2028}c", "a b c", "a b c"),
        ("\n::error::x", " : :error::x", ": :error::x"),
    ] {
        assert_eq!((line(given), words(given)), (on_a_line.to_owned(), as_words.to_owned()), "{given:?}");
    }
}

/// What a runner of GitHub's would take for a command of its own.
fn is_command(line: &str) -> bool {
    line.trim().starts_with("::") || line.contains("##[")
}

/// Arbitrary text, with much of what is dangerous in it.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        any::<String>(),
        any::<char>().prop_map(String::from),
        prop::sample::select(vec![
            "::",
            ":",
            "##[",
            "#",
            "[",
            "\n",
            "\r\n",
            "\r",
            "\t",
            " ",
            "\u{1b}[2J",
            "\u{9b}",
            "\u{202e}",
            "\u{2028}",
            "\u{85}",
            "\u{feff}"
        ])
        .prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn nothing_that_is_printed_acts_or_commands(given in hostile()) {
        let printed = text(&given);
        prop_assert!(printed.chars().all(|character| character == '\n' || !acts(character)), "{printed:?}");
        prop_assert!(!printed.lines().any(is_command), "{printed:?}");
        prop_assert_eq!(text(&printed), printed.clone(), "printed twice it stays as it is");
        for one in [line(&given), words(&given)] {
            prop_assert!(!one.chars().any(acts) && !is_command(&one), "{one:?}");
        }
    }

    #[test]
    fn a_document_says_the_same_and_acts_as_little(given in hostile()) {
        let value = serde_json::json!({ given.clone(): [given] });
        for json in [document(&value).unwrap(), object(&value).unwrap()] {
            prop_assert_eq!(&text(&json), &json, "printed as it is");
            prop_assert_eq!(serde_json::from_str::<serde_json::Value>(&json).unwrap(), value.clone());
        }
    }
}
