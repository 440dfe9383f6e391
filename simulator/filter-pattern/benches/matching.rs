//! Ten, fifty and three hundred patterns over real events, against parsing the same bytes into a `serde_json::Value`.
//!
//! The events and patterns are those beside the project (`$TRAILBELL_DATA`); where they are missing, generated ones.
//! Besides criterion's report, prints events and bytes a second, and each rate in relation to the parse.

use std::hint::black_box;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use cloudwatch_filter_pattern::{FilterPattern, Matcher, PatternKind, PatternSet};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use flate2::read::MultiGzDecoder;
use serde_json::Value;

fn folder() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folder = std::env::var_os("TRAILBELL_DATA").map_or(beside, PathBuf::from);
    folder.is_dir().then_some(folder)
}

/// As many events as a round of measuring takes.
const EVENTS: usize = 2_000;

fn real_events(folder: &Path) -> Option<Vec<String>> {
    let file =
        std::fs::File::open(folder.join("cloudtrail/sans504-s3-ransomware/events_delivery_order.jsonl.gz"));
    let mut text = String::new();
    MultiGzDecoder::new(file.ok()?).read_to_string(&mut text).ok()?;
    // Spread over the whole, which begins with many of one kind.
    let lines: Vec<&str> = text.lines().collect();
    let step = (lines.len() / EVENTS).max(1);
    Some(lines.into_iter().step_by(step).take(EVENTS).map(str::to_owned).collect())
}

const NAMES: [&str; 8] = [
    "DescribeInstances",
    "GetObject",
    "AssumeRole",
    "ConsoleLogin",
    "StopLogging",
    "PutBucketPolicy",
    "ListFunctions20150331",
    "AuthorizeSecurityGroupIngress",
];

fn generated_events() -> Vec<String> {
    let event = |number: usize| {
        let name = NAMES[number % NAMES.len()];
        format!(
            r#"{{"eventVersion":"1.08","userIdentity":{{"type":"AssumedRole","principalId":"AROAEXAMPLE{number}:session","arn":"arn:aws:sts::123456789012:assumed-role/ops/session","accountId":"123456789012","accessKeyId":"ASIAEXAMPLE{number}","sessionContext":{{"sessionIssuer":{{"type":"Role","arn":"arn:aws:iam::123456789012:role/ops","userName":"ops"}},"attributes":{{"creationDate":"2026-01-31T23:59:59Z","mfaAuthenticated":"false"}}}}}},"eventTime":"2026-01-31T23:59:59Z","eventSource":"ec2.amazonaws.com","eventName":"{name}","awsRegion":"eu-west-1","sourceIPAddress":"192.0.2.{}","userAgent":"aws-cli/2.15.0 Python/3.11.6 Linux/6.1 exe/x86_64","requestParameters":{{"instancesSet":{{"items":[{{"instanceId":"i-{number:017x}"}}]}},"filterSet":{{}}}},"responseElements":null,"requestID":"00000000-0000-0000-0000-{number:012}","eventID":"11111111-1111-1111-1111-{number:012}","readOnly":true,"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"123456789012","eventCategory":"Management"}}"#,
            number % 256
        )
    };
    (0..EVENTS).map(event).collect()
}

fn real_patterns(folder: &Path) -> Option<Vec<String>> {
    let cases: Value =
        serde_json::from_slice(&std::fs::read(folder.join("filter_patterns.json")).ok()?).ok()?;
    Some(cases.as_array()?.iter().filter_map(|case| case["pattern"].as_str().map(str::to_owned)).collect())
}

fn generated_pattern(number: usize) -> String {
    let name = NAMES[number % NAMES.len()];
    format!("{{ ($.eventName = {name}{number}) && ($.userIdentity.type != \"AWSService\") }}")
}

/// Which of the patterns are taken.
#[derive(Clone, Copy, PartialEq)]
enum Kinds {
    /// JSON patterns, those for CloudTrail first, as in the templates of alarms.
    Json,
    /// All, terms and regular expressions over the whole event among them.
    All,
}

