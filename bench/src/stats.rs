//! From many numbers to few.

use serde::Serialize;

/// Where the middle of some numbers is, and how far they lie apart.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct Spread {
    pub(crate) median: f64,
    pub(crate) min: f64,
    pub(crate) max: f64,
}

impl Spread {
    /// The median of an even count is the mean of the two in the middle.
    ///
    /// # Panics
    /// There is no number, or one that is not a number.
    pub(crate) fn of(values: impl IntoIterator<Item = f64>) -> Spread {
        let mut sorted: Vec<f64> = values.into_iter().collect();
        assert!(!sorted.is_empty(), "the spread of nothing");
        assert!(sorted.iter().all(|value| !value.is_nan()));
        sorted.sort_by(f64::total_cmp);
        let middle = sorted.len() / 2;
        let median = if sorted.len().is_multiple_of(2) {
            f64::midpoint(sorted[middle - 1], sorted[middle])
        } else {
            sorted[middle]
        };
        Spread {
            median,
            min: sorted[0],
            max: sorted[sorted.len() - 1],
        }
    }

    /// The ratios of numbers that were taken side by side. Load from elsewhere comes and goes; it disturbs
    /// neighbours alike, so their ratio spreads less than either of them.
    ///
    /// # Panics
    /// The two are not equally many, or there are none.
    pub(crate) fn of_ratios(values: &[f64], bases: &[f64]) -> Spread {
        assert_eq!(values.len(), bases.len(), "each value has its base");
        Spread::of(values.iter().zip(bases).map(|(value, base)| value / base))
    }
}

/// By how much equally spaced values grow from the first to the last, as a share of their mean: the slope of
/// the line through all of them (least squares), because a garbage-collected heap swings and its first and
/// last sample say little.
///
/// # Panics
/// There are less than two values.
pub(crate) fn growth(values: &[f64]) -> f64 {
    assert!(values.len() >= 2, "a trend needs two values");
    let count = values.len() as f64;
    let (mean_x, mean_y) = ((count - 1.0) / 2.0, values.iter().sum::<f64>() / count);
    let (mut covariance, mut variance) = (0.0, 0.0);
    for (x, y) in values.iter().enumerate() {
        let x = x as f64 - mean_x;
        covariance += x * (y - mean_y);
        variance += x * x;
    }
    covariance / variance * (count - 1.0) / mean_y
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(value: f64, expected: f64) {
        assert!(
            (value - expected).abs() < 1e-12,
            "{value} instead of {expected}"
        );
    }

    #[test]
    fn the_median_of_an_odd_count_is_the_middle() {
        let spread = Spread::of([30.0, 10.0, 100.0]);
        assert_eq!(
            spread,
            Spread {
                median: 30.0,
                min: 10.0,
                max: 100.0
            }
        );
    }

    #[test]
    fn the_median_of_an_even_count_lies_between_the_middle_two() {
        near(Spread::of([4.0, 1.0, 100.0, 2.0]).median, 3.0);
        near(Spread::of([7.0]).median, 7.0);
    }

    #[test]
    #[should_panic(expected = "the spread of nothing")]
    fn nothing_has_no_spread() {
        Spread::of([]);
    }

    #[test]
    fn ratios_are_taken_pair_by_pair() {
        let spread = Spread::of_ratios(&[20.0, 30.0, 8.0], &[10.0, 10.0, 8.0]);
        near(spread.median, 2.0);
        near(spread.min, 1.0);
        near(spread.max, 3.0);
    }

    #[test]
    fn growth_is_relative_to_the_mean() {
        near(growth(&[100.0, 100.0, 100.0]), 0.0);
        near(growth(&[90.0, 100.0, 110.0]), 0.2);
        near(growth(&[110.0, 100.0, 90.0]), -0.2);
    }

    #[test]
    fn a_swing_is_not_growth() {
        let swinging = [100.0, 140.0, 100.0, 140.0, 100.0, 140.0, 100.0];
        near(growth(&swinging), 0.0);
    }
}
