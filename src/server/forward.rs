//! `serve --forward`: verified messages are posted on, byte by byte, and SNS is answered by the next hop's answer.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request};
use http_body_util::Full;
use percent_encoding::{CONTROLS, utf8_percent_encode};
use serde_json::value::RawValue;
use tokio::time::Instant;
use tracing::{error, info, warn};

use super::dead_letters::{DeadLetter, DeadLetters, excerpt};
use super::metrics::Metrics;
use super::one_line::on_one_line;
use super::onward::Arrived;
use super::{Clock, ServeError};
use crate::config::{ForwardConfig, NextHop};
use crate::opsgenie::{SetupError, Trouble, exchange::Exchange};
use crate::sns::{Envelope, Verified};

/// How long a connection to the next hop may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// How long an unused connection is kept.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);
/// The longest part of an answer that is read, in bytes.
const MAX_ANSWER_BYTES: usize = 64 * 1024;

/// Why a message was not handed on. SNS is answered 503, and comes again.
#[derive(Debug, thiserror::Error)]
pub(super) enum ForwardError {
    /// The next hop answered that it may take the message later.
    #[error("the next hop answered {status}")]
    Later {
        /// Its status.
        status: u16,
    },
    /// The next hop did not answer.
    #[error("{0}")]
    Unreachable(#[from] Unreachable),
    /// The next hop refused for good, and the message could not be kept.
    #[error("the next hop answered {status}, and the message could not be kept as a dead letter: {reason}")]
    NotKept {
        /// The next hop's status.
        status: u16,
        /// What the system said.
        reason: String,
    },
}

/// The next hop did not answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreachable {
    /// No connection: nothing was sent.
    #[error("no connection to the next hop: {0}")]
    Connect(String),
    /// The connection broke.
    #[error("the connection to the next hop broke: {0}")]
    Broken(String),
    /// No answer in time.
    #[error("the next hop did not answer within {} ms", .0.as_millis())]
    Timeout(Duration),
}

impl From<Trouble> for Unreachable {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Connect { reason } => Self::Connect(reason),
            Trouble::Broken { reason } => Self::Broken(reason),
            Trouble::Timeout(after) => Self::Timeout(after),
            // The exchange knows the three above.
            other @ (Trouble::NotTried | Trouble::Throttled { .. } | Trouble::Unavailable { .. }) => {
                Self::Broken(other.to_string())
            }
        }
    }
}

/// The client of the next hop.
struct Client {
    exchange: Exchange,
    url: NextHop,
    authorization: Option<HeaderValue>,
    timeout: Duration,
}

impl Client {
    fn new(config: &ForwardConfig) -> Result<Self, SetupError> {
        let authorization = config.basic_auth.as_ref().map(|auth| {
            let encoded = BASE64.encode(auth.credentials.reveal());
            let mut value = HeaderValue::try_from(format!("Basic {encoded}"))?;
            value.set_sensitive(true);
            Ok::<_, http::header::InvalidHeaderValue>(value)
        });
        Ok(Self {
            exchange: Exchange::new(
                config.url.is_https(),
                CONNECT_TIMEOUT,
                IDLE_TIMEOUT,
                MAX_ANSWER_BYTES,
                config.authorities.as_deref(),
            )?,
            url: config.url.clone(),
            authorization: authorization.transpose().map_err(http::Error::from)?,
            timeout: config.timeout,
        })
    }

    /// Status and body of the answer.
    async fn send(
        &self,
        method: Method,
        mut headers: HeaderMap,
        body: Bytes,
        remaining: Duration,
    ) -> Result<(u16, Bytes), Unreachable> {
        const AGENT: HeaderValue = HeaderValue::from_static(concat!("trailbell/", env!("CARGO_PKG_VERSION")));
        headers.insert(USER_AGENT, AGENT);
        if let Some(authorization) = &self.authorization {
            headers.insert(AUTHORIZATION, authorization.clone());
        }
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = method;
        *request.uri_mut() = self.url.uri().clone();
        *request.headers_mut() = headers;
        let answer = self.exchange.send(request, self.timeout.min(remaining)).await?;
        Ok((answer.status, answer.body))
    }
}

/// Asks the next hop whether it is there, without giving it anything: for `trailbell check --reach`.
pub struct Probe(Client);

