//! The configuration as the server uses it: everything read, parsed and compiled.

use std::collections::{BTreeSet, HashMap};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::door_certificate::{DoorCertificate, read_certificates};
use super::secret::Secret;
use super::settings::{BasicAuthSettings, ConfirmMode, PagerSettings, Settings, SigningHostSettings};
use super::timeouts::Timeouts;
use crate::opsgenie::{ApiKey, Flavor, Site, Target};
use crate::sns::{Addresses, AllowList, Fetcher, Fetchers, Policy, SignatureVersion, TopicPattern, Trust};
use crate::transform::{Table, Transform, TransformError};

/// The variable that holds the pager's key where the configuration names none.
pub const API_KEY_VARIABLE: &str = "TRAILBELL_API_KEY";

/// Everything that `serve` needs, checked.
pub struct Config {
    /// The address that SNS posts to.
    pub listen: SocketAddr,
    /// Another address for health and metrics.
    pub status_listen: Option<SocketAddr>,
    /// The path that SNS posts to.
    pub path: Secret,
    /// The certificate of the HTTPS door.
    pub tls: Option<Arc<DoorCertificate>>,
    /// Who may post.
    pub basic_auth: Option<BasicAuth>,
    /// What is demanded of messages.
    pub policy: Policy,
    /// What happens when SNS asks to confirm a subscription.
    pub confirm: ConfirmMode,
    /// The clients that fetch signing certificates and confirm subscriptions.
    pub fetchers: Fetchers,
    /// The compiled mapping.
    pub transform: Transform,
    /// Where alerts go.
    pub target: Target,
    /// The pager's key.
    pub api_key: ApiKey,
    /// One more authority to believe when connecting to the pager: PEM.
    pub pager_authorities: Option<Vec<u8>>,
    /// Where the jitter of retries starts.
    pub seed: u64,
    /// Whether to ask what became of accepted requests.
    pub poll_status: bool,
    /// Open connections at most.
    pub max_connections: usize,
    /// Messages in work at most.
    pub max_messages: usize,
    /// How long each step may take.
    pub timeouts: Timeouts,
    /// What an operator should know before starting: no mistakes, but risks.
    pub warnings: Vec<String>,
}

/// A user name and a password.
#[derive(Clone)]
pub struct BasicAuth {
    /// `user:password`.
    pub credentials: Secret,
}

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

/// Collects problems, so that a user is told all of them at once.
struct Workshop<'a> {
    surroundings: Surroundings<'a>,
    problems: Vec<Problem>,
}

impl Config {
    /// Reads, parses and compiles everything that the settings name. All problems are told, not only the first.
    pub fn prepare(settings: &Settings, surroundings: Surroundings<'_>) -> Result<Self, Vec<Problem>> {
        Self::assemble(settings, None, surroundings)
    }

    /// The same around a mapping that is compiled already, which takes most of the time of a start. What the settings say
    /// of the mapping and of what every alert has is not read.
    pub fn prepare_with(
        transform: Transform,
        settings: &Settings,
        surroundings: Surroundings<'_>,
    ) -> Result<Self, Vec<Problem>> {
        Self::assemble(settings, Some(transform), surroundings)
    }

