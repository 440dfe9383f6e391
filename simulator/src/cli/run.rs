//! `trailbell-sim run`.

use std::collections::BTreeMap;
use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;

use chrono::{DateTime, TimeDelta, Utc};
use clap::Args;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use trailbell_sim::cloudformation::Stack;
use trailbell_sim::cloudtrail::{Archive, InTimeOrder};
use trailbell_sim::engine::{
    Expectation, OverHttp, Scenario, Settings, Simulated, Subscriber, Subscribing, When, World,
};
use trailbell_sim::sns::{Poster, QueryApi, SigningEndpoint, sns_host};

use super::story::{Story, told};
use super::timeline::{DeadLetters, Printer};
use super::world::{WorldFlags, endpoint, read, warn_of_nobody, write};
use super::{DONE, Failure, Format, NO};

/// How much disorder of events is mended.
const DISORDER: TimeDelta = TimeDelta::hours(1);
/// How long after the last event a story goes on.
const AFTERMATH: TimeDelta = TimeDelta::hours(1);
/// How long before the first event it begins.
const PRELUDE: TimeDelta = TimeDelta::minutes(10);

/// Play CloudTrail events through a template, in virtual time: what alarms, when, with what text, and does it close?
///
/// Prints the timeline: state changes, notifications, and deliveries where an endpoint is given. The same input and
/// seed give the same bytes. Subscriptions count as confirmed. Exit code 1 if a scenario's expectation is not met.
#[derive(Args)]
pub(super) struct Run {
    /// CloudFormation template, or Terraform plan as JSON
    #[arg(required_unless_present = "scenario", conflicts_with = "scenario", value_name = "TEMPLATE")]
    template: Option<PathBuf>,
    /// Files and folders of CloudTrail events; - is standard input
    #[arg(long, num_args = 1.., value_name = "FILE")]
    events: Vec<PathBuf>,
    /// When the world begins [default: ten minutes before the first event]
    #[arg(long, value_name = "TIME")]
    start: Option<DateTime<Utc>>,
    /// When it ends: a time, or +30m from its start [default: an hour after the last event]
    #[arg(long, value_name = "TIME")]
    until: Option<When>,
    /// Deliver to this URL instead of to the template's endpoints
    #[arg(long, value_name = "URL", value_parser = endpoint)]
    endpoint: Option<String>,
    /// Certificate authorities that the endpoint's certificate may come from (PEM)
    #[arg(long, value_name = "PEM", requires = "endpoint")]
    endpoint_ca: Option<PathBuf>,
    /// Serve SNS's signing certificates by HTTPS on this address, under the name of the region's SNS host
    #[arg(long, value_name = "ADDRESS", requires = "endpoint")]
    sns_listen: Option<SocketAddr>,
    /// Write the certificate of the authority behind that server to this file
    #[arg(long, value_name = "PEM", requires = "sns_listen")]
    sns_ca: Option<PathBuf>,
    /// Write notifications that could not be delivered to this file, one JSON object a line
    #[arg(long, value_name = "FILE")]
    dead_letters: Option<PathBuf>,
    /// Play this scenario
    #[arg(long, value_name = "FILE", conflicts_with_all = ["events", "start", "until"])]
    scenario: Option<PathBuf>,
    #[command(flatten)]
    world: WorldFlags,
    /// How the timeline is printed [default: text on a terminal, json elsewhere]
    #[arg(long, value_enum)]
    format: Option<Format>,
}

impl Run {
    pub(super) fn run(self, out: &mut impl Write) -> Result<u8, Failure> {
        let story = self.story()?;
        let stack = read(&story.template, &story.environment)?;
        let dead_letters = self.dead_letters.as_deref().map(DeadLetters::create).transpose()?;
        let mut printer = Printer::new(out, Format::or_by_terminal(self.format), dead_letters);
        let runtime = self.endpoint.as_ref().map(|_| super::runtime()).transpose()?;
        let mut play = Play { run: &self, story: &story, stack: &stack, runtime: runtime.as_ref(), on: None };
        let counts = play.events(&mut printer)?;
        let tally = match play.on {
            Some(stage) => stage.world.tally(),
            None => {
                return Err(Failure(
                    "nothing to play: no event has a time, and no --start is given".to_owned(),
                ));
            }
        };
        printer.finish()?;
        eprintln!("{counts}; {}", summary(&tally));
        let unmet = story.expect.unmet(&tally);
        for sentence in &unmet {
            eprintln!("not as expected: {sentence}");
        }
        Ok(if unmet.is_empty() { DONE } else { NO })
    }

