//! What was measured more than once: the middle, and how far it spreads.

use serde::Serialize;

/// Measurements of one thing, in the order in which they were made.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Sample(Vec<f64>);

/// What a report says of a sample.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct Summary {
    pub(crate) runs: usize,
    pub(crate) median: f64,
    /// The first and the third quartile.
    pub(crate) quartiles: (f64, f64),
}

impl Sample {
    pub(crate) fn push(&mut self, value: f64) {
        self.0.push(value);
    }

    /// Measurement by measurement, since a machine's mood changes from one moment to the next.
    pub(crate) fn over(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(this, other)| this / other).collect())
    }

    /// As [`Sample::over`], as a difference.
    pub(crate) fn beyond(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(this, other)| this - other).collect())
    }

    /// `None` for an empty sample.
    pub(crate) fn summary(&self) -> Option<Summary> {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let at = |quarters: usize| {
            let place = sorted.len().checked_sub(1)? * quarters;
            let (lower, upper) = (sorted.get(place / 4)?, sorted.get(place.div_ceil(4))?);
            Some(lower + (upper - lower) * f64::from(u8::try_from(place % 4).unwrap_or_default()) / 4.0)
        };
        Some(Summary { runs: sorted.len(), median: at(2)?, quartiles: (at(1)?, at(3)?) })
    }
}

impl FromIterator<f64> for Sample {
    fn from_iter<T: IntoIterator<Item = f64>>(values: T) -> Self {
        Self(values.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_summary_has_the_middle_and_the_quarters() {
        let sample: Sample = [5.0, 1.0, 3.0, 2.0, 4.0].into_iter().collect();
        let summary = sample.summary().unwrap();
        assert_eq!((summary.runs, summary.median, summary.quartiles), (5, 3.0, (2.0, 4.0)));
        let even: Sample = [1.0, 2.0].into_iter().collect();
        assert_eq!(even.summary().unwrap().median, 1.5);
        assert_eq!([7.0].into_iter().collect::<Sample>().summary().unwrap().quartiles, (7.0, 7.0));
        assert!(Sample::default().summary().is_none());
    }

    #[test]
    fn ratios_are_made_pair_by_pair() {
        let (slow, fast): (Sample, Sample) = ([4.0, 20.0].into_iter().collect(), [2.0, 10.0].into_iter().collect());
        assert_eq!(slow.over(&fast), [2.0, 2.0].into_iter().collect());
        assert_eq!(slow.beyond(&fast), [2.0, 10.0].into_iter().collect());
    }
}
