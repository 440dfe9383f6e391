//! What has been asked of a signing endpoint.

use std::collections::VecDeque;
use std::fmt;

use hyper::{HeaderMap, Method};

/// How many requests are kept unless told otherwise.
const KEEP: usize = 10_000;

/// A request that the endpoint received.
#[derive(Clone, PartialEq, Eq)]
pub struct RecordedRequest {
    /// `GET`, as a rule.
    pub method: Method,
    /// The path without the query.
    pub path: String,
    /// The query as sent. It may hold a token.
    pub query: Option<String>,
    /// The headers as sent.
    pub headers: HeaderMap,
}

impl fmt::Debug for RecordedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordedRequest")
            .field("method", &self.method)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

/// Counts all requests, and keeps the newest ones.
#[derive(Debug)]
pub(super) struct RequestLog {
    keep: usize,
    kept: VecDeque<RecordedRequest>,
    count: u64,
    certificate_fetches: usize,
}

impl Default for RequestLog {
    fn default() -> Self {
        Self { keep: KEEP, kept: VecDeque::new(), count: 0, certificate_fetches: 0 }
    }
}

impl RequestLog {
    pub(super) fn add<B>(&mut self, request: &hyper::Request<B>) {
        self.count += 1;
        self.certificate_fetches += usize::from(is_certificate(request.uri().path()));
        if self.keep == 0 {
            return;
        }
        self.shrink(self.keep - 1);
        self.kept.push_back(RecordedRequest {
            method: request.method().clone(),
            path: request.uri().path().to_owned(),
            query: request.uri().query().map(str::to_owned),
            headers: request.headers().clone(),
        });
    }

    pub(super) fn set_keep(&mut self, keep: usize) {
        self.keep = keep;
        self.shrink(keep);
    }

    fn shrink(&mut self, most: usize) {
        self.kept.drain(..self.kept.len().saturating_sub(most));
    }

    /// The newest requests, oldest first.
    pub(super) fn kept(&self) -> Vec<RecordedRequest> {
        self.kept.iter().cloned().collect()
    }

    /// How many there were, kept or not.
    pub(super) const fn count(&self) -> u64 {
        self.count
    }

    /// How many there were for a signing certificate, kept or not.
    pub(super) const fn certificate_fetches(&self) -> usize {
        self.certificate_fetches
    }
}

/// Whether a path is one of a signing certificate.
pub(super) fn is_certificate(path: &str) -> bool {
    path.starts_with("/SimpleNotificationService-")
}
