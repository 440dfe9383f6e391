//! trailbell carries CloudTrail alarms from Amazon SNS to the pager.
//!
//! ```text
//! bytes ─▶ sns ─▶ Verified<Envelope> ─▶ transform ─▶ Action ─▶ opsgenie ─▶ the pager
//! ```
//!
//! The modules stand in the order in which data flows; each knows only those above it.
//!
//! - [`sns`]: from the bytes that SNS posts to an envelope that SNS has signed.
//! - [`opsgenie`]: what leaves: the request, its limits, and with the feature `server` the client.
//! - [`transform`]: the VRL programs of `vrl/`, compiled once and run on each message.
//! - [`functions`]: the same steps as VRL functions, for programs that embed VRL.
//! - `config` and `server`: the doors of `trailbell serve`, `receive` and `relay`; feature `server`, on by default.
//!
//! Without `server` the library does no I/O and has no runtime. Time, certificates and settings are arguments.

pub mod sns;

pub mod opsgenie;

pub mod transform;

pub mod functions;

#[cfg(feature = "server")]
pub mod config;
#[cfg(feature = "server")]
pub mod server;

/// The README's Rust is compiled with the tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
