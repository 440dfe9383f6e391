//! What the library costs on one core, without a socket: `cargo bench --bench library`.
//!
//! The message is the sample of Opsgenie's page on the CloudTrail integration (about 2 kB), signed with version 2.
//! Everything is measured on that one message, with the certificate parsed and the programs compiled beforehand, as
//! they are in a running server.
//!
//! criterion's own report comes first, one measurement after the other. The table comes from rounds in which all of them
//! take turns, so that a busy moment of the machine hits the unit as it hits the rest.
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
use support::unit::{BareVerification, median, rate};
use trailbell::sns::{AllowList, Envelope, Policy, Refusal, SigningCertificate, Verified};
use trailbell::transform::{Input, Outcome, Runner, Transform};

/// Rounds for the table. In each, everything is measured for a twentieth of a second.
const ROUNDS: usize = 60;

/// What is measured, ready to run.
struct Bench {
    policy: Policy,
    certificate: SigningCertificate,
    body: Vec<u8>,
    now: DateTime<Utc>,
    runner: Runner,
}

impl Bench {
    fn verify(&self) -> Result<Verified<Envelope>, Refusal> {
        let Ok(envelope) = Envelope::parse(black_box(&self.body)) else { return Err(Refusal::Signature) };
        self.policy.admit(envelope, self.now)?.verify(&self.certificate, self.now)
    }

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

    let (mut unit, mut verification, mut mapping, mut both) = <(Vec<_>, Vec<_>, Vec<_>, Vec<_>)>::default();
    for _ in 0..ROUNDS {
        unit.push(rate(|| bare.holds()));
        verification.push(rate(|| bench.verify()));
        mapping.push(rate(|| bench.map(&message)));
        both.push(rate(|| bench.verify().map(|message| bench.map(&message))));
    }
    let mut table = Table::new(median(&unit));
    let part_of_unit = |rates: &[f64]| {
        let ratios: Vec<f64> = rates.iter().zip(&unit).map(|(rate, unit)| rate / unit).collect();
        median(&ratios)
    };
    for (what, rates, note) in [
        ("verification", verification, "parse, admit, verify"),
        ("mapping", mapping, "all programs"),
        ("verification + mapping", both, ""),
    ] {
        table.row_with_ratio(what, median(&rates), part_of_unit(&rates), note);
    }
    print!("{table}");
    Ok(())
}
