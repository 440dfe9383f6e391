//! `trailbell serve`.

use std::sync::Arc;

use clap::Args;
use tokio::signal::unix::{SignalKind, signal};
use tracing::{info, warn};
use trailbell::config::Config;
use trailbell::server::Server;

use super::logging::LogFlags;
use super::settings_flags::{SettingsFlags, Unprepared};
use super::{DONE, Failure, runtime};

/// Listen for SNS, verify, map and deliver. Ends on SIGTERM or Ctrl-C, after what is in flight.
#[derive(Args)]
pub(super) struct Serve {
    #[command(flatten)]
    settings: SettingsFlags,
    #[command(flatten)]
    log: LogFlags,
}

impl Serve {
    pub(super) fn run(self) -> Result<u8, Failure> {
        let config = self.settings.prepare().map_err(|unprepared| match unprepared {
            Unprepared::File(error) => Failure(error.to_string()),
            Unprepared::Problems(problems) => {
                let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
                Failure(format!("the configuration cannot be served:\n  {}", lines.join("\n  ")))
            }
        })?;
        self.log.start();
        runtime()?.block_on(serve(config))
    }
}

async fn serve(config: Config) -> Result<u8, Failure> {
    for warning in &config.warnings {
        warn!("{warning}");
    }
    let (target, https) = (config.target.to_string(), config.tls.is_some());
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let server = Server::bind(config, Arc::new(chrono::Utc::now)).await?;
    let address = server.address()?;
    info!(%address, https, target, version = env!("CARGO_PKG_VERSION"), "listening");
    if let Some(address) = server.status_address() {
        info!(address = %address?, "health and metrics");
    }
    server
        .run(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        })
        .await;
    Ok(DONE)
}
