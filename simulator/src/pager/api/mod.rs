//! The calls of Opsgenie's alert API, of JSM's integration events, and the hosted webhook.

mod answer;
mod cursor;
mod listing;
mod reads;
mod refusal;
mod route;
mod writes;

pub(super) use answer::{accepted, finish};
pub(super) use reads::Reads;
pub(super) use refusal::Refusal;
pub(super) use route::{Call, Right, Route, check_media_types, route};
pub(super) use writes::read_command;
