//! Rate limits.

use serde::Deserialize;

/// The limits of a domain. The service's numbers depend on plan and users and are published nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateLimit {
    /// For which requests.
    pub domain: Domain,
    /// Requests in a second, if limited.
    #[serde(default)]
    pub per_second: Option<u32>,
    /// Requests in a minute, if limited.
    #[serde(default)]
    pub per_minute: Option<u32>,
}

/// A kind of requests that has limits of its own (<https://docs.opsgenie.com/docs/api-rate-limiting>): those of the
/// service's domains that the twin has calls of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Domain {
    /// Everything about single alerts, and the status of requests.
    Alert,
    /// Listing and counting alerts.
    Search,
    /// Webhooks of hosted integrations.
    Integration,
    /// The question for the limits.
    Configuration,
}

impl Domain {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Alert, Self::Search, Self::Integration, Self::Configuration];

    /// The name in settings and in the answer of `/v2/request-limits/`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Alert => "alert",
            Self::Search => "search",
            Self::Integration => "integration",
            Self::Configuration => "configuration",
        }
    }
}
