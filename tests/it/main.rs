//! The journeys, a file each.

mod pager_client;
