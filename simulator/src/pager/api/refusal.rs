//! What is refused at once, and with which words.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;

use super::super::command::BodyProblem;
use super::super::hosted::HostedError;
use super::super::http::Reply;
use super::super::ids::RequestId;
use super::super::settings::ErrorBodies;
use super::answer::TOOK;

/// A request that is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Refusal {
    status: u16,
    message: Cow<'static, str>,
    code: Option<u32>,
    errors: BTreeMap<String, String>,
    /// `X-Opsgenie-Errortype`
    error_type: Option<&'static str>,
    /// The period of the limit that was exceeded, in seconds.
    pub(super) throttled: Option<u32>,
    /// Nobody has recorded such a body.
    unrecorded: bool,
    /// The body has an empty request id, as was seen.
    anonymous: bool,
}

#[derive(Serialize)]
struct ErrorBody<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<u32>,
    message: &'a str,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    errors: &'a BTreeMap<String, String>,
    took: f64,
    #[serde(rename = "requestId")]
    request_id: String,
}

impl Refusal {
    fn new(status: u16, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            status,
            message: message.into(),
            code: None,
            errors: BTreeMap::new(),
            error_type: None,
            throttled: None,
            unrecorded: false,
            anonymous: false,
        }
    }

    fn unrecorded(status: u16, message: impl Into<Cow<'static, str>>) -> Self {
        Self { unrecorded: true, ..Self::new(status, message) }
    }

    pub(in super::super) fn unauthenticated() -> Self {
        Self::new(401, "Could not authenticate")
    }

    pub(in super::super) fn key_form() -> Self {
        Self { anonymous: true, ..Self::new(422, "Key format is not valid!") }
    }

    pub(in super::super) fn wrong_kind_of_key() -> Self {
        let message = "To perform this action, use an API key from an API integration.";
        Self { code: Some(40301), ..Self::new(403, message) }
    }

    /// The code is documented, the sentence is not.
    pub(in super::super) fn not_allowed(message: &'static str) -> Self {
        Self { code: Some(40302), ..Self::new(403, message) }
    }

    pub(in super::super) fn payment_required(message: &'static str) -> Self {
        Self::unrecorded(402, message)
    }

    pub(in super::super) fn throttled(period: u32) -> Self {
        Self { throttled: Some(period), ..Self::new(429, "You are making too many requests!") }
    }

    pub(in super::super) fn no_such_path() -> Self {
        Self::unrecorded(404, "No such path")
    }

    pub(super) fn wrong_method() -> Self {
        Self::unrecorded(405, "Method is not supported")
    }

    pub(super) fn not_acceptable() -> Self {
        Self::unrecorded(406, "Only application/json is produced")
    }

    pub(super) fn unsupported_media_type() -> Self {
        Self::unrecorded(415, "Only application/json is consumed")
    }

    pub(in super::super) fn not_built(what: &str) -> Self {
        Self::new(501, format!("This twin does not have {what}"))
    }

    pub(in super::super) fn no_such_alert() -> Self {
        Self::new(404, "Alert not found")
    }

    pub(super) fn not_processed() -> Self {
        let message = "Request not found. It might not be processed, yet.";
        Self { error_type: Some("RequestNotProcessed"), ..Self::new(404, message) }
    }

    /// One field or parameter is wrong.
    pub(super) fn field(name: &str, words: impl Into<String>) -> Self {
        Self::fields([(name.to_owned(), words.into())].into())
    }

    fn fields(errors: BTreeMap<String, String>) -> Self {
        let message = "Request body is not processable. Please check the errors.";
        Self { errors, ..Self::new(422, message) }
    }

    /// The answer, without the headers that every answer has.
    pub(in super::super) fn reply(&self, request: RequestId, bodies: ErrorBodies) -> Reply {
        let request_id = if self.anonymous { String::new() } else { request.to_string() };
        let body = ErrorBody {
            code: self.code,
            message: &self.message,
            errors: &self.errors,
            took: TOOK,
            request_id,
        };
        let mut reply = Reply::json(self.status, &body);
        match bodies {
            ErrorBodies::Text if self.unrecorded => {
                reply.content_type = "text/plain";
                reply.body = self.message.as_bytes().to_vec().into();
            }
            ErrorBodies::Empty if self.unrecorded => {
                reply.content_type = "text/plain";
                reply.body = bytes::Bytes::new();
            }
            _ => {}
        }
        if let Some(error_type) = self.error_type {
            reply.headers.push(("X-Opsgenie-Errortype", error_type.to_owned()));
        }
        reply
    }

    pub(in super::super) const fn throttled_period(&self) -> Option<u32> {
        self.throttled
    }
}

impl From<BodyProblem> for Refusal {
    fn from(problem: BodyProblem) -> Self {
        match problem {
            BodyProblem::Syntax => Self::unrecorded(400, "Request body is not processable JSON"),
            BodyProblem::Fields(errors) => Self::fields(errors),
        }
    }
}

impl From<HostedError> for Refusal {
    fn from(error: HostedError) -> Self {
        match error {
            HostedError::NotJson(_) => BodyProblem::Syntax.into(),
            HostedError::NoType => Self::field("Type", error.to_string()),
            HostedError::NoSubscribeUrl => Self::field("SubscribeURL", error.to_string()),
        }
    }
}
