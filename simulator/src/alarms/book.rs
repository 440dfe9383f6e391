//! All alarms of an account in a region: defined, changed, deleted.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::change::{CompositeRule, Definition, StateChange, StateRecord, TriggeringChild};
use super::condition::Condition;
use super::definition::{CompositeAlarm, MetricAlarm};
use super::error::AlarmError;
use super::family::Family;
use super::history::{History, HistoryItem};
use super::reason::INITIAL;
use super::region::Home;
use super::schedule::{EvaluationRange, Phase};
use super::state::AlarmState;
use super::suppression::{Hold, Suppressor};

/// What all alarms have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Account and region.
    pub home: Home,
    /// When in its minute each alarm is evaluated.
    pub phase: Phase,
    /// How far alarms look back.
    pub range: EvaluationRange,
}

/// All alarms of an account in a region, with their states.
///
/// Time is an argument, and must not go backwards. The calls that change something return the changes of state that
/// follow at once, those of composite alarms among them.
#[derive(Debug, Clone)]
pub struct Alarms {
    pub(super) home: Arc<Home>,
    settings: Settings,
    pub(super) alarms: Vec<Option<Alarm>>,
    pub(super) by_name: HashMap<String, usize>,
    /// What is due when, in time order.
    pub(super) due: BTreeSet<(DateTime<Utc>, Due, usize)>,
    pub(super) family: Family,
}

/// What can be due. Where both are, actions are let go first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Due {
    Release,
    Evaluation,
}

/// An alarm with its state.
#[derive(Debug, Clone)]
pub struct Alarm {
    pub(super) definition: Arc<Definition>,
    pub(super) arn: String,
    pub(super) configuration_updated: DateTime<Utc>,
    pub(super) actions_enabled: bool,
    pub(super) state: StateRecord,
    pub(super) hold: Option<Hold>,
    pub(super) suppressor: Option<Suppressor>,
    pub(super) triggering: Vec<TriggeringChild>,
    pub(super) history: History,
}

impl Alarm {
    /// Its definition.
    #[must_use]
    pub fn definition(&self) -> &Definition {
        &self.definition
    }

    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> &str {
        &self.arn
    }

    /// `AlarmConfigurationUpdatedTimestamp`.
    #[must_use]
    pub fn configuration_updated(&self) -> DateTime<Utc> {
        self.configuration_updated
    }

    /// Whether its actions run.
    #[must_use]
    pub fn actions_enabled(&self) -> bool {
        self.actions_enabled
    }

    /// Its state, with reason and times.
    #[must_use]
    pub fn state(&self) -> &StateRecord {
        &self.state
    }

    /// What has happened to it in the last 30 days, oldest first.
    pub fn history(&self) -> impl Iterator<Item = &HistoryItem> {
        self.history.items()
    }
}

