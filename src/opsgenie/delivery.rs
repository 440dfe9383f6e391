//! How a delivery ended.

use std::{collections::BTreeMap, fmt, time::Duration};

use super::{Call, Flavor, Refusal, RequestError, RequestId};

/// The pager has accepted the request. What it makes of it is told by the request's status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// By which the status can be asked for. Absent if the pager named none.
    pub request_id: Option<RequestId>,
    /// How many requests it took.
    pub attempts: u32,
    /// The fields of which less was sent, because the pager would not take them whole.
    pub shrunk: Vec<&'static str>,
}

/// Why an action was not delivered. No text holds the key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeliveryError {
    /// The target has no such call. Nothing was sent.
    #[error("{flavor} has no call `{call}`")]
    Unsupported {
        /// What was asked for.
        call: Call,
        /// What the target speaks.
        flavor: Flavor,
    },
    /// The action's request cannot be sent. Nothing was sent.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// The pager refused.
    #[error("the pager refused with {status}: {reason} ({})", refusal.remedy())]
    Refused {
        /// The HTTP status.
        status: u16,
        /// What that status says.
        refusal: Refusal,
        /// The pager's words.
        reason: String,
    },
    /// The pager will not take the body, and less of it would not help or did not help.
    #[error("the pager cannot process the alert: {reason}")]
    Unprocessable {
        /// The pager's words.
        reason: String,
        /// Field to complaint.
        errors: BTreeMap<String, String>,
        /// The fields of which less was sent, in vain.
        shrunk: Vec<&'static str>,
    },
    /// The trouble did not pass in time.
    #[error("not delivered in time, after {attempts} attempts: {last}")]
    DeadlineExceeded {
        /// How many requests were sent.
        attempts: u32,
        /// What went wrong last.
        last: Trouble,
    },
    /// It is not known whether the request arrived, and sending it again could act twice: a create without an alias,
    /// an escalation or a custom action.
    #[error("it is not known whether the pager has got the request, which must not be sent twice: {last}")]
    NotRepeatable {
        /// What went wrong.
        last: Trouble,
    },
}

impl DeliveryError {
    /// Whether the same action may be delivered later although nobody changed anything. If not, it is kept as failed.
    #[must_use]
    pub const fn retryable(&self) -> bool {
        match self {
            Self::DeadlineExceeded { .. } => true,
            Self::Refused { refusal, .. } => refusal.passes(),
            Self::Unsupported { .. }
            | Self::Request(_)
            | Self::Unprocessable { .. }
            | Self::NotRepeatable { .. } => false,
        }
    }
}

/// A trouble that may pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// The deadline had passed before anything was sent.
    NotTried,
    /// Too many requests (429).
    Throttled {
        /// How long the pager wants to be left alone, if it says so.
        wait: Option<Duration>,
        /// The pager's words.
        reason: String,
    },
    /// 5xx but 501, or 408.
    Unavailable {
        /// The HTTP status.
        status: u16,
        /// The pager's words.
        reason: String,
    },
    /// No connection: nothing was sent.
    Connect {
        /// What the system or TLS says.
        reason: String,
    },
    /// The connection broke.
    Broken {
        /// What the system or HTTP says.
        reason: String,
    },
    /// No answer within this time.
    Timeout(Duration),
}

impl Trouble {
    /// Whether the pager certainly did not act on the request.
    #[must_use]
    pub const fn left_no_trace(&self) -> bool {
        match self {
            Self::NotTried | Self::Throttled { .. } | Self::Connect { .. } => true,
            Self::Unavailable { .. } | Self::Broken { .. } | Self::Timeout(_) => false,
        }
    }

    /// How long the pager wants to be left alone, if it says so.
    #[must_use]
    pub const fn asked_wait(&self) -> Option<Duration> {
        match self {
            Self::Throttled { wait, .. } => *wait,
            Self::NotTried
            | Self::Unavailable { .. }
            | Self::Connect { .. }
            | Self::Broken { .. }
            | Self::Timeout(_) => None,
        }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotTried => f.write_str("there was no time left"),
            Self::Throttled { wait: Some(wait), reason } => {
                write!(f, "throttled for {} s: {reason}", wait.as_secs())
            }
            Self::Throttled { wait: None, reason } => write!(f, "throttled: {reason}"),
            Self::Unavailable { status, reason } => write!(f, "the pager answered {status}: {reason}"),
            Self::Connect { reason } => write!(f, "no connection to the pager: {reason}"),
            Self::Broken { reason } => write!(f, "the connection to the pager broke: {reason}"),
            Self::Timeout(after) => write!(f, "no answer within {} ms", after.as_millis()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passes_is_retryable_and_the_rest_is_not() {
        let refused = |refusal| DeliveryError::Refused { status: 0, refusal, reason: String::new() };
        for (error, want) in [
            (DeliveryError::DeadlineExceeded { attempts: 1, last: Trouble::NotTried }, true),
            (refused(Refusal::NotTheApi), true),
            (refused(Refusal::Key), false),
            (refused(Refusal::Redirect), false),
            (refused(Refusal::NotImplemented), false),
            (DeliveryError::Unsupported { call: Call::UpdateMessage, flavor: Flavor::JsmEvents }, false),
            (DeliveryError::NotRepeatable { last: Trouble::Timeout(Duration::ZERO) }, false),
        ] {
            assert_eq!(error.retryable(), want, "{error}");
        }
    }

    #[test]
    fn errors_say_what_to_look_at() {
        let errors = [
            DeliveryError::Unsupported { call: Call::UpdateMessage, flavor: Flavor::JsmEvents },
            DeliveryError::Refused {
                status: 401,
                refusal: Refusal::Key,
                reason: "Could not authenticate".into(),
            },
            DeliveryError::DeadlineExceeded {
                attempts: 2,
                last: Trouble::Throttled { wait: Some(Duration::from_mins(1)), reason: "slow down".into() },
            },
        ];
        insta::assert_snapshot!(errors.map(|error| error.to_string()).join("\n"), @"
        JSM's integration events API has no call `update message`
        the pager refused with 401: Could not authenticate (check the key, that its integration is enabled, and that the base URL is of the account's region)
        not delivered in time, after 2 attempts: throttled for 60 s: slow down
        ");
    }
}