/// The first ones that parse, filled up with generated ones.
fn patterns(texts: &[String], count: usize, kinds: Kinds) -> PatternSet {
    let is_for_cloudtrail = |text: &&String| text.contains("$.eventName") || text.contains("$.errorCode");
    let (first, last): (Vec<&String>, Vec<&String>) = texts.iter().partition(is_for_cloudtrail);
    let real = first.into_iter().chain(last).filter_map(|text| FilterPattern::parse(text).ok());
    let wanted = real.filter(|pattern| kinds == Kinds::All || pattern.kind() == PatternKind::Json);
    let generated = (0..).filter_map(|number| FilterPattern::parse(&generated_pattern(number)).ok());
    PatternSet::new(wanted.chain(generated).take(count))
}

/// Does something with events.
type Job<'j> = Box<dyn FnMut(&[String]) + 'j>;

/// The time that each job takes for all events. They are measured in small pieces, jobs taking turns, and of each piece
/// the least time of many rounds counts: what else the machine does is left out.
fn least_times(jobs: &mut [Job<'_>], events: &[String]) -> Vec<Duration> {
    const ROUNDS: usize = 40;
    const PIECE: usize = 50;
    let mut times = vec![Duration::ZERO; jobs.len()];
    for piece in events.chunks(PIECE) {
        let mut least = vec![Duration::MAX; jobs.len()];
        for _ in 0..ROUNDS {
            for (job, least) in jobs.iter_mut().zip(&mut least) {
                let start = Instant::now();
                job(piece);
                *least = start.elapsed().min(*least);
            }
        }
        times.iter_mut().zip(least).for_each(|(time, least)| *time += least);
    }
    times
}

fn rate(what: &str, events: &[String], taken: Duration, parse: Duration) {
    let seconds = taken.as_secs_f64();
    let bytes: usize = events.iter().map(String::len).sum();
    #[allow(clippy::cast_precision_loss)]
    let (events, megabytes) = (events.len() as f64 / seconds, bytes as f64 / seconds / 1e6);
    let relation = parse.as_secs_f64() / seconds;
    println!("{what:>17}: {events:>9.0} events/s  {megabytes:>6.0} MB/s  {relation:>5.2} x the parse");
}

fn matching(criterion: &mut Criterion) {
    let folder = folder();
    let events = folder.as_deref().and_then(real_events).unwrap_or_else(|| {
        println!("no real data (set TRAILBELL_DATA): generated events");
        generated_events()
    });
    let texts = folder.as_deref().and_then(real_patterns).unwrap_or_default();
    let sets = [(10, Kinds::Json), (50, Kinds::Json), (300, Kinds::Json), (300, Kinds::All)]
        .map(|(count, kinds)| (name(count, kinds), patterns(&texts, count, kinds)));
    let parse_all = |events: &[String]| {
        for event in events {
            black_box(serde_json::from_slice::<Value>(black_box(event.as_bytes())).ok());
        }
    };
    let match_all = |matcher: &mut Matcher<'_>, events: &[String]| {
        for event in events {
            black_box(matcher.matches(black_box(event)));
        }
    };
    let mut jobs: Vec<Job<'_>> = vec![Box::new(parse_all)];
    for (_, set) in &sets {
        let mut matcher = set.matcher();
        jobs.push(Box::new(move |events| match_all(&mut matcher, events)));
    }
    let times = least_times(&mut jobs, &events);
    let names = std::iter::once("serde_json::Value").chain(sets.iter().map(|(name, _)| name.as_str()));
    for (name, &taken) in names.zip(&times) {
        rate(name, &events, taken, times[0]);
    }
    let mut group = criterion.benchmark_group("matching");
    group.sample_size(10).throughput(Throughput::Bytes(events.iter().map(|event| event.len() as u64).sum()));
    group.bench_function("serde_json::Value", |bencher| bencher.iter(|| parse_all(&events)));
    for (name, set) in &sets {
        group.bench_function(name.as_str(), |bencher| {
            let mut matcher = set.matcher();
            bencher.iter(|| match_all(&mut matcher, &events));
        });
    }
    group.finish();
}

fn name(count: usize, kinds: Kinds) -> String {
    format!("{count} {}", if kinds == Kinds::All { "of all kinds" } else { "JSON patterns" })
}

criterion_group!(benches, matching);
criterion_main!(benches);
