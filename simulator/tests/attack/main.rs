//! The attack kit against receivers: a sound one, and ones that are each flawed in a way of their own.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod command;
mod flaws;
mod message;
mod receiver;
mod refusals;
