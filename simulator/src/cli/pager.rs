//! `trailbell-sim pager`.

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, Utc};
use clap::Args;
use trailbell_sim::clock::Clock;
use trailbell_sim::pager::faults::Fault;
use trailbell_sim::pager::settings::{AccountSettings, KeyKind, KeySettings};
use trailbell_sim::pager::{PagerTwin, Settings};

use super::{DONE, Failure, Format};

/// Play the pager: Opsgenie's alert API, JSM's integration events and the hosted CloudWatch integration.
///
/// Any UUID is a key that opens an account of its own, unless --key or the settings name keys. Prints each request as it
/// comes. For this machine alone: the inbox, a page at /, and the control calls GET and DELETE /_twin,
/// GET /_twin/requests, GET /_twin/alerts, GET and PUT /_twin/faults, GET /_twin/events,
/// PUT /_twin/clock {"advance": "+5m"}. Ends with Ctrl-C.
#[derive(Args)]
pub(super) struct Pager {
    /// Where it listens
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:4567")]
    listen: SocketAddr,
    /// Accounts, teams, limits, and a switch for all that is unknown of the service (TOML); flags override it
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// Take this key of an API integration, and no unknown one; may be repeated, all are of one account
    #[arg(long = "key", value_name = "UUID")]
    keys: Vec<String>,
    /// Take this key of a hosted CloudWatch integration, of the same account; may be repeated
    #[arg(long = "cloudwatch-key", value_name = "UUID")]
    cloudwatch_keys: Vec<String>,
    /// From the acceptance of a write to its effect, in milliseconds
    #[arg(long, value_name = "MS")]
    processing_delay: Option<u32>,
    /// From the effect of a write to the time from which its outcome can be read, in milliseconds
    #[arg(long, value_name = "MS")]
    status_delay: Option<u32>,
    /// What goes wrong: latency=200ms, throttle, error=503, hang, reset, html=502, lose, late=30s, reorder or
    /// slow-status=10s, each with ,on=writes ,on=reads ,on=status ,nth=3 ,every=3 ,after=5 ,times=2 ,share=0.5
    /// ,accepted; may be repeated
    #[arg(long = "fault", value_name = "FAULT")]
    faults: Vec<Fault>,
    /// Confirm subscriptions of the hosted integration at this host, such as sns.*.amazonaws.com; may be repeated
    #[arg(long = "confirm", value_name = "HOST")]
    confirm: Vec<String>,
    /// Certificate authorities that such a host's certificate may come from (PEM), such as what up --sns-ca writes
    #[arg(long, value_name = "PEM")]
    sns_ca: Option<PathBuf>,
    /// Reach a host at an address, such as sns.us-east-1.amazonaws.com=127.0.0.1:8443; may be repeated
    #[arg(long, value_name = "HOST=ADDRESS", value_parser = host_at)]
    resolve: Vec<(String, SocketAddr)>,
    /// All ids, and everything else random, come from it
    #[arg(long)]
    seed: Option<u64>,
    /// What its clock shows at the start [default: now]
    #[arg(long, value_name = "TIME")]
    start: Option<DateTime<Utc>>,
    /// How fast its clock runs: 1 as the wall's, 60 an hour in a minute, 0 not at all
    #[arg(long, default_value_t = 1.0)]
    speed: f64,
    /// How requests are printed [default: text on a terminal, json elsewhere]
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Print no requests
    #[arg(long)]
    quiet: bool,
}

/// The name of the account to which keys from the command line belong.
const ACCOUNT: &str = "default";
/// How long requests are gathered before they are printed.
const GATHER: Duration = Duration::from_millis(50);

impl Pager {
    pub(super) fn run(self) -> Result<u8, Failure> {
        super::runtime()?.block_on(self.serve())
    }

