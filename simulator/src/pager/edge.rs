//! What the edge is told: everything about sockets, which the twin itself knows nothing of.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

use serde::Deserialize;

use super::faults::Fault;

/// How the edge behaves.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EdgeSettings {
    /// What goes wrong from the beginning.
    pub faults: Vec<Fault>,
    /// How many requests are kept for those who look; all are counted.
    pub requests_kept: usize,
    /// The most bytes of a request's body; longer ones get 413.
    pub body_limit: usize,
    /// Which subscriptions of the hosted integration are confirmed.
    pub confirm: ConfirmSettings,
}

/// Which subscriptions are confirmed by a GET of their `SubscribeURL`. By default none: the twin calls nobody.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ConfirmSettings {
    /// The hosts that may be called, by HTTPS alone; `*` stands for one label, as in `sns.*.amazonaws.com`.
    pub hosts: Vec<String>,
    /// The certificate authorities that their certificates may come from (PEM).
    pub ca_file: Option<PathBuf>,
    /// Where a host is reached, whatever DNS says: the simulator plays SNS's hosts on loopback.
    pub addresses: BTreeMap<String, SocketAddr>,
}

impl Default for EdgeSettings {
    fn default() -> Self {
        Self {
            faults: Vec::new(),
            requests_kept: 10_000,
            body_limit: 1024 * 1024,
            confirm: ConfirmSettings::default(),
        }
    }
}
