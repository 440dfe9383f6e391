//! The state that follows from the datapoints of an evaluation range, some of which may be missing.
//!
//! After "Configuring how CloudWatch alarms treat missing data" in the CloudWatch guide, whose tables decide where its
//! prose says otherwise.

use super::state::AlarmState;
use super::threshold::TreatMissingData;

/// M of N, and what a missing datapoint means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quorum {
    /// N: how many datapoints decide.
    pub evaluation_periods: usize,
    /// M: how many of them must breach.
    pub datapoints_to_alarm: usize,
    /// What a missing one means.
    pub treat_missing_data: TreatMissingData,
}

/// What was decided, and from what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The state; `None` keeps the current one.
    pub state: Option<AlarmState>,
    /// The places of the datapoints that were used, newest first.
    pub used: Vec<usize>,
    /// How many missing ones were filled in by `breaching` or `notBreaching`.
    pub filled: usize,
}

impl Quorum {
    /// Decides on the datapoints of the evaluation range, newest first: breaching, not breaching, or missing.
    ///
    /// With N or more datapoints the N newest decide and nothing is filled in. Otherwise all of them do, and the
    /// missing ones count by the mode.
    #[must_use]
    pub fn decide(&self, range: &[Option<bool>]) -> Decision {
        let used: Vec<usize> = range
            .iter()
            .enumerate()
            .filter_map(|(place, breaching)| breaching.map(|_| place))
            .take(self.evaluation_periods)
            .collect();
        let breaching = used.iter().filter(|place| range[**place] == Some(true)).count();
        let missing = self.evaluation_periods - used.len();
        let (state, filled) = match self.treat_missing_data {
            _ if missing == 0 => (Some(self.alarm_if(breaching)), 0),
            TreatMissingData::Breaching => (Some(self.alarm_if(breaching + missing)), missing),
            TreatMissingData::NotBreaching => (Some(self.alarm_if(breaching)), missing),
            TreatMissingData::Missing if used.is_empty() => (Some(AlarmState::InsufficientData), 0),
            TreatMissingData::Missing | TreatMissingData::Ignore => (self.undecided(&used, breaching), 0),
        };
        Decision { state, used, filled }
    }

    fn alarm_if(&self, breaching: usize) -> AlarmState {
        if breaching >= self.datapoints_to_alarm { AlarmState::Alarm } else { AlarmState::Ok }
    }

    /// Too few datapoints, and the missing ones count as nothing.
    fn undecided(&self, used: &[usize], breaching: usize) -> Option<AlarmState> {
        if used.is_empty() {
            return None;
        }
        if breaching >= self.datapoints_to_alarm {
            return Some(AlarmState::Alarm);
        }
        if breaching < used.len() {
            return Some(AlarmState::Ok);
        }
        // All there are breach, but they are too few. The premature rule: ALARM once the oldest of them is at least M
        // periods old, as no later datapoint has contradicted it.
        let oldest = used.last().map_or(0, |place| place + 1);
        let premature =
            self.treat_missing_data == TreatMissingData::Missing && oldest >= self.datapoints_to_alarm;
        premature.then_some(AlarmState::Alarm)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MODES: [TreatMissingData; 4] = [
        TreatMissingData::Missing,
        TreatMissingData::Ignore,
        TreatMissingData::Breaching,
        TreatMissingData::NotBreaching,
    ];

    /// `range` is oldest first, as the guide's tables are.
    fn decide(m: usize, n: usize, mode: TreatMissingData, range: &str) -> Option<AlarmState> {
        let newest_first = range.split(' ').rev().map(|point| match point {
            "X" => Some(true),
            "0" => Some(false),
            _ => None,
        });
        let newest_first: Vec<_> = newest_first.collect();
        Quorum { evaluation_periods: n, datapoints_to_alarm: m, treat_missing_data: mode }
            .decide(&newest_first)
            .state
    }

    #[test]
    fn a_few_breaching_datapoints_alone_raise_the_alarm_once_the_oldest_is_m_periods_old() {
        for (range, expected) in [
            ("- - - - X", None),
            ("- - - X -", None),
            ("- - X - -", Some(AlarmState::Alarm)),
            ("- - X - X", Some(AlarmState::Alarm)),
            ("- 0 X - -", Some(AlarmState::Ok)),
        ] {
            assert_eq!(decide(3, 3, TreatMissingData::Missing, range), expected, "{range}");
        }
        assert_eq!(decide(3, 3, TreatMissingData::Ignore, "- - X - -"), None);
    }

    #[test]
    fn filling_one_more_can_change_the_state() {
        assert_eq!(decide(3, 3, TreatMissingData::Breaching, "0 - - - -"), Some(AlarmState::Ok));
        assert_eq!(decide(3, 3, TreatMissingData::Breaching, "- - - - -"), Some(AlarmState::Alarm));
    }

    proptest! {
        #[test]
        fn enough_datapoints_make_the_mode_irrelevant(
            range in proptest::collection::vec(proptest::option::of(any::<bool>()), 1..12),
            n in 1_usize..6,
            m in 1_usize..6,
        ) {
            let m = m.min(n);
            let decisions = MODES.map(|mode| {
                Quorum { evaluation_periods: n, datapoints_to_alarm: m, treat_missing_data: mode }.decide(&range)
            });
            let real = range.iter().flatten().count();
            for decision in &decisions {
                prop_assert!(decision.used.len() <= n);
                prop_assert!(decision.used.is_sorted());
                prop_assert_eq!(decision.used.len(), real.min(n));
            }
            if real >= n {
                for decision in &decisions {
                    prop_assert_eq!(decision, &decisions[0]);
                    prop_assert!(decision.state.is_some());
                }
            }
            // Filling with good points never alarms where filling with bad ones does not.
            if decisions[3].state == Some(AlarmState::Alarm) {
                prop_assert_eq!(decisions[2].state, Some(AlarmState::Alarm));
                prop_assert_eq!(decisions[0].state, Some(AlarmState::Alarm));
            }
            // The state is unknown only where there is nothing, and only for `missing`.
            for (decision, mode) in decisions.iter().zip(MODES) {
                let unknown = decision.state == Some(AlarmState::InsufficientData);
                prop_assert_eq!(unknown, real == 0 && mode == TreatMissingData::Missing);
            }
        }
    }
}
