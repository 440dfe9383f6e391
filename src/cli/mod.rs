//! The commands. Data goes to standard output, what is for people to standard error.
//!
//! Exit codes: 0 done, 1 the answer is no, 2 the call or its input was wrong.

mod check;
mod input;
mod keys;
mod logging;
mod map;
mod receive;
mod relay;
mod running;
mod serve;
mod settings_flags;
mod verify;

use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};

/// Carries CloudTrail alarms from Amazon SNS to the pager.
#[derive(Parser)]
#[command(name = "trailbell", version, about, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Serve(serve::Serve),
    Receive(receive::Receive),
    Relay(relay::Relay),
    Map(map::Map),
    Verify(verify::Verify),
    Check(check::Check),
    Keys(keys::Keys),
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
        let terminal = std::io::IsTerminal::is_terminal(&std::io::stdout());
        format.unwrap_or(if terminal { Self::Text } else { Self::Json })
    }
}

/// The answer is yes, or there was nothing to ask.
const DONE: u8 = 0;
/// The answer is no.
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

/// Runs the command of this process's arguments.
pub(crate) fn run() -> ExitCode {
    let cli = Cli::parse();
    let result = match cli.command {
        Command::Serve(serve) => serve.run(),
        Command::Receive(receive) => receive.run(),
        Command::Relay(relay) => relay.run(),
        Command::Map(map) => map.run(&mut std::io::stdout().lock()),
        Command::Verify(verify) => verify.run(&mut std::io::stdout().lock()),
        Command::Check(check) => check.run(&mut std::io::stdout().lock()),
        Command::Keys(keys) => keys.run(&mut std::io::stdout().lock()),
    };
    match result {
        Ok(code) => ExitCode::from(code),
        Err(Failure(reason)) => {
            eprintln!("trailbell: {reason}");
            ExitCode::from(WRONG)
        }
    }
}

/// A runtime for commands that speak to others.
fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.enable_all().build().map_err(|error| Failure(format!("cannot start the runtime: {error}")))
}
