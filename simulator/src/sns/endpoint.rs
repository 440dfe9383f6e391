//! The HTTP side of SNS itself: serves signing certificates and answers the calls of endpoints, honestly or not.

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue, LOCATION};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use thiserror::Error;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

use super::api_answer::ApiAnswer;
use super::behaviour::{Behaviour, BodyInParts};
use super::certificate::{ServerCertificate, SigningCertificate};
use super::query_api::{QueryApi, SubscriptionState};
use super::requests::{RecordedRequest, RequestLog, is_certificate};
use super::tls::{TlsError, server_config};
use super::topic::Subscription;

/// Why the endpoint did not start.
#[derive(Debug, Error)]
pub enum EndpointError {
    /// No port could be had.
    #[error("the signing endpoint could not listen: {0}")]
    Listen(#[from] io::Error),
    /// The server certificate is no use.
    #[error(transparent)]
    Tls(#[from] TlsError),
}

/// Who answers the calls that reach a [`SigningEndpoint`].
pub trait Api: Send {
    /// The answer to `GET /?query`.
    fn answer(&mut self, query: &str) -> ApiAnswer;
    /// Makes the subscription's tokens known, where the API does not know them of itself.
    fn register(&mut self, _subscription: &Subscription) {}
    /// Where a subscription stands, if it is known.
    fn state(&self, subscription_arn: &str) -> Option<SubscriptionState>;
}

impl Api for QueryApi {
    fn answer(&mut self, query: &str) -> ApiAnswer {
        Self::answer(self, query)
    }

    fn register(&mut self, subscription: &Subscription) {
        Self::register(self, subscription);
    }

    fn state(&self, subscription_arn: &str) -> Option<SubscriptionState> {
        Self::state(self, subscription_arn)
    }
}

struct State {
    api: Box<dyn Api>,
    /// Path → PEM.
    certificates: HashMap<String, String>,
    certificate_behaviour: Behaviour,
    api_behaviour: Behaviour,
    requests: RequestLog,
}

/// A server on a loopback port that plays a region's SNS host. It stops when it is dropped.
///
/// The one who asks has to reach it under the host that stands in the messages: override that host's address, and give
/// the server certificate that name.
pub struct SigningEndpoint {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    accepting: JoinHandle<()>,
}

impl SigningEndpoint {
    /// Listens on a free port of 127.0.0.1, with TLS if there is a certificate. Needs a tokio runtime.
    pub async fn start(
        api: impl Api + 'static,
        tls: Option<&ServerCertificate>,
    ) -> Result<Self, EndpointError> {
        Self::on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?, api, tls)
    }

    /// Serves a listener that is already bound.
    pub fn on(
        listener: TcpListener,
        api: impl Api + 'static,
        tls: Option<&ServerCertificate>,
    ) -> Result<Self, EndpointError> {
        let address = listener.local_addr()?;
        let acceptor = tls.map(server_config).transpose()?.map(|config| TlsAcceptor::from(Arc::new(config)));
        let state = Arc::new(Mutex::new(State {
            api: Box::new(api),
            certificates: HashMap::new(),
            certificate_behaviour: Behaviour::Honest,
            api_behaviour: Behaviour::Honest,
            requests: RequestLog::default(),
        }));
        let accepting = tokio::spawn(accept(listener, acceptor, Arc::clone(&state)));
        Ok(Self { address, state, accepting })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves `certificate` under its path, besides those that it already serves.
    pub fn publish(&self, certificate: &SigningCertificate) {
        self.state().certificates.insert(certificate.path.clone(), certificate.pem.clone());
    }

    /// Makes the subscription's tokens known. Call it again after each new confirmation.
    pub fn register(&self, subscription: &Subscription) {
        self.state().api.register(subscription);
    }

    /// Where a subscription stands; `None` if it is not registered.
    #[must_use]
    pub fn subscription_state(&self, subscription_arn: &str) -> Option<SubscriptionState> {
        self.state().api.state(subscription_arn)
    }

    /// How certificate requests are answered from now on.
    pub fn set_certificate_behaviour(&self, behaviour: Behaviour) {
        self.state().certificate_behaviour = behaviour;
    }

    /// How `ConfirmSubscription` and `Unsubscribe` are answered from now on. A call takes effect only
    /// if its honest answer is sent, at whatever length or speed.
    pub fn set_api_behaviour(&self, behaviour: Behaviour) {
        self.state().api_behaviour = behaviour;
    }

    /// How many of the newest requests are kept from now on, 10,000 unless this is called. Each takes about a kilobyte.
    pub fn keep_requests(&self, most: usize) {
        self.state().requests.set_keep(most);
    }

    /// The newest requests, in order of arrival: all so far, unless they are more than are kept.
    #[must_use]
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.state().requests.kept()
    }

    /// How many requests there were so far, kept or not.
    #[must_use]
    pub fn request_count(&self) -> u64 {
        self.state().requests.count()
    }

    /// How many requests so far were for a signing certificate, served or not, kept or not.
    #[must_use]
    pub fn certificate_fetches(&self) -> usize {
        self.state().requests.certificate_fetches()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

impl Drop for SigningEndpoint {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl fmt::Debug for SigningEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningEndpoint").field("address", &self.address).finish_non_exhaustive()
    }
}

/// A panic of a test that holds the lock leaves nothing half done here.
fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Accepts until it is aborted; its connections end with it.
async fn accept(listener: TcpListener, acceptor: Option<TlsAcceptor>, state: Arc<Mutex<State>>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                // Out of file descriptors, say: connections that end will free some.
                let Ok((stream, _)) = accepted else {
                    tokio::task::yield_now().await;
                    continue;
                };
                connections.spawn(serve(stream, acceptor.clone(), Arc::clone(&state)));
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

/// A connection that fails is the client's affair: nothing is to be done about it here.
async fn serve(stream: TcpStream, acceptor: Option<TlsAcceptor>, state: Arc<Mutex<State>>) {
    let service = service_fn(move |request| {
        let state = Arc::clone(&state);
        async move { answer(&state, &request).await }
    });
    let http = http1::Builder::new();
    match acceptor {
        None => drop(http.serve_connection(TokioIo::new(stream), service).await),
        Some(acceptor) => {
            if let Ok(stream) = acceptor.accept(stream).await {
                drop(http.serve_connection(TokioIo::new(stream), service).await);
            }
        }
    }
}

/// Ends the connection without an answer.
#[derive(Debug, Error)]
#[error("the signing endpoint was told to disconnect")]
struct Disconnect;

async fn answer(
    state: &Mutex<State>,
    request: &Request<Incoming>,
) -> Result<Response<BodyInParts>, Disconnect> {
    let (behaviour, honest) = {
        let mut state = lock(state);
        state.requests.add(request);
        decide(&mut state, request)
    };
    let (status, content_type, body) = honest;
    Ok(match behaviour {
        Behaviour::Honest => respond(status, &content_type, BodyInParts::whole(body)),
        Behaviour::Status(code) => {
            let code = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            respond(code, "text/html", BodyInParts::whole("<html>told to fail</html>"))
        }
        Behaviour::Redirect(location) => {
            let mut response = respond(StatusCode::FOUND, "text/html", BodyInParts::whole(""));
            if let Ok(location) = HeaderValue::from_str(&location) {
                response.headers_mut().insert(LOCATION, location);
            }
            response
        }
        Behaviour::Content { content_type, body } => {
            respond(StatusCode::OK, &content_type, BodyInParts::whole(body))
        }
        Behaviour::Oversized(bytes) => respond(status, &content_type, BodyInParts::padded(&body, bytes)),
        Behaviour::Drip { chunk, every } => {
            respond(status, &content_type, BodyInParts::dripping(body, chunk, every))
        }
        Behaviour::Hang => std::future::pending().await,
        Behaviour::Disconnect => return Err(Disconnect),
    })
}

type Honest = (StatusCode, String, String);

/// Which behaviour rules the request, and what the honest answer is. A dishonest API call changes no subscription.
fn decide(state: &mut State, request: &Request<Incoming>) -> (Behaviour, Honest) {
    let path = request.uri().path();
    let plain = |status: StatusCode| (status, "text/plain".to_owned(), status.to_string());
    if request.method() != Method::GET {
        return (Behaviour::Honest, plain(StatusCode::METHOD_NOT_ALLOWED));
    }
    if is_certificate(path) {
        // The content type is not recorded.
        let honest = state.certificates.get(path).map_or_else(
            || plain(StatusCode::NOT_FOUND),
            |pem| (StatusCode::OK, "application/x-pem-file".to_owned(), pem.clone()),
        );
        return (state.certificate_behaviour.clone(), honest);
    }
    if path != "/" {
        return (Behaviour::Honest, plain(StatusCode::NOT_FOUND));
    }
    let behaviour = state.api_behaviour.clone();
    let takes_effect =
        matches!(behaviour, Behaviour::Honest | Behaviour::Drip { .. } | Behaviour::Oversized(_));
    if !takes_effect {
        return (behaviour, plain(StatusCode::OK));
    }
    let answer = state.api.answer(request.uri().query().unwrap_or_default());
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (behaviour, (status, "text/xml".to_owned(), answer.body))
}

fn respond(status: StatusCode, content_type: &str, body: BodyInParts) -> Response<BodyInParts> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    if let Ok(content_type) = HeaderValue::from_str(content_type) {
        response.headers_mut().insert(CONTENT_TYPE, content_type);
    }
    response
}
