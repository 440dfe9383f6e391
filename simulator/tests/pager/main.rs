//! The pager twin against what is known of Opsgenie and JSM: call by call, switch by switch, and against a model.
#![allow(clippy::unwrap_used, clippy::expect_used)]

/// What is accepted now takes effect later: delays, faults, outcomes.
mod asynchronous;
/// Who may ask: keys, accounts, rights.
mod authentication;
/// Each call: success and each refusal.
mod calls;
/// One alias, one open alert.
mod deduplication;
/// The hosted CloudWatch integration's webhook.
mod hosted;
/// JSM's integration events: the same calls, fewer of them.
mod jsm;
/// Lists: queries, order, pages.
mod listing;
/// Random calls of several clients against a simple model.
mod model;
/// Buckets and headers.
mod rate_limits;
/// Settings from TOML.
mod settings;
mod support;
/// Each thing that is unknown of the service, with both settings of its switch.
mod switches;
/// Whole answers, to the byte.
mod wire;
