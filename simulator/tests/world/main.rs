//! Whole worlds, from a template on.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod http;
mod live;
mod own;
mod published;
mod real_logs;
mod scenarios;
mod support;
