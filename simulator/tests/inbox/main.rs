//! The inbox of the pager twin: its pages as they are sent, and as Chromium shows them.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod access;
mod browser;
mod buttons;
mod driver;
mod hostile;
mod journeys;
mod pages;
mod support;
