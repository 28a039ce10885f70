//! The plan for a terminal.

use std::fmt;

use serde_json::Value;
use xtask::terminal::line;

use super::{Action, Change, Operation, Pair, Plan, PropertyChange};

/// What comes after a first creation.
pub(super) const PROTECTED: &str = "once the stack is there, deletion protection of the user pool is turned on";

/// What is not expected of an app client that is removed.
pub(super) const STILL_ENABLED: &str =
    "people go on signing in through an app client that is kept, until `deploy --delete-client` deletes it";

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for accepted in &self.accepted {
            writeln!(f, "accepted: `{}`: {}", line(&accepted.risk), line(&accepted.consequence))?;
        }
        for change in &self.resources {
            writeln!(f, "{change}")?;
        }
        section(f, "IAM that widens access", &self.iam_widening)?;
        let code = self.code.iter().map(|code| {
            let (before, after) = (code.before.as_deref().map_or_else(|| "(none)".to_owned(), line), line(&code.after));
            format!("{:<28} {before:.12} → {after:.12} ({} bytes)", line(&code.function), code.after_bytes)
        });
        section(f, "code", &code.collect::<Vec<_>>())?;
        section(f, "parameters", &self.parameters)?;
        section(f, "tags", &self.tags)?;
        if self.protect_afterwards {
            writeln!(f, "{PROTECTED}")?;
        }
        if self.keeps_clients() {
            writeln!(f, "{STILL_ENABLED}")?;
        }
        write!(f, "{}", self.summary)
    }
}

impl Plan {
    pub(super) fn keeps_clients(&self) -> bool {
        let is_client = |change: &&Change| change.kind == "AWS::Cognito::UserPoolClient";
        self.resources.iter().filter(is_client).any(|change| change.stays().is_some())
    }

    /// Without the properties of what is new: a first deploy would be pages.
    #[must_use]
    pub fn brief(&self) -> Self {
        let mut plan = self.clone();
        for change in plan.resources.iter_mut().filter(|change| change.action == Action::Add) {
            change.properties.clear();
        }
        if plan.operation == Operation::Create {
            plan.iam_widening.clear();
        }
        plan
    }
}

fn section(f: &mut fmt::Formatter<'_>, title: &str, lines: &[impl fmt::Display]) -> fmt::Result {
    if lines.is_empty() {
        return Ok(());
    }
    writeln!(f, "{title}:")?;
    lines.iter().try_for_each(|line| writeln!(f, "  {line}"))
}

impl Action {
    /// The word of it; what cannot be taken back is loud.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Change => "change",
            Self::Replace => "REPLACE",
            Self::Remove => "REMOVE",
            Self::Import => "import",
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = if self.may_replace { "change, may replace" } else { self.action.word() };
        write!(f, "{word:<19} {:<40} {}", line(&self.logical_id), line(&self.kind))?;
        self.stays().iter().try_for_each(|stays| write!(f, "  ({stays})"))?;
        for property in &self.properties {
            match (&property.before, &property.after) {
                (None, Some(after)) => write!(f, "\n    {}: {}", line(&property.path), shown(after))?,
                _ => write!(f, "\n    {property}")?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for PropertyChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |value: &Option<Value>| value.as_ref().map_or_else(|| "(none)".to_owned(), shown);
        write!(f, "{}: {} → {}", line(&self.path), text(&self.before), text(&self.after))
    }
}

impl fmt::Display for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |value: &Option<String>| value.as_deref().map_or_else(|| "(none)".to_owned(), line);
        write!(f, "{}: {} → {}", line(&self.name), text(&self.before), text(&self.after))
    }
}

/// JSON on one line, with what stands for something else as CloudFormation's short form.
pub(super) fn shown(value: &Value) -> String {
    line(&short(value))
}

fn short(value: &Value) -> String {
    let Some((name, argument)) = value.as_object().filter(|map| map.len() == 1).and_then(|map| map.iter().next())
    else {
        return value.to_string();
    };
    match (name.as_str(), argument) {
        ("Ref", Value::String(id)) => format!("!Ref {id}"),
        ("Fn::Sub", Value::String(text)) => format!("!Sub {text}"),
        ("Fn::GetAtt", Value::Array(parts)) => {
            format!("!GetAtt {}", parts.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("."))
        }
        _ => value.to_string(),
    }
}
