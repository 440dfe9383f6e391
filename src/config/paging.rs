//! The pager, and the mapping in front of it.

use std::path::Path;

use super::settings::{PagerSettings, Settings};
use super::workshop::Workshop;
use crate::opsgenie::{ApiKey, Flavor, Site, Target};
use crate::transform::{Table, Transform, TransformError};

/// The variable that holds the pager's key where the configuration names none.
pub const API_KEY_VARIABLE: &str = "TRAILBELL_API_KEY";

/// Where alerts go.
#[derive(Debug, Clone)]
pub struct PagerConfig {
    /// The service.
    pub target: Target,
    /// Its key.
    pub api_key: ApiKey,
    /// One more authority to believe when connecting to it: PEM.
    pub authorities: Option<Vec<u8>>,
    /// Whether to ask what became of accepted requests.
    pub poll_status: bool,
    /// Where the jitter of retries starts.
    pub seed: u64,
}

/// How messages become alerts, and where these go.
#[derive(Debug, Clone)]
pub struct PagingConfig {
    /// The compiled mapping.
    pub transform: Transform,
    /// Where alerts go.
    pub pager: PagerConfig,
}

impl Workshop<'_> {
    pub(super) fn transform(&mut self, settings: &Settings) -> Option<Transform> {
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

    pub(super) fn pager(&mut self, pager: &PagerSettings) -> Option<PagerConfig> {
        let target = self.target(pager);
        let api_key = self.api_key(pager);
        let authorities = self.authorities("pager.ca_file", pager.ca_file.as_ref());
        let (poll_status, seed) = (pager.poll_status.unwrap_or(true), self.surroundings.seed);
        Some(PagerConfig { target: target?, api_key: api_key?, authorities, poll_status, seed })
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

/// What an operator should know of the way to the pager.
pub(super) fn pager_warning(pager: &PagerConfig) -> Option<String> {
    let target = &pager.target;
    (!target.is_https()).then(|| format!("pager.base_url: alerts and the key travel unencrypted to {target}"))
}
