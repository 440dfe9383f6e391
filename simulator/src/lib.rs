//! The AWS side of the path, on one machine.

pub mod sns;
