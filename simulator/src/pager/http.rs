//! Requests and replies as values: what the edge takes off the wire and puts on it.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use percent_encoding::percent_decode_str;
use serde::Serialize;

/// A request as it came off the wire; `path` is not decoded.
#[derive(Clone, PartialEq, Eq)]
pub struct Received {
    /// `GET`, `POST`, …
    pub method: String,
    /// The path as sent, without the query.
    pub path: String,
    /// The query as sent, without its `?`. The hosted integration's key stands in it.
    pub query: Option<String>,
    /// Names and values as sent. A key stands in `Authorization`.
    pub headers: Vec<(String, String)>,
    /// The body as sent.
    pub body: Bytes,
}

impl Received {
    /// The first header of this name, in whatever case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(header, _)| header.eq_ignore_ascii_case(name)).map(|(_, value)| &**value)
    }

    /// The query's first parameter of this name, decoded.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<Cow<'_, str>> {
        let query = self.query.as_deref()?.as_bytes();
        url::form_urlencoded::parse(query).find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// The path's segments, decoded, without empty ones.
    #[must_use]
    pub fn segments(&self) -> Vec<Cow<'_, str>> {
        let parts = self.path.split('/').filter(|part| !part.is_empty());
        parts.map(|part| percent_decode_str(part).decode_utf8_lossy()).collect()
    }
}

/// Without query, headers and body: keys stand in them.
impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Received")
            .field("method", &self.method)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// All headers but `Content-Type` and `Content-Length`.
    pub headers: Vec<(&'static str, String)>,
    /// The `Content-Type`.
    pub content_type: &'static str,
    /// The body.
    pub body: Bytes,
}

impl Reply {
    /// JSON, with no headers yet.
    #[must_use]
    pub fn json(status: u16, body: &impl Serialize) -> Self {
        // What is serialised here has string keys and no other way to fail.
        let body = serde_json::to_vec(body).unwrap_or_default();
        Self { status, headers: Vec::new(), content_type: "application/json", body: body.into() }
    }

    /// The header of this name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(header, _)| header.eq_ignore_ascii_case(name)).map(|(_, value)| &**value)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn received(path: &str, query: Option<&str>) -> Received {
        Received {
            method: "GET".to_owned(),
            path: path.to_owned(),
            query: query.map(str::to_owned),
            headers: vec![("authorization".to_owned(), "GenieKey secret".to_owned())],
            body: Bytes::from_static(b"secret"),
        }
    }

    #[test]
    fn paths_and_parameters_are_decoded_once() {
        let request = received("/v2/alerts/a%2Fb%2520c/close", Some("tags=a%2Cb,c&tags=d&note=x+y"));
        assert_eq!(request.segments(), ["v2", "alerts", "a/b%20c", "close"]);
        assert_eq!(request.parameter("tags").unwrap(), "a,b,c");
        assert_eq!(request.parameter("note").unwrap(), "x y");
        assert_eq!(request.parameter("user"), None);
        assert_eq!(request.header("Authorization"), Some("GenieKey secret"));
    }

    #[test]
    fn what_is_printed_of_a_request_holds_no_secret() {
        let text = format!("{:?}", received("/v1/json/cloudwatch", Some("apiKey=secret")));
        assert!(text.contains("/v1/json/cloudwatch") && !text.contains("secret"), "{text}");
    }
}
