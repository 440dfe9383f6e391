//! How long CloudTrail takes to deliver an event.

use chrono::TimeDelta;

use crate::random::Random;

/// The time from an event to its delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Latency {
    /// Always the same.
    Fixed(TimeDelta),
    /// This long on the average, scattered as it was measured of 30,477 events of a real account: half of them within
    /// 0.9 of the average, nine of ten within 1.9, all within 2.9.
    Average(TimeDelta),
}

impl Latency {
    /// What was measured of that account: 3.6 minutes on the average.
    pub const MEASURED: Self = Self::Average(TimeDelta::milliseconds(SHAPE_MEAN_MS));

    pub(super) fn draw(self, random: &mut Random) -> TimeDelta {
        match self {
            Self::Fixed(time) => time,
            Self::Average(mean) => {
                let drawn = quantile(random.below(1000), random.below(1000));
                let scaled =
                    i128::from(drawn) * i128::from(mean.num_milliseconds()) / i128::from(SHAPE_MEAN_MS);
                TimeDelta::milliseconds(i64::try_from(scaled).unwrap_or(i64::MAX / 2000))
            }
        }
    }
}

/// CloudTrail delivers within five minutes on the average.
impl Default for Latency {
    fn default() -> Self {
        Self::Average(TimeDelta::minutes(5))
    }
}

/// Thousandths of the events, and the seconds within which they were delivered.
const SHAPE: [(u32, i64); 11] = [
    (0, 0),
    (10, 11),
    (50, 26),
    (100, 50),
    (250, 79),
    (500, 191),
    (750, 333),
    (900, 397),
    (950, 455),
    (990, 542),
    (1000, 608),
];

/// The mean of [`SHAPE`], in milliseconds.
const SHAPE_MEAN_MS: i64 = 213_360;

/// The milliseconds within which `thousandths` (and so many millionths) of the events are delivered.
fn quantile(thousandths: u32, millionths: u32) -> i64 {
    let place = SHAPE.partition_point(|(share, _)| *share <= thousandths).clamp(1, SHAPE.len() - 1);
    let ((from, least), (to, most)) = (SHAPE[place - 1], SHAPE[place]);
    let within = i64::from((thousandths - from) * 1000 + millionths);
    least * 1000 + (most - least) * within / i64::from(to - from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Purpose;

    fn drawn(latency: Latency) -> Vec<i64> {
        let mut random = Random::new(1, Purpose::Latency, 0);
        let mut drawn: Vec<i64> = (0..20_000).map(|_| latency.draw(&mut random).num_seconds()).collect();
        drawn.sort_unstable();
        drawn
    }

    #[test]
    fn the_shape_is_the_measured_one() {
        let drawn = drawn(Latency::MEASURED);
        let at = |share: usize| drawn[drawn.len() * share / 100];
        assert!((186..=196).contains(&at(50)), "3.2 minutes: {}", at(50));
        assert!((392..=402).contains(&at(90)), "6.6 minutes: {}", at(90));
        assert!(drawn[drawn.len() - 1] <= 608, "10.1 minutes");
    }

    #[test]
    fn the_average_is_the_one_asked_for() {
        for minutes in [0, 1, 5, 60] {
            let drawn = drawn(Latency::Average(TimeDelta::minutes(minutes)));
            let mean = drawn.iter().sum::<i64>() / 20_000;
            assert!((mean - minutes * 60).abs() <= 1 + minutes, "{mean} s instead of {minutes} min");
        }
    }

    #[test]
    fn shares_between_those_of_the_table_are_interpolated() {
        assert_eq!(quantile(0, 0), 0);
        assert_eq!(quantile(5, 0), 5_500);
        assert_eq!(quantile(999, 999), 607_993);
    }
}
