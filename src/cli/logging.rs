//! The log: for people on a terminal, JSON elsewhere.

use std::io::IsTerminal as _;

use clap::{Args, ValueEnum};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// How the log is written.
#[derive(Args)]
pub(super) struct LogFlags {
    /// Lowest level that is logged
    #[arg(long, value_enum, default_value_t = LogLevel::Info, value_name = "LEVEL")]
    log_level: LogLevel,
    /// Log for people or as JSON [default: text on a terminal, json elsewhere]
    #[arg(long, value_enum, value_name = "FORMAT")]
    log_format: Option<super::Format>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LogLevel {
    Error,
    Warn,
    Info,
    Debug,
}

impl LogFlags {
    /// Starts the log. Only trailbell's own lines are written: what the libraries below say at lower levels
    /// may hold headers and URLs.
    pub(super) fn start(&self) {
        let level = match self.log_level {
            LogLevel::Error => LevelFilter::ERROR,
            LogLevel::Warn => LevelFilter::WARN,
            LogLevel::Info => LevelFilter::INFO,
            LogLevel::Debug => LevelFilter::DEBUG,
        };
        let targets = Targets::new().with_target("trailbell", level);
        let terminal = std::io::stderr().is_terminal();
        let json = self.log_format.map_or(!terminal, |format| format == super::Format::Json);
        let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
        let registry = tracing_subscriber::registry().with(targets);
        // A second start would be a defect, and no reason to end a running server.
        let _ = if json {
            registry.with(lines.json().flatten_event(true).with_target(false)).try_init()
        } else {
            registry.with(lines.with_ansi(terminal).with_target(false)).try_init()
        };
    }
}
