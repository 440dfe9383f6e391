//! The journeys: one binary, one file each.

mod genuine_messages;
mod limits;
mod mapping;
mod pager_client;
mod real_data;
