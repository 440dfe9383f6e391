//! The journeys: one binary, one file each.

mod genuine_messages;
mod mapping;
mod real_data;
