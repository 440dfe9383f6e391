//! `trailbell-sim up`.

use std::collections::BTreeMap;
use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use clap::Args;
use tokio::net::TcpListener;
use trailbell_sim::clock::Clock;
use trailbell_sim::control::Control;
use trailbell_sim::engine::{DeadLetter, Entry, Live, Settings, Sink, Subscribing, What, World};
use trailbell_sim::sns::{SigningEndpoint, sns_host};

use super::timeline::DeadLetters;
use super::world::{WorldFlags, endpoint, poster, read, warn_of_no_trust, warn_of_nobody, write};
use super::{DONE, Failure, Format, parse_time};

/// Play a template in real time, or at a multiple of it, and deliver to its endpoints.
///
/// Serves SNS's signing certificates and the calls of endpoints by HTTPS, under the name of the region's SNS host; and
/// a control API on loopback: GET /state, GET /timeline?since=N, GET /authority.pem, POST /events,
/// PUT /clock {"speed": 60, "advance": "+5m"}, PUT /alarms/NAME/state {"state": "ALARM", "reason": "a test"},
/// POST /confirmations.
/// Ends with Ctrl-C or SIGTERM.
#[derive(Args)]
pub(super) struct Up {
    /// CloudFormation template, or Terraform plan as JSON
    template: PathBuf,
    /// When the world begins [default: now]
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    start: Option<DateTime<Utc>>,
    /// How fast its clock runs: 1 as the wall's, 60 an hour in a minute, 0 not at all
    #[arg(long, default_value_t = 1.0, allow_negative_numbers = true)]
    speed: f64,
    /// Deliver to this URL instead of to the template's endpoints
    #[arg(long, value_name = "URL", value_parser = endpoint)]
    endpoint: Option<String>,
    /// Certificate authorities that endpoints' certificates may come from (PEM)
    #[arg(long, value_name = "PEM")]
    endpoint_ca: Option<PathBuf>,
    /// Count subscriptions as confirmed, without asking their endpoints
    #[arg(long)]
    confirmed: bool,
    /// Where SNS's host is played
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    sns_listen: SocketAddr,
    /// Write the certificate of the authority behind that host to this file
    #[arg(long, value_name = "PEM")]
    sns_ca: Option<PathBuf>,
    /// Where the control API listens
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    control: SocketAddr,
    /// Write what goes to a dead-letter queue to this file, one JSON object a line (the subscription needs a
    /// `RedrivePolicy`)
    #[arg(long, value_name = "FILE")]
    dead_letters: Option<PathBuf>,
    #[command(flatten)]
    world: WorldFlags,
    /// How the timeline is printed [default: text on a terminal, json elsewhere]
    #[arg(long, value_enum)]
    format: Option<Format>,
}

impl Up {
    pub(super) fn run(self) -> Result<u8, Failure> {
        super::runtime()?.block_on(self.serve())
    }

    async fn serve(self) -> Result<u8, Failure> {
        let environment = self.world.environment(&BTreeMap::new());
        let stack = read(&self.template, &environment)?;
        let clock = match self.start {
            Some(start) => Clock::starting(start),
            None => Clock::real(),
        };
        clock.set_speed(self.speed)?;
        let host = sns_host(&environment.region);
        let settings = Settings {
            environment: environment.clone(),
            seed: self.world.seed,
            latency: self.world.latency(),
            subscribing: Subscribing { endpoint: self.endpoint.clone(), ask: !self.confirmed },
            deliver: true,
            faults: self.world.faults.clone(),
        };
        let poster = poster(self.endpoint_ca.as_deref())?;
        let world = World::new(&stack, &settings, clock.now())?;
        warn_of_nobody(&world);
        warn_of_no_trust(&world, self.endpoint_ca.as_deref());
        let tls = world.sns().authority().issue_server(settings.seed ^ 0x7e15, &[&host])?;
        if let Some(path) = &self.sns_ca {
            write(path, &world.sns().authority().pem())?;
        }
        let printer = Printer {
            format: Format::or_by_terminal(self.format),
            dead_letters: self.dead_letters.as_deref().map(DeadLetters::create).transpose()?,
        };
        let live = Live::new(world, clock, poster, Box::new(printer));
        let listener = TcpListener::bind(self.sns_listen)
            .await
            .map_err(|error| Failure(format!("{}: {error}", self.sns_listen)))?;
        let door = SigningEndpoint::on(listener, live.clone(), Some(&tls))?;
        // Nobody looks at them here, and their queries hold tokens.
        door.keep_requests(0);
        let controlled = live.clone();
        let control = Control::start(
            self.control,
            Arc::new(move |call| {
                let controlled = controlled.clone();
                Box::pin(async move { controlled.control(&call).await })
            }),
        )
        .await?;
        eprintln!("SNS           https://{} (as {host})", door.address());
        eprintln!("control API   http://{}", control.address());
        tokio::select! {
            driven = live.drive(&door) => driven?,
            stopped = stop() => stopped?,
        }
        Ok(DONE)
    }
}

/// Ctrl-C, or the end that a service's manager asks for.
async fn stop() -> std::io::Result<()> {
    #[cfg(unix)]
    {
        let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        tokio::select! {
            stopped = tokio::signal::ctrl_c() => stopped,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}

struct Printer {
    format: Format,
    dead_letters: Option<DeadLetters>,
}

impl Sink for Printer {
    fn entry(&mut self, entry: Entry) {
        let mut out = std::io::stdout().lock();
        // Whoever read the timeline has gone: the world goes on.
        let _ = match self.format {
            Format::Json => serde_json::to_string(&entry).map_or(Ok(()), |line| writeln!(out, "{line}")),
            Format::Text if matches!(entry.what, What::DeliveryStatus { .. }) => Ok(()),
            Format::Text => writeln!(out, "{entry}"),
        };
    }

    fn dead_letter(&mut self, letter: DeadLetter) {
        let Some(file) = &mut self.dead_letters else { return };
        if let Err(error) = file.write(&letter) {
            eprintln!("a dead letter could not be written: {error}");
        }
    }
}
