//! What is published to a metric.

use std::hash::{DefaultHasher, Hash, Hasher};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A name and value that tell metrics of one name apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Dimension {
    /// 1 to 255 characters.
    pub name: String,
    /// 1 to 1,024 characters.
    pub value: String,
}

/// What names a metric. Two orders of the same dimensions are the same metric.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetricId {
    /// Of all that follows. Each sample is looked up by its metric, so this is worked out once.
    hash: u64,
    namespace: String,
    name: String,
    dimensions: Vec<Dimension>,
}

impl MetricId {
    /// A metric by its namespace, name and dimensions, which are sorted here.
    #[must_use]
    pub fn new(namespace: &str, name: &str, dimensions: &[Dimension]) -> Self {
        let mut dimensions = dimensions.to_vec();
        dimensions.sort_unstable();
        let mut hasher = DefaultHasher::new();
        (namespace, name, &dimensions).hash(&mut hasher);
        Self { hash: hasher.finish(), namespace: namespace.to_owned(), name: name.to_owned(), dimensions }
    }

    /// The namespace: `CloudTrailMetrics`.
    #[must_use]
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// The name: `CloudTrailEventCount`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The dimensions, sorted by name.
    #[must_use]
    pub fn dimensions(&self) -> &[Dimension] {
        &self.dimensions
    }
}

impl Hash for MetricId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

/// How finely a metric is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Resolution {
    /// One aggregate a minute: all that metric filters publish.
    #[default]
    Standard,
    /// One aggregate a second (`StorageResolution` 1), for alarms with periods of 10, 20 or 30 s.
    High,
}

impl Resolution {
    /// The length of one aggregate in seconds.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        match self {
            Self::Standard => 60,
            Self::High => 1,
        }
    }
}

/// One value, or several equal ones, at one time.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// The metric.
    pub metric: MetricId,
    /// The unit, `Count` or the like; none is kept as `None`, as CloudWatch does.
    pub unit: Option<String>,
    /// When it was measured; for metric filters the log event's own time.
    pub timestamp: DateTime<Utc>,
    /// The value.
    pub value: f64,
    /// How many samples had this value; 1 unless published as values and counts.
    pub count: f64,
    /// How finely it is kept.
    pub resolution: Resolution,
}

impl Sample {
    /// One value without a unit, at standard resolution.
    #[must_use]
    pub fn new(metric: MetricId, timestamp: DateTime<Utc>, value: f64) -> Self {
        Self { metric, unit: None, timestamp, value, count: 1.0, resolution: Resolution::Standard }
    }
}
