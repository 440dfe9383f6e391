//! The stand-in's HTTP side, on a free port of this machine.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::alerts::{Alert, Alerts};

/// A request as it came.
#[derive(Debug, Clone, PartialEq)]
pub struct ReceivedRequest {
    /// `POST`, `GET`, …
    pub method: String,
    /// Path and query, as they stood on the wire.
    pub target: String,
    /// The `Authorization` header.
    pub authorization: Option<String>,
    /// The body, `null` if there was none or it was no JSON.
    pub body: Value,
}

/// A pager on a loopback port. Ends when it is dropped.
pub struct StandIn {
    address: SocketAddr,
    shared: Arc<Mutex<Shared>>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct Shared {
    alerts: Alerts,
    requests: Vec<ReceivedRequest>,
    refusal: Option<StatusCode>,
}

const MAX_BODY_BYTES: usize = 1024 * 1024;

impl StandIn {
    /// Starts on a free port of 127.0.0.1.
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let shared = Arc::<Mutex<Shared>>::default();
        let task = tokio::spawn(accept(listener, Arc::clone(&shared)));
        Ok(Self { address, shared, task })
    }

    /// The base URL, such as `http://127.0.0.1:4567`.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Every alert, in the order in which they were raised.
    #[must_use]
    pub fn alerts(&self) -> Vec<Alert> {
        lock(&self.shared).alerts.all().to_vec()
    }

    /// Every request so far, questions about outcomes among them.
    #[must_use]
    pub fn requests(&self) -> Vec<ReceivedRequest> {
        lock(&self.shared).requests.clone()
    }

    /// Answers every request with this status from now on; `None` behaves again.
    pub fn refuse_with(&self, status: Option<u16>) {
        lock(&self.shared).refusal = status.and_then(|status| StatusCode::from_u16(status).ok());
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, shared: Arc<Mutex<Shared>>) {
    while let Ok((stream, _)) = listener.accept().await {
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let service = service_fn(|request| answer(request, &shared));
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn answer(
    request: Request<Incoming>,
    shared: &Mutex<Shared>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let body = Limited::new(body, MAX_BODY_BYTES).collect().await.map(http_body_util::Collected::to_bytes);
    let received = ReceivedRequest {
        method: head.method.to_string(),
        target: head.uri.path_and_query().map(ToString::to_string).unwrap_or_default(),
        authorization: head.headers.get(AUTHORIZATION).and_then(|v| v.to_str().ok()).map(str::to_owned),
        body: body.ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default(),
    };
    let mut shared = lock(shared);
    let (status, reply) = match shared.refusal {
        Some(status) => {
            (status, json!({"message": status.canonical_reason(), "took": 0.001, "requestId": "0"}))
        }
        None => route(&mut shared.alerts, head.uri.path(), &received),
    };
    shared.requests.push(received);
    drop(shared);
    let mut response = Response::new(Full::from(reply.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if status == StatusCode::NOT_FOUND {
        let not_yet = HeaderValue::from_static("RequestNotProcessed");
        response.headers_mut().insert("X-Opsgenie-Errortype", not_yet);
    }
    Ok(response)
}

fn route(alerts: &mut Alerts, path: &str, received: &ReceivedRequest) -> (StatusCode, Value) {
    let Some((_, below)) = path.split_once("/v2/alerts") else {
        return (StatusCode::NOT_FOUND, json!({"message": "no such path"}));
    };
    let parts: Vec<&str> = below.split('/').skip(1).collect();
    let request_id = match (received.method.as_str(), parts.as_slice()) {
        ("POST", []) => alerts.create(&received.body),
        ("POST", [alias, "close"]) => alerts.close(&decoded(alias), &received.body),
        ("POST", [alias, "notes"]) => alerts.note(&decoded(alias), &received.body),
        ("GET", ["requests", id]) => {
            return match alerts.outcome(id) {
                Some(outcome) => (StatusCode::OK, json!({"data": outcome, "took": 0.001, "requestId": id})),
                None => (StatusCode::NOT_FOUND, json!({"message": "Request not found", "requestId": id})),
            };
        }
        _ => return (StatusCode::NOT_FOUND, json!({"message": "no such path"})),
    };
    let accepted = json!({"result": "Request will be processed", "took": 0.001, "requestId": request_id});
    (StatusCode::ACCEPTED, accepted)
}

fn decoded(part: &str) -> String {
    percent_encoding::percent_decode_str(part).decode_utf8_lossy().into_owned()
}

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
