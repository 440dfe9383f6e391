use thiserror::Error;

/// Settings that no twin can have.
#[derive(Debug, Error)]
pub enum SettingsError {
    /// Not TOML, or not these settings.
    #[error("the settings cannot be read: {0}")]
    Toml(#[from] toml::de::Error),
    /// Ids from nothing.
    #[error("tiny_ids is the largest tiny id and must be at least 1")]
    NoTinyIds,
    /// A key in another form.
    #[error("key number {position} is no UUID (8-4-4-4-12 hex digits), which every key has to be")]
    KeyForm {
        /// Counted over all accounts, from 1.
        position: usize,
    },
    /// A key of two integrations.
    #[error("key number {position} stands in the settings before; a key selects one account")]
    KeyTwice {
        /// Counted over all accounts, from 1.
        position: usize,
    },
    /// Two limits for one domain.
    #[error("the domain {domain} has two entries in rate_limits; give per_second and per_minute in one")]
    DomainTwice {
        /// Its name.
        domain: &'static str,
    },
    /// An integration of a team that does not exist.
    #[error("a key of account {account} belongs to team {team}, which the directory does not have")]
    NoTeam {
        /// The account's name.
        account: String,
        /// The team's name.
        team: String,
    },
}
