use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use trailbell_sim::logs::{
    Ingested, LogEvent, LogGroup, Logs, LogsError, MAX_BATCH_BYTES, MetricFilter, Rejected, Sample, Warning,
};

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_105_220, 0).unwrap()
}

fn logs() -> Logs {
    let mut logs = Logs::new("123456789012", "us-east-1");
    logs.create_log_group(&LogGroup::named("g")).unwrap();
    logs.create_log_stream("g", "s").unwrap();
    logs
}

fn event(hours: i64, message: &str) -> LogEvent<'_> {
    LogEvent { timestamp: now() + TimeDelta::hours(hours), message: message.into() }
}

fn put(logs: &mut Logs, events: &[LogEvent<'_>]) -> Result<Ingested, LogsError> {
    logs.put_log_events("g", "s", now(), events, &mut Vec::new())
}

fn filter(members: &Value, transformation: &Value) -> MetricFilter {
    let mut one = json!({"MetricName": "m", "MetricNamespace": "n", "MetricValue": "1"});
    one.as_object_mut().unwrap().extend(transformation.as_object().unwrap().clone());
    let mut all = json!({"LogGroupName": "g", "FilterPattern": "", "MetricTransformations": [one]});
    all.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    serde_json::from_value(all).unwrap()
}

#[test]
fn batches_are_refused_whole() {
    let told = |events: &[LogEvent<'_>]| put(&mut logs(), events).unwrap_err().to_string();
    let large = "x".repeat(MAX_BATCH_BYTES);
    let half = "x".repeat(MAX_BATCH_BYTES / 2);
    let said = [
        told(&[]),
        told(&[event(0, "")]),
        told(&vec![event(0, "a"); 10_001]),
        told(&[event(0, &large)]),
        told(&[event(0, &half), event(0, &half)]),
        told(&[event(0, "a"), event(-1, "b")]),
        told(&[event(-25, "a"), event(0, "b")]),
    ];
    insta::assert_snapshot!(said.join("\n"), @"
    InvalidParameterException: 1 validation error detected: Value at 'logEvents' failed to satisfy constraint: Member must have length greater than or equal to 1
    InvalidParameterException: 1 validation error detected: Value at 'logEvents.1.member.message' failed to satisfy constraint: Member must have length greater than or equal to 1
    InvalidParameterException: 1 validation error detected: Value at 'logEvents' failed to satisfy constraint: Member must have length less than or equal to 10000
    InvalidParameterException: Log event too large: 1048602 bytes exceeds limit of 1048576
    InvalidParameterException: Upload too large: 1048628 bytes exceeds limit of 1048576
    InvalidParameterException: Log events in a single PutLogEvents request must be in chronological order.
    InvalidParameterException: The batch of log events in a single PutLogEvents request cannot span more than 24 hours.
    ");
    let most = "x".repeat(MAX_BATCH_BYTES - 26);
    assert_eq!(put(&mut logs(), &[event(0, &most)]).unwrap().accepted, 1);
    assert_eq!(put(&mut logs(), &vec![event(0, "a"); 10_000]).unwrap().accepted, 10_000);
}

#[test]
fn events_are_rejected_one_by_one_for_their_time() {
    let rejected = |events: &[LogEvent<'_>]| put(&mut logs(), events).unwrap();
    let future = rejected(&[event(0, "a"), event(2, "b"), event(3, "c")]);
    assert_eq!((future.accepted, future.rejected.too_new_start), (2, Some(2)));
    let old = rejected(&[event(-14 * 24 - 1, "a"), event(-14 * 24, "b")]);
    assert_eq!((old.accepted, old.rejected.too_old_end), (1, Some(1)));
    let mut logs = logs();
    let short = json!({"LogGroupName": "short", "RetentionInDays": "1"});
    logs.create_log_group(&serde_json::from_value(short).unwrap()).unwrap();
    logs.create_log_stream("short", "s").unwrap();
    let expired =
        logs.put_log_events("short", "s", now(), &[event(-25, "a"), event(-25, "b")], &mut Vec::new());
    let rejected = Rejected { expired_end: Some(2), ..Rejected::default() };
    assert_eq!(expired, Ok(Ingested { accepted: 0, rejected, warnings: Vec::new() }));
}

#[test]
fn groups_and_streams_have_names_that_exist_once() {
    let mut logs = logs();
    let told = |result: Result<(), LogsError>| result.unwrap_err().to_string();
    let said = [
        told(logs.create_log_group(&LogGroup::named("g"))),
        told(logs.create_log_group(&LogGroup::named("a b"))),
        told(logs.create_log_group(&LogGroup::named(""))),
        told(logs.create_log_stream("g", "s")),
        told(logs.create_log_stream("g", "a:b")),
        told(logs.create_log_stream("x", "s")),
        logs.put_log_events("g", "x", now(), &[event(0, "a")], &mut Vec::new()).unwrap_err().to_string(),
    ];
    insta::assert_snapshot!(said.join("\n"), @r"
    ResourceAlreadyExistsException: The specified log group already exists
    InvalidParameterException: 1 validation error detected: Value at 'logGroupName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\.\-_/#A-Za-z0-9]+
    InvalidParameterException: 1 validation error detected: Value at 'logGroupName' failed to satisfy constraint: Member must have length greater than or equal to 1
    ResourceAlreadyExistsException: The specified log stream already exists
    InvalidParameterException: 1 validation error detected: Value at 'logStreamName' failed to satisfy constraint: Member must satisfy regular expression pattern: [^:*]*
    ResourceNotFoundException: The specified log group does not exist.
    ResourceNotFoundException: The specified log stream does not exist.
    ");
}

#[test]
fn filters_that_are_wrong_are_refused() {
    let told = |members: Value, transformation: Value| {
        logs().put_metric_filter(&filter(&members, &transformation)).unwrap_err().message
    };
    let long = "x".repeat(1025);
    let said = [
        told(json!({"FilterName": "a:b"}), json!({})),
        told(json!({"FilterName": ""}), json!({})),
        told(json!({"FilterPattern": long}), json!({})),
        told(json!({"MetricTransformations": []}), json!({})),
        told(json!({}), json!({"MetricName": "a$b"})),
        told(json!({}), json!({"MetricNamespace": ""})),
        told(json!({}), json!({"MetricValue": "inf"})),
        told(json!({}), json!({"MetricValue": "$."})),
        told(json!({}), json!({"MetricValue": "1".repeat(101)})),
        told(json!({"FilterPattern": "ERROR"}), json!({"Dimensions": {"a": "$.a"}})),
    ];
    insta::assert_snapshot!(said.join("\n"), @"
    1 validation error detected: Value at 'filterName' failed to satisfy constraint: Member must satisfy regular expression pattern: [^:*]*
    1 validation error detected: Value at 'filterName' failed to satisfy constraint: Member must have length greater than or equal to 1
    1 validation error detected: Value at 'filterPattern' failed to satisfy constraint: Member must have length less than or equal to 1024
    1 validation error detected: Value at 'metricTransformations' failed to satisfy constraint: Member must have length greater than or equal to 1
    1 validation error detected: Value at 'metricTransformations.1.member.metricName' failed to satisfy constraint: Member must satisfy regular expression pattern: [^:*$]*
    1 validation error detected: Value at 'metricTransformations.1.member.metricNamespace' failed to satisfy constraint: Member must have length greater than or equal to 1
    Invalid metric transformation: metric value inf must be a valid number
    Invalid metric transformation: metric value $. must be a valid number
    1 validation error detected: Value at 'metricTransformations.1.member.metricValue' failed to satisfy constraint: Member must have length less than or equal to 100
    Invalid metric transformation: dimensions are supported only for JSON and space-delimited filter patterns
    ");
}

#[test]
fn a_group_has_a_hundred_filters_at_most_and_the_right_class() {
    let mut logs = logs();
    for number in 0..100 {
        assert_eq!(
            logs.put_metric_filter(&filter(&json!({}), &json!({}))).unwrap(),
            format!("metric-filter-{}", number + 1)
        );
    }
    let more = filter(&json!({"FilterName": "more"}), &json!({}));
    assert_eq!(
        logs.put_metric_filter(&more).unwrap_err().to_string(),
        "LimitExceededException: Resource limit exceeded."
    );
    let same = filter(&json!({"FilterName": "metric-filter-7"}), &json!({}));
    assert!(logs.put_metric_filter(&same).is_ok());
    let infrequent = json!({"LogGroupName": "i", "LogGroupClass": "INFREQUENT_ACCESS"});
    logs.create_log_group(&serde_json::from_value(infrequent).unwrap()).unwrap();
    assert!(logs.put_metric_filter(&filter(&json!({"LogGroupName": "i"}), &json!({}))).is_err());
}

#[test]
fn a_filter_with_too_many_dimensions_is_disabled() {
    let mut logs = logs();
    let by_id = filter(
        &json!({"FilterName": "f", "FilterPattern": "{ $.id = * }"}),
        &json!({"Dimensions": {"id": "$.id"}}),
    );
    logs.put_metric_filter(&by_id).unwrap();
    let messages: Vec<String> = (0..1002).map(|id| format!("{{\"id\":{id}}}")).collect();
    let events: Vec<LogEvent<'_>> = messages.iter().map(|message| event(0, message)).collect();
    let mut samples: Vec<Sample> = Vec::new();
    let ingested = logs.put_log_events("g", "s", now(), &events, &mut samples).unwrap();
    assert_eq!(samples.len(), 1000);
    assert_eq!(ingested.warnings, [Warning::FilterDisabled { filter: "f".into() }]);
    let before = samples.len();
    logs.put_log_events("g", "s", now(), &events[..1], &mut samples).unwrap();
    assert_eq!(samples.len(), before);
}
