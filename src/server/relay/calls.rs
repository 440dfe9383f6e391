//! Opsgenie's own calls: whatever speaks its alert API may speak to the relay instead.
//!
//! Writes are delivered as actions are. Of what can be read only the status of a request is passed on: with the relay's
//! key, callers could read every alert of the account otherwise.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};
use tokio::time::Instant;
use tracing::warn;

use super::super::delivery::Errand;
use super::super::reply::{Reply, json as json_reply, reply};
use super::outcome::{Undone, come_again, unanswered};
use super::{Desk, error};
use crate::opsgenie::{Call, Request, RequestError, RequestId};

/// The most bytes of a request. An alert with every field at its limit has less than 50 KB.
pub(super) const MAX_BYTES: usize = 512 * 1024;

/// The prefix of Jira Service Management's integration events.
const JSM: &str = "/jsm/ops/integration";

/// The path of the alert API, if it is one: `/v2/alerts…`.
pub(super) fn below_alerts(path: &str) -> Option<&str> {
    let path = path.strip_prefix(JSM).unwrap_or(path);
    let below = path.strip_prefix("/v2/alerts")?;
    (below.is_empty() || below.starts_with('/')).then_some(path)
}

/// Answers one call.
pub(super) async fn answer(
    desk: &Desk,
    head: &Parts,
    body: &Bytes,
    started: Instant,
    deadline: Instant,
) -> Reply {
    let Some(path) = below_alerts(head.uri.path()) else { return super::no_such_path() };
    if head.method == Method::GET || head.method == Method::HEAD {
        return read(desk, path, deadline).await;
    }
    let request = match request(head, path, body) {
        Ok(request) => request,
        Err(reason) => {
            desk.metrics.refused("not_a_call");
            warn!(reason, "request refused");
            return error(StatusCode::BAD_REQUEST, reason);
        }
    };
    let call = match Call::of(&request) {
        Ok(call) => call,
        Err(reason) => {
            desk.metrics.refused("not_a_call");
            warn!(%reason, "request refused");
            let unknown = matches!(reason, RequestError::UnknownCall { .. });
            let status = if unknown { StatusCode::NOT_FOUND } else { StatusCode::BAD_REQUEST };
            return error(status, &reason.to_string());
        }
    };
    let subject = Subject::of(call, &request);
    let place = subject.lane.as_deref().map(|lane| desk.lanes.queue(lane));
    let errand = Errand { verb: call.as_str(), alias: &subject.shown, request: &request, cause: None };
    let turn = match place {
        None => None,
        Some(place) => match desk.turn(place, deadline).await {
            Ok(turn) => Some(turn),
            Err(undone) => return failed(&undone, started),
        },
    };
    let result = desk.deliver(&errand, deadline).await;
    if let Some(turn) = turn
        && result.as_ref().err().is_none_or(|undone| !undone.passes())
    {
        turn.done();
    }
    match result {
        Ok(receipt) => {
            let mut body = json!({ "result": "Request will be processed", "took": took(started) });
            let id = receipt.request_id.as_ref().map(RequestId::as_str);
            if let Some(id) = id {
                body["requestId"] = id.into();
            }
            let mut reply = json_reply(StatusCode::ACCEPTED, &body);
            if let Some(Ok(id)) = id.map(HeaderValue::try_from) {
                reply.headers_mut().insert("x-request-id", id);
            }
            reply
        }
        Err(undone) => failed(&undone, started),
    }
}

fn failed(undone: &Undone, started: Instant) -> Reply {
    let mut body = json!({ "message": undone.to_string(), "took": took(started) });
    if undone.passes() {
        return come_again(json_reply(StatusCode::SERVICE_UNAVAILABLE, &body), undone.wait());
    }
    let errors = undone.errors();
    if !errors.is_empty() {
        body["errors"] = json!(errors);
    }
    json_reply(StatusCode::UNPROCESSABLE_ENTITY, &body)
}

/// `GET /v2/alerts/requests/{id}`.
async fn read(desk: &Desk, path: &str, deadline: Instant) -> Reply {
    let id = path.strip_prefix("/v2/alerts/requests/").filter(|id| !id.is_empty()).and_then(RequestId::new);
    let Some(id) = id else {
        let text = "the relay reads nothing but the status of a request: ask the pager itself";
        return error(StatusCode::NOT_IMPLEMENTED, text);
    };
    match desk.delivery.pager().request_status(&id, deadline).await {
        Ok(answer) => {
            let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::BAD_GATEWAY);
            let mut reply = reply(status, "application/json", answer.body);
            let error_type = answer.error_type.and_then(|text| HeaderValue::try_from(text).ok());
            if let Some(error_type) = error_type {
                reply.headers_mut().insert("x-opsgenie-errortype", error_type);
            }
            reply
        }
        Err(trouble) => unanswered(&trouble),
    }
}

/// The call as it is sent on: without the caller's key, which older clients put into the query.
fn request(head: &Parts, path: &str, body: &[u8]) -> Result<Request, &'static str> {
    let body = match body.trim_ascii() {
        [] => Map::new(),
        body => match serde_json::from_slice(body) {
            Ok(Value::Object(body)) => body,
            Ok(_) => return Err("the body is no JSON object"),
            Err(_) => return Err("Request body is not processable JSON"),
        },
    };
    let query = head.uri.query().unwrap_or_default();
    let query: BTreeMap<String, String> = url::form_urlencoded::parse(query.as_bytes())
        .filter(|(name, _)| name != "apiKey")
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    Ok(Request { method: head.method.to_string(), path: path.to_owned(), query, body })
}

/// The alert that a call is about.
struct Subject {
    /// Whose calls keep their order: none but that of a create without an alias, which nothing else is about. Ids and
    /// short numbers cannot be told to be of an alias.
    lane: Option<String>,
    /// For the log: the alias, or else the id.
    shown: String,
}

impl Subject {
    fn of(call: Call, request: &Request) -> Self {
        if call == Call::Create {
            let alias = request.body.get("alias").and_then(Value::as_str).filter(|alias| !alias.is_empty());
            return Self { lane: alias.map(str::to_owned), shown: alias.unwrap_or_default().to_owned() };
        }
        let segment = request.path.split('/').nth(3).unwrap_or_default();
        let named = percent_decode_str(segment).decode_utf8_lossy().into_owned();
        match request.query.get("identifierType").map(String::as_str) {
            Some("alias") => Self { lane: Some(named.clone()), shown: named },
            // Not the alias of that text.
            other => Self { lane: Some(format!("\0{}\0{named}", other.unwrap_or("id"))), shown: named },
        }
    }
}

/// Seconds, as Opsgenie tells them.
fn took(started: Instant) -> f64 {
    (started.elapsed().as_secs_f64() * 1000.0).round() / 1000.0
}
