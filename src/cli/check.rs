//! `trailbell check`.

use std::io::Write;
use std::time::Duration;

use clap::Args;
use serde::Serialize;
use tokio::time::Instant;
use trailbell::config::{Config, SettingsError};
use trailbell::opsgenie::{ClientOptions, PagerClient};

use super::settings_flags::{SettingsFlags, Unprepared};
use super::{DONE, Failure, Format, NO, runtime};

/// How long the pager may take to answer.
const PROBE_TIME: Duration = Duration::from_secs(10);

/// Check a configuration without serving: keys, allow-list, VRL, CSV, certificates. All problems are told.
#[derive(Args)]
pub(super) struct Check {
    #[command(flatten)]
    settings: SettingsFlags,
    /// Ask the pager, too, whether it can be reached and takes the key; nothing is changed there
    #[arg(long)]
    reach: bool,
    /// How the result is printed [default: text on a terminal, json elsewhere]
    #[arg(long, value_enum)]
    format: Option<Format>,
}

#[derive(Default, Serialize)]
struct Report {
    ok: bool,
    problems: Vec<String>,
    warnings: Vec<String>,
}

impl Check {
    pub(super) fn run(self, out: &mut impl Write) -> Result<u8, Failure> {
        if !self.settings.names_a_file() {
            eprintln!("no --config: checking the flags and the environment alone");
        }
        let mut report = Report::default();
        match self.settings.prepare() {
            // A file that is not there is no configuration: nothing was checked.
            Err(Unprepared::File(error @ SettingsError::Read { .. })) => return Err(error.into()),
            Err(Unprepared::File(error)) => report.problems.push(error.to_string()),
            Err(Unprepared::Problems(problems)) => {
                report.problems.extend(problems.iter().map(ToString::to_string));
            }
            Ok(config) => {
                report.warnings.clone_from(&config.warnings);
                if self.reach
                    && let Err(problem) = runtime()?.block_on(reach(config))
                {
                    report.problems.push(problem);
                }
            }
        }
        report.ok = report.problems.is_empty();
        print(out, Format::or_by_terminal(self.format), &report)?;
        Ok(if report.ok { DONE } else { NO })
    }
}

async fn reach(config: Config) -> Result<(), String> {
    let target = config.target.to_string();
    let options = ClientOptions { authorities_pem: config.pager_authorities, ..ClientOptions::default() };
    let client =
        PagerClient::new(config.target, config.api_key, options).map_err(|error| error.to_string())?;
    let probed = client.probe(Instant::now() + PROBE_TIME).await;
    probed.map_err(|error| format!("pager: {target}: {error}"))
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
