//! The pager's side: a stateful twin of Opsgenie's alert API and of the integration-events API of Jira Service
//! Management (JSM) Operations.
//!
//! | What | Where |
//! |---|---|
//! | Requests and replies, apart from any socket | [`Received`], [`Reply`] |
//! | The whole twin: a request and a time go in, a reply comes out | [`Twin`] |
//! | What it is told: accounts, keys, limits, and a switch for all that is unknown of the service | [`Settings`] |
//! | Who can be paged | [`Directory`] |
//! | One account and its alerts | [`Account`], [`Alerts`], [`Alert`] |
//! | Writes, parsed and checked | [`command`] |
//! | What SNS posts to the hosted CloudWatch integration | [`hosted`] |
//! | The list's query language | [`query`] |
//! | What goes wrong on purpose | [`faults`] |
//! | Every request as it came | [`Recorded`] |
//! | The edge: a server on a port, for tests and for the command line, with an inbox at `/` | [`PagerTwin`] |
//!
//! It is plain and synchronous: writes wait in it until [`Twin::advance`] is told that their time has come. Time and
//! seed are arguments, so the same calls at the same times give the same bytes.
//!
//! `README.md` beside this file has its control calls, faults, settings and query language, with examples.
//!
//! [`StandIn`] is its small forerunner.

pub mod command;
pub mod faults;
pub mod hosted;
pub mod query;
pub mod settings;
pub mod stand_in;

mod account;
mod alert;
mod alerts;
mod api;
mod body;
mod changes;
mod confirm;
mod control;
mod directory;
mod edge;
mod ends;
mod expect;
mod handle;
mod http;
mod ids;
mod inbox;
mod keys;
mod live;
mod rate_limit;
mod record;
mod recorded;
mod requests;
mod server;
mod twin;

pub use account::{Account, Integration};
pub use alert::{
    Alert, LogEntry, Note, Priority, Recipient, Report, Responder, ResponderKind, Searched, Status,
};
pub use alerts::{Alerts, Outcome, Page};
pub use changes::{Change, ChangeKind, Changes};
pub use confirm::{ConfirmError, Visit};
pub use directory::{Directory, Escalation, Schedule, Team, User};
pub use edge::{ConfirmSettings, EdgeSettings};
pub use handle::{PagerTwin, StartError, TwinBuilder};
pub use http::{Received, Reply};
pub use ids::RequestId;
pub use record::Records;
pub use recorded::{Answered, Recorded};
pub use settings::Settings;
pub use stand_in::StandIn;
pub use twin::{Processing, Twin};

/// The examples of README are compiled and run.
#[cfg(doctest)]
#[doc = include_str!("README.md")]
struct Readme;
