//! A twin on a port of this machine.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::alert::Alert;
use super::confirm::{ConfirmError, Confirmer, Visit};
use super::faults::{Fault, FaultCount, FaultError};
use super::live::Live;
use super::recorded::Recorded;
use super::server::accept;
use super::settings::Settings;
use super::twin::Twin;
use crate::clock::Clock;

/// The twin does not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// No port.
    #[error("the pager cannot listen on {address}: {source}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why not.
        source: io::Error,
    },
    /// The settings of confirmations are no use.
    #[error("subscriptions cannot be confirmed: {0}")]
    Confirm(#[from] ConfirmError),
}

/// A twin that serves HTTP until it is dropped.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use trailbell_sim::pager::PagerTwin;
///
/// let pager = PagerTwin::start().await?;
/// // Point the client at pager.base_url(), with any UUID as its key, and let it work. Then:
/// pager.expect_calls(0);
/// pager.expect_no_open("host-down");
/// # Ok(())
/// # }
/// ```
pub struct PagerTwin {
    address: SocketAddr,
    live: Arc<Live>,
    patience: Duration,
    task: JoinHandle<()>,
}

/// How a [`PagerTwin`] starts.
#[derive(Debug)]
pub struct TwinBuilder {
    settings: Settings,
    clock: Option<Clock>,
    address: SocketAddr,
    patience: Duration,
}

impl TwinBuilder {
    /// Follows this clock instead of the real time.
    #[must_use]
    pub fn clock(mut self, clock: &Clock) -> Self {
        self.clock = Some(clock.clone());
        self
    }

    /// Listens here instead of on a free port of 127.0.0.1.
    #[must_use]
    pub const fn listen(mut self, address: SocketAddr) -> Self {
        self.address = address;
        self
    }

    /// How long the `wait_for_…` calls wait, in the wall's time; 5 s unless said otherwise.
    #[must_use]
    pub const fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Adds a fault, such as `error=503,nth=1`.
    pub fn fault(mut self, fault: &str) -> Result<Self, FaultError> {
        self.settings.edge.faults.push(fault.parse()?);
        Ok(self)
    }

    /// Starts it. Needs a tokio runtime.
    pub async fn start(self) -> Result<PagerTwin, StartError> {
        let confirmer = Confirmer::new(&self.settings.edge.confirm)?;
        let listen = |source| StartError::Listen { address: self.address, source };
        let listener = TcpListener::bind(self.address).await.map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        let clock = self.clock.unwrap_or_else(Clock::real);
        let live = Arc::new(Live::new(self.settings, clock, confirmer));
        let task = tokio::spawn(accept(listener, Arc::clone(&live)));
        Ok(PagerTwin { address, live, patience: self.patience, task })
    }
}

impl PagerTwin {
    /// Starts with the default settings, in real time, on a free port of 127.0.0.1. Needs a tokio runtime.
    pub async fn start() -> Result<Self, StartError> {
        Self::with(Settings::default()).start().await
    }

    /// One with these settings, to be started.
    #[must_use]
    pub fn with(settings: Settings) -> TwinBuilder {
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        TwinBuilder { settings, clock: None, address, patience: Duration::from_secs(5) }
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The base URL of Opsgenie's API, such as `http://127.0.0.1:4567`. JSM's is this and `/jsm/ops/integration`.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The time there.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.live.clock().now()
    }

    /// Moves its clock on, and lets what is due by then take effect.
    pub fn advance(&self, span: TimeDelta) {
        let now = self.now();
        self.live.advance_to(now.checked_add_signed(span).unwrap_or(now));
    }

    /// The requests that are kept, oldest first, keys and all.
    #[must_use]
    pub fn requests(&self) -> Vec<Recorded> {
        self.live.lock().records.iter().cloned().collect()
    }

    /// The requests after a number, oldest first.
    #[must_use]
    pub fn requests_since(&self, number: u64) -> Vec<Recorded> {
        self.live.lock().records.iter().filter(|recorded| recorded.number > number).cloned().collect()
    }

    /// How many requests there were, kept or not.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.live.lock().records.total()
    }

    /// Every alert of every account, in the order in which they were made.
    #[must_use]
    pub fn alerts(&self) -> Vec<Alert> {
        self.look(|twin| twin.accounts().flat_map(|account| account.alerts().iter().cloned()).collect())
    }

    /// Reads from the twin as it is now. Nothing is answered meanwhile.
    pub fn look<T>(&self, look: impl FnOnce(&Twin) -> T) -> T {
        let now = self.now();
        let mut shared = self.live.lock();
        shared.twin.advance(now);
        look(&shared.twin)
    }

    /// Puts these faults in force instead of those before, such as `["error=503,nth=1"]`. None ends them all.
    pub fn set_faults(&self, faults: &[&str]) -> Result<(), FaultError> {
        let faults: Vec<Fault> = faults.iter().map(|text| text.parse()).collect::<Result<_, _>>()?;
        self.live.set_faults(&faults);
        Ok(())
    }

    /// How the faults have fared.
    #[must_use]
    pub fn faults(&self) -> Vec<FaultCount> {
        self.live.lock().faults.counts()
    }

    /// The newest calls that confirmed subscriptions of the hosted integration, or did not.
    #[must_use]
    pub fn confirmations(&self) -> Vec<Visit> {
        self.live.lock().visits.iter().cloned().collect()
    }

    /// Back to the beginning: no alerts, no requests, the faults of the beginning.
    pub fn reset(&self) {
        self.live.reset();
    }

    /// The number of requests, as it rises.
    #[must_use]
    pub fn watch_calls(&self) -> watch::Receiver<u64> {
        self.live.calls()
    }

    /// The number of the last change of an alert, as it rises.
    #[must_use]
    pub fn watch_changes(&self) -> watch::Receiver<u64> {
        self.live.changes()
    }

    pub(super) const fn patience(&self) -> Duration {
        self.patience
    }
}

impl Drop for PagerTwin {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl fmt::Debug for PagerTwin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PagerTwin").field("address", &self.address).finish_non_exhaustive()
    }
}
