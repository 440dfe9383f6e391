//! A small pager: create, close and note by alias, and the outcome of each request. A stand-in, not a twin: no limits,
//! no query language, no responders.

mod alerts;
mod server;

pub use alerts::{Alert, Alerts};
pub use server::{ReceivedRequest, StandIn};