    /// What is played: a scenario's, or what the flags say.
    fn story(&self) -> Result<Story, Failure> {
        let Some(path) = &self.scenario else {
            return Ok(Story {
                template: self.template.clone().unwrap_or_default(),
                environment: self.world.environment(&BTreeMap::new()),
                files: self.events.clone(),
                told: Vec::new(),
                start: self.start,
                until: self.until,
                seed: self.world.seed,
                latency: self.world.latency(),
                faults: self.world.faults.clone(),
                deliver: self.endpoint.is_some(),
                expect: Expectation::default(),
            });
        };
        let Scenario { name, sentence, world, expect } = Scenario::read(path)?;
        eprintln!("{name}: {sentence}");
        let start = DateTime::parse_from_rfc3339(&world.start)
            .map_err(|_| Failure(format!("{}: world.start: \"{}\" is no time", path.display(), world.start)))?
            .to_utc();
        let mut faults = world.faults;
        faults.extend(self.world.faults.iter().copied());
        Ok(Story {
            template: world.template,
            environment: self.world.environment(&world.parameters),
            files: world.events,
            told: told(&world.event, start)?,
            start: Some(start),
            until: Some(world.until),
            seed: world.seed,
            latency: world.latency_seconds.map(|seconds| TimeDelta::seconds(i64::from(seconds))),
            faults,
            deliver: true,
            expect,
        })
    }
}

/// A world that plays, with all that stands around it.
struct Stage {
    world: World,
    until: Option<DateTime<Utc>>,
    subscriber: Box<dyn Subscriber>,
    door: Option<SigningEndpoint>,
    start: DateTime<Utc>,
    last: DateTime<Utc>,
}

struct Play<'a> {
    run: &'a Run,
    story: &'a Story,
    stack: &'a Stack,
    runtime: Option<&'a Runtime>,
    on: Option<Stage>,
}

#[derive(Default)]
struct Counts {
    played: u64,
    outside: u64,
    late: u64,
    without_time: u64,
    unreadable: u64,
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} events", self.played)?;
        for (count, what) in [
            (self.outside, "before the start or after the end"),
            (self.late, "more than an hour out of order, played late"),
            (self.without_time, "without a time, left out"),
            (self.unreadable, "unreadable, left out"),
        ] {
            if count > 0 {
                write!(f, ", {count} {what}")?;
            }
        }
        Ok(())
    }
}

