//! A virtual month: a million events, twenty alarms, on one core.
//!
//! `cargo bench -p trailbell-sim --bench month` prints the time it took, events a second, and the memory after each
//! quarter and at its peak. `MONTH_EVENTS` asks for another number of events: what alarms look for happens equally often
//! then, so that alarms have the same history, and memory is to stay the same.

use std::error::Error;
use std::fmt::{Display, Write as _};
use std::fs;
use std::time::Instant;

use chrono::format::StrftimeItems;
use chrono::{DateTime, TimeDelta, Utc};
use trailbell_sim::cloudformation::{Environment, Stack};
use trailbell_sim::engine::{Entry, Settings, Simulated, World};

const ALARMS: usize = 20;
const DAYS: i64 = 30;
/// How many events are those that an alarm looks for.
const FOUND: u32 = 500;

/// Event names that alarms look for, and what else a busy account does.
const WATCHED: [&str; 10] = [
    "StopLogging",
    "AuthorizeSecurityGroupIngress",
    "CreateNetworkAcl",
    "AttachInternetGateway",
    "CreateVpc",
    "RunInstances",
    "PutBucketPolicy",
    "AttachRolePolicy",
    "DeleteTrail",
    "ScheduleKeyDeletion",
];
const OTHERS: [&str; 8] = [
    "DescribeInstances",
    "AssumeRole",
    "GetObject",
    "ListBuckets",
    "DescribeLogStreams",
    "PutObject",
    "Decrypt",
    "GetCallerIdentity",
];

fn main() -> Result<(), Box<dyn Error>> {
    let events: u32 = std::env::var("MONTH_EVENTS").ok().map_or(Ok(1_000_000), |text| text.parse())?;
    let environment = Environment::default();
    let stack = Stack::read(&template(), &environment)?;
    let start: DateTime<Utc> = "2026-09-01T00:00:00Z".parse()?;
    let settings = Settings { environment, seed: 1, deliver: true, ..Settings::default() };

    let began = Instant::now();
    let mut world = World::new(&stack, &settings, start)?;
    let made = began.elapsed();
    let mut entries: u64 = 0;
    let mut count = |_: Entry| entries += 1;
    let mut subscriber = Simulated::new(1);
    let step = TimeDelta::days(DAYS) / i32::try_from(events)?;
    let time_format = StrftimeItems::new("%Y-%m-%dT%H:%M:%SZ").parse()?;
    let mut memory = Vec::new();
    let mut record = String::new();
    for number in 0..events {
        let at = start + step * i32::try_from(number)?;
        world.run(at, &mut subscriber, &mut count)?;
        let found = number.is_multiple_of((events / FOUND).max(1));
        let name = if found {
            WATCHED[(number / (events / FOUND).max(1)) as usize % WATCHED.len()]
        } else {
            OTHERS[number as usize % OTHERS.len()]
        };
        write_record(&mut record, number, name, at.format_with_items(time_format.iter()))?;
        world.event(&record, at)?;
        if number % (events / 4).max(1) == events / 4 - 1 {
            memory.push(kib("VmRSS:"));
        }
    }
    world.run(start + TimeDelta::days(DAYS), &mut subscriber, &mut count)?;
    let took = began.elapsed();

    let tally = world.tally();
    let changes: usize = tally.states.values().map(Vec::len).sum();
    println!("{events} events, {ALARMS} alarms, {DAYS} days: {:.2} s", took.as_secs_f64());
    println!("  of which keys and certificates: {:.2} s", made.as_secs_f64());
    println!("  {:.0} events a second", f64::from(events) / took.saturating_sub(made).as_secs_f64());
    println!(
        "  {changes} changes of state, {} notifications, {} delivered",
        tally.notifications, tally.delivered
    );
    println!("  {entries} entries of the timeline");
    println!("  resident after each quarter: {memory:?} KiB, at the peak: {} KiB", kib("VmHWM:"));
    Ok(())
}

/// Ten filters that each feed two alarms, one of which closes.
fn template() -> String {
    let mut resources = vec![
        r#""Topic": {"Type": "AWS::SNS::Topic", "Properties": {"Subscription": [
            {"Endpoint": "https://example.org/", "Protocol": "https"}]}}"#
            .to_owned(),
    ];
    for (number, name) in WATCHED.iter().enumerate() {
        resources.push(format!(
            r#""Filter{number}": {{"Type": "AWS::Logs::MetricFilter", "Properties": {{"LogGroupName": "trail",
                "FilterPattern": "{{ ($.eventName = {name}) && ($.errorCode NOT EXISTS) }}",
                "MetricTransformations": [{{"MetricNamespace": "N", "MetricName": "M{number}", "MetricValue": "1",
                    "DefaultValue": 0}}]}}}}"#
        ));
    }
    for number in 0..ALARMS {
        let (metric, missing) =
            (number % WATCHED.len(), if number < WATCHED.len() { "notBreaching" } else { "missing" });
        resources.push(format!(
            r#""Alarm{number}": {{"Type": "AWS::CloudWatch::Alarm", "Properties": {{"AlarmName": "alarm-{number}",
                "Namespace": "N", "MetricName": "M{metric}", "Statistic": "Sum", "Period": 300,
                "EvaluationPeriods": 1, "Threshold": 1, "TreatMissingData": "{missing}",
                "ComparisonOperator": "GreaterThanOrEqualToThreshold",
                "AlarmActions": [{{"Ref": "Topic"}}], "OKActions": [{{"Ref": "Topic"}}]}}}}"#
        ));
    }
    format!("{{\"Resources\": {{{}}}}}", resources.join(",\n"))
}

/// A record of about 900 bytes.
fn write_record(
    record: &mut String,
    number: u32,
    name: &str,
    time: impl Display,
) -> Result<(), std::fmt::Error> {
    let time = time.to_string();
    record.clear();
    write!(
        record,
        "{{\"eventVersion\":\"1.11\",\"userIdentity\":{{\"type\":\"AssumedRole\",\"principalId\":\"AROAEXAMPLE:i-{number}\",\
         \"arn\":\"arn:aws:sts::123456789012:assumed-role/app/i-{number}\",\"accountId\":\"123456789012\",\
         \"accessKeyId\":\"ASIAEXAMPLE\",\"sessionContext\":{{\"sessionIssuer\":{{\"type\":\"Role\",\
         \"principalId\":\"AROAEXAMPLE\",\"arn\":\"arn:aws:iam::123456789012:role/app\",\"accountId\":\"123456789012\",\
         \"userName\":\"app\"}},\"attributes\":{{\"creationDate\":\"{time}\",\"mfaAuthenticated\":\"false\"}}}}}},\
         \"eventTime\":\"{time}\",\"eventSource\":\"example.amazonaws.com\",\"eventName\":\"{name}\",\
         \"awsRegion\":\"us-east-1\",\"sourceIPAddress\":\"198.51.100.7\",\"userAgent\":\"aws-sdk/2\",\
         \"requestParameters\":{{\"id\":\"r-{number}\"}},\"responseElements\":null,\
         \"requestID\":\"{number:032x}\",\"eventID\":\"{number:032x}\",\"readOnly\":true,\"eventType\":\"AwsApiCall\",\
         \"managementEvent\":true,\"recipientAccountId\":\"123456789012\",\"eventCategory\":\"Management\"}}"
    )
}

/// What Linux says of this process's memory; 0 elsewhere.
fn kib(name: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
