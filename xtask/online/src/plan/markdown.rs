//! The plan for a pull request.

use std::fmt::Write as _;

use super::text::{PROTECTED, shown};
use super::{Action, Change, Plan};

impl Plan {
    /// GitHub's Markdown. Values of the templates stand in code only, so that none of them is read as markup.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let mut text = format!(
            "### Stage {}: {}\n\nAccount {} · Region {} · stack {}\n",
            code(&self.stage),
            self.summary,
            self.account,
            self.region,
            code(&self.stack)
        );
        let losses = self.resources.iter().filter(|change| matches!(change.action, Action::Replace | Action::Remove));
        list(&mut text, "Replaced or removed", losses.map(title));
        list(&mut text, "Access that widens", self.iam_widening.iter().map(|grant| code(&grant.to_string())));
        let accepted =
            self.accepted.iter().map(|accepted| format!("{}: {}", code(&accepted.risk), accepted.consequence));
        list(&mut text, "Accepted by the stage", accepted);
        let changed = self.code.iter().map(|change| {
            let before = change.before.as_deref().unwrap_or("none");
            format!("{}: {before:.12} → {:.12}, {} bytes", code(&change.function), change.after, change.after_bytes)
        });
        list(&mut text, "Code", changed);
        list(&mut text, "Parameters", self.parameters.iter().map(|pair| code(&pair.to_string())));
        list(&mut text, "Tags", self.tags.iter().map(|pair| code(&pair.to_string())));
        list(&mut text, "Afterwards", self.protect_afterwards.then(|| PROTECTED.to_owned()).into_iter());
        if !self.resources.is_empty() {
            text.push_str("\n<details><summary>Every resource</summary>\n\n");
            for change in &self.resources {
                let _ = writeln!(text, "- {}", title(change));
                for property in &change.properties {
                    let value =
                        |value: &Option<_>| value.as_ref().map_or_else(|| "none".to_owned(), |v| code(&shown(v)));
                    let (before, after) = (value(&property.before), value(&property.after));
                    let _ = writeln!(text, "  - {}: {before} → {after}", code(&property.path));
                }
            }
            text.push_str("\n</details>\n");
        }
        text
    }
}

fn title(change: &Change) -> String {
    let word = if change.may_replace { "change, may replace" } else { change.action.word() };
    format!("**{word}** {} {}", code(&change.logical_id), change.kind)
}

fn list(text: &mut String, title: &str, items: impl Iterator<Item = String>) {
    let mut items = items.peekable();
    if items.peek().is_some() {
        let _ = write!(text, "\n**{title}**\n\n");
        items.for_each(|item| {
            let _ = writeln!(text, "- {item}");
        });
    }
}

/// A code span that the text cannot leave: its fence is longer than any run of backticks inside, and it has no line's end.
fn code(text: &str) -> String {
    let text = text.replace(['\r', '\n'], " ");
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    if longest == 0 { format!("{fence}{text}{fence}") } else { format!("{fence} {text} {fence}") }
}
