//! What a test run says at its end: which parts ran, for how long, and what was left out.

use std::fmt;
use std::time::{Duration, Instant};

/// Printed last, where it is still seen.
#[derive(Debug, Default)]
pub(super) struct Summary {
    parts: Vec<Part>,
    /// What did not run, and why, each as a whole sentence without its end.
    left_out: Vec<String>,
}

#[derive(Debug)]
struct Part {
    name: String,
    took: Duration,
    passed: bool,
}

impl Summary {
    /// Does a part of the run that only an error can fail.
    ///
    /// # Errors
    /// Those of `part`.
    pub(super) fn build<T>(&mut self, name: &str, part: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<T> {
        let begun = Instant::now();
        let outcome = part();
        self.note(name, begun.elapsed(), outcome.is_ok());
        outcome
    }

    /// Does a part of the run that says whether it passed.
    ///
    /// # Errors
    /// Those of `part`.
    pub(super) fn test(&mut self, name: &str, part: impl FnOnce() -> anyhow::Result<bool>) -> anyhow::Result<bool> {
        let begun = Instant::now();
        let outcome = part();
        self.note(name, begun.elapsed(), matches!(outcome, Ok(true)));
        outcome
    }

    pub(super) fn leave_out(&mut self, what: impl Into<String>) {
        self.left_out.push(what.into());
    }

    fn note(&mut self, name: &str, took: Duration, passed: bool) {
        self.parts.push(Part { name: name.to_owned(), took, passed });
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.parts.is_empty() {
            writeln!(f, "ran:")?;
        }
        let (quick, told): (Vec<_>, Vec<_>) =
            self.parts.iter().partition(|part| part.passed && part.took < Duration::from_secs(1));
        for Part { name, took, passed } in told {
            let seconds = took.as_secs();
            let outcome = if *passed { "" } else { ": failed" };
            writeln!(f, "{:>6} min {:02} s  {name}{outcome}", seconds / 60, seconds % 60)?;
        }
        if !quick.is_empty() {
            let names: Vec<_> = quick.iter().map(|part| part.name.as_str()).collect();
            writeln!(f, "  less than 1 s  {}", names.join(", "))?;
        }
        self.left_out.iter().try_for_each(|what| writeln!(f, "left out: {what}"))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn each_part_is_told_with_its_time_and_failures_by_name() {
        let mut summary = Summary::default();
        for (name, seconds, passed) in [
            ("build", 192, true),
            ("quick", 0, true),
            ("contract", 3_725, false),
            ("handlers", 0, true),
            ("broken", 0, false),
        ] {
            summary.note(name, Duration::from_secs(seconds), passed);
        }
        summary.leave_out("mutants, since they are not installed");
        let expected = "ran:\n     3 min 12 s  build\n    62 min 05 s  contract: failed\n     0 min 00 s  broken: failed\n  \
                        less than 1 s  quick, handlers\nleft out: mutants, since they are not installed\n";
        assert_eq!(summary.to_string(), expected);
    }

    #[test]
    fn a_part_that_ends_with_an_error_or_a_no_has_failed() {
        let mut summary = Summary::default();
        summary.build("built", || Ok(7)).unwrap();
        summary.build("broken", || anyhow::bail!("no compiler") as anyhow::Result<()>).unwrap_err();
        assert!(summary.test("right", || Ok(true)).unwrap());
        assert!(!summary.test("wrong", || Ok(false)).unwrap());
        summary.test("hung", || anyhow::bail!("too long")).unwrap_err();
        let failed: Vec<_> = summary.parts.iter().filter(|part| !part.passed).map(|part| &*part.name).collect();
        assert_eq!(failed, ["broken", "wrong", "hung"]);
        assert_eq!(summary.parts.len(), 5);
    }
}
