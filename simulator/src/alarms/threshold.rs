//! When a value breaches.

use serde::{Deserialize, Serialize};

/// How a value is compared with the threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ComparisonOperator {
    /// `≥`
    GreaterThanOrEqualToThreshold,
    /// `>`
    GreaterThanThreshold,
    /// `<`
    LessThanThreshold,
    /// `≤`
    LessThanOrEqualToThreshold,
    /// Outside of an anomaly band: refused, as anomaly detection is.
    LessThanLowerOrGreaterThanUpperThreshold,
    /// Below an anomaly band: refused.
    LessThanLowerThreshold,
    /// Above an anomaly band: refused.
    GreaterThanUpperThreshold,
}

impl ComparisonOperator {
    /// Whether it compares with an anomaly band.
    #[must_use]
    pub const fn is_for_bands(self) -> bool {
        matches!(
            self,
            Self::LessThanLowerOrGreaterThanUpperThreshold
                | Self::LessThanLowerThreshold
                | Self::GreaterThanUpperThreshold
        )
    }

    /// Whether a value breaches; never against a band, of which nothing is known here.
    #[must_use]
    pub fn breaches(self, value: f64, threshold: f64) -> bool {
        match self {
            Self::GreaterThanOrEqualToThreshold => value >= threshold,
            Self::GreaterThanThreshold => value > threshold,
            Self::LessThanThreshold => value < threshold,
            Self::LessThanOrEqualToThreshold => value <= threshold,
            _ => false,
        }
    }

    /// The name in the API: `GreaterThanThreshold`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::GreaterThanOrEqualToThreshold => "GreaterThanOrEqualToThreshold",
            Self::GreaterThanThreshold => "GreaterThanThreshold",
            Self::LessThanThreshold => "LessThanThreshold",
            Self::LessThanOrEqualToThreshold => "LessThanOrEqualToThreshold",
            Self::LessThanLowerOrGreaterThanUpperThreshold => "LessThanLowerOrGreaterThanUpperThreshold",
            Self::LessThanLowerThreshold => "LessThanLowerThreshold",
            Self::GreaterThanUpperThreshold => "GreaterThanUpperThreshold",
        }
    }

    /// As a reason says it: `greater than or equal to`.
    pub(super) const fn phrase(self) -> &'static str {
        match self {
            Self::GreaterThanOrEqualToThreshold => "greater than or equal to",
            Self::GreaterThanThreshold | Self::GreaterThanUpperThreshold => "greater than",
            Self::LessThanThreshold | Self::LessThanLowerThreshold => "less than",
            Self::LessThanOrEqualToThreshold => "less than or equal to",
            Self::LessThanLowerOrGreaterThanUpperThreshold => "outside of",
        }
    }
}

/// What a missing datapoint means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum TreatMissingData {
    /// Nothing is known: `INSUFFICIENT_DATA` where all are missing.
    #[default]
    #[serde(rename = "missing")]
    Missing,
    /// As good as within the threshold.
    #[serde(rename = "notBreaching")]
    NotBreaching,
    /// As bad as beyond the threshold.
    #[serde(rename = "breaching")]
    Breaching,
    /// The state stays.
    #[serde(rename = "ignore")]
    Ignore,
}

impl TreatMissingData {
    /// The value in the API: `notBreaching`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::NotBreaching => "notBreaching",
            Self::Breaching => "breaching",
            Self::Ignore => "ignore",
        }
    }
}
