//! `trailbell receive`.

use std::time::Duration;

use clap::Args;
use trailbell::config::Config;
use trailbell::server::Server;

use super::logging::LogFlags;
use super::settings_flags::{DoorFlags, FileFlag};
use super::{DONE, Failure, running, runtime};

/// Listen for SNS, verify, and print each message as one line of JSON.
///
/// For Vector's `exec` source in streaming mode, with `include_stderr: false`. A line is SNS's own JSON, without line
/// breaks; it has left this process before SNS gets its 200. The log goes to standard error. A reader that does not keep
/// up, or is gone, is answered to SNS by 503; when it is gone, the command ends with code 2.
///
/// What a pipe cannot promise: its reader acknowledges nothing. A line that Vector has read, or that stands in the pipe,
/// is lost if Vector dies. Where that matters use `serve --forward`, which answers SNS after Vector has.
///
/// Subscriptions are confirmed as by `serve`, and are not printed.
#[derive(Args)]
pub(super) struct Receive {
    #[command(flatten)]
    file: FileFlag,
    #[command(flatten)]
    door: DoorFlags,
    #[command(flatten)]
    log: LogFlags,
}

impl Receive {
    pub(super) fn run(self) -> Result<u8, Failure> {
        let mut settings = self.file.read()?;
        self.door.overlay(&mut settings);
        let config = self.file.prepare(&settings, Config::prepare_stream)?;
        self.log.start();
        let runtime = runtime()?;
        let ended = runtime.block_on(receive(config));
        // A terminal that does not take a line may hold a thread for ever.
        runtime.shutdown_timeout(Duration::from_secs(1));
        ended
    }
}

async fn receive(config: Config) -> Result<u8, Failure> {
    running::warn_of(&config.warnings);
    let https = config.tls.is_some();
    running::run(Server::bind(config, running::clock()).await?, https, "standard output").await?;
    Ok(DONE)
}
