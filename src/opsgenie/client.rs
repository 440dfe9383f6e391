//! The client: delivers actions, and follows what becomes of them.

use std::time::Duration;

use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, Method, Uri,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, DATE, RETRY_AFTER, USER_AGENT},
    uri::{Authority, PathAndQuery, Scheme},
};
use http_body_util::Full;
use serde_json::{Map, Value};
use tokio::time::{Instant, sleep};

use super::{
    Action, ApiKey, Call, DeliveryError, Jitter, Outcome, Poll, PollSchedule, Receipt, Refusal, Reply,
    ReplyHeaders, Request, RequestError, RequestId, RetryPolicy, SetupError, Target, Trouble, classify,
    exchange::{Exchange, RawReply},
    limits, read_status,
    reply::tidy,
};

/// How the client behaves. The defaults are for the hosted services.
#[derive(Debug, Clone)]
pub struct ClientOptions {
    /// Longest time for a TCP connection. Default 3 s.
    pub connect_timeout: Duration,
    /// Longest time for one request, its connection and its whole answer. Default 5 s.
    pub request_timeout: Duration,
    /// How long an unused connection is kept. Default 30 s, less than the load balancers in front of the pagers keep it.
    pub idle_timeout: Duration,
    /// Longest part of an answer that is read, in bytes. Default 64 KiB.
    pub body_limit: usize,
    /// The waits between attempts.
    pub retry: RetryPolicy,
    /// The waits between questions after a request.
    pub poll: PollSchedule,
    /// Certificate authorities to trust besides the public ones: PEM, one or more certificates.
    pub authorities_pem: Option<Vec<u8>>,
    /// Where the jitter starts.
    pub seed: u64,
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(3),
            request_timeout: Duration::from_secs(5),
            idle_timeout: Duration::from_secs(30),
            body_limit: 64 * 1024,
            retry: RetryPolicy::default(),
            poll: PollSchedule::default(),
            authorities_pem: None,
            seed: 0,
        }
    }
}

/// What the pager says of an accepted request, as it says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusAnswer {
    /// The HTTP status.
    pub status: u16,
    /// `X-Opsgenie-Errortype`.
    pub error_type: Option<String>,
    /// The body, JSON mostly.
    pub body: String,
}

/// A client for one target with one key. Its connections are kept and shared by all calls.
#[derive(Debug)]
pub struct PagerClient {
    target: Target,
    key: ApiKey,
    exchange: Exchange,
    scheme: Scheme,
    authority: Authority,
    authorization: HeaderValue,
    request_timeout: Duration,
    retry: RetryPolicy,
    poll: PollSchedule,
    jitter: Jitter,
}

impl PagerClient {
    /// Sets up the client. Nothing is sent yet.
    pub fn new(target: Target, key: ApiKey, options: ClientOptions) -> Result<Self, SetupError> {
        let exchange = Exchange::new(
            target.is_https(),
            options.connect_timeout,
            options.idle_timeout,
            options.body_limit,
            options.authorities_pem.as_deref(),
        )?;
        let scheme = if target.is_https() { Scheme::HTTPS } else { Scheme::HTTP };
        let authority = target.authority().parse().map_err(http::Error::from)?;
        let authorization = key.header().map_err(http::Error::from)?;
        Ok(Self {
            exchange,
            scheme,
            authority,
            authorization,
            request_timeout: options.request_timeout,
            retry: options.retry,
            poll: options.poll,
            jitter: Jitter::seeded(options.seed),
            target,
            key,
        })
    }

    /// Where it delivers to.
    #[must_use]
    pub const fn target(&self) -> &Target {
        &self.target
    }

    /// Whether the request can be delivered at all: asked before anything is sent.
    pub fn check(&self, request: &Request) -> Result<Call, DeliveryError> {
        let call = Call::of(request)?;
        let flavor = self.target.flavor();
        if flavor.has(call) { Ok(call) } else { Err(DeliveryError::Unsupported { call, flavor }) }
    }

    /// Sends an action's request: see [`Self::deliver_request`].
    pub async fn deliver(&self, action: &Action, deadline: Instant) -> Result<Receipt, DeliveryError> {
        self.deliver_request(&action.request, deadline).await
    }

