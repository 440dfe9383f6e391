//! What the VRL functions cost, beside the same work done with `serde_json` in Rust: `cargo bench --bench functions`.
//!
//! Each pair has the same input and gives the same fields. What a function costs more is VRL's value (a tree of maps,
//! every text a copy of its own) and the call; what it costs less than VRL's standard library is not measured here.

#![allow(missing_docs)]

use std::hint::black_box;

use cloudwatch_filter_pattern::FilterPattern;
use criterion::{Criterion, criterion_group, criterion_main};
use serde::{Deserialize, Serialize};
use vrl::compiler::runtime::Runtime;
use vrl::compiler::{Program, TargetValueRef, TimeZone, compile};
use vrl::diagnostic::Formatter;
use vrl::value::{ObjectMap, Secrets, Value};

/// The sample of Opsgenie's page on the CloudTrail integration, as SNS posted it.
const ENVELOPE: &str = include_str!("../fixtures/sns/seed-sample.json");
const EVENT: &str = r#"{"eventVersion":"1.08","userIdentity":{"type":"Root","accountId":"123456789012"},"eventTime":"2026-09-22T19:21:07Z","eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin","awsRegion":"us-east-1","sourceIPAddress":"203.0.113.7","responseElements":{"ConsoleLogin":"Success"},"additionalEventData":{"MFAUsed":"No"}}"#;
const PATTERN: &str = r#"{ $.eventName = "ConsoleLogin" && $.additionalEventData.MFAUsed != "Yes" }"#;

/// The members of the envelope, borrowed where JSON's escapes allow it.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Envelope<'a> {
    r#type: &'a str,
    message_id: &'a str,
    topic_arn: &'a str,
    message: String,
    timestamp: chrono::DateTime<chrono::Utc>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Alarm {
    alarm_name: String,
    alarm_description: Option<String>,
    #[serde(rename = "AWSAccountId")]
    account: String,
    new_state_value: String,
    new_state_reason: String,
    state_change_time: String,
    region: String,
    old_state_value: String,
    trigger: Trigger,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Trigger {
    metric_name: String,
    namespace: String,
    statistic: String,
    unit: Option<String>,
    period: i64,
    evaluation_periods: i64,
    comparison_operator: String,
    threshold: f64,
    treat_missing_data: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Login<'a> {
    event_name: &'a str,
    #[serde(borrow)]
    additional_event_data: Option<LoginData<'a>>,
}

#[derive(Deserialize)]
struct LoginData<'a> {
    #[serde(rename = "MFAUsed")]
    mfa_used: Option<&'a str>,
}

/// A program that is ready to run on one text, its event's `text`.
struct Call {
    program: Program,
    runtime: Runtime,
    zone: TimeZone,
    event: Value,
    metadata: Value,
}

impl Call {
    fn new(source: &str, text: &str) -> Result<Self, String> {
        let mut functions = vrl::stdlib::all();
        functions.extend(trailbell::functions::all());
        let program = compile(source, &functions)
            .map_err(|diagnostics| Formatter::new(source, diagnostics).to_string())?
            .program;
        let zone = TimeZone::parse("UTC").unwrap_or_default();
        let event = Value::Object(ObjectMap::from([("text".into(), text.into())]));
        let metadata = Value::Object(ObjectMap::new());
        Ok(Self { program, runtime: Runtime::default(), zone, event, metadata })
    }

    fn run(&mut self) -> Option<Value> {
        let mut secrets = Secrets::default();
        let mut target =
            TargetValueRef { value: &mut self.event, metadata: &mut self.metadata, secrets: &mut secrets };
        let result = self.runtime.resolve(black_box(&mut target), &self.program, &self.zone);
        self.runtime.clear();
        result.ok()
    }
}

/// One pair: the call, and the plain Rust.
fn pair<T>(
    criterion: &mut Criterion,
    name: &str,
    call: Result<Call, String>,
    mut plain: impl FnMut() -> Option<T>,
) {
    assert!(plain().is_some(), "{name}: the plain work fails");
    let mut group = criterion.benchmark_group(name);
    match call {
        Ok(mut call) => {
            assert!(call.run().is_some(), "{name}: the call fails");
            group.bench_function("VRL", |bencher| bencher.iter(|| call.run()));
        }
        Err(diagnostic) => panic!("{name}: {diagnostic}"),
    }
    group.bench_function("serde_json", |bencher| bencher.iter(&mut plain));
    group.finish();
}

fn functions(criterion: &mut Criterion) {
    pair(criterion, "parse_sns_message", Call::new("parse_sns_message!(.text)", ENVELOPE), || {
        serde_json::from_str::<Envelope<'_>>(black_box(ENVELOPE))
            .map(|envelope| {
                let lengths = envelope.r#type.len() + envelope.message_id.len() + envelope.topic_arn.len();
                (lengths, envelope.message, envelope.timestamp)
            })
            .ok()
    });

    let message = serde_json::from_str::<Envelope<'_>>(ENVELOPE).map(|envelope| envelope.message);
    let message = message.unwrap_or_default();
    let call = Call::new("parse_cloudwatch_alarm!(.text)", &message);
    pair(criterion, "parse_cloudwatch_alarm", call, || {
        serde_json::from_str::<Alarm>(black_box(&message))
            .map(|alarm| {
                let changed_at =
                    chrono::DateTime::parse_from_str(&alarm.state_change_time, "%Y-%m-%dT%H:%M:%S%.f%z");
                (alarm, changed_at)
            })
            .ok()
    });

    let source = format!("match_cloudwatch_filter_pattern!(.text, s'{PATTERN}')");
    pair(criterion, "match_cloudwatch_filter_pattern", Call::new(&source, EVENT), || {
        serde_json::from_str::<Login<'_>>(black_box(EVENT)).ok().map(|login| {
            let mfa = login.additional_event_data.and_then(|data| data.mfa_used);
            login.event_name == "ConsoleLogin" && mfa.is_some_and(|used| used != "Yes")
        })
    });
    if let Ok(pattern) = FilterPattern::parse(PATTERN) {
        criterion.bench_function("match_cloudwatch_filter_pattern/the crate alone", |bencher| {
            bencher.iter(|| pattern.matches(black_box(EVENT)));
        });
    }

    let alert = r#"opsgenie_alert("ALARM: RootLogin", "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:RootLogin",
        description: "The root user signed in.", tags: ["account:123456789012"], priority: "P1",
        details: { "AWSAccountId": "123456789012", "NewStateValue": "ALARM" })"#;
    pair(criterion, "opsgenie_alert", Call::new(alert, ""), || {
        let body = serde_json::json!({
            "message": black_box("ALARM: RootLogin"),
            "alias": "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:RootLogin",
            "description": "The root user signed in.",
            "tags": ["account:123456789012"],
            "priority": "P1",
            "details": { "AWSAccountId": "123456789012", "NewStateValue": "ALARM" },
        });
        let within = body.as_object().map(trailbell::opsgenie::limits::exceeded);
        within.map(|within| (within, body))
    });
}

criterion_group!(benches, functions);
criterion_main!(benches);
