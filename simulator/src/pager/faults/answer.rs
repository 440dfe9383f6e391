//! What is answered by the service when it fails, and by a gateway in front of it.

use serde_json::json;

use super::super::http::Reply;
use super::super::ids::RequestId;
use super::Instead;

/// The answer, if there is one.
pub(in super::super) fn failing(instead: Instead, id: RequestId) -> Option<Reply> {
    let (status, message) = match instead {
        Instead::Throttled(period) => {
            let mut reply = error(429, "You are making too many requests!", id);
            reply.headers.push(("X-RateLimit-State", "THROTTLED".to_owned()));
            reply.headers.push(("X-RateLimit-Reason", "ACCOUNT".to_owned()));
            reply.headers.push(("X-RateLimit-Period-In-Sec", period.to_string()));
            return Some(reply);
        }
        Instead::Html(status) => return Some(page(status)),
        Instead::Error(status) => (status, reason(status)),
        Instead::Hang | Instead::Reset => return None,
    };
    Some(error(status, message, id))
}

/// The answer to a question for an outcome that is not there.
pub(in super::super) fn not_processed(id: RequestId) -> Reply {
    let mut reply = error(404, "Request not found. It might not be processed, yet.", id);
    reply.headers.push(("X-Opsgenie-Errortype", "RequestNotProcessed".to_owned()));
    reply
}

fn error(status: u16, message: &str, id: RequestId) -> Reply {
    let mut reply =
        Reply::json(status, &json!({"message": message, "took": 0.001, "requestId": id.to_string()}));
    reply.headers.push(("X-Request-Id", id.to_string()));
    reply.headers.push(("X-Response-Time", "0.001".to_owned()));
    reply
}

fn page(status: u16) -> Reply {
    let reason = reason(status);
    let body = format!(
        "<html>\r\n<head><title>{status} {reason}</title></head>\r\n<body>\r\n<center><h1>{status} {reason}</h1></center>\r\n\
         </body>\r\n</html>\r\n"
    );
    Reply { status, headers: Vec::new(), content_type: "text/html", body: body.into() }
}

fn reason(status: u16) -> &'static str {
    hyper::StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason()).unwrap_or("Error")
}