    async fn serve(self) -> Result<u8, Failure> {
        let clock = match self.start {
            Some(start) => Clock::starting(start),
            None => Clock::real(),
        };
        clock.set_speed(self.speed)?;
        let pager = PagerTwin::with(self.settings()?).clock(&clock).listen(self.listen).start().await?;
        let base = pager.base_url();
        eprintln!("Opsgenie      {base}/v2/alerts");
        eprintln!("JSM           {base}/jsm/ops/integration/v2/alerts");
        eprintln!("CloudWatch    {base}/v1/json/cloudwatch?apiKey=...");
        eprintln!("control API   {base}/_twin");
        eprintln!("inbox         {base}/");
        if !pager.address().ip().is_loopback() {
            eprintln!("note: other machines reach the APIs, but neither the control API nor the inbox");
        }
        let format = Format::or_by_terminal(self.format);
        tokio::select! {
            () = print(&pager, format), if !self.quiet => {}
            stopped = tokio::signal::ctrl_c() => stopped?,
        }
        Ok(DONE)
    }

    fn settings(&self) -> Result<Settings, Failure> {
        let mut settings = match &self.settings {
            None => Settings::default(),
            Some(path) => {
                let named = |reason: String| Failure(format!("{}: {reason}", path.display()));
                let text = std::fs::read_to_string(path).map_err(|error| named(error.to_string()))?;
                Settings::from_toml(&text).map_err(|error| named(error.to_string()))?
            }
        };
        if !self.keys.is_empty() || !self.cloudwatch_keys.is_empty() {
            settings.open = false;
            let key = |kind| move |key: &String| KeySettings::new(key, kind);
            let keys = self.keys.iter().map(key(KeyKind::Api));
            let keys = keys.chain(self.cloudwatch_keys.iter().map(key(KeyKind::CloudWatch))).collect();
            let account = AccountSettings { keys, ..AccountSettings::new(ACCOUNT) };
            settings.accounts.push(account);
            settings.check()?;
        }
        settings.processing_delay_ms = self.processing_delay.unwrap_or(settings.processing_delay_ms);
        settings.status_delay_ms = self.status_delay.unwrap_or(settings.status_delay_ms);
        settings.seed = self.seed.unwrap_or(settings.seed);
        let edge = &mut settings.edge;
        edge.faults.extend(&self.faults);
        edge.confirm.hosts.extend(self.confirm.iter().cloned());
        edge.confirm.addresses.extend(self.resolve.iter().cloned());
        if let Some(path) = &self.sns_ca {
            edge.confirm.ca_file = Some(path.clone());
        }
        Ok(settings)
    }
}

/// Prints requests as they come, until whoever reads them has gone; then it waits for ever.
async fn print(pager: &PagerTwin, format: Format) {
    let mut calls = pager.watch_calls();
    let mut printed = 0;
    loop {
        // Before the first wait, too: the twin serves already.
        let total = *calls.borrow_and_update();
        // Numbers start again after a reset.
        if total < printed {
            printed = 0;
        }
        for request in pager.requests_since(printed) {
            let missed = request.number - printed - 1;
            if missed > 0 {
                eprintln!("{missed} requests came too fast to be printed");
            }
            printed = request.number;
            let mut out = std::io::stdout().lock();
            let written = match format {
                Format::Json => {
                    serde_json::to_string(&request).map_or(Ok(()), |line| writeln!(out, "{line}"))
                }
                Format::Text => writeln!(out, "{request}"),
            };
            if written.and_then(|()| out.flush()).is_err() {
                return std::future::pending().await;
            }
        }
        if calls.changed().await.is_err() {
            return std::future::pending().await;
        }
        // Not a lock for each of thousands a second.
        tokio::time::sleep(GATHER).await;
    }
}

/// `HOST=ADDRESS`.
fn host_at(text: &str) -> Result<(String, SocketAddr), String> {
    let (host, address) = text.split_once('=').ok_or("has to be HOST=ADDRESS")?;
    let address =
        address.parse().map_err(|_| format!("\"{address}\" is no address such as 127.0.0.1:8443"))?;
    Ok((host.to_owned(), address))
}
