//! The doors of `trailbell serve`, `receive` and `relay`: glue between SNS, the mapping and the pager. No rules live here.
//!
//! A connection passes `listen` into the `house`. A message of SNS then passes `door` and `receiver`, which verifies it and hands it `onward`: to `paging`, which maps
//! and delivers, to `forward`, which posts it on, or to `stream`, which writes it to standard output. A request to the relay passes `relay` instead.
//! Both ways to the pager meet in `delivery`; `followups` asks the pager later what became of what it accepted.

mod dead_letters;
mod delivery;
mod door;
mod followups;
mod forward;
mod house;
mod listen;
mod metrics;
mod one_line;
mod onward;
mod paging;
mod receiver;
mod relay;
mod reply;
mod status;
mod stream;

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, Utc};

pub use forward::{Probe, Unreachable};
pub use listen::Server;
pub use metrics::Metrics;
pub use receiver::Receiver;
pub use reply::Answer;

use crate::opsgenie::SetupError;

/// The only source of time.
pub type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address is taken, or not ours.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// A client cannot be set up.
    #[error(transparent)]
    Client(#[from] SetupError),
    /// The file of dead letters cannot be opened.
    #[error("{}: {source}", path.display())]
    DeadLetters {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Standard output cannot be used.
    #[error("standard output cannot be written: {0}")]
    Stream(io::Error),
}
