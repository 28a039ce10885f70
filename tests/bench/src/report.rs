//! What was measured, as a table for people and as JSON for programs.

use std::fmt::Write as _;

use serde::Serialize;

use crate::machine::Machine;
use crate::sample::{Sample, Summary};

/// All of a run.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    pub(crate) machine: Machine,
    pub(crate) rows: Vec<Row>,
    /// What could not be measured here, and why.
    pub(crate) left_out: Vec<String>,
}

/// One figure.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Row {
    /// What was measured, such as `first poll`.
    pub(crate) what: String,
    /// Of what, such as `create`.
    pub(crate) of: String,
    pub(crate) unit: &'static str,
    pub(crate) measured: Summary,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) against: Option<Against>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) goal: Option<Goal>,
}

/// The same of something else, measured in turn.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Against {
    pub(crate) of: String,
    /// `×`, or the unit of a difference.
    pub(crate) unit: &'static str,
    pub(crate) compared: Summary,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Goal {
    pub(crate) text: String,
    pub(crate) reached: bool,
}

/// [`Goal::at_most`] or [`Goal::at_least`].
pub(crate) type Judge = fn(f64, &str, f64) -> Goal;

impl Goal {
    pub(crate) fn at_most(limit: f64, unit: &str, value: f64) -> Self {
        Self { text: format!("≤ {limit} {unit}"), reached: value <= limit }
    }

    pub(crate) fn at_least(limit: f64, unit: &str, value: f64) -> Self {
        Self { text: format!("≥ {limit} {unit}"), reached: value >= limit }
    }
}

impl Row {
    /// `None` when nothing was measured.
    pub(crate) fn new(what: &str, of: &str, unit: &'static str, sample: &Sample) -> Option<Self> {
        let measured = sample.summary()?;
        Some(Self { what: what.to_owned(), of: of.to_owned(), unit, measured, against: None, goal: None })
    }

    /// How often this goes into the other one, or the other one into this.
    pub(crate) fn times(mut self, of: &str, ratio: &Sample, goal: Option<(Judge, f64)>) -> Self {
        if let Some(compared) = ratio.summary() {
            self.goal = goal.map(|(goal, limit)| goal(limit, "×", compared.median));
            self.against = Some(Against { of: of.to_owned(), unit: "×", compared });
        }
        self
    }

    /// What is left when the other one is taken away, at most `limit`.
    pub(crate) fn beyond(mut self, of: &str, difference: &Sample, limit: f64) -> Self {
        if let Some(compared) = difference.summary() {
            self.goal = Some(Goal::at_most(limit, self.unit, compared.median));
            self.against = Some(Against { of: of.to_owned(), unit: self.unit, compared });
        }
        self
    }

    pub(crate) fn at_most(mut self, limit: f64) -> Self {
        self.goal = Some(Goal::at_most(limit, self.unit, self.measured.median));
        self
    }

    fn cells(&self) -> [String; 7] {
        let Summary { runs, median, quartiles } = self.measured;
        let (against, compared) = self.against.as_ref().map_or_else(Default::default, |against| {
            (against.of.clone(), format!("{} {}", number(against.compared.median), against.unit))
        });
        let goal = self.goal.as_ref().map_or_else(String::new, |goal| {
            format!("{} {}", goal.text, if goal.reached { "reached" } else { "MISSED" })
        });
        let spread = format!("{}–{}", number(quartiles.0), number(quartiles.1));
        let median = format!("{} {}", number(median), self.unit);
        [format!("{}: {}", self.what, self.of), runs.to_string(), median, spread, compared, against, goal]
    }
}

fn number(value: f64) -> String {
    match value.abs() {
        large if large >= 100.0 => format!("{value:.0}"),
        middle if middle >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

impl Report {
    /// The table, a line for each row.
    pub(crate) fn text(&self) -> String {
        let heads = ["what", "runs", "median", "quartiles", "compared", "with", "to reach"].map(str::to_owned);
        let lines: Vec<_> = std::iter::once(heads).chain(self.rows.iter().map(Row::cells)).collect();
        let mut widths = [0; 7];
        for line in &lines {
            for (width, cell) in widths.iter_mut().zip(line) {
                *width = (*width).max(cell.chars().count());
            }
        }
        let mut text = format!("{}\n\n", self.machine);
        for line in &lines {
            let mut row = String::new();
            for (number, (cell, width)) in line.iter().zip(widths).enumerate() {
                let padding = " ".repeat(width - cell.chars().count());
                // Words to the left, figures to the right.
                let (before, after) =
                    if (1..=4).contains(&number) { (padding, String::new()) } else { (String::new(), padding) };
                let _ = write!(row, "{before}{cell}{after}  ");
            }
            let _ = writeln!(text, "{}", row.trim_end());
        }
        for left_out in &self.left_out {
            let _ = writeln!(text, "left out: {left_out}");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_row_says_what_was_reached() {
        let (create, empty): (Sample, Sample) = ([4.0, 5.0, 6.0].into_iter().collect(), [2.0; 3].into_iter().collect());
        let row = Row::new("first poll", "create", "ms", &create).unwrap();
        let row = row.times("empty", &create.over(&empty), Some((Goal::at_most, 2.0)));
        let cells = row.cells().join(" | ");
        assert_eq!(cells, "first poll: create | 3 | 5.00 ms | 4.50–5.50 | 2.50 × | empty | ≤ 2 × MISSED");
        assert!(Row::new("first poll", "verify", "ms", &Sample::default()).is_none());
    }
}
