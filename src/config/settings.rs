//! Settings as they are written: in a TOML file, on the command line, or both.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::secret::Secret;
use crate::opsgenie::Site;
use crate::transform;

/// The file that `--config` names. Every key is optional but the allow-list and the pager's key, or the next hop.
/// Paths are relative to the file's folder. `serve`, `receive` and `relay` may share one file: each reads its own part.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The address that SNS posts to. Default `0.0.0.0:8080`.
    pub listen: Option<SocketAddr>,
    /// Another address for `/healthz`, `/readyz` and `/metrics`. Without it they are on `listen`.
    pub status_listen: Option<SocketAddr>,
    /// The path that SNS posts to, default `/`. A path that nobody can guess is one more lock.
    pub path: Option<Secret>,
    /// Serve HTTPS.
    pub tls: Option<TlsSettings>,
    /// Demand a user name and a password; put both into the subscription's URL.
    pub basic_auth: Option<BasicAuthSettings>,
    /// Which topics are listened to.
    #[serde(default)]
    pub topics: TopicSettings,
    /// How messages are verified.
    #[serde(default)]
    pub verification: VerificationSettings,
    /// Where alerts go.
    #[serde(default)]
    pub pager: PagerSettings,
    /// Where verified messages go instead, as they are.
    pub forward: Option<ForwardSettings>,
    /// The pager's client as a service, for `trailbell relay`.
    pub relay: Option<RelaySettings>,
    /// How notifications become alerts.
    #[serde(default)]
    pub mapping: MappingSettings,
    /// What every alert has, and what `INSUFFICIENT_DATA` does.
    #[serde(default)]
    pub alerts: transform::Settings,
    /// How much is taken on at once.
    #[serde(default)]
    pub limits: LimitSettings,
    /// Signing hosts that are not AWS's. Whoever controls one can forge every message.
    #[serde(default)]
    pub dangerously_trust_signing_host: Vec<SigningHostSettings>,
}

/// The certificate of the HTTPS door; both files are read again when they change.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsSettings {
    /// PEM: the certificate and its chain. SNS demands one from a public authority.
    pub certificate_file: PathBuf,
    /// PEM: the private key.
    pub key_file: PathBuf,
}

/// Who may post.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BasicAuthSettings {
    /// The user's name, without a colon.
    pub username: String,
    /// The password.
    pub password: Option<Secret>,
    /// A file with the password.
    pub password_file: Option<PathBuf>,
}

/// Topics and their subscriptions.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TopicSettings {
    /// Topic ARNs; `*` may stand within region, account and name.
    #[serde(default)]
    pub allow: Vec<String>,
    /// What happens when SNS asks to confirm a subscription of an allowed topic.
    pub confirm: Option<ConfirmMode>,
}

/// What happens when SNS asks to confirm a subscription of an allowed topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[cfg_attr(feature = "server", derive(clap::ValueEnum))]
#[serde(rename_all = "kebab-case")]
pub enum ConfirmMode {
    /// It is confirmed.
    #[default]
    Auto,
    /// It is logged, and an operator confirms it in AWS.
    LogOnly,
}

/// How messages are verified.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerificationSettings {
    /// Accepted signature versions, default `["1", "2"]`.
    pub signature_versions: Option<Vec<String>>,
    /// How old a message may be, such as `1h 15m` (the default).
    pub replay_window: Option<String>,
    /// How far clocks may differ, default `5m`.
    pub clock_skew: Option<String>,
    /// Whether the SNS hosts may have private addresses, as behind a VPC endpoint. Default `false`.
    pub allow_private_addresses: Option<bool>,
}

/// Where alerts go.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PagerSettings {
    /// Which service. Default `opsgenie-us`.
    pub target: Option<Site>,
    /// Another base URL of that service: a proxy, a relay, a test.
    pub base_url: Option<String>,
    /// The key of an API integration. Prefer `api_key_file` or the variable `TRAILBELL_API_KEY`.
    pub api_key: Option<Secret>,
    /// A file with the key.
    pub api_key_file: Option<PathBuf>,
    /// PEM: one more authority to believe when connecting to the pager.
    pub ca_file: Option<PathBuf>,
    /// Whether to ask what became of each accepted request. Default `true`.
    pub poll_status: Option<bool>,
}

