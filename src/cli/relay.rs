//! `trailbell relay`.

use clap::Args;
use trailbell::config::RelayConfig;
use trailbell::server::Server;

use super::logging::LogFlags;
use super::settings_flags::{FileFlag, PagerFlags, RelayFlags};
use super::{DONE, Failure, running, runtime};

/// Take actions and Opsgenie's own calls, and deliver them to the pager.
///
/// POST /actions takes actions of the mapping: one, a JSON array, or lines of them. It answers 200 once the pager has accepted
/// all of them; 400 for what is no action, 422 for what the pager refuses for good, 503 for what may pass. Calls below
/// /v2/alerts and /jsm/ops/integration/v2/alerts are those of Opsgenie, so that any client of it gains retries by changing its base
/// URL. The pager's key is the relay's own; a caller's is never passed on.
///
/// Actions of one alias are delivered one after the other, those of different aliases side by side. A create or a note that is
/// older than a close of its alias which the pager has accepted within the last hour is not delivered: its outcome is `stale`.
#[derive(Args)]
pub(super) struct Relay {
    #[command(flatten)]
    file: FileFlag,
    #[command(flatten)]
    relay: RelayFlags,
    #[command(flatten)]
    pager: PagerFlags,
    #[command(flatten)]
    log: LogFlags,
}

impl Relay {
    pub(super) fn run(self) -> Result<u8, Failure> {
        let mut settings = self.file.read()?;
        self.relay.overlay(&mut settings);
        self.pager.overlay(&mut settings.pager);
        let config = self.file.prepare(&settings, RelayConfig::prepare)?;
        self.log.start();
        runtime()?.block_on(relay(config))
    }
}

async fn relay(config: RelayConfig) -> Result<u8, Failure> {
    running::warn_of(&config.warnings);
    let (target, https) = (config.pager.target.to_string(), config.tls.is_some());
    running::run(Server::bind_relay(config, running::clock()).await?, https, &target).await?;
    Ok(DONE)
}
