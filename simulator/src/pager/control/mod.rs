//! The calls under `/_twin`: what the twin has seen and holds, faults, the clock, and events as they happen.
//!
//! They have no passwords, so they are for this machine alone.

mod events;
mod views;

use std::fmt::Display;
use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use hyper::Response;
use hyper::http::request::Parts;
use serde::Deserialize;
use serde_json::json;

use super::body::Outgoing;
use super::ends::Ends;
use super::faults::{Fault, span};
use super::http::Reply;
use super::live::Live;
use super::server::response;

/// What is told of a call that there is not.
const CALLS: &str = "there are GET /_twin, DELETE /_twin, GET /_twin/requests, GET /_twin/alerts, GET and PUT \
                     /_twin/faults, GET /_twin/events, GET and PUT /_twin/clock, and GET /_twin/confirmations";

/// Whether a path is one of these calls.
pub(super) fn is_control(path: &str) -> bool {
    path == "/_twin" || path.starts_with("/_twin/")
}

/// Answers a call. `body` is an error if it was too long.
pub(super) fn answer(
    live: &Arc<Live>,
    ends: Ends,
    head: &Parts,
    body: Result<Bytes, ()>,
) -> Response<Outgoing> {
    if !ends.are_this_machine(head) {
        let why = "calls under /_twin are for this machine alone: call a loopback address or localhost";
        return response(refused(403, why));
    }
    let Ok(body) = body else { return response(refused(413, "the body is too long")) };
    let path: Vec<&str> = head.uri.path().split('/').filter(|part| !part.is_empty()).skip(1).collect();
    let query = head.uri.query().unwrap_or_default();
    let reply = match (head.method.as_str(), path.as_slice()) {
        ("GET", []) => Ok(views::overview(live)),
        ("DELETE", []) => {
            live.reset();
            Ok(Reply {
                status: 204,
                headers: Vec::new(),
                content_type: "application/json",
                body: Bytes::new(),
            })
        }
        ("GET", ["requests"]) => views::requests(live, query),
        ("GET", ["alerts"]) => views::alerts(live, query),
        ("GET", ["faults"]) => Ok(views::faults(live)),
        ("PUT", ["faults"]) => set_faults(live, &body),
        ("GET", ["confirmations"]) => Ok(views::confirmations(live)),
        ("GET", ["clock"]) => Ok(views::clock(live)),
        ("PUT", ["clock"]) => set_clock(live, &body),
        ("GET", ["events"]) => match events::answer(live, head) {
            Ok(stream) => return stream,
            Err(refused) => Err(refused),
        },
        (_, [] | ["requests" | "alerts" | "faults" | "confirmations" | "clock" | "events"]) => {
            Err(refused(405, CALLS))
        }
        _ => Err(refused(404, CALLS)),
    };
    let mut reply = reply.unwrap_or_else(|refused| refused);
    if !reply.body.is_empty() {
        // For those who call from a terminal.
        reply.body = [&reply.body[..], b"\n"].concat().into();
    }
    response(reply)
}

fn refused(status: u16, why: impl Display) -> Reply {
    Reply::json(status, &json!({"error": format!("{why}")}))
}

/// `{"faults": ["error=503,nth=3"]}`; none ends them all.
fn set_faults(live: &Live, body: &[u8]) -> Result<Reply, Reply> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Wish {
        faults: Vec<Fault>,
    }
    let wish: Wish = serde_json::from_slice(body).map_err(|error| refused(400, error))?;
    live.set_faults(&wish.faults);
    Ok(views::faults(live))
}

/// `{"speed": 60}`, `{"advance": "+5m"}`, `{"advance": "2026-09-22T19:30:00Z"}`.
fn set_clock(live: &Live, body: &[u8]) -> Result<Reply, Reply> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Wish {
        speed: Option<f64>,
        advance: Option<String>,
    }
    let wish: Wish = serde_json::from_slice(body).map_err(|error| refused(400, error))?;
    let now = live.clock().now();
    let to =
        wish.advance.map(|text| time(&text, now).ok_or_else(|| refused(400, no_time(&text)))).transpose()?;
    if let Some(speed) = wish.speed {
        live.clock().set_speed(speed).map_err(|error| refused(400, error))?;
    }
    match to {
        Some(to) => live.advance_to(to),
        None => live.catch_up(),
    }
    Ok(views::clock(live))
}

fn time(text: &str, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    match text.strip_prefix('+') {
        Some(text) => now.checked_add_signed(span(text)?),
        None => DateTime::parse_from_rfc3339(text).ok().map(|at| at.to_utc()),
    }
}

fn no_time(text: &str) -> String {
    format!("\"{text}\" is no time: give one such as 2026-09-22T19:30:00Z, or +10m from now")
}
