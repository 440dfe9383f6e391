//! Confirms subscriptions to the hosted integration by a GET of their `SubscribeURL`, at hosts that are allowed.

use std::collections::VecDeque;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use thiserror::Error;
use tokio::sync::Semaphore;
use url::Url;

use super::edge::ConfirmSettings;
use super::hosted::Confirmation;
use super::live::Live;
use crate::sns::{Poster, TlsError};

/// How many URLs are called at once.
const AT_ONCE: usize = 8;
/// How many visits are kept for those who look.
const KEPT: usize = 100;

/// Nothing can be confirmed with these settings.
#[derive(Debug, Error)]
pub enum ConfirmError {
    /// The file of certificate authorities cannot be read.
    #[error("{}: {source}", path.display())]
    Read {
        /// Which file.
        path: std::path::PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The certificate authorities are no use.
    #[error(transparent)]
    Tls(#[from] TlsError),
}

/// A call that confirmed a subscription, or did not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// When it was asked for.
    pub at: DateTime<Utc>,
    /// The topic that the request names.
    pub topic_arn: String,
    /// The host of its URL; the rest of it holds a token.
    pub host: String,
    /// The status of the answer, or why there was none.
    pub outcome: Result<u16, String>,
}

/// The newest visits.
#[derive(Debug, Default)]
pub(super) struct Visits(VecDeque<Visit>);

impl Visits {
    pub(super) fn iter(&self) -> impl Iterator<Item = &Visit> {
        self.0.iter()
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    fn push(&mut self, visit: Visit) {
        self.0.push_back(visit);
        if self.0.len() > KEPT {
            self.0.pop_front();
        }
    }
}

/// Calls `SubscribeURL`s.
pub(super) struct Confirmer {
    hosts: Vec<String>,
    poster: Poster,
    permits: Arc<Semaphore>,
}

impl Confirmer {
    pub(super) fn new(settings: &ConfirmSettings) -> Result<Self, ConfirmError> {
        let pem = match &settings.ca_file {
            Some(path) => std::fs::read_to_string(path)
                .map_err(|source| ConfirmError::Read { path: path.clone(), source })?,
            None => String::new(),
        };
        let poster = settings
            .addresses
            .iter()
            .fold(Poster::new(&pem)?, |poster, (host, address)| poster.resolve(host, *address));
        Ok(Self { hosts: settings.hosts.clone(), poster, permits: Arc::new(Semaphore::new(AT_ONCE)) })
    }

    /// Calls the URL in the background, and keeps what came of it.
    pub(super) fn visit(&self, live: &Arc<Live>, confirmation: Confirmation, at: DateTime<Utc>) {
        let Confirmation { topic_arn, subscribe_url } = confirmation;
        let url = Url::parse(&subscribe_url).ok();
        let host = url.as_ref().and_then(Url::host_str).unwrap_or_default().to_owned();
        let is_https = url.is_some_and(|url| url.scheme() == "https");
        let keep = |live: &Live, visit| live.lock().visits.push(visit);
        if !is_https || !self.hosts.iter().any(|pattern| fits(pattern, &host)) {
            let outcome = Err("not called: it is no HTTPS URL of a host that is to be called".to_owned());
            keep(live, Visit { at, topic_arn, host, outcome });
            return;
        }
        let (live, poster, permits) = (Arc::downgrade(live), self.poster.clone(), Arc::clone(&self.permits));
        tokio::spawn(async move {
            let Ok(_permit) = permits.acquire().await else { return };
            let answer = poster.get(&subscribe_url).await;
            let outcome = answer.map(|answer| answer.status).map_err(|error| error.to_string());
            if let Some(live) = live.upgrade() {
                keep(&live, Visit { at, topic_arn, host, outcome });
            }
        });
    }
}

/// Whether a host is the pattern's, in which `*` stands for one label.
fn fits(pattern: &str, host: &str) -> bool {
    let (mut patterns, mut labels) = (pattern.split('.'), host.split('.'));
    loop {
        match (patterns.next(), labels.next()) {
            (None, None) => return true,
            (Some(pattern), Some(label)) if pattern == "*" || pattern.eq_ignore_ascii_case(label) => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_asterisk_stands_for_one_label() {
        for (pattern, host, want) in [
            ("sns.*.amazonaws.com", "sns.us-east-1.amazonaws.com", true),
            ("sns.*.amazonaws.com", "SNS.eu-west-1.amazonaws.com", true),
            ("sns.*.amazonaws.com", "sns.amazonaws.com", false),
            ("sns.*.amazonaws.com", "sns.a.b.amazonaws.com", false),
            ("sns.*.amazonaws.com", "sns.us-east-1.amazonaws.com.example.org", false),
            ("sns.*.amazonaws.com", "169.254.169.254", false),
            ("localhost", "localhost", true),
            ("localhost", "", false),
        ] {
            assert_eq!(fits(pattern, host), want, "{pattern} {host}");
        }
    }
}
