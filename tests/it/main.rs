//! The journeys, one file each.

mod genuine_messages;
mod real_data;
