//! Evaluation: what is due, and what follows from a change for composite alarms and their actions.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::book::{Alarm, Alarms, Due};
use super::change::{
    CompositeRule, Definition, StateChange, StateRecord, TriggeringChild, triggering_alarms,
};
use super::history::{ActionRecord, Outcome};
use super::state::AlarmState;
use super::suppression::{Hold, SuppressorState};
use super::time_text;
use crate::metrics::Metrics;

/// A state that an alarm is to get into.
pub(super) struct NewState {
    pub(super) value: AlarmState,
    pub(super) reason: String,
    pub(super) reason_data: Option<String>,
    pub(super) triggering: Vec<TriggeringChild>,
}

impl Alarms {
    /// When something is due next, after a time: an evaluation, or the end of a wait or extension period.
    #[must_use]
    pub fn next_evaluation(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let next = self.due.range((after, Due::Release, 0)..).find(|(time, ..)| *time > after);
        // What has been passed over is due at once.
        let overdue = self.due.first().filter(|(time, ..)| *time <= after).map(|_| after);
        overdue.or(next.map(|(time, ..)| *time))
    }

    /// Does all that is due up to `now`, in time order, each at its own time.
    ///
    /// The metrics are those of `now`: who wants each evaluation to see what there was at its time calls this for each
    /// [`next_evaluation`](Self::next_evaluation).
    pub fn evaluate(&mut self, now: DateTime<Utc>, metrics: &Metrics) -> Vec<StateChange> {
        let mut changes = Vec::new();
        while let Some((time, due, place)) = self.due.first().copied().filter(|(time, ..)| *time <= now) {
            self.due.pop_first();
            match due {
                Due::Release => self.release(place, time, &mut changes),
                Due::Evaluation => self.evaluate_metric(place, time, metrics, &mut changes),
            }
        }
        changes
    }

    fn evaluate_metric(
        &mut self,
        place: usize,
        now: DateTime<Utc>,
        metrics: &Metrics,
        changes: &mut Vec<StateChange>,
    ) {
        let Some(alarm) = self.alarm(place) else { return };
        let Definition::Metric(_, condition) = &*alarm.definition else { return };
        let next = now + condition.schedule.every();
        let assessment = condition.assess_change(metrics, now, Some(alarm.state.value));
        self.due.insert((next, Due::Evaluation, place));
        if let Some(assessment) = assessment {
            let new = NewState {
                value: assessment.state,
                reason: assessment.reason,
                reason_data: Some(assessment.reason_data),
                triggering: Vec::new(),
            };
            self.change(place, new, now, changes);
            self.propagate(place, now, changes);
        }
    }

    /// Evaluates a composite alarm's rule; says whether its state changed.
    pub(super) fn evaluate_composite(
        &mut self,
        place: usize,
        now: DateTime<Utc>,
        changes: &mut Vec<StateChange>,
        reason: impl FnOnce(&Alarm, AlarmState) -> String,
    ) -> bool {
        let Some(alarm) = self.alarm(place) else { return false };
        let Definition::Composite(_, CompositeRule(rule)) = &*alarm.definition else { return false };
        let unknown = AlarmState::InsufficientData;
        let verdict = rule.evaluate(&|name| self.state_of(name).map_or(unknown, |alarm| alarm.state.value));
        let value = if verdict.holds { AlarmState::Alarm } else { AlarmState::Ok };
        if value == alarm.state.value {
            return false;
        }
        let children = verdict.because_of.iter().filter_map(|name| self.state_of(name));
        let triggering: Vec<TriggeringChild> = children
            .map(|child| TriggeringChild {
                arn: child.arn.clone(),
                state: child.state.value,
                since: child.state.transitioned,
            })
            .collect();
        let reason = reason(alarm, value);
        let reason_data = Some(triggering_alarms(&triggering));
        self.change(place, NewState { value, reason, reason_data, triggering }, now, changes);
        true
    }

    /// Lets the composite alarms follow a change of one alarm, children before parents, then their suppression.
    ///
    /// An alarm that is its own descendant changes at most once, so that a cycle comes to rest.
    pub(super) fn propagate(&mut self, origin: usize, now: DateTime<Utc>, changes: &mut Vec<StateChange>) {
        let mut changed = vec![origin];
        let mut settled = BTreeSet::from([origin]);
        let mut open: BTreeMap<(usize, usize), usize> = BTreeMap::new();
        let parents = |alarms: &Self, child: usize, open: &mut BTreeMap<(usize, usize), usize>| {
            for parent in alarms.family.parents(child) {
                open.entry((alarms.family.rank(*parent), *parent)).or_insert(child);
            }
        };
        parents(self, origin, &mut open);
        while let Some(((_, composite), child)) = open.pop_first() {
            if self.family.is_circular(composite) && settled.contains(&composite) {
                continue;
            }
            let Some(reason) = self.alarm(child).map(transitioned) else { continue };
            if self.evaluate_composite(composite, now, changes, |_, _| reason) {
                settled.insert(composite);
                changed.push(composite);
                parents(self, composite, &mut open);
            }
        }
        for alarm in changed {
            for composite in self.family.suppressed(alarm).to_vec() {
                self.follow_suppressor(composite, now, changes);
            }
        }
    }

