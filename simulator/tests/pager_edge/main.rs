//! The pager twin over sockets: its server, its faults, its control calls and its expectations.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod command;
mod confirmations;
mod control;
mod documentation;
mod expectations;
mod faults;
mod serving;
mod support;
