//! How the kit is run.

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use crate::sns::{DELIVERY_TIMEOUT, Topic};

/// How the kit is run. Its `Debug` does not show the URL, which may hold a secret.
#[derive(Clone)]
pub struct Settings {
    /// The receiver's URL. User and password in it are sent when they are asked for.
    pub url: String,
    /// The topic that the receiver listens to. Its host is SNS's host.
    pub topic: Topic,
    /// Where SNS's host is played. The hosts that must not be called are at ports of the same address.
    pub sns_listen: SocketAddr,
    /// Whether the receiver trusts that host. If not, only attacks are tried that need no trust, and nothing genuine.
    pub trusted: bool,
    /// Authorities that the receiver's own certificate may come from, in PEM; may be empty for plain HTTP.
    pub endpoint_ca: String,
    /// How long an answer may take. SNS waits [`DELIVERY_TIMEOUT`].
    pub timeout: Duration,
    /// How long to wait for the receiver's first answer.
    pub wait: Duration,
    /// How long to wait for calls that a receiver makes after its answer.
    pub settle: Duration,
    /// Ids of messages come from it. A receiver may know those of the run before, so it should differ from run to run.
    pub seed: u64,
}

impl Settings {
    /// The usual ones, for a receiver that trusts the kit's host on a free port of 127.0.0.1.
    #[must_use]
    pub fn new(url: impl Into<String>, topic: Topic) -> Self {
        Self {
            url: url.into(),
            topic,
            sns_listen: ([127, 0, 0, 1], 0).into(),
            trusted: true,
            endpoint_ca: String::new(),
            timeout: DELIVERY_TIMEOUT,
            wait: Duration::ZERO,
            settle: Duration::from_millis(500),
            seed: 0,
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("topic", &self.topic.arn())
            .field("sns_listen", &self.sns_listen)
            .field("trusted", &self.trusted)
            .finish_non_exhaustive()
    }
}