impl Alarms {
    /// No alarms yet.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self {
            home: Arc::new(settings.home.clone()),
            settings,
            alarms: Vec::new(),
            by_name: HashMap::new(),
            due: BTreeSet::new(),
            family: Family::default(),
        }
    }

    /// Creates a metric alarm, in `INSUFFICIENT_DATA`, or replaces its definition and keeps its state.
    pub fn put_metric_alarm(&mut self, alarm: MetricAlarm, now: DateTime<Utc>) -> Result<(), AlarmError> {
        let condition = Condition::check(&alarm, self.settings.range)?;
        let schedule = condition.schedule;
        let phase = self.settings.phase.of(&alarm.alarm_name, schedule.every());
        let enabled = alarm.actions_enabled.unwrap_or(true);
        let place = self.put(Definition::Metric(Box::new(alarm), Box::new(condition)), enabled, now)?.0;
        self.due.retain(|(_, due, alarm)| *alarm != place || *due != Due::Evaluation);
        self.due.insert((schedule.next_evaluation(now, phase), Due::Evaluation, place));
        Ok(())
    }

    /// Creates a composite alarm, or replaces its definition, and evaluates its rule at once.
    pub fn put_composite_alarm(
        &mut self,
        alarm: CompositeAlarm,
        now: DateTime<Utc>,
    ) -> Result<Vec<StateChange>, AlarmError> {
        let rule = self.check_composite(&alarm)?;
        let suppressor = self.check_suppressor(&alarm)?;
        let enabled = alarm.actions_enabled.unwrap_or(true);
        let definition = Definition::Composite(Box::new(alarm), CompositeRule(rule));
        let (place, is_new) = self.put(definition, enabled, now)?;
        let before = self.alarm(place).and_then(|alarm| alarm.suppressor);
        if let Some(alarm) = self.alarm_mut(place) {
            alarm.suppressor = suppressor;
        }
        self.settle_family();
        let mut changes = Vec::new();
        if !is_new && before.map(|before| before.alarm) != suppressor.map(|after| after.alarm) {
            self.replace_suppressor(place, now, &mut changes);
        }
        let cause =
            if is_new { "was created and its alarm rule" } else { "was updated and its new alarm rule" };
        self.evaluate_composite(place, now, &mut changes, |alarm, state| {
            format!("{} {cause} evaluates to {state}", alarm.arn)
        });
        self.propagate(place, now, &mut changes);
        Ok(changes)
    }

    /// Deletes alarms: all of them, or none if one is a child or suppressor of a composite alarm (recorded). Names of
    /// alarms that do not exist are passed over.
    pub fn delete_alarms(&mut self, names: &[&str]) -> Result<(), AlarmError> {
        let places: Vec<usize> = names.iter().filter_map(|name| self.by_name.get(*name).copied()).collect();
        for place in &places {
            if !self.family.parents(*place).is_empty() || !self.family.suppressed(*place).is_empty() {
                let name = self.alarm(*place).map_or("", |alarm| alarm.definition.name());
                return Err(AlarmError::Invalid(format!(
                    "Cannot delete {name} as there are composite alarm(s) depending on it."
                )));
            }
        }
        for place in places {
            if let Some(alarm) = self.alarms.get_mut(place).and_then(Option::take) {
                self.by_name.remove(alarm.definition.name());
            }
            self.due.retain(|(_, _, alarm)| *alarm != place);
        }
        self.settle_family();
        Ok(())
    }

    /// An alarm by name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Alarm> {
        self.alarm(*self.by_name.get(name)?)
    }

    /// All alarms, in the order in which they were created.
    pub fn iter(&self) -> impl Iterator<Item = &Alarm> {
        self.alarms.iter().flatten()
    }

    /// How far back metrics are needed for the alarms that there are: the longest evaluation range and an hour.
    #[must_use]
    pub fn look_back(&self) -> TimeDelta {
        let ranges = self.iter().filter_map(|alarm| match &*alarm.definition {
            Definition::Metric(_, condition) => {
                let buckets = i32::try_from(condition.range).unwrap_or(i32::MAX).saturating_add(1);
                Some(condition.schedule.period() * buckets)
            }
            Definition::Composite(..) => None,
        });
        ranges.max().unwrap_or_default() + TimeDelta::hours(1)
    }

    pub(super) fn place(&self, name: &str) -> Result<usize, AlarmError> {
        self.by_name.get(name).copied().ok_or_else(|| AlarmError::NotFound(name.to_owned()))
    }

    pub(super) fn alarm(&self, place: usize) -> Option<&Alarm> {
        self.alarms.get(place)?.as_ref()
    }

    pub(super) fn alarm_mut(&mut self, place: usize) -> Option<&mut Alarm> {
        self.alarms.get_mut(place)?.as_mut()
    }

    pub(super) fn state_of(&self, name: &str) -> Option<&Alarm> {
        self.get(name)
    }

    /// Puts a definition in its place; says which that is, and whether the alarm is new.
    fn put(
        &mut self,
        definition: Definition,
        enabled: bool,
        now: DateTime<Utc>,
    ) -> Result<(usize, bool), AlarmError> {
        let name = definition.name().to_owned();
        if let Some(place) = self.by_name.get(&name).copied()
            && let Some(alarm) = self.alarm_mut(place)
        {
            if alarm.definition.kind() != definition.kind() {
                return Err(AlarmError::OtherKind { name, kind: alarm.definition.kind() });
            }
            // The same definition again changes nothing, not even the time of the last change (recorded).
            if *alarm.definition != definition || alarm.actions_enabled != enabled {
                alarm.configuration_updated = now;
                alarm.history.configured(now, &name, "updated");
            }
            alarm.actions_enabled = enabled;
            alarm.definition = Arc::new(definition);
            return Ok((place, false));
        }
        let mut history = History::default();
        history.configured(now, &name, "created");
        let state = StateRecord {
            value: AlarmState::InsufficientData,
            reason: INITIAL.to_owned(),
            reason_data: None,
            updated: now,
            transitioned: now,
            suppressed: None,
        };
        let place = self.alarms.len();
        self.alarms.push(Some(Alarm {
            arn: self.home.alarm_arn(&name),
            definition: Arc::new(definition),
            configuration_updated: now,
            actions_enabled: enabled,
            state,
            hold: None,
            suppressor: None,
            triggering: Vec::new(),
            history,
        }));
        self.by_name.insert(name, place);
        Ok((place, true))
    }

    fn settle_family(&mut self) {
        let mut children = BTreeMap::new();
        let mut suppressors = BTreeMap::new();
        for (place, alarm) in self.alarms.iter().enumerate() {
            let Some(alarm) = alarm else { continue };
            let Definition::Composite(_, CompositeRule(rule)) = &*alarm.definition else { continue };
            let places = rule.children().iter().filter_map(|name| self.by_name.get(name).copied());
            children.insert(place, places.collect());
            suppressors.extend(alarm.suppressor.map(|suppressor| (place, suppressor.alarm)));
        }
        self.family = Family::new(&children, &suppressors);
    }
}
