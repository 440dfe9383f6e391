//! What `trailbell serve` carries, as a process of its own over loopback HTTP: `cargo bench --bench serve`.
//!
//! ```text
//! load generator ──▶ trailbell serve ──▶ pager stand-in        all on the same machine
//!  one thread with the stand-in           answers 202
//! ```
//!
//! Every message is another one, signed before the clock runs, sent once, verified, mapped and accepted by the stand-in
//! before its 200 counts; any other answer ends the measurement. The server runs with its defaults: it logs JSON
//! lines (into a file) and asks the stand-in later what became of the alerts. Its certificate comes from a signing
//! endpoint through `dangerously_trust_signing_host`.
//!
//! How to read the table: the unit is a bare RSA verification on one core in the same run, but load generator,
//! server and stand-in share all cores. A ratio of 0.25 means that a message's whole way, both ends of its connections
//! included, costs as much time as four bare verifications. The notes have the latency of an answer and the
//! processor time that the server, and the load generator with the stand-in, took for each message.
//!
//! Besides, with 16 connections: `serve --forward`, whose next hop is the stand-in, and `trailbell relay`, which gets ready
//! actions and hands them to the stand-in; each action has an alias of its own.
//!
//! `cargo bench --bench serve -- memory` sends 100,000 messages instead and tells the server's resident memory on the way.
//! It signs all of them, which takes some minutes.

#![allow(missing_docs)]

mod load;
mod pager;
mod process;
#[path = "../support/mod.rs"]
mod support;
mod way;
mod wire;

use std::time::Duration;

use chrono::Utc;
use load::Load;
use pager::Pager;
use process::{Cpu, Serve};
use support::Result;
use support::messages::SampleTopic;
use support::table::Table;
use support::unit::{BareVerification, percentile, rate};
use trailbell_sim::sns::{QueryApi, SigningEndpoint};
use way::Way;

const SIGNING_HOST: &str = "sns.signer.test";

/// Connections, and messages over all of them: some seconds' worth.
const RUNS: [(usize, usize); 3] = [(1, 6_000), (16, 15_000), (64, 20_000)];

/// Messages or actions on the other ways.
const OTHER_WAYS: usize = 15_000;

/// Before the first run: the certificate is fetched, connections to the pager are opened.
const WARM_UP: usize = 1_000;

const MEMORY_MESSAGES: usize = 100_000;
const MEMORY_BATCH: usize = 10_000;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // `cargo test --benches` runs this too, without `--bench`: it is no measurement then.
    if !arguments.iter().any(|argument| argument == "--bench") {
        return Ok(());
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    if arguments.iter().any(|argument| argument == "memory") {
        runtime.block_on(memory())
    } else {
        runtime.block_on(throughput())
    }
}

/// Everything around the server, and the server.
struct Scene {
    way: Way,
    topic: SampleTopic,
    pager: Pager,
    serve: Serve,
    _signing_endpoint: SigningEndpoint,
}

impl Scene {
    async fn set_up(way: Way) -> Result<Self> {
        let topic = SampleTopic::new(SIGNING_HOST, Utc::now())?;
        let tls = topic.authority.issue_server(7, &[SIGNING_HOST])?;
        let signing_endpoint = SigningEndpoint::start(QueryApi::new("us-east-1", 1), Some(&tls)).await?;
        signing_endpoint.publish(&topic.certificate);
        let pager = Pager::start().await?;
        let config = format!(
            r#"
listen = "127.0.0.1:0"

[topics]
allow = ["{topic}"]

{onward}

[[dangerously_trust_signing_host]]
host = "{SIGNING_HOST}"
address = "{signing}"
ca_file = "authority.pem"
"#,
            topic = topic.arn(),
            onward = way.settings(pager.address()),
            signing = signing_endpoint.address(),
        );
        let serve = Serve::start(way.command(), &config, &topic.authority.pem()).await?;
        Ok(Self { way, topic, pager, serve, _signing_endpoint: signing_endpoint })
    }

    /// Signs messages, then sends them with the clock running.
    async fn send(&mut self, count: usize, connections: usize) -> Result<Sent> {
        let deliveries = match self.way {
            Way::Relay => way::actions(count, Utc::now()),
            Way::Pager | Way::Forward => self.topic.deliveries(count, Utc::now())?,
        };
        let load = Load::new(deliveries, self.way.path(), self.serve.address());
        let alerts = self.pager.created();
        let before = (self.serve.cpu()?, Cpu::of_this_process()?);
        let timing = load.send(connections).await?;
        let after = (self.serve.cpu()?, Cpu::of_this_process()?);
        let raised = self.pager.created() - alerts;
        if raised != count {
            return Err(format!("{count} messages raised {raised} alerts").into());
        }
        Ok(Sent {
            per_second: load::ratio(count, timing.took),
            note: format!(
                "p50 {:.2} ms, p99 {:.2} ms; processor time a message: {:.0} us server, {:.0} us both ends",
                timing.percentile(50),
                timing.percentile(99),
                before.0.microseconds_until(after.0, count),
                before.1.microseconds_until(after.1, count),
            ),
        })
    }
}

struct Sent {
    per_second: f64,
    note: String,
}

async fn throughput() -> Result<()> {
    let mut scene = Scene::set_up(Way::Pager).await?;
    let message = scene.topic.message(Utc::now())?;
    let bare = BareVerification::of(&message, &scene.topic.certificate)?;
    let mut units = Vec::new();
    let mut rows = Vec::new();
    scene.send(WARM_UP, 16).await?;
    for (connections, messages) in RUNS {
        eprintln!("signing {messages} messages, then sending them over {connections} connections");
        rows.push((connections, scene.send(messages, connections).await?));
        units.extend((0..20).map(|_| rate(Duration::from_millis(50), || bare.holds())));
    }
    let mut table = Table::new(percentile(&units, 50));
    for (connections, sent) in rows {
        table.row(format!("serve, {connections} connections"), sent.per_second, sent.note);
    }
    for (way, name) in [(Way::Forward, "serve --forward"), (Way::Relay, "relay")] {
        let mut scene = Scene::set_up(way).await?;
        scene.send(WARM_UP, 16).await?;
        let sent = scene.send(OTHER_WAYS, 16).await?;
        table.row(format!("{name}, 16 connections"), sent.per_second, sent.note);
    }
    print!("{table}");
    println!("resident memory of the server at the end: {:.1} MB", scene.serve.resident_mb()?);
    Ok(())
}

async fn memory() -> Result<()> {
    let mut scene = Scene::set_up(Way::Pager).await?;
    println!("{:>8} messages: {:>5.1} MB resident", 0, scene.serve.resident_mb()?);
    for batch in 1..=MEMORY_MESSAGES / MEMORY_BATCH {
        scene.send(MEMORY_BATCH, 64).await?;
        println!("{:>8} messages: {:>5.1} MB resident", batch * MEMORY_BATCH, scene.serve.resident_mb()?);
    }
    println!("at its highest: {:.1} MB", scene.serve.peak_resident_mb()?);
    Ok(())
}
