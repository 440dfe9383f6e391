//! How fast events are read, generated and turned into samples, on one core.
#![allow(missing_docs)]

use std::borrow::Cow;
use std::fmt::Write;
use std::hint::black_box;
use std::path::PathBuf;

use chrono::{DateTime, TimeDelta, Utc};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use serde_json::{Value, json};
use trailbell_sim::cloudtrail::{Archive, Events, Generator, Settings};
use trailbell_sim::logs::{LogEvent, LogGroup, Logs};

/// Events of a real account where they are at hand, else generated ones.
fn corpus() -> Vec<String> {
    let data = std::env::var_os("TRAILBELL_DATA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"), PathBuf::from);
    let real = data.join("cloudtrail/sans504-s3-ransomware/events_delivery_order.jsonl.gz");
    if real.exists()
        && let Ok(archive) = Archive::open(&[real])
    {
        return archive.flatten().map(|event| event.text).collect();
    }
    eprintln!("SKIPPED: no real events; set TRAILBELL_DATA. Generated ones are measured instead");
    Generator::new(&Settings { rate: 500.0, ..Settings::default() }).map(|event| event.text).collect()
}

/// Filters of the kind that templates of alarms have, each with a default value.
fn filters(count: usize) -> Option<Logs> {
    let names = [
        "AuthorizeSecurityGroupIngress",
        "CreateNetworkAcl",
        "AttachInternetGateway",
        "CreateVpc",
        "RunInstances",
        "StopLogging",
        "ConsoleLogin",
        "AttachUserPolicy",
        "PutBucketPolicy",
        "DisableKey",
    ];
    let mut logs = Logs::new("123456789012", "us-east-1");
    logs.create_log_group(&LogGroup::named("g")).ok()?;
    logs.create_log_stream("g", "s").ok()?;
    for (name, number) in names.iter().cycle().zip(0..count) {
        let pattern = format!(
            "{{ ($.eventName = {name}) || ($.eventName = {name}{number}) || ($.errorCode = \"{name}*\") }}"
        );
        let filter = json!({"FilterName": format!("f{number}"), "LogGroupName": "g", "FilterPattern": pattern,
            "MetricTransformations": [{"MetricName": name, "MetricNamespace": "n", "MetricValue": "1", "DefaultValue": 0}]});
        logs.put_metric_filter(&serde_json::from_value(filter).ok()?).ok()?;
    }
    Some(logs)
}

fn events(criterion: &mut Criterion) {
    let corpus = corpus();
    let lines = corpus.join("\n");
    let mut file = "{\"Records\":[".to_owned();
    for (place, text) in corpus.iter().enumerate() {
        let _ = write!(file, "{}{text}", if place == 0 { "" } else { "," });
    }
    file.push_str("]}");
    let count = corpus.len() as u64;

    let mut group = criterion.benchmark_group("events");
    group.sample_size(10).throughput(Throughput::Elements(count));
    group.bench_function("parse as serde_json::Value, to compare", |bencher| {
        bencher.iter(|| corpus.iter().filter(|text| serde_json::from_str::<Value>(text).is_ok()).count());
    });
    for (name, text) in [("read lines", &lines), ("read a log file", &file)] {
        group.bench_function(name, |bencher| {
            bencher.iter(|| Events::new(text.as_bytes(), "bench".as_ref()).flatten().count());
        });
    }
    let start = DateTime::<Utc>::UNIX_EPOCH;
    for filter_count in [10, 100] {
        let Some(mut logs) = filters(filter_count) else { continue };
        group.bench_function(format!("logs to samples, {filter_count} filters"), |bencher| {
            bencher.iter(|| {
                let mut total = 0;
                let mut samples = Vec::new();
                for batch in corpus.chunks(100) {
                    let event = |text| LogEvent { timestamp: start, message: Cow::Borrowed(text) };
                    let events: Vec<LogEvent<'_>> = batch.iter().map(String::as_str).map(event).collect();
                    samples.clear();
                    if logs.put_log_events("g", "s", start, &events, &mut samples).is_ok() {
                        total += samples.len();
                    }
                }
                black_box(total)
            });
        });
    }
    let settings = Settings { rate: 300.0, duration: TimeDelta::hours(1), ..Settings::default() };
    group.throughput(Throughput::Elements(Generator::new(&settings).count() as u64));
    group.bench_function("generate", |bencher| {
        bencher.iter(|| Generator::new(&settings).map(|event| event.text.len()).sum::<usize>());
    });
    group.finish();
}

criterion_group!(benches, events);
criterion_main!(benches);
