//! The relay: the pager's client as a service.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use super::door_certificate::DoorCertificate;
use super::paging::{PagerConfig, pager_warning};
use super::secret::Secret;
use super::settings::{RelaySettings, Settings};
use super::timeouts::Timeouts;
use super::workshop::{Limits, Problem, Surroundings, Workshop};

/// Where the relay listens by default: on this machine alone.
const DEFAULT_ADDRESS: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 8081);

/// Paths below which the relay has routes of its own.
const TAKEN: [&str; 5] = ["/v2/alerts", "/jsm", "/healthz", "/readyz", "/metrics"];

/// Everything that `trailbell relay` needs, checked.
pub struct RelayConfig {
    /// The address that actions are posted to.
    pub listen: SocketAddr,
    /// Another address for health and metrics.
    pub status_listen: Option<SocketAddr>,
    /// The path that actions are posted to.
    pub path: Secret,
    /// The certificate of the HTTPS door.
    pub tls: Option<Arc<DoorCertificate>>,
    /// The key that callers have to give. Without one, everybody who reaches the address may page.
    pub caller_key: Option<Secret>,
    /// Where alerts go.
    pub pager: PagerConfig,
    /// How much is taken on at once.
    pub limits: Limits,
    /// How long each step may take.
    pub timeouts: Timeouts,
    /// What an operator should know before starting: no mistakes, but risks.
    pub warnings: Vec<String>,
}

impl RelayConfig {
    /// Reads and parses what `[relay]`, `[pager]` and `[limits]` name. All problems are told, not only the first.
    pub fn prepare(settings: &Settings, surroundings: Surroundings<'_>) -> Result<Self, Vec<Problem>> {
        let mut workshop = Workshop::new(surroundings);
        let relay = settings.relay.clone().unwrap_or_default();
        let path = relay.path.clone().unwrap_or_else(|| Secret::new("/actions"));
        workshop.demand("relay.path", path.reveal().starts_with('/'), "has to begin with a slash");
        let free = TAKEN.iter().all(|taken| {
            path.reveal().strip_prefix(taken).is_none_or(|rest| !rest.is_empty() && !rest.starts_with('/'))
        });
        workshop.demand("relay.path", free, "is one of the relay's own paths: choose another");
        let tls = workshop.door_certificate("relay.tls", relay.tls.as_ref());
        let caller_key = relay.api_key_file.as_ref().and_then(|file| {
            let key = Secret::new(&workshop.read("relay.api_key_file", file)?);
            workshop.demand("relay.api_key_file", !key.reveal().is_empty(), "the file is empty");
            Some(key)
        });
        let pager = workshop.pager(&settings.pager);
        let limits = workshop.limits(&settings.limits);
        match pager {
            Some(pager) if workshop.problems.is_empty() => {
                let listen = relay.listen.unwrap_or(DEFAULT_ADDRESS);
                let warnings = pager_warning(&pager).into_iter().chain(exposure(&relay, listen)).collect();
                let timeouts = Timeouts::default();
                let status_listen = relay.status_listen;
                Ok(Self { listen, status_listen, path, tls, caller_key, pager, limits, timeouts, warnings })
            }
            _ => Err(workshop.problems),
        }
    }
}

/// What strangers on the network could do.
fn exposure(relay: &RelaySettings, listen: SocketAddr) -> Option<String> {
    if listen.ip().is_loopback() {
        return None;
    }
    if relay.api_key_file.is_none() {
        return Some(format!("relay: whoever reaches {listen} can page: set relay.api_key_file"));
    }
    relay
        .tls
        .is_none()
        .then(|| format!("relay: the callers' key travels unencrypted to {listen}: set [relay.tls]"))
}
