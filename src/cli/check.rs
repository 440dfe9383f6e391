//! `trailbell check`.

use std::io::Write;
use std::time::Duration;

use clap::{Args, ValueEnum};
use serde::Serialize;
use tokio::time::Instant;
use trailbell::config::{Config, ForwardConfig, Onward, PagerConfig, RelayConfig, Settings, SettingsError};
use trailbell::opsgenie::{ClientOptions, PagerClient};
use trailbell::server::Probe;

use super::serve::ServeSettings;
use super::settings_flags::{FileFlag, Unprepared};
use super::{DONE, Failure, Format, NO, runtime};

/// How long the pager may take to answer.
const PROBE_TIME: Duration = Duration::from_secs(10);

/// Check a configuration without serving: keys, allow-list, VRL, CSV, certificates. All problems are told.
#[derive(Args)]
pub(super) struct Check {
    #[command(flatten)]
    settings: ServeSettings,
    /// Command that the configuration is for; may be repeated [default: relay if there is [relay], serve if there is
    /// anything else]
    #[arg(long = "for", value_enum, value_name = "COMMAND")]
    commands: Vec<Command>,
    /// Ask the pager, or the next hop, too, whether it can be reached; the pager is asked whether it takes the key.
    /// Nothing is changed there
    #[arg(long)]
    reach: bool,
    /// How the result is printed [default: text on a terminal, json elsewhere]
    #[arg(long, value_enum)]
    format: Option<Format>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Command {
    Serve,
    Receive,
    Relay,
}

#[derive(Default, Serialize)]
struct Report {
    ok: bool,
    problems: Vec<String>,
    warnings: Vec<String>,
}

/// What can be asked whether it is there.
enum Reachable {
    Pager(PagerConfig),
    NextHop(Box<ForwardConfig>),
}

impl Check {
    pub(super) fn run(self, out: &mut impl Write) -> Result<u8, Failure> {
        if !self.settings.file.names_a_file() {
            eprintln!("no --config: checking the flags and the environment alone");
        }
        let mut report = Report::default();
        match self.settings.read() {
            // A file that is not there is no configuration: nothing was checked.
            Err(Unprepared::File(error @ SettingsError::Read { .. })) => return Err(error.into()),
            Err(Unprepared::File(error)) => report.problems.push(error.to_string()),
            Err(Unprepared::Problems(problems)) => report.add_problems(&problems),
            Ok((file, settings)) => {
                let commands = if self.commands.is_empty() { meant(&settings) } else { self.commands };
                for command in commands {
                    let reachable = report.judge(command, &file, &settings)?;
                    if self.reach
                        && let Some(reachable) = reachable
                        && let Err(problem) = runtime()?.block_on(reach(reachable))
                    {
                        report.add(problem);
                    }
                }
            }
        }
        report.ok = report.problems.is_empty();
        print(out, Format::or_by_terminal(self.format), &report)?;
        Ok(if report.ok { DONE } else { NO })
    }
}

/// The commands that a file looks to be made for.
fn meant(settings: &Settings) -> Vec<Command> {
    let relay = settings.relay.is_some();
    let serve = !relay || settings.forward.is_some() || !settings.topics.allow.is_empty();
    [(serve, Command::Serve), (relay, Command::Relay)]
        .into_iter()
        .filter_map(|(meant, command)| meant.then_some(command))
        .collect()
}

impl Report {
    fn judge(
        &mut self,
        command: Command,
        file: &FileFlag,
        settings: &Settings,
    ) -> Result<Option<Reachable>, Failure> {
        let judged = match command {
            Command::Serve => file.prepare(settings, Config::prepare).map(onward),
            Command::Receive => file.prepare(settings, Config::prepare_stream).map(onward),
            Command::Relay => file
                .prepare(settings, RelayConfig::prepare)
                .map(|config| (config.warnings, Some(Reachable::Pager(config.pager)))),
        };
        match judged {
            Ok((warnings, reachable)) => {
                for warning in warnings {
                    if !self.warnings.contains(&warning) {
                        self.warnings.push(warning);
                    }
                }
                Ok(reachable)
            }
            Err(Unprepared::Problems(problems)) => {
                self.add_problems(&problems);
                Ok(None)
            }
            Err(Unprepared::File(error)) => Err(error.into()),
        }
    }

    fn add_problems(&mut self, problems: &[trailbell::config::Problem]) {
        for problem in problems {
            self.add(problem.to_string());
        }
    }

    /// Two commands may have the same problem.
    fn add(&mut self, problem: String) {
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }
}

fn onward(config: Config) -> (Vec<String>, Option<Reachable>) {
    let reachable = match config.onward {
        Onward::Paging(paging) => Some(Reachable::Pager(paging.pager)),
        Onward::Forward(forward) => Some(Reachable::NextHop(forward)),
        Onward::Stream => None,
    };
    (config.warnings, reachable)
}

async fn reach(reachable: Reachable) -> Result<(), String> {
    match reachable {
        Reachable::Pager(pager) => {
            let target = pager.target.to_string();
            let options = ClientOptions { authorities_pem: pager.authorities, ..ClientOptions::default() };
            let client =
                PagerClient::new(pager.target, pager.api_key, options).map_err(|error| error.to_string())?;
            let probed = client.probe(Instant::now() + PROBE_TIME).await;
            probed.map_err(|error| format!("pager: {target}: {error}"))
        }
        Reachable::NextHop(forward) => {
            let probe = Probe::new(&forward).map_err(|error| error.to_string())?;
            probe.ask().await.map_err(|error| format!("forward: {}: {error}", forward.url))
        }
    }
}

fn print(out: &mut impl Write, format: Format, report: &Report) -> Result<(), Failure> {
    if format == Format::Json {
        return Ok(writeln!(out, "{}", serde_json::to_string(report)?)?);
    }
    for warning in &report.warnings {
        writeln!(out, "warning: {warning}")?;
    }
    for problem in &report.problems {
        writeln!(out, "problem: {problem}")?;
    }
    Ok(writeln!(out, "{}", if report.ok { "ok" } else { "not ok" })?)
}