impl Probe {
    /// Sets up the client. Nothing is sent yet.
    pub fn new(config: &ForwardConfig) -> Result<Self, SetupError> {
        Client::new(config).map(Self)
    }

    /// Well, if anything speaks HTTP there.
    pub async fn ask(&self) -> Result<(), Unreachable> {
        self.0.send(Method::HEAD, HeaderMap::new(), Bytes::new(), self.0.timeout).await.map(|_| ())
    }
}

/// Posts verified messages on.
pub(super) struct Forwarding {
    client: Client,
    dead_letters: DeadLetters,
    metrics: Arc<Metrics>,
    clock: Clock,
}

impl Forwarding {
    pub(super) fn start(
        config: ForwardConfig,
        metrics: Arc<Metrics>,
        clock: Clock,
    ) -> Result<Self, ServeError> {
        let client = Client::new(&config)?;
        let path = config.dead_letters;
        let dead_letters =
            DeadLetters::open(path.clone()).map_err(|source| ServeError::DeadLetters { path, source })?;
        Ok(Self { client, dead_letters, metrics, clock })
    }

    /// Well once the next hop has acknowledged the message, or the message is kept as a dead letter.
    pub(super) async fn take(&self, arrived: &Arrived<'_>) -> Result<String, ForwardError> {
        let (message_id, topic) = (arrived.message.message_id(), arrived.message.topic_arn());
        let remaining = arrived.deadline.saturating_duration_since(Instant::now());
        let headers = headers(arrived.headers, arrived.message);
        let started = Instant::now();
        let sent = self.client.send(Method::POST, headers, arrived.body.clone(), remaining).await;
        let took = started.elapsed();
        let milliseconds = took.as_millis();
        let result = match sent {
            Ok((200..=299, _)) => {
                self.metrics.forwarded("accepted", took);
                info!(message_id, %topic, milliseconds, "the next hop accepted");
                return Ok("forwarded".to_owned());
            }
            Ok((status @ (408 | 429 | 500..=599), _)) => Err(ForwardError::Later { status }),
            Ok((status, answer)) => self.bury(arrived, status, &answer).await,
            Err(unreachable) => Err(ForwardError::Unreachable(unreachable)),
        };
        match &result {
            Ok(_) => self.metrics.forwarded("dead_letter", took),
            Err(error) => {
                self.metrics.forwarded("failed", took);
                warn!(message_id, %topic, milliseconds, reason = %error, "not forwarded: SNS will come again");
            }
        }
        result
    }

    /// What the next hop will never take is kept: SNS would throw it away.
    async fn bury(&self, arrived: &Arrived<'_>, status: u16, answer: &[u8]) -> Result<String, ForwardError> {
        let time = (self.clock)().to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
        let (answer, envelope) = (excerpt(answer), on_one_line(arrived.body));
        let letters = self.dead_letters.clone();
        let kept = tokio::task::spawn_blocking(move || {
            let envelope: Box<RawValue> = serde_json::from_slice(&envelope)?;
            let reason = "the next hop refused it for good";
            letters.keep(&DeadLetter { time: &time, reason, status, answer: &answer, envelope: &envelope })
        });
        let kept = kept.await.unwrap_or_else(|_| Err(std::io::Error::other("the writer ended early")));
        kept.map_err(|error| ForwardError::NotKept { status, reason: error.to_string() })?;
        let (message_id, topic) = (arrived.message.message_id(), arrived.message.topic_arn());
        error!(message_id, %topic, status, "the next hop refused the message: kept as a dead letter");
        Ok(format!("kept as a dead letter: the next hop answered {status}"))
    }
}

/// SNS's own headers as they came, and what was verified. Nothing else of the caller's goes on.
fn headers(received: &HeaderMap, message: &Verified<Envelope>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in received {
        if name.as_str().starts_with("x-amz-sns-") || name == CONTENT_TYPE {
            headers.append(name.clone(), value.clone());
        }
    }
    let said = [
        ("x-trailbell-verified", "signature"),
        ("x-trailbell-topic-arn", message.topic_arn().as_str()),
        ("x-trailbell-message-id", message.message_id()),
        ("x-trailbell-signature-version", message.signature_version()),
        ("x-trailbell-certificate-host", message.signing_host()),
    ];
    for (name, value) in said {
        // All of these are plain ASCII in what AWS signs.
        let value = utf8_percent_encode(value, CONTROLS).to_string();
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    headers
}