impl Play<'_> {
    /// Plays all events, and what follows the last one.
    fn events<W: Write>(&mut self, printer: &mut Printer<W>) -> Result<Counts, Failure> {
        let mut counts = Counts::default();
        let mut order = InTimeOrder::new(DISORDER);
        for (at, record) in &self.story.told {
            order.push(*at, record.clone());
        }
        if let Some(start) = self.story.start {
            self.stage(start)?;
        }
        for record in Archive::open(&self.story.files)? {
            let record = match record {
                Ok(record) => record,
                Err(error) => {
                    eprintln!("{error}");
                    counts.unreadable += 1;
                    continue;
                }
            };
            let Some(at) = record.head.event_time else {
                counts.without_time += 1;
                continue;
            };
            order.push(at, record.text);
            while let Some((at, text)) = order.pop() {
                self.event(at, &text, &mut counts, printer)?;
            }
        }
        while let Some((at, text)) = order.pop_rest() {
            self.event(at, &text, &mut counts, printer)?;
        }
        counts.late = order.late();
        if let Some(stage) = &mut self.on {
            let until = stage.until.unwrap_or(stage.last + AFTERMATH);
            stage.world.run(until, stage.subscriber.as_mut(), printer)?;
        }
        Ok(counts)
    }

    fn event<W: Write>(
        &mut self,
        at: DateTime<Utc>,
        record: &str,
        counts: &mut Counts,
        printer: &mut Printer<W>,
    ) -> Result<(), Failure> {
        if self.on.is_none() {
            let minute = at.timestamp().div_euclid(60) * 60;
            let start = DateTime::from_timestamp(minute, 0).unwrap_or(at) - PRELUDE;
            self.stage(start)?;
        }
        let Some(stage) = &mut self.on else { return Ok(()) };
        if at < stage.start || stage.until.is_some_and(|until| at > until) {
            counts.outside += 1;
            return Ok(());
        }
        stage.last = stage.last.max(at);
        stage.world.run(at, stage.subscriber.as_mut(), printer)?;
        if let Err(error) = stage.world.event(record, at) {
            eprintln!("{error}");
        }
        counts.played += 1;
        if let Some(door) = &stage.door {
            for certificate in stage.world.sns().certificates() {
                door.publish(certificate);
            }
        }
        printer.progress(at, stage.until);
        Ok(())
    }

    fn stage(&mut self, start: DateTime<Utc>) -> Result<(), Failure> {
        let story = self.story;
        let settings = Settings {
            environment: story.environment.clone(),
            seed: story.seed,
            latency: story.latency,
            subscribing: Subscribing { endpoint: self.run.endpoint.clone(), ask: false },
            deliver: story.deliver,
            faults: story.faults.clone(),
        };
        let world = World::new(self.stack, &settings, start)?;
        if story.deliver {
            warn_of_nobody(&world);
        }
        let subscriber: Box<dyn Subscriber> = match self.runtime {
            None => Box::new(Simulated::new(story.seed)),
            Some(runtime) => {
                let ca = match &self.run.endpoint_ca {
                    Some(path) => std::fs::read_to_string(path)
                        .map_err(|error| Failure(format!("{}: {error}", path.display())))?,
                    None => String::new(),
                };
                Box::new(OverHttp::new(runtime.handle().clone(), Poster::new(&ca)?, story.seed))
            }
        };
        let door = match (self.run.sns_listen, self.runtime) {
            (Some(address), Some(runtime)) => Some(runtime.block_on(self.door(address, &world))?),
            _ => None,
        };
        let until = story.until.map(|until| until.in_world(start));
        self.on = Some(Stage { world, until, subscriber, door, start, last: start });
        Ok(())
    }

    /// The server of SNS's signing certificates.
    async fn door(&self, address: SocketAddr, world: &World) -> Result<SigningEndpoint, Failure> {
        let region = &self.story.environment.region;
        let authority = world.sns().authority();
        let tls = authority.issue_server(self.story.seed ^ 0x7e15, &[&sns_host(region)])?;
        let listener =
            TcpListener::bind(address).await.map_err(|error| Failure(format!("{address}: {error}")))?;
        let door = SigningEndpoint::on(listener, QueryApi::new(region, self.story.seed), Some(&tls))?;
        door.keep_requests(0);
        for certificate in world.sns().certificates() {
            door.publish(certificate);
        }
        if let Some(path) = &self.run.sns_ca {
            write(path, &authority.pem())?;
        }
        eprintln!("SNS's certificates are served on https://{}", door.address());
        Ok(door)
    }
}

fn summary(tally: &trailbell_sim::engine::Tally) -> String {
    let changes: usize = tally.states.values().map(Vec::len).sum();
    let mut parts = vec![format!("{changes} changes of state, {} notifications", tally.notifications)];
    if tally.attempts > 0 {
        parts.push(format!(
            "{} attempts to deliver: {} arrived, {} dead letters, {} lost",
            tally.attempts, tally.delivered, tally.dead_letters, tally.lost
        ));
    }
    let faults = tally.faults.to_string();
    if !faults.is_empty() {
        parts.push(format!("faults: {faults}"));
    }
    parts.join("; ")
}
