use serde_json::json;
use trailbell_sim::alarms::{Datapoint, Definition};

use super::support::{alarms, time};

/// The reason of an alarm of 60 s, evaluated at 14:23:00 of 3 July 2018; datapoints oldest first.
fn reason(n: u32, m: Option<u32>, operator: &str, threshold: f64, treat: &str, datapoints: &str) -> String {
    let alarm = json!({"AlarmName": "a", "Namespace": "n", "MetricName": "m", "Statistic": "Sum", "Period": 60,
        "EvaluationPeriods": n, "DatapointsToAlarm": m, "Threshold": threshold, "ComparisonOperator": operator,
        "TreatMissingData": treat});
    let now = time("2018-07-03T14:23:00Z");
    let mut alarms = alarms();
    alarms.put_metric_alarm(serde_json::from_value(alarm).unwrap(), now).unwrap();
    let Definition::Metric(_, condition) = alarms.get("a").unwrap().definition() else {
        panic!("no metric alarm")
    };
    let datapoint = |word: &str| word.parse().ok().map(|value| Datapoint { value, sample_count: Some(1.0) });
    let newest_first: Vec<_> = datapoints.split(' ').rev().map(datapoint).collect();
    let assessment = condition.assess_datapoints(&newest_first, condition.schedule.newest_end(now), now);
    assessment.map_or_else(String::new, |assessment| assessment.reason)
}

const GE: &str = "GreaterThanOrEqualToThreshold";
const GT: &str = "GreaterThanThreshold";
const LT: &str = "LessThanThreshold";
const LE: &str = "LessThanOrEqualToThreshold";

#[test]
#[allow(clippy::too_many_lines, reason = "a table, one row for each kind")]
fn each_kind_of_reason_is_worded_as_cloudwatch_words_it() {
    for (n, m, operator, threshold, treat, datapoints, expected) in [
        (
            1,
            None,
            GE,
            1.0,
            "missing",
            "1",
            "Threshold Crossed: 1 datapoint [1.0 (03/07/18 14:22:00)] was greater than or equal to the threshold (1.0).",
        ),
        (
            3,
            None,
            GT,
            0.0,
            "missing",
            "1 3 2",
            "Threshold Crossed: 3 datapoints [2.0 (03/07/18 14:22:00), 3.0 (03/07/18 14:21:00), 1.0 (03/07/18 14:20:00)] were greater than the threshold (0.0).",
        ),
        (
            5,
            None,
            GE,
            80.0,
            "missing",
            "81 82 83 84 85",
            "Threshold Crossed: 5 datapoints were greater than or equal to the threshold (80.0). The most recent datapoints which crossed the threshold: [85.0 (03/07/18 14:22:00), 84.0 (03/07/18 14:21:00), 83.0 (03/07/18 14:20:00), 82.0 (03/07/18 14:19:00), 81.0 (03/07/18 14:18:00)].",
        ),
        (
            6,
            None,
            LE,
            0.0,
            "missing",
            "0 0 0 0 0 0",
            "Threshold Crossed: 6 datapoints were less than or equal to the threshold (0.0). The most recent datapoints which crossed the threshold: [0.0 (03/07/18 14:22:00), 0.0 (03/07/18 14:21:00), 0.0 (03/07/18 14:20:00), 0.0 (03/07/18 14:19:00), 0.0 (03/07/18 14:18:00)].",
        ),
        (
            5,
            Some(5),
            LT,
            65.0,
            "missing",
            "0 0 0 0 0",
            "Threshold Crossed: 5 out of the last 5 datapoints were less than the threshold (65.0). The most recent datapoints which crossed the threshold: [0.0 (03/07/18 14:22:00), 0.0 (03/07/18 14:21:00), 0.0 (03/07/18 14:20:00), 0.0 (03/07/18 14:19:00), 0.0 (03/07/18 14:18:00)] (minimum 5 datapoints for OK -> ALARM transition).",
        ),
        (
            3,
            Some(2),
            GT,
            1.0,
            "missing",
            "2 1 2",
            "Threshold Crossed: 2 out of the last 3 datapoints [2.0 (03/07/18 14:22:00), 2.0 (03/07/18 14:20:00)] were greater than the threshold (1.0) (minimum 2 datapoints for OK -> ALARM transition).",
        ),
        (
            3,
            Some(2),
            GT,
            1.0,
            "missing",
            "2 3 4",
            "Threshold Crossed: 3 out of the last 3 datapoints [4.0 (03/07/18 14:22:00), 3.0 (03/07/18 14:21:00), 2.0 (03/07/18 14:20:00)] were greater than the threshold (1.0) (minimum 2 datapoints for OK -> ALARM transition).",
        ),
        (
            1,
            Some(1),
            GT,
            50.0,
            "missing",
            "99.5",
            "Threshold Crossed: 1 out of the last 1 datapoints [99.5 (03/07/18 14:22:00)] was greater than the threshold (50.0) (minimum 1 datapoint for OK -> ALARM transition).",
        ),
        (
            1,
            Some(1),
            GT,
            50.0,
            "missing",
            "0.0666851903306472",
            "Threshold Crossed: 1 out of the last 1 datapoints [0.0666851903306472 (03/07/18 14:22:00)] was not greater than the threshold (50.0) (minimum 1 datapoint for ALARM -> OK transition).",
        ),
        (
            1,
            None,
            GT,
            0.0,
            "missing",
            "0",
            "Threshold Crossed: 1 datapoint [0.0 (03/07/18 14:22:00)] was not greater than the threshold (0.0).",
        ),
        (
            8,
            None,
            LE,
            0.0,
            "breaching",
            "- - - - - - - 2",
            "Threshold Crossed: 1 datapoint [2.0 (03/07/18 14:22:00)] was not less than or equal to the threshold (0.0) and 7 missing datapoints were treated as [Breaching].",
        ),
        (
            20,
            Some(1),
            GE,
            1.0,
            "notBreaching",
            "613",
            "Threshold Crossed: 1 out of the last 20 datapoints [613.0 (03/07/18 14:22:00)] was greater than or equal to the threshold (1.0) and 19 missing datapoints were treated as [NonBreaching] (minimum 1 datapoint for OK -> ALARM transition).",
        ),
        (
            1,
            None,
            GT,
            0.0,
            "notBreaching",
            "-",
            "Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [NonBreaching].",
        ),
        (
            3,
            Some(3),
            GT,
            0.0,
            "breaching",
            "- - -",
            "Threshold Crossed: no datapoints were received for 3 periods and 3 missing datapoints were treated as [Breaching].",
        ),
        (
            3,
            Some(2),
            GT,
            0.0,
            "breaching",
            "- 0 -",
            "Threshold Crossed: 1 datapoint was received for 3 periods and 2 missing datapoints were treated as [Breaching].",
        ),
        (1, None, GT, 0.0, "missing", "-", "Insufficient Data: 1 datapoint was unknown."),
        (3, Some(2), GT, 0.0, "missing", "-", "Insufficient Data: 3 datapoints were unknown."),
        (
            1,
            None,
            GT,
            1e7,
            "missing",
            "12345678.9",
            "Threshold Crossed: 1 datapoint [1.23456789E7 (03/07/18 14:22:00)] was greater than the threshold (1.0E7).",
        ),
        (3, None, GT, 0.0, "ignore", "- - 1", ""),
    ] {
        assert_eq!(
            reason(n, m, operator, threshold, treat, datapoints),
            expected,
            "{m:?} of {n}: {datapoints}"
        );
    }
}
