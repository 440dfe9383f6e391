//! The doors of `trailbell serve`: glue between SNS, the mapping and the pager. No rules live here.
//!
//! A connection passes `listen` and `door`; its message passes `receiver`, which verifies, maps and delivers; `followups` asks the pager later what
//! became of it.

mod door;
mod followups;
mod listen;
mod metrics;
mod receiver;

pub use listen::{ServeError, Server};
pub use metrics::Metrics;
pub use receiver::{Answer, Clock, Receiver};
