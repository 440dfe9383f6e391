//! The aggregates of one metric and unit.

use std::collections::VecDeque;

use super::aggregate::Aggregate;

/// Aggregates in the order of the second at which each begins.
///
/// Minutes and seconds of one series do not overlap in practice, as a metric has one resolution; where they do, both
/// count.
#[derive(Debug, Clone, Default)]
pub(super) struct Series(VecDeque<(i64, Aggregate)>);

impl Series {
    /// Adds samples to the aggregate that begins at `start`. Nearly all go into the newest one, so that is tried first.
    pub(super) fn add(&mut self, start: i64, value: f64, count: f64) {
        match self.0.back_mut() {
            Some((newest, aggregate)) if *newest == start => aggregate.add(value, count),
            Some((newest, _)) if *newest > start => self.add_late(start, value, count),
            _ => self.0.push_back((start, Aggregate::of(value, count))),
        }
    }

    fn add_late(&mut self, start: i64, value: f64, count: f64) {
        let place = self.place(start);
        match self.0.get_mut(place) {
            Some((known, aggregate)) if *known == start => aggregate.add(value, count),
            _ => self.0.insert(place, (start, Aggregate::of(value, count))),
        }
    }

    /// What begins from `from` on and before `to`.
    pub(super) fn between(&self, from: i64, to: i64) -> impl Iterator<Item = (i64, &Aggregate)> {
        let first = self.place(from);
        self.0.range(first..self.place(to).max(first)).map(|(start, aggregate)| (*start, aggregate))
    }

    /// Drops what begins before `oldest`.
    pub(super) fn drop_before(&mut self, oldest: i64) {
        self.0.drain(..self.place(oldest));
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// How many begin before `start`.
    fn place(&self, start: i64) -> usize {
        self.0.partition_point(|(known, _)| *known < start)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_holds_what_a_map_would(
            adds in proptest::collection::vec((0_i64..20, 0_u8..5), 0..60),
            oldest in 0_i64..20,
            from in 0_i64..20,
            to in 0_i64..20,
        ) {
            let (mut series, mut map) = (Series::default(), BTreeMap::<i64, f64>::new());
            for (start, value) in adds {
                series.add(start, f64::from(value), 1.0);
                *map.entry(start).or_default() += f64::from(value);
            }
            series.drop_before(oldest);
            map.retain(|start, _| *start >= oldest);
            prop_assert_eq!(series.len(), map.len());
            let seen: Vec<_> = series.between(from, to).map(|(start, aggregate)| (start, aggregate.sum)).collect();
            let want: Vec<_> =
                map.into_iter().filter(|(start, _)| (from..to).contains(start)).collect();
            prop_assert_eq!(seen, want);
        }
    }
}
