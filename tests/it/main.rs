//! The journeys: one binary, one file each.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod attack_kit;
mod attacks;
mod beside_vector;
mod cli;
mod envelope_properties;
mod functions;
mod genuine_messages;
mod journey;
mod limits;
mod mapping;
mod openssl;
mod pager_client;
mod real_data;
mod service;
mod vector_configs;
mod vrl_verify;
mod world;
