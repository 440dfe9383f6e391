//! What the library costs on one core, without a socket: `cargo bench --bench library`.
//!
//! The message is the sample of Opsgenie's page on the CloudTrail integration (about 2 kB), signed with version 2.
//! Everything is measured on that one message, with the certificate parsed and the programs compiled beforehand, as
//! they are in a running server.
//!
//! How to read the table: the unit is a bare RSA verification by aws-lc-rs, of a text of the same length, in the same
//! run. A ratio of 0.9 means that everything around RSA (JSON, checks, base64, canonical string) takes a tenth of the
//! time. Ratios travel between machines better than rates do, because RSA is most of the work.

#![allow(missing_docs)]

#[expect(dead_code, reason = "the measurement of the server uses the rest")]
mod support;

use std::hint::black_box;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use criterion::Criterion;
use support::messages::SampleTopic;
use support::table::Table;
use support::unit::{BareVerification, median};
use trailbell::sns::{AllowList, Envelope, Policy, Refusal, SigningCertificate, Verified};
use trailbell::transform::{Input, Outcome, Runner, Transform};

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
    let unit = measure(&mut criterion, "bare RSA verification", || bare.holds());
    let verification = measure(&mut criterion, "verification", || bench.verify().is_ok());
    let mapping = measure(&mut criterion, "mapping", || bench.map(&message));
    let both = measure(&mut criterion, "verification + mapping", || {
        bench.verify().map(|message| bench.map(&message))
    });
    criterion.final_summary();

    let mut table = Table::new(unit);
    table.row("verification", verification, "parse, admit, verify");
    table.row("mapping", mapping, "opsgenie.vrl, table, limits.vrl");
    table.row("verification + mapping", both, "");
    print!("{table}");
    Ok(())
}

/// Measures one function with criterion, and keeps the median rate of its samples for the table.
fn measure<T>(criterion: &mut Criterion, name: &str, mut function: impl FnMut() -> T) -> f64 {
    let mut rates = Vec::new();
    criterion.bench_function(name, |bencher| {
        bencher.iter_custom(|iterations| {
            let started = Instant::now();
            for _ in 0..iterations {
                black_box(function());
            }
            let took = started.elapsed();
            // Fewer are a first guess at the time that one takes.
            if iterations > 10 {
                #[allow(clippy::cast_precision_loss)]
                rates.push(iterations as f64 / took.as_secs_f64());
            }
            took
        });
    });
    median(&mut rates)
}