    fn assemble(
        settings: &Settings,
        transform: Option<Transform>,
        surroundings: Surroundings<'_>,
    ) -> Result<Self, Vec<Problem>> {
        let mut workshop = Workshop { surroundings, problems: Vec::new() };
        let path = settings.path.clone().unwrap_or_else(|| Secret::new("/"));
        workshop.demand("path", path.reveal().starts_with('/'), "has to begin with a slash");
        let tls = settings.tls.as_ref().and_then(|tls| {
            let (certificate, key) = (workshop.path(&tls.certificate_file), workshop.path(&tls.key_file));
            let read = workshop.keep("tls", DoorCertificate::read(certificate, key))?;
            let now = workshop.surroundings.now;
            workshop.keep("tls", read.check_validity(now))?;
            Some(Arc::new(read))
        });
        let basic_auth = settings.basic_auth.as_ref().and_then(|auth| workshop.basic_auth(auth));
        let (policy, fetchers) = workshop.verification(settings);
        let transform = transform.or_else(|| workshop.transform(settings));
        let target = workshop.target(&settings.pager);
        let api_key = workshop.api_key(&settings.pager);
        let pager_authorities = settings.pager.ca_file.as_ref().and_then(|file| {
            let file = workshop.path(file);
            workshop.keep("pager.ca_file", read_certificates(&file))?;
            workshop.keep("pager.ca_file", std::fs::read(&file))
        });
        let limits = &settings.limits;
        let max_connections = limits.connections.unwrap_or(512);
        let max_messages = limits.messages.unwrap_or(256);
        workshop.demand("limits.connections", max_connections > 0, "has to be at least 1");
        workshop.demand("limits.messages", max_messages > 0, "has to be at least 1");
        match (policy, fetchers, transform, target, api_key) {
            (Some(policy), Some(fetchers), Some(transform), Some(target), Some(api_key))
                if workshop.problems.is_empty() =>
            {
                Ok(Self {
                    listen: settings.listen.unwrap_or_else(|| SocketAddr::from(([0, 0, 0, 0], 8080))),
                    status_listen: settings.status_listen,
                    path,
                    warnings: warnings(settings, &policy, &target, &transform),
                    tls,
                    basic_auth,
                    policy,
                    confirm: settings.topics.confirm.unwrap_or_default(),
                    fetchers,
                    transform,
                    target,
                    api_key,
                    pager_authorities,
                    seed: workshop.surroundings.seed,
                    poll_status: settings.pager.poll_status.unwrap_or(true),
                    max_connections,
                    max_messages,
                    timeouts: Timeouts::default(),
                })
            }
            _ => Err(workshop.problems),
        }
    }
}

