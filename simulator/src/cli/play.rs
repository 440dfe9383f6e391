//! A story played: events in the order of time, into a world, and from it to a subscriber.

use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use clap::Args;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use trailbell_sim::alarms::AlarmState;
use trailbell_sim::cloudformation::Stack;
use trailbell_sim::cloudtrail::{Archive, InTimeOrder};
use trailbell_sim::engine::{Answer, OverHttp, Settings, Simulated, Subscriber, Subscribing, Tally, World};
use trailbell_sim::sns::{Attempt, QueryApi, SigningCertificate, SigningEndpoint, sns_host};

use super::Failure;
use super::story::Story;
use super::timeline::Printer;
use super::world::{endpoint, poster, warn_of_no_trust, warn_of_nobody, write};

/// How much disorder of events is mended.
const DISORDER: TimeDelta = TimeDelta::hours(1);
/// How long after the last event a story goes on.
const AFTERMATH: TimeDelta = TimeDelta::hours(1);
/// How long before the first event it begins.
const PRELUDE: TimeDelta = TimeDelta::minutes(10);

/// What is real of a story: an endpoint, and the host that serves its certificates.
#[derive(Args)]
pub(super) struct Edge {
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
}

impl Edge {
    /// Whether anything is.
    pub(super) const fn is_there(&self) -> bool {
        self.endpoint.is_some()
    }
}

/// A world that plays, with all that stands around it.
struct Stage {
    world: World,
    until: Option<DateTime<Utc>>,
    subscriber: Box<dyn Subscriber>,
    start: DateTime<Utc>,
    last: DateTime<Utc>,
}

/// A real endpoint, and the host of the certificates that it asks for.
struct Real {
    endpoint: OverHttp,
    door: Option<SigningEndpoint>,
}

impl Subscriber for Real {
    fn served(&mut self, certificates: &[SigningCertificate]) {
        if let Some(door) = &self.door {
            for certificate in certificates {
                door.publish(certificate);
            }
        }
    }

    fn receive(&mut self, attempt: &Attempt, now: DateTime<Utc>) -> Answer {
        self.endpoint.receive(attempt, now)
    }
}

/// A story that is played.
pub(super) struct Play<'a> {
    edge: &'a Edge,
    story: &'a Story,
    stack: &'a Stack,
    runtime: Option<&'a Runtime>,
    on: Option<Stage>,
}

/// What became of the events.
#[derive(Default)]
pub(super) struct Counts {
    played: u64,
    outside: u64,
    late: u64,
    without_time: u64,
    unreadable: u64,
}

impl Counts {
    /// What was damaged has been said; whoever asks by the exit code is to know, too.
    pub(super) fn all_were_read(&self) -> Result<(), Failure> {
        match self.unreadable {
            0 => Ok(()),
            count => Err(Failure(format!("{count} events could not be read: the timeline is without them"))),
        }
    }
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} events", self.played)?;
        for (count, what) in [
            (self.outside, "before the start or after the end, left out"),
            (self.late, "more than an hour out of order, played late (sort them by eventTime)"),
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

impl<'a> Play<'a> {
    /// Not begun. Without a runtime nothing leaves the process.
    pub(super) const fn new(
        edge: &'a Edge,
        story: &'a Story,
        stack: &'a Stack,
        runtime: Option<&'a Runtime>,
    ) -> Self {
        Self { edge, story, stack, runtime, on: None }
    }

    /// The alarms that were not over when the world ended.
    pub(super) fn left_in_alarm(&self) -> Option<String> {
        let alarms = self.on.as_ref()?.world.stages().alarms();
        let open = alarms.filter(|alarm| alarm.state().value == AlarmState::Alarm);
        let names: Vec<&str> = open.map(|alarm| alarm.definition().name()).collect();
        (!names.is_empty()).then(|| names.join(", "))
    }

    /// What came of it, if there was anything to play.
    pub(super) fn tally(&self) -> Option<Tally> {
        self.on.as_ref().map(|stage| stage.world.tally())
    }

    /// Plays all events, and what follows the last one.
    pub(super) fn events<W: Write>(&mut self, printer: &mut Printer<W>) -> Result<Counts, Failure> {
        for file in self.story.files.iter().filter(|file| *file != Path::new("-")) {
            std::fs::metadata(file).map_err(|error| Failure(format!("{}: {error}", file.display())))?;
        }
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
        printer.progress(at, stage.until);
        Ok(())
    }

    fn stage(&mut self, start: DateTime<Utc>) -> Result<(), Failure> {
        let story = self.story;
        let until = story.until.map(|until| until.in_world(start));
        if let Some(until) = until.filter(|until| *until < start) {
            return Err(Failure(format!("the world would end at {until}, before it begins at {start}")));
        }
        let settings = Settings {
            environment: story.environment.clone(),
            seed: story.seed,
            latency: story.latency,
            subscribing: Subscribing { endpoint: self.edge.endpoint.clone(), ask: false },
            deliver: story.deliver,
            faults: story.faults.clone(),
        };
        let world = World::new(self.stack, &settings, start)?;
        if story.deliver {
            warn_of_nobody(&world);
        }
        if self.runtime.is_some() {
            warn_of_no_trust(&world, self.edge.endpoint_ca.as_deref());
        }
        let subscriber: Box<dyn Subscriber> = match self.runtime {
            None => Box::new(Simulated::new(story.seed)),
            Some(runtime) => {
                let poster = poster(self.edge.endpoint_ca.as_deref())?;
                let endpoint = OverHttp::new(runtime.handle().clone(), poster, story.seed);
                let door = self.edge.sns_listen.map(|address| runtime.block_on(self.door(address, &world)));
                Box::new(Real { endpoint, door: door.transpose()? })
            }
        };
        self.on = Some(Stage { world, until, subscriber, start, last: start });
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
        if let Some(path) = &self.edge.sns_ca {
            write(path, &authority.pem())?;
        }
        eprintln!("SNS's certificates are served on https://{}", door.address());
        Ok(door)
    }
}
