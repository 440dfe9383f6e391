//! Posts deliveries to an endpoint as SNS does: one attempt, with a time limit, redirects not followed.

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{HeaderValue, WWW_AUTHENTICATE};
use hyper::{HeaderMap, Request};
use hyper_util::rt::TokioIo;
use thiserror::Error;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::pki_types::ServerName;

use super::delivery::Delivery;
use super::target::Target;
use super::tls::{TlsError, client_config};

/// How long SNS waits for a complete answer (recorded).
pub const DELIVERY_TIMEOUT: Duration = Duration::from_secs(15);

/// The most that is read of an answer's body.
const ANSWER_LIMIT: usize = 64 * 1024;

/// Why a delivery got no answer. URLs may hold secrets, so only the host is named.
#[derive(Debug, Error)]
pub enum PostError {
    /// The endpoint is no URL.
    #[error("the endpoint's URL cannot be read: {0}")]
    Url(#[from] url::ParseError),
    /// The endpoint is neither `http` nor `https`, or has no host.
    #[error("the endpoint's URL needs a host and http or https, not the scheme \"{0}\"")]
    Scheme(String),
    /// A header of the delivery that HTTP cannot carry.
    #[error("the header \"{0}\" cannot be sent")]
    Header(String),
    /// No connection.
    #[error("no connection to {host}: {source}")]
    Connect {
        /// Host and port.
        host: String,
        /// Why.
        source: io::Error,
    },
    /// The connection ended, or what came is no HTTP.
    #[error("no answer from {host}: {source}")]
    Http {
        /// Host and port.
        host: String,
        /// Why.
        source: hyper::Error,
    },
    /// No complete answer in time.
    #[error("no complete answer from {host} in {} ms", .after.as_millis())]
    TimedOut {
        /// Host and port.
        host: String,
        /// The limit.
        after: Duration,
    },
    /// A body beyond the limit.
    #[error("the answer of {host} is longer than {ANSWER_LIMIT} bytes")]
    TooLong {
        /// Host and port.
        host: String,
    },
}

/// An endpoint's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostAnswer {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// The body as sent, at most 64 KiB.
    pub body: Bytes,
}

impl PostAnswer {
    /// The first value of a header, if it is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    fn asks_for_basic(&self) -> bool {
        let basic = |value: &HeaderValue| {
            let value = value.to_str().unwrap_or_default().to_ascii_lowercase();
            value.split(',').any(|challenge| challenge.trim_start().starts_with("basic"))
        };
        self.status == 401 && self.headers.get_all(WWW_AUTHENTICATE).iter().any(basic)
    }
}

/// Posts deliveries.
#[derive(Clone)]
pub struct Poster {
    timeout: Duration,
    addresses: HashMap<String, SocketAddr>,
    tls: Arc<ClientConfig>,
}

impl Poster {
    /// Trusts the certificate authorities in `ca_pem`, and waits [`DELIVERY_TIMEOUT`]. For plain HTTP, `ca_pem` may be
    /// empty.
    pub fn new(ca_pem: &str) -> Result<Self, TlsError> {
        let tls = Arc::new(client_config(ca_pem)?);
        Ok(Self { timeout: DELIVERY_TIMEOUT, addresses: HashMap::new(), tls })
    }

