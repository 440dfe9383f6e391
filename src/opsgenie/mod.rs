//! What leaves: the request, its limits, and the client that sends it.

mod action;

pub use action::{Action, Request, Verb};
