//! Settings on the command line: those that a start without a file needs. They go before the file's.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::Args;
use trailbell::config::{Config, ConfirmMode, Problem, Settings, SettingsError, Surroundings, TlsSettings};
use trailbell::opsgenie::Site;

/// Settings from a file and from flags.
#[derive(Args)]
pub(super) struct SettingsFlags {
    /// TOML configuration; flags go before it
    #[arg(long, short, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Address that SNS posts to [default: 0.0.0.0:8080]
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// Topic to listen to: an ARN, `*` allowed in region, account and name; may be repeated
    #[arg(long = "allow-topic", value_name = "ARN")]
    allow_topics: Vec<String>,
    /// What a request to confirm a subscription gets [default: auto]
    #[arg(long, value_enum, value_name = "MODE")]
    confirm: Option<ConfirmMode>,
    /// Pager: opsgenie-us, opsgenie-eu or jsm [default: opsgenie-us]
    #[arg(long, value_name = "SITE")]
    target: Option<Site>,
    /// Another base URL that speaks the same API as the target
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// File with the pager's API key [default: the variable `TRAILBELL_API_KEY`]
    #[arg(long, value_name = "FILE")]
    api_key_file: Option<PathBuf>,
    /// CSV table: alarm, account, team, priority, tags, runbook
    #[arg(long, value_name = "FILE")]
    table: Option<PathBuf>,
    /// VRL program of your own that runs on each action
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
    /// PEM certificate chain: serve HTTPS
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_certificate: Option<PathBuf>,
    /// PEM private key of the certificate
    #[arg(long, value_name = "FILE", requires = "tls_certificate")]
    tls_key: Option<PathBuf>,
}

/// Why there is no configuration.
pub(super) enum Unprepared {
    /// The file cannot be read or parsed.
    File(SettingsError),
    /// Something in it cannot be served.
    Problems(Vec<Problem>),
}

impl SettingsFlags {
    /// Whether there is anything to start from.
    pub(super) const fn names_a_file(&self) -> bool {
        self.config.is_some()
    }

    /// The configuration, ready.
    pub(super) fn prepare(self) -> Result<Config, Unprepared> {
        let folder = self.config.as_deref().and_then(Path::parent).unwrap_or(Path::new("")).to_owned();
        let mut settings = match &self.config {
            Some(file) => Settings::read(file).map_err(Unprepared::File)?,
            None => Settings::default(),
        };
        self.overlay(&mut settings);
        let variable = |name: &str| std::env::var(name).ok();
        let surroundings =
            Surroundings { folder: &folder, variable: &variable, now: chrono::Utc::now(), seed: seed() };
        Config::prepare(&settings, surroundings).map_err(Unprepared::Problems)
    }

    /// Paths on the command line are relative to where it was called, those in the file to the file.
    fn overlay(self, settings: &mut Settings) {
        let here = |path: PathBuf| std::path::absolute(&path).unwrap_or(path);
        set(&mut settings.listen, self.listen);
        if !self.allow_topics.is_empty() {
            settings.topics.allow = self.allow_topics;
        }
        set(&mut settings.topics.confirm, self.confirm);
        if self.target.is_some() && self.base_url.is_none() {
            settings.pager.base_url = None;
        }
        set(&mut settings.pager.target, self.target);
        set(&mut settings.pager.base_url, self.base_url);
        if self.api_key_file.is_some() {
            settings.pager.api_key = None;
        }
        set(&mut settings.pager.api_key_file, self.api_key_file.map(here));
        set(&mut settings.mapping.table, self.table.map(here));
        set(&mut settings.mapping.program, self.program.map(here));
        if let (Some(certificate), Some(key)) = (self.tls_certificate, self.tls_key) {
            settings.tls = Some(TlsSettings { certificate_file: here(certificate), key_file: here(key) });
        }
    }
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
