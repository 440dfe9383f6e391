//! The command line of trailbell.

mod cli;

use std::process::ExitCode;

/// Mapping an event makes hundreds of small values, on every core at once: a quarter of the server's time with the system's
/// allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cli::run()
}
