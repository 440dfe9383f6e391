//! The values of an aggregate, for percentiles and trimmed statistics.

/// How many different values are kept exactly. Beyond it, values are put into bins of [`BIN_WIDTH`], so that memory is
/// bounded by the range of the values and not by their number. CloudWatch bins as well; its width is not published.
const EXACT_VALUES: usize = 1_024;

/// The relative width of a bin: 1%.
const BIN_WIDTH: f64 = 1.01;

/// Values in ascending order with how often each occurred.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Distribution {
    values: Vec<(f64, f64)>,
    binned: bool,
}

impl Distribution {
    /// Adds `count` occurrences of a value.
    pub fn add(&mut self, value: f64, count: f64) {
        let value = if self.binned { bin(value) } else { value };
        match self.values.binary_search_by(|(known, _)| known.total_cmp(&value)) {
            Ok(place) => self.values[place].1 += count,
            Err(place) => self.values.insert(place, (value, count)),
        }
        if !self.binned && self.values.len() > EXACT_VALUES {
            self.binned = true;
            for (value, count) in std::mem::take(&mut self.values) {
                self.add(value, count);
            }
        }
    }

    /// Adds all values of another distribution.
    pub fn merge(&mut self, other: &Self) {
        for &(value, count) in &other.values {
            self.add(value, count);
        }
    }

    /// How many values there are, repetitions counted.
    #[must_use]
    pub fn count(&self) -> f64 {
        self.values.iter().map(|(_, count)| count).sum()
    }

    /// The value below or at which `percent` of all values lie, by nearest rank. `None` without values.
    #[must_use]
    pub fn percentile(&self, percent: f64) -> Option<f64> {
        // A little is taken off, so that 90% of 100 values is the 90th and not, by the error of the product, the 91st.
        let rank = (self.count() * percent / 100.0 - 1e-9).ceil().max(1.0);
        let mut seen = 0.0;
        for &(value, count) in &self.values {
            seen += count;
            if seen >= rank {
                return Some(value);
            }
        }
        self.values.last().map(|(value, _)| *value)
    }

    /// The values between two shares of the whole (0 to 1), each with how much of it lies between them.
    pub(super) fn between_shares(&self, from: f64, to: f64) -> Vec<(f64, f64)> {
        let count = self.count();
        let (from, to) = (from * count, to * count);
        let mut seen = 0.0;
        let mut kept = Vec::new();
        for &(value, occurrences) in &self.values {
            let inside = (seen + occurrences).min(to) - f64::max(seen, from);
            if inside > 0.0 {
                kept.push((value, inside));
            }
            seen += occurrences;
        }
        kept
    }

    /// The values above `low` (exclusive) and up to `high` (inclusive), with their numbers.
    pub(super) fn between_values(&self, low: f64, high: f64) -> Vec<(f64, f64)> {
        self.values.iter().copied().filter(|(value, _)| *value > low && *value <= high).collect()
    }

    /// All values with their numbers, ascending.
    #[must_use]
    pub fn values(&self) -> &[(f64, f64)] {
        &self.values
    }
}

/// The middle of a value's bin. Zero and what is not finite stay as they are.
fn bin(value: f64) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    let step = (value.abs().ln() / BIN_WIDTH.ln()).round();
    value.signum() * (step * BIN_WIDTH.ln()).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_the_value_at_the_nearest_rank() {
        let mut values = Distribution::default();
        for value in 1..=100 {
            values.add(f64::from(value), 1.0);
        }
        for (percent, expected) in
            [(0.0, 1.0), (50.0, 50.0), (90.0, 90.0), (99.0, 99.0), (99.5, 100.0), (100.0, 100.0)]
        {
            assert_eq!(values.percentile(percent), Some(expected), "p{percent}");
        }
        assert_eq!(Distribution::default().percentile(50.0), None);
    }

    #[test]
    fn memory_is_bounded_and_the_error_is_one_percent() {
        let mut values = Distribution::default();
        for value in 1..=1_000_000_u32 {
            values.add(f64::from(value), 1.0);
        }
        assert!(values.values().len() < 2 * EXACT_VALUES, "{} values kept", values.values().len());
        let p90 = values.percentile(90.0).unwrap_or_default();
        assert!((p90 / 900_000.0 - 1.0).abs() < 0.011, "{p90}");
        assert!((values.count() - 1e6).abs() < 1e-6);
    }
}
