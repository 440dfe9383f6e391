//! The pager's side, as much of it as a delivery touches: create, close and note by alias, and the outcome of
//! each request. A stand-in, not a twin: no limits, no query language, no responders.

mod alerts;
pub mod query;
mod stand_in;

pub use alerts::{Alert, Alerts};
pub use stand_in::{ReceivedRequest, StandIn};
