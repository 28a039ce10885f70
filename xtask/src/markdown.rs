//! Text from elsewhere in GitHub's Markdown: shown as it is, whatever Markdown, HTML or GitHub would make of it.

use std::fmt::Write as _;

use crate::terminal::line;

#[cfg(test)]
mod tests;

/// Nothing that can be seen. GitHub looks for names and numbers to link to in what is rendered, where no escape is left;
/// they end here.
const END: &str = "<!-- -->";

/// On one line, in a paragraph, an item of a list or a cell of a table.
#[must_use]
pub fn text(text: &str) -> String {
    let mut escaped = String::new();
    // Blanks in front could begin a block of code.
    for character in line(text).trim().chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '@' | '#' => _ = write!(escaped, "\\{character}{END}"),
            _ if character.is_ascii_punctuation() => _ = write!(escaped, "\\{character}"),
            _ => escaped.push(character),
        }
    }
    escaped
}

/// As code. The text cannot leave the span: its fence is longer than any run of backticks inside.
#[must_use]
pub fn code(code: &str) -> String {
    let code = line(code);
    if code.trim().is_empty() {
        return "` `".to_owned();
    }
    // In a table it would end the cell, within a span, too.
    if code.contains('|') {
        return format!("<code>{}</code>", text(&code));
    }
    let longest = code.split(|character| character != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    if longest == 0 { format!("{fence}{code}{fence}") } else { format!("{fence} {code} {fence}") }
}
