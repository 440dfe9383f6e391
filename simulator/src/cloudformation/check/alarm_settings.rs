//! An alarm's settings within AWS's limits (`PutMetricAlarm`, `PutCompositeAlarm`).

use super::super::kind::ResourceKind;
use super::super::stack::{Resource, Stack};
use super::Findings;
use super::property::{length_within, text};

const RULE: &str = "limits";

const COMPARISONS: [&str; 7] = [
    "GreaterThanOrEqualToThreshold",
    "GreaterThanThreshold",
    "GreaterThanUpperThreshold",
    "LessThanLowerOrGreaterThanUpperThreshold",
    "LessThanLowerThreshold",
    "LessThanOrEqualToThreshold",
    "LessThanThreshold",
];
const STATISTICS: [&str; 5] = ["SampleCount", "Average", "Sum", "Minimum", "Maximum"];
const MISSING_DATA: [&str; 4] = ["breaching", "ignore", "missing", "notBreaching"];
const LOW_SAMPLES: [&str; 2] = ["evaluate", "ignore"];
/// Properties of an alarm on a single metric.
const SINGLE_METRIC: [&str; 6] =
    ["MetricName", "Namespace", "Period", "Statistic", "ExtendedStatistic", "Dimensions"];
const ACTIONS: [&str; 3] = ["AlarmActions", "OKActions", "InsufficientDataActions"];

const MAX_ACTIONS: usize = 5;
const MAX_DESCRIPTION: usize = 1024;
const MAX_DIMENSIONS: usize = 30;
const MAX_NAME: usize = 255;
const MAX_QUERIES: usize = 10;
const MAX_RULE: usize = 10_240;
const DAY: f64 = 86_400.0;
const HOUR: f64 = 3_600.0;

pub(super) fn check(stack: &Stack, findings: &mut Findings) {
    for alarm in &stack.resources {
        match alarm.kind {
            ResourceKind::Alarm => {
                common(alarm, findings);
                metric_alarm(alarm, findings);
            }
            ResourceKind::CompositeAlarm => {
                common(alarm, findings);
                composite_alarm(alarm, findings);
            }
            _ => {}
        }
    }
}

fn common(alarm: &Resource, findings: &mut Findings) {
    if !length_within(&alarm.name, 1, MAX_NAME) {
        findings.error(alarm, RULE, format!("AlarmName has to have 1 to {MAX_NAME} characters"));
    }
    if alarm.text("AlarmDescription").is_some_and(|text| !length_within(&text, 0, MAX_DESCRIPTION)) {
        findings.error(
            alarm,
            RULE,
            format!("AlarmDescription has to have at most {MAX_DESCRIPTION} characters"),
        );
    }
    for property in ACTIONS {
        let given = alarm.properties.get(property);
        if given.is_some_and(|value| !value.is_array() && !value.is_null()) {
            findings.error(alarm, RULE, format!("{property} has to be a list"));
        }
        if alarm.items(property).len() > MAX_ACTIONS {
            findings.error(alarm, RULE, format!("{property} has to have at most {MAX_ACTIONS} entries"));
        }
    }
}

fn one_of(alarm: &Resource, property: &str, allowed: &[&str], findings: &mut Findings) {
    if let Some(value) = alarm.text(property)
        && !allowed.contains(&value.as_str())
    {
        findings.error(alarm, RULE, format!("{property} {value:?} is none of {}", allowed.join(", ")));
    }
}

fn metric_alarm(alarm: &Resource, findings: &mut Findings) {
    for property in ["ComparisonOperator", "EvaluationPeriods"] {
        if !alarm.has(property) {
            findings.error(alarm, RULE, format!("{property} is missing"));
        }
    }
    one_of(alarm, "ComparisonOperator", &COMPARISONS, findings);
    one_of(alarm, "Statistic", &STATISTICS, findings);
    one_of(alarm, "TreatMissingData", &MISSING_DATA, findings);
    one_of(alarm, "EvaluateLowSampleCountPercentile", &LOW_SAMPLES, findings);
    match (alarm.has("Threshold"), alarm.has("ThresholdMetricId")) {
        (false, false) => findings.error(alarm, RULE, "Threshold is missing"),
        (true, true) => findings.error(alarm, RULE, "Threshold and ThresholdMetricId exclude each other"),
        (true, false) if alarm.number("Threshold").is_none() => {
            findings.error(alarm, RULE, "Threshold has to be a number");
        }
        _ => {}
    }
    if alarm.has("Metrics") {
        let both: Vec<_> = SINGLE_METRIC.into_iter().filter(|property| alarm.has(property)).collect();
        if !both.is_empty() {
            findings.error(alarm, RULE, format!("Metrics excludes {}", both.join(", ")));
        }
        if alarm.items("Metrics").len() > MAX_QUERIES {
            findings.error(alarm, RULE, format!("Metrics has to have at most {MAX_QUERIES} entries"));
        }
    } else {
        single_metric(alarm, findings);
    }
    periods(alarm, findings);
}

