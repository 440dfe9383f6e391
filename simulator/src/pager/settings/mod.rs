//! What a twin is told before it starts.

mod accounts;
mod error;
mod limits;
mod switches;

use chrono::TimeDelta;
use serde::Deserialize;

pub use accounts::{Access, AccountSettings, KeyKind, KeySettings, PlanAction, Product};
pub use error::SettingsError;
pub use limits::{Domain, RateLimit};
pub use switches::{
    CustomActions, ErrorBodies, FieldPolicies, MediaTypes, Order, OverLimit, PlanRefusal, ReportTimes,
    Switches, Throttled, UnknownAlert, WrongMethod,
};

use super::directory::Directory;
use super::edge::EdgeSettings;
use super::hosted::HostedSettings;
use super::query::QueryRules;

/// Everything that a twin is told. [`Settings::default`] is a twin in the open mode without limits or delay.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// What all ids are drawn from.
    pub seed: u64,
    /// The open mode: a key that no account names, but has the form of one, opens an account of its own.
    pub open: bool,
    /// Accounts and their keys.
    pub accounts: Vec<AccountSettings>,
    /// Who can be paged, in every account that has no directory of its own.
    pub directory: Directory,
    /// Requests a second and a minute, by domain. A domain without an entry has no limit.
    pub rate_limits: Vec<RateLimit>,
    /// From the acceptance of a write to its effect, in milliseconds.
    pub processing_delay_ms: u32,
    /// From the effect of a write to the time from which its outcome can be read, in milliseconds.
    pub status_delay_ms: u32,
    /// How many outcomes an account keeps; the oldest go first.
    pub outcomes_kept: usize,
    /// How many changes are kept for those who follow them; the oldest go first.
    pub changes_kept: usize,
    /// Tiny ids run from 1 to this, then start again.
    pub tiny_ids: u32,
    /// How many accounts the open mode opens at most.
    pub open_accounts: usize,
    /// How long a close, acknowledgement or note of the hosted integration waits for its alert, in seconds
    /// (`delayIfDoesNotExists`). The service's own bound is unknown.
    pub hosted_wait_seconds: u32,
    /// The hosted CloudWatch integration.
    pub hosted: HostedSettings,
    /// The edge: faults, the record of requests, confirmations.
    pub edge: EdgeSettings,
    /// One switch for each thing that is not known of the service.
    pub switches: Switches,
    /// What is not known of the query language.
    pub query: QueryRules,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            seed: 0,
            open: true,
            accounts: Vec::new(),
            directory: Directory::default(),
            rate_limits: Vec::new(),
            processing_delay_ms: 0,
            status_delay_ms: 0,
            outcomes_kept: 200_000,
            changes_kept: 10_000,
            tiny_ids: 99_999,
            open_accounts: 1_000,
            hosted_wait_seconds: 60,
            hosted: HostedSettings::default(),
            edge: EdgeSettings::default(),
            switches: Switches::default(),
            query: QueryRules::default(),
        }
    }
}

impl Settings {
    /// Reads TOML. Every key is optional; one that is not known is an error.
    pub fn from_toml(text: &str) -> Result<Self, SettingsError> {
        let settings: Self = toml::from_str(text)?;
        settings.check()?;
        Ok(settings)
    }

    /// From the acceptance of a write to its effect.
    #[must_use]
    pub fn processing_delay(&self) -> TimeDelta {
        TimeDelta::milliseconds(self.processing_delay_ms.into())
    }

    /// From the effect of a write to the time from which its outcome can be read.
    #[must_use]
    pub fn status_delay(&self) -> TimeDelta {
        TimeDelta::milliseconds(self.status_delay_ms.into())
    }

    /// Checks what no single field can tell of itself. [`from_toml`](Self::from_toml) has done so.
    pub fn check(&self) -> Result<(), SettingsError> {
        if self.tiny_ids == 0 {
            return Err(SettingsError::NoTinyIds);
        }
        let keys = || self.accounts.iter().flat_map(|account| &account.keys);
        if let Some(position) = keys().position(|key| !super::ids::is_uuid(&key.key)) {
            return Err(SettingsError::KeyForm { position: position + 1 });
        }
        let mut seen = std::collections::HashSet::new();
        if let Some(position) = keys().position(|key| !seen.insert(key.key.to_ascii_lowercase())) {
            return Err(SettingsError::KeyTwice { position: position + 1 });
        }
        let mut domains = std::collections::HashSet::new();
        if let Some(limit) = self.rate_limits.iter().find(|limit| !domains.insert(limit.domain)) {
            return Err(SettingsError::DomainTwice { domain: limit.domain.as_str() });
        }
        for account in &self.accounts {
            let directory = account.directory.as_ref().unwrap_or(&self.directory);
            let teams = account.keys.iter().filter_map(|key| key.team.as_ref());
            if let Some(team) = teams.into_iter().find(|team| !directory.has_team(team)) {
                return Err(SettingsError::NoTeam { account: account.name.clone(), team: team.clone() });
            }
        }
        Ok(())
    }
}
