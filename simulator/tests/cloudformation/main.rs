//! Templates, read as a user gives them.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod explore;
