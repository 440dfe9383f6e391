//! `trailbell-sim evaluate`.

mod input;

use std::io::Write;
use std::path::PathBuf;

use chrono::{DateTime, TimeDelta, Utc};
use clap::Args;
use serde::Serialize;
use serde_json::value::RawValue;
use trailbell_sim::alarms::{
    Alarm, AlarmState, Alarms, Assessment, Condition, Datapoint, Definition, EvaluationRange, Home, Phase,
    Settings,
};
use trailbell_sim::metrics::{Metrics, Sample};

use self::input::{read_alarm, read_samples};
use super::{DONE, Failure, Format, parse_time};

/// Say which states a metric alarm gets into, and why.
///
/// Datapoints are either one for each period, and the alarm is evaluated as each period ends; or samples with their
/// times, and it is evaluated as often as CloudWatch does: each minute, until it has forgotten the last one. The reason
/// is that of the evaluation; CloudWatch shows it when the state changes.
#[derive(Args)]
pub(super) struct Evaluate {
    /// The alarm: the input of `PutMetricAlarm`, or a resource of a CloudFormation template, as JSON
    #[arg(value_name = "ALARM.json")]
    alarm: PathBuf,
    /// Samples as lines of JSON: {"time":"2026-01-31T23:59:59Z","value":1}; with metric math also "id" of the metric; - is
    /// standard input
    #[arg(value_name = "FILE", required_unless_present = "datapoints", conflicts_with = "datapoints")]
    samples: Option<PathBuf>,
    /// A datapoint for each period, oldest first: 0 does not breach, X breaches, - is missing, other numbers are
    /// themselves
    #[arg(long, value_name = "LIST", allow_hyphen_values = true)]
    datapoints: Option<String>,
    /// Evaluate at this time alone; of the datapoints the last one is then the newest that is looked at
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    at: Option<DateTime<Utc>>,
    /// The state before: OK, ALARM or `INSUFFICIENT_DATA`
    #[arg(long, value_name = "STATE", default_value = "INSUFFICIENT_DATA", value_parser = parse_state)]
    state: AlarmState,
    /// How many periods beyond its own the alarm looks back [default: 2, and at least a minute]
    #[arg(long, value_name = "COUNT")]
    extra_periods: Option<u32>,
    /// How evaluations are printed [default: text on a terminal, json elsewhere]
    #[arg(long, value_enum)]
    format: Option<Format>,
}

/// When the first of datapoints without a time is evaluated.
const EPOCH: &str = "2026-01-01T00:00:00Z";

fn parse_state(text: &str) -> Result<AlarmState, String> {
    text.parse().map_err(|_| "is none of OK, ALARM and INSUFFICIENT_DATA".to_owned())
}

/// One evaluation as it is printed.
#[derive(Serialize)]
struct Line<'a> {
    time: String,
    kind: &'static str,
    alarm: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    datapoint: Option<&'a str>,
    from: AlarmState,
    to: AlarmState,
    /// Null where the evaluation decided nothing and the state is kept.
    reason: Option<&'a str>,
    reason_data: Option<&'a RawValue>,
}

impl Evaluate {
    pub(super) fn run(self, out: &mut impl Write) -> Result<u8, Failure> {
        let alarm = read_alarm(&self.alarm)?;
        let named = |error: String| Failure(format!("{}: {error}", self.alarm.display()));
        let created = self.at.map_or_else(|| parse_time(EPOCH), Ok).map_err(Failure)?;
        let mut book = Alarms::new(Settings {
            home: Home::new("123456789012", "us-east-1"),
            phase: Phase::Fixed(TimeDelta::zero()),
            range: self.extra_periods.map_or_else(EvaluationRange::default, EvaluationRange::periods_beyond),
        });
        book.put_metric_alarm(alarm.clone(), created).map_err(|error| named(error.to_string()))?;
        let Some(Definition::Metric(_, condition)) = book.get(&alarm.alarm_name).map(Alarm::definition)
        else {
            return Err(named("it is no metric alarm".to_owned()));
        };
        let format = Format::or_by_terminal(self.format);
        let mut printer = Printer { out, format, alarm: &alarm.alarm_name, state: self.state };
        if let Some(list) = &self.datapoints {
            of_datapoints(condition, list, self.at, created, &mut printer)?;
        } else if let Some(path) = &self.samples {
            let samples = read_samples(path, &alarm, condition.period < 60)?;
            of_samples(condition, &samples, self.at, book.look_back(), &mut printer)?;
        }
        Ok(DONE)
    }
}

