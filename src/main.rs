//! The command line of trailbell.

mod cli;

use std::process::ExitCode;

/// The mapping makes hundreds of small values for each message, on every core at once.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cli::run()
}
