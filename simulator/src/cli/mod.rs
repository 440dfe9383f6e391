//! The commands. Data goes to standard output, what is for people to standard error.
//!
//! Exit codes: 0 done, 1 the answer is no, 2 the call or its input was wrong.

mod attack;
mod check_template;
mod deployment;
mod evaluate;
mod generate;
mod pager;
mod play;
mod run;
mod story;
mod test_pattern;
mod timeline;
mod up;
mod world;

use std::io::{self, BufWriter};
use std::process::ExitCode;

use chrono::{DateTime, Utc};
use clap::{Parser, Subcommand, ValueEnum};

/// Plays the path from CloudTrail to the pager on one machine.
#[derive(Parser)]
#[command(name = "trailbell-sim", version, about, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Attack(Box<attack::AttackCommand>),
    CheckTemplate(check_template::CheckTemplate),
    Evaluate(evaluate::Evaluate),
    Generate(generate::Generate),
    Pager(Box<pager::Pager>),
    Run(Box<run::Run>),
    TestPattern(test_pattern::TestPattern),
    Up(Box<up::Up>),
}

/// How data is printed.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl Format {
    /// The one asked for; otherwise text on a terminal and JSON elsewhere.
    fn or_by_terminal(format: Option<Self>) -> Self {
        let terminal = io::IsTerminal::is_terminal(&io::stdout());
        format.unwrap_or(if terminal { Self::Text } else { Self::Json })
    }
}

/// The answer is yes, or there was nothing to ask.
const DONE: u8 = 0;
/// The answer is no.
#[allow(dead_code, reason = "commands that ask something come next")]
const NO: u8 = 1;
/// The call or its input was wrong.
const WRONG: u8 = 2;

/// Why a command cannot do its work: told to the user, exit code 2.
struct Failure(String);

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

/// A time of an argument or of an input.
fn parse_time(text: &str) -> Result<DateTime<Utc>, String> {
    let time = DateTime::parse_from_rfc3339(text).map(|time| time.to_utc());
    time.map_err(|_| "is no time such as 2026-01-31T23:59:59Z".to_owned())
}

/// A runtime for the edges.
fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}

/// Runs the command of this process's arguments.
pub(crate) fn run() -> ExitCode {
    let cli = Cli::parse();
    let out = || BufWriter::new(io::stdout().lock());
    let result: Result<u8, Failure> = match cli.command {
        Command::Attack(attack) => attack.run(&mut out()),
        Command::CheckTemplate(command) => command.run(&mut out()),
        Command::Evaluate(command) => command.run(&mut out()),
        Command::Generate(generate) => generate.run(&mut out()),
        Command::Pager(pager) => pager.run(),
        Command::Run(run) => run.run(&mut out()),
        Command::TestPattern(command) => command.run(&mut out()),
        Command::Up(up) => up.run(),
    };
    match result {
        Ok(code) => ExitCode::from(code),
        Err(Failure(reason)) => {
            eprintln!("trailbell-sim: {reason}");
            ExitCode::from(WRONG)
        }
    }
}