fn single_metric(alarm: &Resource, findings: &mut Findings) {
    for property in ["MetricName", "Namespace", "Period"] {
        if !alarm.has(property) {
            findings.error(alarm, RULE, format!("{property} is missing"));
        }
    }
    if alarm.has("Statistic") == alarm.has("ExtendedStatistic") {
        findings.error(alarm, RULE, "exactly one of Statistic and ExtendedStatistic has to be given");
    }
    if let Some(statistic) = alarm.text("ExtendedStatistic")
        && !is_extended_statistic(&statistic)
    {
        findings.error(
            alarm,
            RULE,
            format!("ExtendedStatistic {statistic:?} is none, such as p99 or TM(10%:90%)"),
        );
    }
    if alarm.items("Dimensions").len() > MAX_DIMENSIONS {
        findings.error(alarm, RULE, format!("Dimensions has to have at most {MAX_DIMENSIONS} entries"));
    }
}

/// `p99.9`, `tm90`, `IQM`, `PR(1:10)`, …
fn is_extended_statistic(text: &str) -> bool {
    let percent = |text: &str| text.parse::<f64>().is_ok_and(|number| (0.0..=100.0).contains(&number));
    let short =
        ["p", "tm", "tc", "ts", "wm"].iter().any(|prefix| text.strip_prefix(prefix).is_some_and(percent));
    let range = ["PR(", "TM(", "TC(", "TS(", "WM("].iter().any(|prefix| {
        text.strip_prefix(prefix)
            .and_then(|rest| rest.strip_suffix(')'))
            .is_some_and(|range| range.contains(':'))
    });
    short || range || text == "IQM"
}

fn periods(alarm: &Resource, findings: &mut Findings) {
    let whole = |property: &str, findings: &mut Findings| {
        let number = alarm.number(property);
        let is_whole = number.is_some_and(|number| number >= 1.0 && number.fract() == 0.0);
        if alarm.has(property) && !is_whole {
            findings.error(alarm, RULE, format!("{property} has to be a whole number of at least 1"));
        }
        number.filter(|_| is_whole)
    };
    let evaluated = whole("EvaluationPeriods", findings);
    let to_alarm = whole("DatapointsToAlarm", findings);
    if let (Some(evaluated), Some(to_alarm)) = (evaluated, to_alarm)
        && to_alarm > evaluated
    {
        findings.error(
            alarm,
            RULE,
            format!("DatapointsToAlarm ({to_alarm}) exceeds EvaluationPeriods ({evaluated})"),
        );
    }
    let Some(period) = whole("Period", findings) else { return };
    if ![10.0, 20.0, 30.0].contains(&period) && period % 60.0 != 0.0 {
        findings.error(
            alarm,
            RULE,
            format!("Period {period} is neither 10, 20, 30 nor a multiple of 60 seconds"),
        );
    }
    let most = if period >= HOUR { 7.0 * DAY } else { DAY };
    if evaluated.is_some_and(|evaluated| evaluated * period > most) {
        findings.error(
            alarm,
            RULE,
            format!(
                "EvaluationPeriods × Period has to be at most {} for this period",
                if period >= HOUR { "7 days" } else { "a day" }
            ),
        );
    }
}

fn composite_alarm(alarm: &Resource, findings: &mut Findings) {
    match alarm.properties.get("AlarmRule").and_then(text) {
        None => findings.error(alarm, RULE, "AlarmRule is missing"),
        Some(rule) if !length_within(&rule, 1, MAX_RULE) => {
            findings.error(alarm, RULE, format!("AlarmRule has to have 1 to {MAX_RULE} characters"));
        }
        Some(_) => {}
    }
    let periods = ["ActionsSuppressorWaitPeriod", "ActionsSuppressorExtensionPeriod"];
    if alarm.has("ActionsSuppressor") && periods.iter().any(|property| !alarm.has(property)) {
        findings.error(alarm, RULE, format!("ActionsSuppressor needs {}", periods.join(" and ")));
    }
}