/// Evaluates datapoints as each of them becomes the newest, or the last one alone.
fn of_datapoints(
    condition: &Condition,
    list: &str,
    at: Option<DateTime<Utc>>,
    first: DateTime<Utc>,
    printer: &mut Printer<'_, impl Write>,
) -> Result<(), Failure> {
    let words: Vec<&str> = list.split([' ', ',', '\t', '\n']).filter(|word| !word.is_empty()).collect();
    let datapoints: Vec<Option<Datapoint>> = words
        .iter()
        .zip(1..)
        .map(|(word, place)| datapoint(condition, word, place))
        .collect::<Result<_, _>>()?;
    if datapoints.is_empty() {
        return Err(Failure("--datapoints: there are none; give a list such as \"0 - X - X\"".to_owned()));
    }
    let newest_first = |count: usize| datapoints.iter().take(count).rev().copied().collect::<Vec<_>>();
    if let Some(now) = at {
        let end = condition.schedule.newest_end(now);
        let assessment = condition.assess_datapoints(&newest_first(words.len()), end, now);
        return printer.print(now, None, assessment.as_ref());
    }
    let mut now = first;
    let mut end = condition.schedule.newest_end(now);
    for (word, count) in words.iter().zip(1..) {
        let assessment = condition.assess_datapoints(&newest_first(count), end, now);
        printer.print(now, Some(word), assessment.as_ref())?;
        now += condition.schedule.period();
        end += condition.schedule.period();
    }
    Ok(())
}

/// `0`, `X`, `-` or a number.
fn datapoint(condition: &Condition, word: &str, place: usize) -> Result<Option<Datapoint>, Failure> {
    let threshold = condition.threshold;
    // Of the threshold and the numbers around it, some breach and some do not; zero, if it will do, reads best.
    let near = [0.0, threshold, threshold + 1.0, threshold - 1.0, threshold * 2.0, 0.0 - threshold];
    let that = |breaches: bool| near.into_iter().find(|value| condition.breaches(*value) == breaches);
    let value = match word {
        "-" => return Ok(None),
        "0" => that(false),
        "X" | "x" => {
            near[1..].iter().copied().find(|value| condition.breaches(*value)).or_else(|| that(true))
        }
        number => number.parse().ok().filter(|value: &f64| value.is_finite()),
    };
    match value {
        Some(value) => Ok(Some(Datapoint { value, sample_count: Some(1.0) })),
        None => {
            Err(Failure(format!("--datapoints: `{word}`, number {place}, is none of 0, X, - and a number")))
        }
    }
}

/// Evaluates as often as CloudWatch does, from the first sample until the last one is forgotten; or once.
fn of_samples(
    condition: &Condition,
    samples: &[Sample],
    at: Option<DateTime<Utc>>,
    look_back: TimeDelta,
    printer: &mut Printer<'_, impl Write>,
) -> Result<(), Failure> {
    let mut metrics = Metrics::new(look_back);
    if let Some(now) = at {
        for sample in samples {
            metrics.put(sample, now);
        }
        return printer.print(now, None, condition.assess(&metrics, now).as_ref());
    }
    let (Some(first), Some(last)) = (samples.first(), samples.last()) else {
        return Err(Failure(
            "there are no samples; give lines such as {\"time\":\"2026-01-31T23:59:59Z\",\"value\":1}"
                .to_owned(),
        ));
    };
    let schedule = condition.schedule;
    let periods = i32::try_from(condition.range).unwrap_or(i32::MAX).saturating_add(1);
    let until = last.timestamp + schedule.period() * periods + schedule.every();
    let mut waiting = samples.iter().peekable();
    let mut now = first.timestamp;
    loop {
        let next = schedule.next_evaluation(now, TimeDelta::zero());
        let is_first = now == first.timestamp;
        now = next;
        while let Some(sample) = waiting.next_if(|sample| sample.timestamp < now) {
            metrics.put(sample, now);
        }
        let assessment = condition.assess(&metrics, now);
        let changes = assessment.as_ref().is_some_and(|assessment| assessment.state != printer.state);
        let is_last = now + schedule.every() > until;
        if is_first || is_last || changes {
            printer.print(now, None, assessment.as_ref())?;
        }
        if is_last {
            return Ok(());
        }
    }
}

/// Prints evaluations and keeps the state from one to the next.
struct Printer<'a, W> {
    out: &'a mut W,
    format: Format,
    alarm: &'a str,
    state: AlarmState,
}

impl<W: Write> Printer<'_, W> {
    fn print(
        &mut self,
        now: DateTime<Utc>,
        datapoint: Option<&str>,
        assessment: Option<&Assessment>,
    ) -> Result<(), Failure> {
        let from = self.state;
        let to = assessment.map_or(from, |assessment| assessment.state);
        self.state = to;
        let reason = assessment.map(|assessment| assessment.reason.as_str());
        let time = now.format("%Y-%m-%dT%H:%M:%S%.fZ").to_string();
        if self.format == Format::Json {
            let data =
                assessment.map(|assessment| serde_json::from_str(&assessment.reason_data)).transpose()?;
            let kind = if from == to { "evaluation" } else { "state_change" };
            let line = Line { time, kind, alarm: self.alarm, datapoint, from, to, reason, reason_data: data };
            return Ok(writeln!(self.out, "{}", serde_json::to_string(&line)?)?);
        }
        let datapoint = datapoint.map_or(String::new(), |datapoint| format!("{datapoint:>8}  "));
        let states = if from == to { to.to_string() } else { format!("{from} -> {to}") };
        let reason = reason.unwrap_or("nothing decides: the state is kept");
        Ok(writeln!(self.out, "{time}  {datapoint}{states:<26}  {reason}")?)
    }
}
