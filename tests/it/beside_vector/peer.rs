//! Somebody who is posted to, and answers as told: the middle hop, or a pager that takes its time.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{HeaderMap, Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

/// How requests are answered.
#[derive(Debug, Clone)]
pub(super) enum Behaviour {
    /// This status, with this body.
    Answer(u16, String),
    /// Not at all.
    Hang,
    /// The connection breaks.
    Disconnect,
    /// The test answers: see [`Peer::next`].
    Ask,
}

/// A request as it came.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) method: String,
    pub(super) target: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// A request that waits for its answer.
pub(super) struct Held {
    pub(super) seen: Seen,
    answer: oneshot::Sender<(u16, String)>,
}

impl Held {
    pub(super) fn answer(self, status: u16, body: &str) {
        // Who asked may have hung up.
        let _ = self.answer.send((status, body.to_owned()));
    }

    /// As the pager says it.
    pub(super) fn accept(self) {
        self.answer(202, r#"{"result":"Request will be processed","took":0.1,"requestId":"r-1"}"#);
    }
}

/// A server on a loopback port. When it is dropped, it is dead: its port is closed and its connections are broken.
pub(super) struct Peer {
    base: String,
    shared: Arc<Shared>,
    held: tokio::sync::Mutex<mpsc::UnboundedReceiver<Held>>,
    task: tokio::task::JoinHandle<()>,
}

struct Shared {
    behaviour: Mutex<Behaviour>,
    seen: Mutex<Vec<Seen>>,
    asking: mpsc::UnboundedSender<Held>,
}

impl Peer {
    pub(super) async fn start(behaviour: Behaviour) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let (asking, held) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared { behaviour: Mutex::new(behaviour), seen: Mutex::default(), asking });
        let task = tokio::spawn(accept(listener, Arc::clone(&shared)));
        Self { base, shared, held: held.into(), task }
    }

    /// One that answers 200.
    pub(super) async fn willing() -> Self {
        Self::start(Behaviour::Answer(200, String::new())).await
    }

    /// `http://127.0.0.1:…`, without a slash at its end.
    pub(super) fn base_url(&self) -> String {
        self.base.clone()
    }

    pub(super) fn behave(&self, behaviour: Behaviour) {
        *self.shared.behaviour.lock().unwrap() = behaviour;
    }

    /// All requests so far.
    pub(super) fn seen(&self) -> Vec<Seen> {
        self.shared.seen.lock().unwrap().clone()
    }

    /// Paths and queries of all requests so far.
    pub(super) fn targets(&self) -> Vec<String> {
        self.seen().into_iter().map(|seen| seen.target).collect()
    }

    /// The next request of which the test is asked.
    pub(super) async fn next(&self) -> Held {
        self.held.lock().await.recv().await.unwrap()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    // Connections end with this task.
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let shared = Arc::clone(&shared);
        connections.spawn(async move {
            let service = service_fn(|request| answer(request, &shared));
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn answer(
    request: Request<Incoming>,
    shared: &Shared,
) -> Result<Response<Full<Bytes>>, std::io::Error> {
    let (head, body) = request.into_parts();
    let seen = Seen {
        method: head.method.to_string(),
        target: head.uri.path_and_query().unwrap().to_string(),
        headers: head.headers,
        body: body.collect().await.unwrap().to_bytes(),
    };
    shared.seen.lock().unwrap().push(seen.clone());
    let behaviour = shared.behaviour.lock().unwrap().clone();
    let (status, body) = match behaviour {
        Behaviour::Answer(status, body) => (status, body),
        Behaviour::Hang => std::future::pending::<Result<_, Infallible>>().await.unwrap(),
        Behaviour::Disconnect => return Err(std::io::ErrorKind::ConnectionReset.into()),
        Behaviour::Ask => {
            let (sender, told) = oneshot::channel();
            shared.asking.send(Held { seen, answer: sender }).unwrap();
            told.await.map_err(|_| std::io::ErrorKind::ConnectionReset)?
        }
    };
    let mut response = Response::new(Full::from(body));
    *response.status_mut() = status.try_into().unwrap();
    Ok(response)
}
