//! The micro-benchmarks: `cargo bench`, with its figures in the one report.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, ensure};
use serde_json::Value;

use crate::report::Row;
use crate::sample::Summary;

pub(crate) fn run(root: &Path) -> anyhow::Result<Vec<Row>> {
    let kept = root.join("target/criterion");
    // Of benchmarks that are no more.
    if kept.is_dir() {
        fs::remove_dir_all(&kept).with_context(|| format!("failed to remove `{}`", kept.display()))?;
    }
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command
        .args(["bench", "--quiet", "--package", "bench", "--benches", "--", "--noplot", "--quiet"])
        .current_dir(root);
    command.env("CRITERION_HOME", &kept);
    let status = command.status().context("failed to start `cargo bench`")?;
    ensure!(status.success(), "the micro-benchmarks failed: `cargo bench` ended with {status}");
    let mut rows = Vec::new();
    for group in folders(&kept)? {
        for function in folders(&group)? {
            let (estimates, sample) =
                (json(&function.join("new/estimates.json"))?, json(&function.join("new/sample.json"))?);
            let row = row(&name(&group), &name(&function), &estimates, &sample);
            rows.push(row.context("criterion writes other files by now")?);
        }
    }
    Ok(rows)
}

/// `estimates` of nanoseconds from a `sample`; the spread is what criterion is confident of.
fn row(group: &str, function: &str, estimates: &Value, sample: &Value) -> Option<Row> {
    let number = |pointer: &str| estimates.pointer(pointer).and_then(Value::as_f64).map(|ns| ns / 1e3);
    let quartiles =
        (number("/median/confidence_interval/lower_bound")?, number("/median/confidence_interval/upper_bound")?);
    let runs = sample["times"].as_array()?.len();
    let measured = Summary { runs, median: number("/median/point_estimate")?, quartiles };
    Some(Row { what: group.to_owned(), of: function.to_owned(), unit: "µs", measured, against: None, goal: None })
}

fn json(path: &Path) -> anyhow::Result<Value> {
    let text = fs::read(path).with_context(|| format!("failed to read `{}`", path.display()))?;
    serde_json::from_slice(&text).with_context(|| format!("failed to understand `{}`", path.display()))
}

fn folders(folder: &Path) -> anyhow::Result<Vec<std::path::PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("failed to read `{}`", folder.display()))?;
    let mut folders = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() && path.file_name().is_none_or(|name| name != "report") {
            folders.push(path);
        }
    }
    folders.sort();
    Ok(folders)
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn estimates_become_a_row_in_microseconds() {
        let interval = serde_json::json!({"lower_bound": 1_000.0, "upper_bound": 3_000.0});
        let estimates = serde_json::json!({"median": {"point_estimate": 2_000.0, "confidence_interval": interval}});
        let row = row("session", "decide", &estimates, &serde_json::json!({"times": [1.0, 2.0]})).unwrap();
        assert_eq!((row.measured.runs, row.measured.median, row.measured.quartiles), (2, 2.0, (1.0, 3.0)));
    }
}
