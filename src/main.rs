//! The command line of trailbell.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