    /// The same poster with another time limit for a delivery.
    #[must_use]
    pub fn within(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The same poster, which reaches `host` at `address` whatever DNS says. TLS still checks the name `host`.
    #[must_use]
    pub fn resolve(mut self, host: &str, address: SocketAddr) -> Self {
        self.addresses.insert(host.to_owned(), address);
        self
    }

    /// One attempt on a connection of its own.
    ///
    /// User and password in the URL are sent only in answer to a 401 that asks for Basic, in a second request, as SNS
    /// does. SNS takes such URLs with `https` alone; here `http` does as well.
    pub async fn post(&self, url: &str, delivery: &Delivery) -> Result<PostAnswer, PostError> {
        let target = Target::parse(url)?;
        let attempt = async {
            let answer = self.open(&target).await?.request(delivery, None).await?;
            match &target.basic {
                Some(basic) if answer.asks_for_basic() => {
                    self.open(&target).await?.request(delivery, Some(basic)).await
                }
                _ => Ok(answer),
            }
        };
        self.in_time(&target.authority, attempt).await
    }

    /// Calls a URL once, as an endpoint does to confirm its subscription. Redirects are not followed.
    pub async fn get(&self, url: &str) -> Result<PostAnswer, PostError> {
        let target = Target::parse(url)?;
        let call = async { self.open(&target).await?.send(target.get()?).await };
        self.in_time(&target.authority, call).await
    }

    /// A connection that carries many deliveries to one URL, one after the other. Credentials in the URL are ignored.
    pub async fn connect(&self, url: &str) -> Result<PostConnection, PostError> {
        let target = Target::parse(url)?;
        self.in_time(&target.authority, self.open(&target)).await
    }

    async fn in_time<T>(
        &self,
        host: &str,
        work: impl Future<Output = Result<T, PostError>>,
    ) -> Result<T, PostError> {
        timeout(self.timeout, work)
            .await
            .unwrap_or_else(|_| Err(PostError::TimedOut { host: host.to_owned(), after: self.timeout }))
    }

    async fn open(&self, target: &Target) -> Result<PostConnection, PostError> {
        let host = || target.authority.clone();
        let connect = |source| PostError::Connect { host: host(), source };
        let stream = match self.addresses.get(&target.host) {
            Some(address) => TcpStream::connect(address).await,
            None => TcpStream::connect((target.host.as_str(), target.port)).await,
        }
        .map_err(connect)?;
        stream.set_nodelay(true).map_err(connect)?;
        let sender = if target.tls {
            let name = ServerName::try_from(target.host.clone())
                .map_err(|error| connect(io::Error::new(io::ErrorKind::InvalidInput, error)))?;
            let stream =
                TlsConnector::from(Arc::clone(&self.tls)).connect(name, stream).await.map_err(connect)?;
            drive(stream).await
        } else {
            drive(stream).await
        }
        .map_err(|source| PostError::Http { host: host(), source })?;
        Ok(PostConnection { sender, target: target.clone(), timeout: self.timeout })
    }
}

impl fmt::Debug for Poster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Poster")
            .field("timeout", &self.timeout)
            .field("addresses", &self.addresses)
            .finish_non_exhaustive()
    }
}

/// The connection ends when its sender is dropped, or by its own failure, which the sender then reports.
async fn drive<S>(stream: S) -> Result<SendRequest<Full<Bytes>>, hyper::Error>
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    let (sender, connection) = handshake(TokioIo::new(stream)).await?;
    tokio::spawn(async move { drop(connection.await) });
    Ok(sender)
}

/// An open connection to an endpoint.
pub struct PostConnection {
    sender: SendRequest<Full<Bytes>>,
    target: Target,
    timeout: Duration,
}

impl PostConnection {
    /// One attempt on this connection. After an error the connection is of no more use.
    pub async fn post(&mut self, delivery: &Delivery) -> Result<PostAnswer, PostError> {
        let (host, after) = (self.target.authority.clone(), self.timeout);
        timeout(after, self.request(delivery, None)).await.unwrap_or(Err(PostError::TimedOut { host, after }))
    }

    async fn request(
        &mut self,
        delivery: &Delivery,
        basic: Option<&HeaderValue>,
    ) -> Result<PostAnswer, PostError> {
        let request = self.target.request(delivery, basic)?;
        self.send(request).await
    }

    async fn send(&mut self, request: Request<Full<Bytes>>) -> Result<PostAnswer, PostError> {
        let host = self.target.authority.clone();
        let http = |source| PostError::Http { host: host.clone(), source };
        self.sender.ready().await.map_err(http)?;
        let (parts, body) = self.sender.send_request(request).await.map_err(http)?.into_parts();
        let body = Limited::new(body, ANSWER_LIMIT).collect().await.map_err(|error| {
            match error.downcast::<hyper::Error>() {
                Ok(error) => http(*error),
                Err(error) => {
                    debug_assert!(error.is::<LengthLimitError>());
                    PostError::TooLong { host: host.clone() }
                }
            }
        })?;
        Ok(PostAnswer { status: parts.status.as_u16(), headers: parts.headers, body: body.to_bytes() })
    }
}

impl fmt::Debug for PostConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostConnection").field("host", &self.target.authority).finish_non_exhaustive()
    }
}
