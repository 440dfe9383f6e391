//! A small HTTP server for control APIs, on loopback: JSON in, JSON out, one handler.

use std::convert::Infallible;
use std::fmt;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HOST, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use thiserror::Error;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// The most bytes of a request's body.
const BODY_LIMIT: usize = 64 * 1024 * 1024;

/// The control API does not start.
#[derive(Debug, Error)]
pub enum ControlError {
    /// The address is not of this machine alone.
    #[error("the control API has no passwords, so it listens on loopback addresses alone, not on {0}")]
    NotLoopback(SocketAddr),
    /// No port.
    #[error("the control API cannot listen on {address}: {source}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why not.
        source: std::io::Error,
    },
}

/// A call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// `GET`, `PUT`, …
    pub method: String,
    /// The path, its segments percent-decoded.
    pub path: Vec<String>,
    /// The query as sent.
    pub query: String,
    /// The body.
    pub body: Bytes,
}

/// An answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// The body.
    pub body: Body,
}

/// An answer's body.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// JSON.
    Json(Value),
    /// Text of this content type.
    Text(&'static str, String),
}

impl Reply {
    /// 200 with JSON.
    #[must_use]
    pub const fn ok(body: Value) -> Self {
        Self { status: 200, body: Body::Json(body) }
    }

    /// An error with a sentence.
    #[must_use]
    pub fn refused(status: u16, error: impl fmt::Display) -> Self {
        Self { status, body: Body::Json(json!({ "error": error.to_string() })) }
    }
}

/// Answers calls.
pub type Handler = Arc<dyn Fn(Call) -> Answering + Send + Sync>;

/// An answer that is being made.
pub type Answering = Pin<Box<dyn Future<Output = Reply> + Send>>;

/// A control API that listens. It stops when it is dropped.
#[derive(Debug)]
pub struct Control {
    address: SocketAddr,
    accepting: JoinHandle<()>,
}

impl Control {
    /// Listens on `address`, which has to be a loopback address. Needs a tokio runtime.
    pub async fn start(address: SocketAddr, handler: Handler) -> Result<Self, ControlError> {
        if !address.ip().is_loopback() {
            return Err(ControlError::NotLoopback(address));
        }
        let listen = |source| ControlError::Listen { address, source };
        let listener = TcpListener::bind(address).await.map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        Ok(Self { address, accepting: tokio::spawn(accept(listener, handler)) })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, handler: Handler) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => { connections.spawn(serve(stream, Arc::clone(&handler))); }
                Err(_) => tokio::task::yield_now().await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn serve(stream: TcpStream, handler: Handler) {
    let service = service_fn(move |request| {
        let handler = Arc::clone(&handler);
        async move { Ok::<_, Infallible>(respond(answer(request, &handler).await)) }
    });
    // A connection that fails is the client's affair.
    drop(http1::Builder::new().serve_connection(TokioIo::new(stream), service).await);
}

async fn answer(request: Request<Incoming>, handler: &Handler) -> Reply {
    // A page in a browser can reach loopback by a name of its own; no such name is this API's.
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    if !is_loopback(host) {
        return Reply::refused(403, "the control API is called by a loopback address or localhost alone");
    }
    let (method, uri) = (request.method().to_string(), request.uri().clone());
    let Ok(body) = Limited::new(request.into_body(), BODY_LIMIT).collect().await else {
        return Reply::refused(413, format!("a body has at most {BODY_LIMIT} bytes"));
    };
    let decode =
        |segment: &str| percent_encoding::percent_decode_str(segment).decode_utf8_lossy().into_owned();
    let path = uri.path().split('/').filter(|segment| !segment.is_empty()).map(decode).collect();
    let query = uri.query().unwrap_or_default().to_owned();
    let call = Call { method, path, query, body: body.to_bytes() };
    handler(call).await
}

/// Whether a `Host` header names this machine by a loopback address or as `localhost`.
pub(crate) fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn respond(reply: Reply) -> Response<Full<Bytes>> {
    let (content_type, text) = match reply.body {
        Body::Json(value) => ("application/json", format!("{value}\n")),
        Body::Text(content_type, text) => (content_type, text),
    };
    let mut response = Response::new(Full::new(Bytes::from(text)));
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn only_loopback_names_are_taken() {
        for (host, taken) in [
            ("127.0.0.1:8080", true),
            ("localhost", true),
            ("[::1]:80", true),
            ("127.9.9.9", true),
            ("example.org", false),
            ("localhost.example.org:80", false),
            ("", false),
            ("10.0.0.1", false),
        ] {
            assert_eq!(is_loopback(host), taken, "{host}");
        }
    }

    #[tokio::test]
    async fn it_does_not_listen_to_the_world() {
        let handler: Handler = Arc::new(|_| Box::pin(async { Reply::ok(json!({})) }));
        let error = Control::start("0.0.0.0:0".parse().unwrap(), handler).await.unwrap_err();
        assert!(error.to_string().contains("loopback addresses alone, not on 0.0.0.0:0"), "{error}");
    }
}
