//! What is kept of the samples of one minute or second.

use super::distribution::Distribution;

/// Sum, count, extremes and distribution of a set of samples.
#[derive(Debug, Clone, PartialEq)]
pub struct Aggregate {
    /// The sum of all values.
    pub sum: f64,
    /// How many values there were.
    pub count: f64,
    /// The smallest value.
    pub minimum: f64,
    /// The greatest value.
    pub maximum: f64,
    /// All values, for percentiles and trimmed statistics.
    pub distribution: Distribution,
}

impl Aggregate {
    /// The aggregate of `count` samples of one value.
    #[must_use]
    pub fn of(value: f64, count: f64) -> Self {
        let mut distribution = Distribution::default();
        distribution.add(value, count);
        Self { sum: value * count, count, minimum: value, maximum: value, distribution }
    }

    /// Adds `count` samples of one value.
    pub fn add(&mut self, value: f64, count: f64) {
        self.sum += value * count;
        self.count += count;
        self.minimum = self.minimum.min(value);
        self.maximum = self.maximum.max(value);
        self.distribution.add(value, count);
    }

    /// Adds all samples of another aggregate; their distribution only where it will be asked for, as it is the
    /// costly part.
    pub fn merge(&mut self, other: &Self, with_distribution: bool) {
        self.sum += other.sum;
        self.count += other.count;
        self.minimum = self.minimum.min(other.minimum);
        self.maximum = self.maximum.max(other.maximum);
        if with_distribution {
            self.distribution.merge(&other.distribution);
        }
    }

    /// A copy, with its distribution only where it will be asked for.
    pub(super) fn copy(&self, with_distribution: bool) -> Self {
        let distribution =
            if with_distribution { self.distribution.clone() } else { Distribution::default() };
        Self { distribution, ..*self }
    }
}
