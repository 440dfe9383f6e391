//! The AWS side of the path and the pager, on one machine.

pub mod pager;
