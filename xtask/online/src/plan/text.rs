//! The plan for a terminal.

use std::fmt;

use serde_json::Value;

use super::{Action, Change, Operation, Pair, Plan};

/// What comes after a first creation.
pub(super) const PROTECTED: &str = "once the stack is there, deletion protection of the user pool is turned on";

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for accepted in &self.accepted {
            writeln!(f, "accepted: `{}`: {}", accepted.risk, accepted.consequence)?;
        }
        for change in &self.resources {
            writeln!(f, "{change}")?;
        }
        section(f, "IAM that widens access", &self.iam_widening)?;
        let code = self.code.iter().map(|code| {
            let before = code.before.as_deref().unwrap_or("(none)");
            format!("{:<28} {before:.12} → {:.12} ({} bytes)", code.function, code.after, code.after_bytes)
        });
        section(f, "code", &code.collect::<Vec<_>>())?;
        section(f, "parameters", &self.parameters)?;
        section(f, "tags", &self.tags)?;
        if self.protect_afterwards {
            writeln!(f, "{PROTECTED}")?;
        }
        write!(f, "{}", self.summary)
    }
}

impl Plan {
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
        write!(f, "{word:<19} {:<40} {}", self.logical_id, self.kind)?;
        for property in &self.properties {
            write!(f, "\n    {}: ", property.path)?;
            match (&property.before, &property.after) {
                (None, Some(after)) => write!(f, "{}", shown(after))?,
                (Some(before), None) => write!(f, "{} → (none)", shown(before))?,
                (before, after) => {
                    let text = |value: &Option<Value>| value.as_ref().map_or_else(|| "(none)".to_owned(), shown);
                    write!(f, "{} → {}", text(before), text(after))?;
                }
            }
        }
        Ok(())
    }
}

impl fmt::Display for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "(none)".to_owned());
        write!(f, "{}: {} → {}", self.name, text(&self.before), text(&self.after))
    }
}

/// JSON on one line, with what stands for something else as CloudFormation's short form.
pub(super) fn shown(value: &Value) -> String {
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
