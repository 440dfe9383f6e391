//! A server in the foreground: from its start to SIGTERM.

use tokio::signal::unix::{SignalKind, signal};
use tracing::{info, warn};
use trailbell::server::{Clock, Server};

use super::Failure;

/// The system's clock.
pub(super) fn clock() -> Clock {
    std::sync::Arc::new(chrono::Utc::now)
}

/// Says what an operator should know.
pub(super) fn warn_of(warnings: &[String]) {
    for warning in warnings {
        warn!("{warning}");
    }
}

/// Tells where the server listens, and runs it until a signal, or until nobody reads what it writes.
pub(super) async fn run(server: Server, https: bool, target: &str) -> Result<(), Failure> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let address = server.address()?;
    info!(%address, https, target, version = env!("CARGO_PKG_VERSION"), "listening");
    if let Some(address) = server.status_address() {
        info!(address = %address?, "health and metrics");
    }
    let reader_gone = server.reader_gone();
    let mut gone = reader_gone.clone();
    server
        .run(async move {
            let reader_gone = async {
                if let Some(gone) = &mut gone
                    && gone.wait_for(|gone| *gone).await.is_ok()
                {
                    return;
                }
                std::future::pending::<()>().await;
            };
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
                () = reader_gone => {}
            }
        })
        .await;
    if reader_gone.is_some_and(|gone| *gone.borrow()) {
        let reason = "the reader of standard output has gone away: what came since was answered 503";
        return Err(Failure(reason.to_owned()));
    }
    Ok(())
}
