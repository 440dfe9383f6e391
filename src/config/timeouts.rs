//! How long each step may take. No settings: the defaults follow from the 15 s that SNS waits for an answer.

use std::time::Duration;

/// How long each step of serving may take. A program that embeds the server may change them in its
/// [`Config`](super::Config).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// A TLS handshake of a caller. Default 10 s.
    pub handshake: Duration,
    /// The header of a request, from when the connection is open or its last answer was sent: so also how long a
    /// silent connection keeps its place. Default 10 s.
    pub header: Duration,
    /// The body of a message; SNS sends it in one go. Default 10 s.
    pub body: Duration,
    /// From a message's header until the pager has accepted its alert. Default 12 s.
    pub delivery: Duration,
    /// At the end, what is waited for the pager to tell what became of the last alerts. Default 5 s.
    pub followups: Duration,
    /// Between two looks at the files of the HTTPS certificate. Default 10 s.
    pub certificate_watch: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            handshake: Duration::from_secs(10),
            header: Duration::from_secs(10),
            body: Duration::from_secs(10),
            delivery: Duration::from_secs(12),
            followups: Duration::from_secs(5),
            certificate_watch: Duration::from_secs(10),
        }
    }
}