    /// Sends a request until the pager has accepted it, refused it, or the deadline is reached.
    ///
    /// Throttling, 5xx but 501, timeouts and broken connections are tried again; a body that is too much for the
    /// pager is sent once more with less in it ([`limits::shrink`]). No wait is begun that would pass the deadline, and no
    /// request outlasts it. Accepted is not done: [`Self::follow`] tells what became of it.
    pub async fn deliver_request(
        &self,
        request: &Request,
        deadline: Instant,
    ) -> Result<Receipt, DeliveryError> {
        let call = self.check(request)?;
        let uri = self.uri(self.target.path_and_query(request), &request.path)?;
        let method = match request.method.as_str() {
            "DELETE" => Method::DELETE,
            "PUT" => Method::PUT,
            _ => Method::POST,
        };
        let mut body = json(&method, &request.body);
        let mut shrunk = Vec::new();
        let mut attempts = 0;
        let mut last = Trouble::NotTried;
        loop {
            let remaining = deadline.saturating_duration_since(Instant::now());
            if remaining.is_zero() {
                return Err(DeliveryError::DeadlineExceeded { attempts, last });
            }
            attempts += 1;
            let sent = self.send(method.clone(), uri.clone(), body.clone(), remaining).await;
            let reply = sent.map(|raw| classify(raw.status, &headers(&raw.headers), &raw.body, &self.key));
            let trouble = match reply {
                Ok(Reply::Accepted { request_id }) => return Ok(Receipt { request_id, attempts, shrunk }),
                Ok(Reply::Refused { status, refusal, reason }) => {
                    return Err(DeliveryError::Refused { status, refusal, reason });
                }
                Ok(Reply::Unprocessable { reason, errors }) => {
                    let less = if shrunk.is_empty() { limits::shrink(&request.body, &errors) } else { None };
                    let Some(less) = less else {
                        return Err(DeliveryError::Unprocessable { reason, errors, shrunk });
                    };
                    body = json(&method, &less.body);
                    shrunk = less.fields;
                    continue;
                }
                Ok(Reply::Throttled { wait, reason }) => Trouble::Throttled { wait, reason },
                Ok(Reply::Unavailable { status, reason }) => Trouble::Unavailable { status, reason },
                Err(trouble) => trouble,
            };
            if !trouble.left_no_trace() && !call.is_repeatable(request) {
                return Err(DeliveryError::NotRepeatable { last: trouble });
            }
            let asked_wait = trouble.asked_wait();
            if last == Trouble::NotTried || !self.is_cut_short(&trouble) {
                last = trouble;
            }
            let remaining = deadline.saturating_duration_since(Instant::now());
            let Some(wait) = self.retry.next(attempts, asked_wait, self.jitter.next(), remaining) else {
                return Err(DeliveryError::DeadlineExceeded { attempts, last });
            };
            sleep(wait).await;
        }
    }

    /// Asks what became of an accepted request, for at most `total`.
    ///
    /// The first question is asked after the first wait of the schedule: right after the acceptance the pager does not
    /// know, and every question counts for its rate limit.
    pub async fn follow(&self, id: &RequestId, total: Duration) -> Outcome {
        let start = Instant::now();
        let mut last = "it was not asked for".to_owned();
        let mut asked_wait = Duration::ZERO;
        for wait in self.poll.waits() {
            let wait = wait.max(asked_wait);
            // Compared as durations: a wait from a header may be too long to be added to a point in time.
            if wait >= total.saturating_sub(start.elapsed()) {
                break;
            }
            sleep(wait).await;
            match self.ask(id, total.saturating_sub(start.elapsed())).await {
                Ok(Poll::Ready(outcome)) => return outcome,
                Ok(Poll::NotYet { wait, reason }) => (asked_wait, last) = (wait.unwrap_or_default(), reason),
                Err(trouble) => {
                    asked_wait = Duration::ZERO;
                    if !self.is_cut_short(&trouble) {
                        last = trouble.to_string();
                    }
                }
            }
        }
        Outcome::Unknown { reason: last }
    }

    /// Whether the pager can be reached and takes the key: asks once after a request that does not exist, which changes
    /// nothing and which both APIs know.
    pub async fn probe(&self, deadline: Instant) -> Result<(), DeliveryError> {
        const NOBODY: &str = "00000000-0000-0000-0000-000000000000";
        let uri = self.uri(self.target.status_path(NOBODY), NOBODY)?;
        let remaining = deadline.saturating_duration_since(Instant::now());
        let failed = |last| DeliveryError::DeadlineExceeded { attempts: 1, last };
        let raw = self.send(Method::GET, uri, Bytes::new(), remaining).await.map_err(failed)?;
        let headers = headers(&raw.headers);
        if matches!(
            read_status(raw.status, &headers, &raw.body, &self.key),
            Poll::NotYet { .. } if raw.status == 404
        ) {
            return Ok(());
        }
        match classify(raw.status, &headers, &raw.body, &self.key) {
            Reply::Accepted { .. } => Ok(()),
            Reply::Refused { status, refusal, reason } => {
                Err(DeliveryError::Refused { status, refusal, reason })
            }
            Reply::Unprocessable { reason, .. } => {
                Err(DeliveryError::Refused { status: raw.status, refusal: Refusal::Other, reason })
            }
            Reply::Throttled { wait, reason } => Err(failed(Trouble::Throttled { wait, reason })),
            Reply::Unavailable { status, reason } => Err(failed(Trouble::Unavailable { status, reason })),
        }
    }

