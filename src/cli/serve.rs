//! `trailbell serve`.

use clap::Args;
use trailbell::config::{Config, Onward, Settings};
use trailbell::server::Server;

use super::logging::LogFlags;
use super::settings_flags::{DoorFlags, FileFlag, ForwardFlags, MappingFlags, PagerFlags, Unprepared};
use super::{DONE, Failure, running, runtime};

/// Listen for SNS, verify, map and deliver. Ends on SIGTERM or Ctrl-C, after what is in flight.
///
/// With --forward, verified messages are not mapped but posted on, byte by byte, with SNS's headers and headers that
/// say what was verified. SNS is answered by the next hop's answer: 200 for its 2xx, 503 for its 408, 429 and 5xx and
/// for none at all. Any other answer is final: the message is kept in --dead-letters, and SNS gets 200.
#[derive(Args)]
pub(super) struct Serve {
    #[command(flatten)]
    settings: ServeSettings,
    #[command(flatten)]
    log: LogFlags,
}

/// What `serve` is told, by file and flags.
#[derive(Args)]
pub(super) struct ServeSettings {
    #[command(flatten)]
    pub(super) file: FileFlag,
    #[command(flatten)]
    door: DoorFlags,
    #[command(flatten)]
    pager: PagerFlags,
    #[command(flatten)]
    mapping: MappingFlags,
    #[command(flatten)]
    forward: ForwardFlags,
}

impl ServeSettings {
    /// The file's settings under those of the flags.
    pub(super) fn read(self) -> Result<(FileFlag, Settings), Unprepared> {
        let mut settings = self.file.read()?;
        self.door.overlay(&mut settings);
        self.pager.overlay(&mut settings.pager);
        self.mapping.overlay(&mut settings);
        self.forward.overlay(&mut settings);
        Ok((self.file, settings))
    }
}

impl Serve {
    pub(super) fn run(self) -> Result<u8, Failure> {
        let (file, settings) = self.settings.read()?;
        let config = file.prepare(&settings, Config::prepare)?;
        self.log.start();
        runtime()?.block_on(serve(config))
    }
}

async fn serve(config: Config) -> Result<u8, Failure> {
    running::warn_of(&config.warnings);
    let target = match &config.onward {
        Onward::Paging(paging) => paging.pager.target.to_string(),
        Onward::Forward(forward) => forward.url.to_string(),
        Onward::Stream => "standard output".to_owned(),
    };
    let https = config.tls.is_some();
    running::run(Server::bind(config, running::clock()).await?, https, &target).await?;
    Ok(DONE)
}
