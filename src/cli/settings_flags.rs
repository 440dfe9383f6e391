//! Settings on the command line: those that a start without a file needs. They go before the file's.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::Args;
use trailbell::config::{
    ConfirmMode, ForwardSettings, PagerSettings, Problem, RelaySettings, Secret, Settings, SettingsError,
    Surroundings, TlsSettings,
};
use trailbell::opsgenie::Site;

use super::Failure;

/// The file.
#[derive(Args)]
pub(super) struct FileFlag {
    /// TOML configuration; flags go before it
    #[arg(long, short, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Settings of the door that SNS posts to.
#[derive(Args)]
pub(super) struct DoorFlags {
    /// Address that SNS posts to [default: 0.0.0.0:8080]
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// Topic to listen to: an ARN, `*` allowed in region, account and name; may be repeated
    #[arg(long = "allow-topic", value_name = "ARN")]
    allow_topics: Vec<String>,
    /// What a request to confirm a subscription gets [default: auto]
    #[arg(long, value_enum, value_name = "MODE")]
    confirm: Option<ConfirmMode>,
    /// PEM certificate chain: serve HTTPS
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_certificate: Option<PathBuf>,
    /// PEM private key of the certificate
    #[arg(long, value_name = "FILE", requires = "tls_certificate")]
    tls_key: Option<PathBuf>,
}

/// Settings of the pager.
#[derive(Args)]
pub(super) struct PagerFlags {
    /// Pager: opsgenie-us, opsgenie-eu or jsm [default: opsgenie-us]
    #[arg(long, value_name = "SITE")]
    target: Option<Site>,
    /// Another base URL that speaks the same API as the target
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// File with the pager's API key [default: the variable `TRAILBELL_API_KEY`]
    #[arg(long, value_name = "FILE")]
    api_key_file: Option<PathBuf>,
}

/// Settings of the mapping.
#[derive(Args)]
pub(super) struct MappingFlags {
    /// CSV table: alarm, account, team, priority, tags, runbook
    #[arg(long, value_name = "FILE")]
    table: Option<PathBuf>,
    /// VRL program of your own that runs on each action
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
}

/// Settings of the next hop.
#[derive(Args)]
pub(super) struct ForwardFlags {
    /// Post verified messages on to this URL instead of paging, such as Vector's `http_server`
    #[arg(long, value_name = "URL", value_parser = secret)]
    forward: Option<Secret>,
    /// File that keeps messages which the next hop refuses for good; needed with --forward
    #[arg(long, value_name = "FILE")]
    dead_letters: Option<PathBuf>,
}

/// Settings of the relay's own door.
#[derive(Args)]
pub(super) struct RelayFlags {
    /// Address that actions are posted to [default: 127.0.0.1:8081]
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// Path that actions are posted to [default: /actions]
    #[arg(long, value_name = "PATH", value_parser = secret)]
    path: Option<Secret>,
    /// File with the key that callers have to give; not the pager's [default: every caller is welcome]
    #[arg(long, value_name = "FILE")]
    caller_key_file: Option<PathBuf>,
}

#[allow(clippy::unnecessary_wraps)]
fn secret(text: &str) -> Result<Secret, std::convert::Infallible> {
    Ok(Secret::new(text))
}

/// Why there is no configuration.
pub(super) enum Unprepared {
    /// The file cannot be read or parsed.
    File(SettingsError),
    /// Something in it cannot be served.
    Problems(Vec<Problem>),
}

impl From<Unprepared> for Failure {
    fn from(unprepared: Unprepared) -> Self {
        match unprepared {
            Unprepared::File(error) => Self(error.to_string()),
            Unprepared::Problems(problems) => {
                let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
                Self(format!("the configuration cannot be served:\n  {}", lines.join("\n  ")))
            }
        }
    }
}

impl FileFlag {
    /// Whether there is anything to start from.
    pub(super) const fn names_a_file(&self) -> bool {
        self.config.is_some()
    }

    /// The file's settings, or none.
    pub(super) fn read(&self) -> Result<Settings, Unprepared> {
        self.config
            .as_ref()
            .map_or_else(|| Ok(Settings::default()), |file| Settings::read(file).map_err(Unprepared::File))
    }

    /// Makes ready what the settings say.
    pub(super) fn prepare<T>(
        &self,
        settings: &Settings,
        prepare: impl FnOnce(&Settings, Surroundings<'_>) -> Result<T, Vec<Problem>>,
    ) -> Result<T, Unprepared> {
        let folder = self.config.as_deref().and_then(Path::parent).unwrap_or(Path::new(""));
        let variable = |name: &str| std::env::var(name).ok();
        let surroundings =
            Surroundings { folder, variable: &variable, now: chrono::Utc::now(), seed: seed() };
        prepare(settings, surroundings).map_err(Unprepared::Problems)
    }
}

impl DoorFlags {
    pub(super) fn overlay(self, settings: &mut Settings) {
        set(&mut settings.listen, self.listen);
        if !self.allow_topics.is_empty() {
            settings.topics.allow = self.allow_topics;
        }
        set(&mut settings.topics.confirm, self.confirm);
        if let (Some(certificate), Some(key)) = (self.tls_certificate, self.tls_key) {
            settings.tls = Some(TlsSettings { certificate_file: here(certificate), key_file: here(key) });
        }
    }
}

impl PagerFlags {
    pub(super) fn overlay(self, pager: &mut PagerSettings) {
        if self.target.is_some() && self.base_url.is_none() {
            pager.base_url = None;
        }
        set(&mut pager.target, self.target);
        set(&mut pager.base_url, self.base_url);
        if self.api_key_file.is_some() {
            pager.api_key = None;
        }
        set(&mut pager.api_key_file, self.api_key_file.map(here));
    }
}

impl MappingFlags {
    pub(super) fn overlay(self, settings: &mut Settings) {
        set(&mut settings.mapping.table, self.table.map(here));
        set(&mut settings.mapping.program, self.program.map(here));
    }
}

impl ForwardFlags {
    pub(super) fn overlay(self, settings: &mut Settings) {
        if self.forward.is_some() || self.dead_letters.is_some() {
            let forward = settings.forward.get_or_insert_with(ForwardSettings::default);
            set(&mut forward.url, self.forward);
            set(&mut forward.dead_letters, self.dead_letters.map(here));
        }
    }
}

impl RelayFlags {
    pub(super) fn overlay(self, settings: &mut Settings) {
        let relay = settings.relay.get_or_insert_with(RelaySettings::default);
        set(&mut relay.listen, self.listen);
        set(&mut relay.path, self.path);
        set(&mut relay.api_key_file, self.caller_key_file.map(here));
    }
}

/// Paths on the command line are relative to where it was called, those in the file to the file.
fn here(path: PathBuf) -> PathBuf {
    std::path::absolute(&path).unwrap_or(path)
}

/// The standard library's hash keys are random in each process.
fn seed() -> u64 {
    RandomState::new().build_hasher().finish()
}

fn set<T>(setting: &mut Option<T>, flag: Option<T>) {
    if flag.is_some() {
        *setting = flag;
    }
}
