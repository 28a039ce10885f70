//! Where text leaves the program. What AWS, a mail, a bundle or a plan says moves no cursor, turns no line around, and
//! commands no runner of GitHub's, since everything that is printed goes through here.
//!
//! Source of the commands: actions/runner, `ActionCommand`: `::` after blanks, `##[` anywhere in a line.

use serde::Serialize;

#[cfg(test)]
mod tests;

/// Stands for what is not shown.
const HIDDEN: char = '\u{fffd}';

/// Prints to standard output, as [`text`] has it.
#[macro_export]
macro_rules! out {
    ($($arguments:tt)*) => { $crate::terminal::to_stdout(&format!($($arguments)*)) };
}

/// As [`out!`], with a line's end.
#[macro_export]
macro_rules! outln {
    ($($arguments:tt)*) => { $crate::terminal::to_stdout(&(format!($($arguments)*) + "\n")) };
}

/// Prints to standard error, as [`text`] has it.
#[macro_export]
macro_rules! err {
    ($($arguments:tt)*) => { $crate::terminal::to_stderr(&format!($($arguments)*)) };
}

/// As [`err!`], with a line's end.
#[macro_export]
macro_rules! errln {
    () => { $crate::terminal::to_stderr("\n") };
    ($($arguments:tt)*) => { $crate::terminal::to_stderr(&(format!($($arguments)*) + "\n")) };
}

/// What the macros call.
#[expect(clippy::print_stdout, reason = "the one place that may")]
pub fn to_stdout(printed: &str) {
    print!("{}", text(printed));
}

/// What the macros call.
#[expect(clippy::print_stderr, reason = "the one place that may")]
pub fn to_stderr(printed: &str) {
    eprint!("{}", text(printed));
}

/// Lines of text without controls, of which none is a command.
#[must_use]
pub fn text(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    text.split('\n').map(inert).collect::<Vec<_>>().join("\n")
}

/// The same on one line: for a value that stands in a line of ours.
#[must_use]
pub fn line(value: &str) -> String {
    inert(&value.replace("\r\n", " ").replace(is_break, " "))
}

/// The same with single blanks: for words that a service breaks into lines as it likes.
#[must_use]
pub fn words(words: &str) -> String {
    line(&words.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// A document of JSON on several lines, with everything escaped that must not be printed. It is still the same document.
///
/// # Errors
/// When the value is none that JSON can say.
pub fn document(value: &impl Serialize) -> serde_json::Result<String> {
    serde_json::to_string_pretty(value).map(|json| escaped(&json))
}

/// The same on one line.
///
/// # Errors
/// As [`document`].
pub fn object(value: &impl Serialize) -> serde_json::Result<String> {
    serde_json::to_string(value).map(|json| escaped(&json))
}

/// Outside of strings JSON has none of these, and its own layout has no other line's end.
fn escaped(json: &str) -> String {
    let escape = |character: char| match character {
        '\n' => "\n".to_owned(),
        _ if acts(character) => format!("\\u{:04x}", u32::from(character)),
        _ => character.to_string(),
    };
    json.chars().map(escape).collect::<String>().replace("##[", "#\\u0023[")
}

/// Whether a character does something to the place where it is shown: C0, DEL and C1; lines and paragraphs that end; text
/// that is turned around.
pub(crate) const fn acts(character: char) -> bool {
    matches!(
        character,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    )
}

const fn is_break(character: char) -> bool {
    matches!(character, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// What a runner takes away before it looks, and what cannot be seen.
fn is_blank(character: char) -> bool {
    character.is_whitespace()
        || matches!(character, '\u{ad}' | '\u{180e}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

fn inert(line: &str) -> String {
    let shown = |character: char| match character {
        '\t' => ' ',
        _ if acts(character) => HIDDEN,
        _ => character,
    };
    let line = line.chars().map(shown).collect::<String>().replace("##[", "## [");
    let command = line.trim_start_matches(is_blank);
    match command.strip_prefix("::") {
        Some(rest) => format!("{}: :{rest}", &line[..line.len() - command.len()]),
        None => line,
    }
}
