//! Reading what settings name, and collecting what is wrong with them.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::door_certificate::{DoorCertificate, read_certificates};
use super::secret::Secret;
use super::settings::{BasicAuthSettings, LimitSettings, TlsSettings};

/// Something in the configuration that cannot be served.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {reason}")]
pub struct Problem {
    /// The key, as it stands in the file: `pager.api_key`.
    pub key: &'static str,
    /// What is wrong, and what would be right.
    pub reason: String,
}

/// Where the settings come from besides their text.
pub struct Surroundings<'a> {
    /// The folder that relative paths start from.
    pub folder: &'a Path,
    /// Looks up an environment variable.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
    /// The time at which certificates have to be valid.
    pub now: DateTime<Utc>,
    /// Where the jitter of retries starts: different in each process.
    pub seed: u64,
}

/// A user name and a password.
#[derive(Clone)]
pub struct BasicAuth {
    /// `user:password`.
    pub credentials: Secret,
}

/// How much is taken on at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Open connections at most.
    pub connections: usize,
    /// Requests in work at most.
    pub messages: usize,
}

/// Collects problems, so that a user is told all of them at once.
pub(super) struct Workshop<'a> {
    pub(super) surroundings: Surroundings<'a>,
    pub(super) problems: Vec<Problem>,
}

impl<'a> Workshop<'a> {
    pub(super) const fn new(surroundings: Surroundings<'a>) -> Self {
        Self { surroundings, problems: Vec::new() }
    }

    pub(super) fn problem(&mut self, key: &'static str, reason: impl Into<String>) {
        self.problems.push(Problem { key, reason: reason.into() });
    }

    pub(super) fn demand(&mut self, key: &'static str, holds: bool, reason: &str) {
        if !holds {
            self.problem(key, reason);
        }
    }

    pub(super) fn keep<T, E: std::fmt::Display>(
        &mut self,
        key: &'static str,
        result: Result<T, E>,
    ) -> Option<T> {
        result.map_err(|error| self.problem(key, error.to_string())).ok()
    }

    pub(super) fn path(&self, path: &Path) -> PathBuf {
        self.surroundings.folder.join(path)
    }

    pub(super) fn read(&mut self, key: &'static str, path: &Path) -> Option<String> {
        let path = self.path(path);
        let text = std::fs::read_to_string(&path);
        self.keep(key, text.map_err(|error| format!("{}: {error}", path.display())))
    }

    /// A file with PEM certificates, as it stands there.
    pub(super) fn authorities(&mut self, key: &'static str, file: Option<&PathBuf>) -> Option<Vec<u8>> {
        let file = self.path(file?);
        self.keep(key, read_certificates(&file))?;
        self.keep(key, std::fs::read(&file))
    }

    pub(super) fn door_certificate(
        &mut self,
        key: &'static str,
        tls: Option<&TlsSettings>,
    ) -> Option<Arc<DoorCertificate>> {
        let tls = tls?;
        let (certificate, private_key) = (self.path(&tls.certificate_file), self.path(&tls.key_file));
        let read = self.keep(key, DoorCertificate::read(certificate, private_key))?;
        let now = self.surroundings.now;
        self.keep(key, read.check_validity(now))?;
        Some(Arc::new(read))
    }

    /// `file_key` is where a problem with the password's file is told.
    pub(super) fn basic_auth(
        &mut self,
        key: &'static str,
        file_key: &'static str,
        auth: Option<&BasicAuthSettings>,
    ) -> Option<BasicAuth> {
        let auth = auth?;
        let password = match (&auth.password, &auth.password_file) {
            (Some(password), None) => password.clone(),
            (None, Some(file)) => Secret::new(&self.read(file_key, file)?),
            _ => {
                self.problem(key, "needs either password or password_file");
                return None;
            }
        };
        let (username, password) = (&auth.username, password.reveal());
        self.demand(
            key,
            !username.is_empty() && !username.contains(':'),
            "a user name without a colon is needed",
        );
        self.demand(key, !password.is_empty(), "the password is empty");
        Some(BasicAuth { credentials: Secret::new(&format!("{username}:{password}")) })
    }

    pub(super) fn duration(&mut self, key: &'static str, text: &str) -> Option<Duration> {
        let parsed = humantime::parse_duration(text);
        self.keep(key, parsed.map_err(|error| format!("{text:?} is no time such as \"1h 15m\": {error}")))
    }

    pub(super) fn limits(&mut self, limits: &LimitSettings) -> Limits {
        let ready = Limits {
            connections: limits.connections.unwrap_or(512),
            messages: limits.messages.unwrap_or(256),
        };
        self.demand("limits.connections", ready.connections > 0, "has to be at least 1");
        self.demand("limits.messages", ready.messages > 0, "has to be at least 1");
        ready
    }
}