impl Workshop<'_> {
    fn problem(&mut self, key: &'static str, reason: impl Into<String>) {
        self.problems.push(Problem { key, reason: reason.into() });
    }

    fn demand(&mut self, key: &'static str, holds: bool, reason: &str) {
        if !holds {
            self.problem(key, reason);
        }
    }

    fn keep<T, E: std::fmt::Display>(&mut self, key: &'static str, result: Result<T, E>) -> Option<T> {
        result.map_err(|error| self.problem(key, error.to_string())).ok()
    }

    fn path(&self, path: &Path) -> PathBuf {
        self.surroundings.folder.join(path)
    }

    fn read(&mut self, key: &'static str, path: &Path) -> Option<String> {
        let path = self.path(path);
        let text = std::fs::read_to_string(&path);
        self.keep(key, text.map_err(|error| format!("{}: {error}", path.display())))
    }

    fn basic_auth(&mut self, auth: &BasicAuthSettings) -> Option<BasicAuth> {
        let key = "basic_auth";
        let password = match (&auth.password, &auth.password_file) {
            (Some(password), None) => password.clone(),
            (None, Some(file)) => Secret::new(&self.read("basic_auth.password_file", file)?),
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

    fn verification(&mut self, settings: &Settings) -> (Option<Policy>, Option<Fetchers>) {
        let mut patterns = Vec::new();
        for pattern in &settings.topics.allow {
            patterns.extend(self.keep("topics.allow", pattern.parse::<TopicPattern>()));
        }
        let named = "names no topic: add the ARNs of the topics to listen to";
        self.demand("topics.allow", !settings.topics.allow.is_empty(), named);
        let verification = &settings.verification;
        let mut policy = Policy::new(AllowList::new(patterns));
        if let Some(versions) = &verification.signature_versions {
            let known: BTreeSet<_> = versions.iter().filter_map(|v| SignatureVersion::parse(v)).collect();
            let sound = !known.is_empty() && known.len() == versions.len();
            self.demand("verification.signature_versions", sound, "is one or both of \"1\" and \"2\"");
            policy.signature_versions = known;
        }
        if let Some(window) = &verification.replay_window {
            policy.replay_window = self.duration("verification.replay_window", window);
        }
        if let Some(skew) = &verification.clock_skew {
            policy.clock_skew = self.duration("verification.clock_skew", skew).unwrap_or_default();
        }
        let mut added = HashMap::new();
        let mut trust = Trust::aws();
        for host in &settings.dangerously_trust_signing_host {
            let name = host.certificate_name.as_deref().unwrap_or("sns.amazonaws.com");
            trust = trust.dangerously_add_signing_host(&host.host, name);
            if let Some(fetcher) = self.signing_host(host) {
                added.insert(host.host.clone(), fetcher);
            }
        }
        policy.trust = trust;
        let addresses = match verification.allow_private_addresses {
            Some(true) => Addresses::PublicOrPrivate,
            Some(false) | None => Addresses::Public,
        };
        (Some(policy), Some(Fetchers { aws: Fetcher::public(addresses), added }))
    }

    fn signing_host(&mut self, host: &SigningHostSettings) -> Option<Fetcher> {
        let key = "dangerously_trust_signing_host";
        let addresses = host.address.map_or(Addresses::PublicOrPrivate, Addresses::Fixed);
        match &host.ca_file {
            None => Some(Fetcher::public(addresses)),
            Some(file) => {
                let file = self.path(file);
                let authorities = self.keep(key, read_certificates(&file))?;
                self.keep(key, Fetcher::with_authorities(authorities, addresses))
            }
        }
    }

    fn duration(&mut self, key: &'static str, text: &str) -> Option<Duration> {
        let parsed = humantime::parse_duration(text);
        self.keep(key, parsed.map_err(|error| format!("{text:?} is no time such as \"1h 15m\": {error}")))
    }

    fn transform(&mut self, settings: &Settings) -> Option<Transform> {
        let mut builder = Transform::builder().settings(settings.alerts.clone());
        // A table that is no use does not keep the program from being judged.
        if let Some(table) = settings.mapping.table.as_ref().and_then(|file| self.table(file)) {
            builder = builder.table(table);
        }
        if let Some(file) = &settings.mapping.program {
            let source = self.read("mapping.program", file)?;
            builder = builder.program(file.display().to_string(), source);
        }
        match builder.build() {
            Ok(transform) => Some(transform),
            Err(error @ TransformError::Compile(_)) => {
                self.problem("mapping.program", format!("does not compile\n{error}"));
                None
            }
            Err(error @ TransformError::Settings(_)) => {
                self.problem("alerts", error.to_string());
                None
            }
        }
    }

    fn table(&mut self, file: &Path) -> Option<Table> {
        let text = self.read("mapping.table", file)?;
        let table = Table::from_csv(text.as_bytes());
        self.keep("mapping.table", table.map_err(|error| format!("{}: {error}", file.display())))
    }

    fn target(&mut self, pager: &PagerSettings) -> Option<Target> {
        let site = pager.target.unwrap_or(Site::OpsgenieUs);
        let flavor = match site {
            Site::OpsgenieUs | Site::OpsgenieEu => Flavor::Opsgenie,
            Site::Jsm => Flavor::JsmEvents,
        };
        match &pager.base_url {
            None => Some(Target::from(site)),
            Some(base) => self.keep("pager.base_url", Target::custom(base, flavor)),
        }
    }

    fn api_key(&mut self, pager: &PagerSettings) -> Option<ApiKey> {
        let text = match (&pager.api_key, &pager.api_key_file) {
            (Some(_), Some(_)) => {
                self.problem("pager", "has both api_key and api_key_file: which one?");
                return None;
            }
            (Some(key), None) => key.reveal().to_owned(),
            (None, Some(file)) => self.read("pager.api_key_file", file)?,
            (None, None) => {
                let Some(key) = (self.surroundings.variable)(API_KEY_VARIABLE) else {
                    let reason =
                        format!("no key: set pager.api_key_file, or the variable {API_KEY_VARIABLE}");
                    self.problem("pager.api_key_file", reason);
                    return None;
                };
                key
            }
        };
        self.keep("pager.api_key", ApiKey::new(&text))
    }
}

fn warnings(settings: &Settings, policy: &Policy, target: &Target, transform: &Transform) -> Vec<String> {
    let mut warnings = Vec::new();
    for pattern in policy.allow_list.iter().flat_map(AllowList::open_to_every_account) {
        warnings.push(format!("topics.allow: {pattern} lets every AWS account raise alerts here"));
    }
    for host in &settings.dangerously_trust_signing_host {
        warnings.push(format!("{} can sign for every topic: it is trusted besides AWS", host.host));
    }
    if !target.is_https() {
        warnings.push(format!("pager.base_url: alerts and the key travel unencrypted to {target}"));
    }
    if settings.tls.is_none() && settings.basic_auth.is_some() {
        warnings.push(
            "basic_auth: SNS sends credentials over HTTPS only; something has to end TLS before".into(),
        );
    }
    let notes = transform.warnings();
    if !notes.is_empty() {
        warnings.push(format!("mapping.program:\n{notes}"));
    }
    warnings
}