/// The next hop of verified messages, such as Vector's `http_server`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForwardSettings {
    /// Where messages are posted: `http://127.0.0.1:8088/`.
    pub url: Option<Secret>,
    /// A user name and a password that the next hop demands.
    pub basic_auth: Option<BasicAuthSettings>,
    /// How long the next hop may take to answer, default `10s`, at most `12s`.
    pub timeout: Option<String>,
    /// The file that keeps messages which the next hop refuses for good, one JSON object a line. Required.
    pub dead_letters: Option<PathBuf>,
    /// PEM: one more authority to believe when connecting to the next hop.
    pub ca_file: Option<PathBuf>,
}

/// The pager's client as a service.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RelaySettings {
    /// The address that callers post to. Default `127.0.0.1:8081`.
    pub listen: Option<SocketAddr>,
    /// Another address for `/healthz`, `/readyz` and `/metrics`. Without it they are on `listen`.
    pub status_listen: Option<SocketAddr>,
    /// The path of actions, default `/actions`. Opsgenie's own calls keep their paths.
    pub path: Option<Secret>,
    /// Serve HTTPS.
    pub tls: Option<TlsSettings>,
    /// A file with the key that callers have to give, as `Authorization: GenieKey …`. It is not the pager's key.
    /// Without it every caller is welcome.
    pub api_key_file: Option<PathBuf>,
}

/// How notifications become alerts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MappingSettings {
    /// CSV: alarm, account, team, priority, tags, runbook.
    pub table: Option<PathBuf>,
    /// VRL: a program of one's own that runs on each action.
    pub program: Option<PathBuf>,
}

/// How much is taken on at once.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitSettings {
    /// Open connections, default 512.
    pub connections: Option<usize>,
    /// Messages in work, default 256; more are answered 503, and SNS comes again.
    pub messages: Option<usize>,
}

/// A signing host that is not AWS's.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SigningHostSettings {
    /// Its DNS name, as it stands in `SigningCertURL`.
    pub host: String,
    /// Where it is, instead of asking DNS.
    pub address: Option<SocketAddr>,
    /// PEM: the authority of its TLS certificate.
    pub ca_file: Option<PathBuf>,
    /// The name that its signing certificates are issued to. Default `sns.amazonaws.com`.
    pub certificate_name: Option<String>,
}

/// Why a configuration file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// No such file, or no right to it.
    #[error("{}: {reason}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// Not TOML, an unknown key or a value of the wrong kind.
    #[error("{}:{line}:{column}: {reason}", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What is wrong, without the line itself: it may hold a secret.
        reason: String,
    },
}

impl Settings {
    /// Reads a configuration file.
    pub fn read(path: &Path) -> Result<Self, SettingsError> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| SettingsError::Read { path: path.to_owned(), reason: error.to_string() })?;
        Self::parse(&text, path)
    }

    /// Parses the text of a configuration file.
    pub fn parse(text: &str, path: &Path) -> Result<Self, SettingsError> {
        toml::from_str(text).map_err(|error| {
            let before = &text[..error.span().map_or(0, |span| span.start.min(text.len()))];
            SettingsError::Syntax {
                path: path.to_owned(),
                line: before.matches('\n').count() + 1,
                column: before.chars().rev().take_while(|c| *c != '\n').count() + 1,
                reason: error.message().to_owned(),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn parse(text: &str) -> Result<Settings, String> {
        Settings::parse(text, Path::new("trailbell.toml")).map_err(|error| error.to_string())
    }

    #[test]
    fn a_mistake_is_named_with_its_place() {
        let unknown = parse("[pager]\ntarget = \"jsm\"\napi_kye = \"x\"\n").unwrap_err();
        assert!(unknown.starts_with("trailbell.toml:3:1: unknown field `api_kye`"), "{unknown}");
        let value = parse("[pager]\ntarget = \"opsgenie\"\n").unwrap_err();
        assert!(value.starts_with("trailbell.toml:2:10: unknown variant `opsgenie`"), "{value}");
    }

    #[test]
    fn a_mistake_beside_a_secret_does_not_print_it() {
        let error = parse("[pager]\napi_key = \"0c1f\" \"hunter2\"\n").unwrap_err();
        assert!(error.starts_with("trailbell.toml:2:"), "{error}");
        assert!(!error.contains("hunter2") && !error.contains("0c1f"), "{error}");
    }
}
