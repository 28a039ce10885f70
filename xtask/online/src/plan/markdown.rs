//! The plan for a pull request.

use std::fmt::Write as _;

use xtask::markdown::{code, text as plain};

use super::text::{PROTECTED, STILL_ENABLED, shown};
use super::{Change, Plan};

impl Plan {
    /// GitHub's Markdown. What comes from elsewhere, as templates and plan files do, stands in code or is escaped, so that
    /// none of it is read as markup.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let mut text = format!(
            "### Stage {}: {}\n\nAccount {} · Region {} · stack {}\n",
            code(&self.stage),
            self.summary,
            plain(&self.account),
            plain(&self.region),
            code(&self.stack)
        );
        let losses = self.resources.iter().filter(|change| change.action.takes_away());
        list(&mut text, "Replaced or removed", losses.map(title));
        list(&mut text, "Access that widens", self.iam_widening.iter().map(|grant| code(&grant.to_string())));
        let accepted =
            self.accepted.iter().map(|accepted| format!("{}: {}", code(&accepted.risk), plain(&accepted.consequence)));
        list(&mut text, "Accepted by the stage", accepted);
        let changed = self.code.iter().map(|change| {
            let hash = |hash: &str| plain(&hash.chars().take(12).collect::<String>());
            let (before, after) =
                (change.before.as_deref().map_or_else(|| "none".to_owned(), hash), hash(&change.after));
            format!("{}: {before} → {after}, {} bytes", code(&change.function), change.after_bytes)
        });
        list(&mut text, "Code", changed);
        list(&mut text, "Parameters", self.parameters.iter().map(|pair| code(&pair.to_string())));
        list(&mut text, "Tags", self.tags.iter().map(|pair| code(&pair.to_string())));
        let afterwards = [(self.protect_afterwards, PROTECTED), (self.keeps_clients(), STILL_ENABLED)];
        list(&mut text, "Afterwards", afterwards.into_iter().filter(|(so, _)| *so).map(|(_, words)| words.to_owned()));
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
    let stays = change.stays().map(|stays| format!(" (**{stays}**)")).unwrap_or_default();
    format!("**{word}** {} {}{stays}", code(&change.logical_id), plain(&change.kind))
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
