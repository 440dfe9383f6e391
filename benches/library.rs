//! What the library costs on one core, without a socket: `cargo bench --bench library`.
//!
//! The message is the sample of Opsgenie's page on the CloudTrail integration (about 2 kB), signed with version 2.
//! Everything is measured on that one message, with the certificate parsed and the programs compiled beforehand, as
//! they are in a running server.
//!
//! criterion's own report comes first, one measurement after the other. The table comes from short rounds in which all of
//! them take turns; it tells the rate of the best tenth, which nothing else on the machine disturbed.
//!
//! How to read the table: the unit is a bare RSA verification by aws-lc-rs, of a text of the same length, in the same
//! run. A ratio of 0.9 means that everything around RSA (JSON, checks, base64, canonical string) takes a tenth of the
//! time. Ratios travel between machines better than rates do, because RSA is most of the work.

#![allow(missing_docs)]

#[expect(dead_code, reason = "the measurement of the server uses the rest")]
mod support;

use std::hint::black_box;
use std::time::Duration;

use chrono::{DateTime, Utc};
use criterion::Criterion;
use support::messages::SampleTopic;
use support::table::Table;
use support::unit::{BareVerification, percentile, rate};
use trailbell::sns::{AllowList, Envelope, Policy, Refusal, SigningCertificate, Verified};
use trailbell::transform::{Input, Outcome, Runner, Transform};

/// Rounds for the table, and how long each measurement is in each. Short ones fit between the interruptions of a busy
/// machine; the best tenth of them was left alone.
const ROUNDS: usize = 1_000;
const ROUND: Duration = Duration::from_millis(2);
const UNDISTURBED: usize = 90;

/// What is measured, ready to run.
struct Bench {
    policy: Policy,
    certificate: SigningCertificate,
    body: Vec<u8>,
    now: DateTime<Utc>,
    runner: Runner,
}

impl Bench {
    /// Not inlined, so that profilers can tell it from the rest.
    #[inline(never)]
    fn verify(&self) -> Result<Verified<Envelope>, Refusal> {
        let Ok(envelope) = Envelope::parse(black_box(&self.body)) else { return Err(Refusal::Signature) };
        self.policy.admit(envelope, self.now)?.verify(&self.certificate, self.now)
    }

    #[inline(never)]
    fn map(&mut self, message: &Envelope) -> Outcome {
        self.runner.run(Input::from_members(black_box(message).mapping_members()))
    }
}

fn main() -> support::Result<()> {
    let now = DateTime::from_timestamp(1_790_105_220, 0).ok_or("no such time")?;
    let mut topic = SampleTopic::new("sns.us-east-1.amazonaws.com", now)?;
    let signed = topic.message(now)?;
    let bare = BareVerification::of(&signed, &topic.certificate)?;
    let mut bench = Bench {
        policy: Policy::new(AllowList::new(vec![topic.arn().parse()?])),
        certificate: SigningCertificate::from_pem(topic.certificate.pem.as_bytes())?,
        body: signed.to_json().into_bytes(),
        now,
        runner: Transform::builder().build()?.runner(),
    };
    let message = bench.verify()?;
    if !matches!(bench.map(&message), Outcome::Mapped(_)) {
        return Err("the sample is not mapped".into());
    }

    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(4))
        .configure_from_args();
    criterion.bench_function("bare RSA verification", |bencher| bencher.iter(|| bare.holds()));
    criterion.bench_function("verification", |bencher| bencher.iter(|| bench.verify()));
    criterion.bench_function("mapping", |bencher| bencher.iter(|| bench.map(&message)));
    criterion.bench_function("verification + mapping", |bencher| {
        bencher.iter(|| bench.verify().map(|message| bench.map(&message)));
    });
    criterion.final_summary();
    // Under a profiler nothing else shall run.
    if std::env::args().any(|argument| argument == "--profile-time") {
        return Ok(());
    }

    let mut rates = [const { Vec::new() }; 4];
    for _ in 0..ROUNDS {
        let [unit, verification, mapping, both] = &mut rates;
        unit.push(rate(ROUND, || bare.holds()));
        verification.push(rate(ROUND, || bench.verify()));
        mapping.push(rate(ROUND, || bench.map(&message)));
        both.push(rate(ROUND, || bench.verify().map(|message| bench.map(&message))));
    }
    let [unit, verification, mapping, both] = rates.map(|rates| percentile(&rates, UNDISTURBED));
    let mut table = Table::new(unit);
    table.row("verification", verification, "parse, admit, verify");
    table.row("mapping", mapping, "all programs");
    table.row("verification + mapping", both, "");
    print!("{table}");
    Ok(())
}
