//! Why an alarm is in its state, in CloudWatch's words.

use chrono::{DateTime, Utc};

use super::condition::Condition;
use super::json::{Object, array};
use super::missing_data::Decision;
use super::number::java_double;
use super::query::{Datapoint, Source};
use super::state::AlarmState;
use super::threshold::TreatMissingData;
use super::time_text;

/// How many characters a reason may have.
const MOST_CHARACTERS: usize = 1_023;
/// From how many datapoints on they are listed at the end, and how many of them.
const MANY: usize = 5;

/// The reason of a new alarm.
pub(super) const INITIAL: &str = "Unchecked: Initial alarm creation";

/// An evaluation that gave a state, with all that its reason is made of.
pub(super) struct Evaluation<'a> {
    pub(super) condition: &'a Condition,
    pub(super) state: AlarmState,
    pub(super) decision: &'a Decision,
    /// The datapoints of the evaluation range, newest first.
    pub(super) range: &'a [Option<Datapoint>],
    /// The end of the newest bucket.
    pub(super) end: DateTime<Utc>,
    /// When it was evaluated.
    pub(super) now: DateTime<Utc>,
}

impl Evaluation<'_> {
    fn start(&self, place: usize) -> DateTime<Utc> {
        let back = i32::try_from(place).unwrap_or(i32::MAX).saturating_add(1);
        self.end - self.condition.schedule.period() * back
    }

    /// The datapoints that speak for the state, newest first.
    fn support(&self) -> Vec<(usize, Datapoint)> {
        let wanted = self.state == AlarmState::Alarm;
        let used = self.decision.used.iter().filter_map(|place| Some((*place, (*self.range.get(*place)?)?)));
        used.filter(|(_, datapoint)| self.condition.breaches(datapoint.value) == wanted).collect()
    }

    /// How many datapoints the state needs: M to alarm, N - M + 1 to be OK.
    fn minimum(&self) -> usize {
        let quorum = &self.condition.quorum;
        match self.state {
            AlarmState::Ok => quorum.evaluation_periods - quorum.datapoints_to_alarm + 1,
            AlarmState::Alarm | AlarmState::InsufficientData => quorum.datapoints_to_alarm,
        }
    }

    /// The reason, of at most 1,023 characters.
    pub(super) fn reason(&self) -> String {
        let periods = self.condition.quorum.evaluation_periods;
        if self.state == AlarmState::InsufficientData {
            return format!("Insufficient Data: {} {} unknown.", counted(periods, "datapoint"), was(periods));
        }
        let support = self.support();
        let text =
            if support.is_empty() { self.rests_on_filling(periods) } else { self.crossed(&support, periods) };
        text.chars().take(MOST_CHARACTERS).collect()
    }

    fn rests_on_filling(&self, periods: usize) -> String {
        let received = match self.decision.used.len() {
            0 => "no datapoints were".to_owned(),
            count => format!("{} {}", counted(count, "datapoint"), was(count)),
        };
        format!("Threshold Crossed: {received} received for {}{}.", counted(periods, "period"), self.filled())
    }

    fn crossed(&self, support: &[(usize, Datapoint)], periods: usize) -> String {
        let count = support.len();
        let (head, minimum) = if self.condition.has_datapoints_to_alarm {
            let arrow = if self.state == AlarmState::Alarm { "OK -> ALARM" } else { "ALARM -> OK" };
            let minimum =
                format!(" (minimum {} for {arrow} transition)", counted(self.minimum(), "datapoint"));
            // "1 out of the last 1 datapoints" is AWS's own grammar.
            (format!("{count} out of the last {periods} datapoints"), minimum)
        } else {
            (counted(count, "datapoint"), String::new())
        };
        let listed: Vec<String> =
            support.iter().take(MANY).map(|(place, datapoint)| self.shown(*place, *datapoint)).collect();
        let listed = listed.join(", ");
        let not = if self.state == AlarmState::Alarm { "" } else { "not " };
        let phrase = self.condition.operator.phrase();
        let threshold = java_double(self.condition.threshold);
        let compared = format!("{} {not}{phrase} the threshold ({threshold}){}", was(count), self.filled());
        if count < MANY {
            format!("Threshold Crossed: {head} [{listed}] {compared}{minimum}.")
        } else {
            format!(
                "Threshold Crossed: {head} {compared}. The most recent datapoints which crossed the threshold: \
                 [{listed}]{minimum}."
            )
        }
    }

    fn shown(&self, place: usize, datapoint: Datapoint) -> String {
        format!("{} ({})", java_double(datapoint.value), time_text::datapoint(self.start(place)))
    }

    fn filled(&self) -> String {
        let filled = self.decision.filled;
        if filled == 0 {
            return String::new();
        }
        let by = match self.condition.quorum.treat_missing_data {
            TreatMissingData::Breaching => "Breaching",
            _ => "NonBreaching",
        };
        format!(" and {} {} treated as [{by}]", counted(filled, "missing datapoint"), was(filled))
    }

    /// `StateReasonData`: what was looked at, as JSON.
    pub(super) fn data(&self) -> String {
        let (unit, statistic) = match &self.condition.source {
            Source::Metric(query) => (query.unit.as_deref(), Some(query.statistic_name.as_str())),
            Source::Math(_) => (None, None),
        };
        let oldest_used = self.decision.used.last().copied();
        let start = oldest_used.map(|place| time_text::milliseconds(self.start(place)));
        Object::new()
            .text("version", "1.0")
            .text("queryDate", &time_text::milliseconds(self.now))
            .text_if("startDate", start.as_deref())
            .text_if("unit", unit)
            .text_if("statistic", statistic)
            .integer("period", self.condition.period)
            .raw("recentDatapoints", &self.recent())
            .double("threshold", self.condition.threshold)
            .raw("evaluatedDatapoints", &self.evaluated())
            .end()
    }

    /// The datapoints that were used, oldest first, with null for each gap between them.
    fn recent(&self) -> String {
        let newest = self.decision.used.first();
        let (Some(newest), Some(oldest)) = (newest, self.decision.used.last()) else {
            return "[]".to_owned();
        };
        let slots = self.range.iter().take(oldest + 1).skip(*newest).rev();
        array(
            slots
                .map(|slot| slot.map_or_else(|| "null".to_owned(), |datapoint| java_double(datapoint.value))),
        )
    }

    /// The datapoints that speak for the state, and the newest missing ones up to as many as it needs; newest first.
    fn evaluated(&self) -> String {
        let mut shown: Vec<(usize, Option<Datapoint>)> =
            self.support().into_iter().map(|(place, datapoint)| (place, Some(datapoint))).collect();
        let lacking = self.minimum().saturating_sub(shown.len());
        let missing = (0..self.range.len()).filter(|place| self.range[*place].is_none());
        shown.extend(missing.take(lacking).map(|place| (place, None)));
        shown.sort_by_key(|(place, _)| *place);
        array(shown.into_iter().map(|(place, datapoint)| {
            let object = Object::new().text("timestamp", &time_text::milliseconds(self.start(place)));
            let Some(datapoint) = datapoint else { return object.end() };
            let object = match datapoint.sample_count {
                Some(count) => object.double("sampleCount", count),
                None => object,
            };
            object.double("value", datapoint.value).end()
        }))
    }
}

/// `1 datapoint`, `2 datapoints`.
fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

fn was(count: usize) -> &'static str {
    if count == 1 { "was" } else { "were" }
}
