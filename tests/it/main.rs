//! The integration tests: one binary, a file a journey.

mod limits;
mod mapping;