    /// Asks once what became of an accepted request, and passes on what the pager says. The key is taken out of it.
    pub async fn request_status(&self, id: &RequestId, deadline: Instant) -> Result<StatusAnswer, Trouble> {
        let no_uri = |error: RequestError| Trouble::Connect { reason: error.to_string() };
        let uri = self.uri(self.target.status_path(id.as_str()), id.as_str()).map_err(no_uri)?;
        let remaining = deadline.saturating_duration_since(Instant::now());
        let raw = self.send(Method::GET, uri, Bytes::new(), remaining).await?;
        let error_type = headers(&raw.headers).error_type.map(|text| self.key.redact(text));
        let body = self.key.redact(&String::from_utf8_lossy(&raw.body));
        Ok(StatusAnswer { status: raw.status, error_type, body })
    }

    /// Whether only the caller's deadline ended the request: that tells less than the trouble before it.
    fn is_cut_short(&self, trouble: &Trouble) -> bool {
        matches!(trouble, Trouble::Timeout(after) if *after < self.request_timeout)
    }

    async fn ask(&self, id: &RequestId, remaining: Duration) -> Result<Poll, Trouble> {
        let path = self.target.status_path(id.as_str());
        let Ok(uri) = self.uri(path, id.as_str()) else {
            let reason = "its id cannot stand in a path".to_owned();
            return Ok(Poll::Ready(Outcome::Unknown { reason }));
        };
        let raw = self.send(Method::GET, uri, Bytes::new(), remaining).await?;
        Ok(read_status(raw.status, &headers(&raw.headers), &raw.body, &self.key))
    }

    async fn send(
        &self,
        method: Method,
        uri: Uri,
        body: Bytes,
        remaining: Duration,
    ) -> Result<RawReply, Trouble> {
        const JSON: HeaderValue = HeaderValue::from_static("application/json");
        const AGENT: HeaderValue = HeaderValue::from_static(concat!("trailbell/", env!("CARGO_PKG_VERSION")));
        let mut headers = HeaderMap::with_capacity(6);
        headers.insert(AUTHORIZATION, self.authorization.clone());
        headers.insert(ACCEPT, JSON);
        headers.insert(USER_AGENT, AGENT);
        if !body.is_empty() {
            headers.insert(CONTENT_TYPE, JSON);
        }
        let mut request = http::Request::new(Full::new(body));
        *request.method_mut() = method;
        *request.uri_mut() = uri;
        *request.headers_mut() = headers;
        self.exchange.send(request, self.request_timeout.min(remaining)).await.map_err(
            |trouble| match trouble {
                Trouble::Connect { reason } => Trouble::Connect { reason: tidy(&reason, &self.key) },
                Trouble::Broken { reason } => Trouble::Broken { reason: tidy(&reason, &self.key) },
                other => other,
            },
        )
    }

    fn uri(&self, path_and_query: String, shown: &str) -> Result<Uri, RequestError> {
        // The path was checked, so what is left is its length.
        let too_long = |_| RequestError::TooLong { path: shown.chars().take(100).collect() };
        let mut parts = http::uri::Parts::default();
        parts.scheme = Some(self.scheme.clone());
        parts.authority = Some(self.authority.clone());
        parts.path_and_query = Some(PathAndQuery::from_maybe_shared(path_and_query).map_err(too_long)?);
        Uri::from_parts(parts).map_err(|_| RequestError::TooLong { path: shown.chars().take(100).collect() })
    }
}

/// The body as JSON. A `DELETE` without one has none, the others have at least `{}`.
fn json(method: &Method, body: &Map<String, Value>) -> Bytes {
    if *method == Method::DELETE && body.is_empty() {
        Bytes::new()
    } else {
        serde_json::to_vec(body).unwrap_or_default().into()
    }
}

fn headers(map: &HeaderMap) -> ReplyHeaders<'_> {
    let text = |name: &str| map.get(name).and_then(|value| value.to_str().ok());
    ReplyHeaders {
        rate_limit_period: text("x-ratelimit-period-in-sec"),
        retry_after: text(RETRY_AFTER.as_str()),
        date: text(DATE.as_str()),
        request_id: text("x-request-id"),
        error_type: text("x-opsgenie-errortype"),
    }
}
