//! The journeys: one binary, one file each.

mod genuine_messages;
mod mapping;
mod pager_client;
mod real_data;