    /// Gives an alarm a state that it is not in.
    pub(super) fn change(
        &mut self,
        place: usize,
        new: NewState,
        now: DateTime<Utc>,
        changes: &mut Vec<StateChange>,
    ) {
        let hold = self.alarm(place).and_then(|alarm| alarm.suppressor).and_then(|suppressor| {
            let state = self.alarm(suppressor.alarm).map(suppressor_state)?;
            suppressor.after_transition(state, now)
        });
        let Some(alarm) = self.alarm_mut(place) else { return };
        alarm.triggering = new.triggering;
        let to = StateRecord {
            value: new.value,
            reason: new.reason,
            reason_data: new.reason_data,
            updated: now,
            transitioned: now,
            suppressed: None,
        };
        alarm.history.changed(&alarm.state, &to);
        self.record(place, to, hold, changes);
    }

    fn follow_suppressor(&mut self, composite: usize, now: DateTime<Utc>, changes: &mut Vec<StateChange>) {
        let Some(alarm) = self.alarm(composite) else { return };
        let Some(suppressor) = alarm.suppressor else { return };
        let Some(state) = self.alarm(suppressor.alarm).map(suppressor_state) else { return };
        if let Ok(hold) = suppressor.after_suppressor(alarm.hold, state, now) {
            let to = StateRecord { updated: now, ..alarm.state.clone() };
            self.record(composite, to, hold, changes);
        }
    }

    /// A new suppressor, or none: what was held back by the old one is let go, unless the new one is in ALARM.
    pub(super) fn replace_suppressor(
        &mut self,
        composite: usize,
        now: DateTime<Utc>,
        changes: &mut Vec<StateChange>,
    ) {
        let Some(alarm) = self.alarm(composite) else { return };
        if alarm.hold.is_none() {
            return;
        }
        let suppressor = alarm.suppressor.and_then(|suppressor| self.alarm(suppressor.alarm));
        let in_alarm = suppressor.is_some_and(|suppressor| suppressor.state.value == AlarmState::Alarm);
        let to = StateRecord { updated: now, ..alarm.state.clone() };
        self.record(composite, to, in_alarm.then_some(Hold::Alarm), changes);
    }

    /// The end of a wait or extension period.
    fn release(&mut self, composite: usize, now: DateTime<Utc>, changes: &mut Vec<StateChange>) {
        let Some(alarm) = self.alarm(composite) else { return };
        if alarm.hold.and_then(Hold::until) == Some(now) {
            let to = StateRecord { updated: now, ..alarm.state.clone() };
            self.record(composite, to, None, changes);
        }
    }

    /// Writes down a new record and what holds its actions back, and reports it.
    fn record(
        &mut self,
        place: usize,
        mut to: StateRecord,
        hold: Option<Hold>,
        changes: &mut Vec<StateChange>,
    ) {
        let suppressor = self.alarm(place).and_then(|alarm| alarm.suppressor);
        let suppressor = suppressor.and_then(|suppressor| self.alarm(suppressor.alarm));
        let since =
            suppressor.map_or(("", to.updated), |alarm| (alarm.arn.as_str(), alarm.state.transitioned));
        to.suppressed = hold.map(|hold| hold.described(since));
        let home = self.home.clone();
        let Some(alarm) = self.alarm_mut(place) else { return };
        let before = std::mem::replace(&mut alarm.hold, hold);
        let mut actions = Vec::new();
        if alarm.actions_enabled {
            actions = alarm.definition.actions(to.value).to_vec();
        }
        if hold.is_some() {
            for arn in std::mem::take(&mut actions) {
                let action = ActionRecord {
                    arn: &arn,
                    state_updated: to.updated,
                    published: None,
                    outcome: Outcome::Suppressed,
                };
                alarm.history.acted(to.updated, &action);
            }
        }
        let from = std::mem::replace(&mut alarm.state, to.clone());
        changes.push(StateChange {
            definition: alarm.definition.clone(),
            arn: alarm.arn.clone(),
            home,
            configuration_updated: alarm.configuration_updated,
            from,
            to,
            triggering: alarm.triggering.clone(),
            actions,
        });
        if let Some(until) = before.and_then(Hold::until) {
            self.due.remove(&(until, Due::Release, place));
        }
        if let Some(until) = hold.and_then(Hold::until) {
            self.due.insert((until, Due::Release, place));
        }
    }
}

/// `<ARN> transitioned to ALARM at Monday 14 September, 2026 06:28:17 UTC`.
fn transitioned(alarm: &Alarm) -> String {
    format!(
        "{} transitioned to {} at {}",
        alarm.arn,
        alarm.state.value,
        time_text::sentence(alarm.state.transitioned)
    )
}

fn suppressor_state(alarm: &Alarm) -> SuppressorState {
    SuppressorState { in_alarm: alarm.state.value == AlarmState::Alarm }
}
