//! The envelope of an answer, and the headers of all of them.

use serde::Serialize;

use super::super::http::Reply;
use super::super::ids::RequestId;
use super::super::settings::Switches;

/// How long an answer says that it took, in seconds. The twin measures nothing: the same call gives the same bytes.
pub(super) const TOOK: f64 = 0.001;

#[derive(Serialize)]
struct Envelope<'a, T> {
    data: T,
    #[serde(skip_serializing_if = "Option::is_none")]
    paging: Option<&'a Paging>,
    took: f64,
    #[serde(rename = "requestId")]
    request_id: String,
}

#[derive(Serialize)]
struct Accepted {
    result: &'static str,
    took: f64,
    #[serde(rename = "requestId")]
    request_id: String,
}

/// Where the other pages are.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Paging {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) prev: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) first: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) last: Option<String>,
}

/// 200 with data.
pub(super) fn data(data: impl Serialize, request: RequestId) -> Reply {
    Reply::json(200, &Envelope { data, paging: None, took: TOOK, request_id: request.to_string() })
}

/// 200 with a page of data.
pub(super) fn page(data: impl Serialize, paging: &Paging, request: RequestId) -> Reply {
    Reply::json(200, &Envelope { data, paging: Some(paging), took: TOOK, request_id: request.to_string() })
}

/// 202: it will be processed.
pub(in super::super) fn accepted(request: RequestId) -> Reply {
    let result = "Request will be processed";
    Reply::json(202, &Accepted { result, took: TOOK, request_id: request.to_string() })
}

/// Adds the headers that every answer has. `throttled` is the period of the limit that was exceeded.
pub(in super::super) fn finish(
    mut reply: Reply,
    request: RequestId,
    throttled: Option<u32>,
    switches: &Switches,
) -> Reply {
    reply.headers.push(("X-Request-Id", request.to_string()));
    reply.headers.push(("X-Response-Time", TOOK.to_string()));
    if let Some(period) = throttled {
        reply.headers.push(("X-RateLimit-State", "THROTTLED".to_owned()));
        reply.headers.push(("X-RateLimit-Reason", "ACCOUNT".to_owned()));
        reply.headers.push(("X-RateLimit-Period-In-Sec", period.to_string()));
    } else if !switches.rate_limit_state.is_empty() {
        reply.headers.push(("X-RateLimit-State", switches.rate_limit_state.clone()));
    }
    reply
}
