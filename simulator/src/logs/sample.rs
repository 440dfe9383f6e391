//! What metric filters publish.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::unit::Unit;

/// A metric: samples of one metric are aggregated with each other.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Metric {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Names and values of its dimensions.
    pub dimensions: BTreeMap<String, String>,
    /// The unit of its samples. Statistics of one metric in two units are kept apart (recorded).
    pub unit: Unit,
}

/// One value of a metric.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// The metric; samples of one filter share it.
    pub metric: Arc<Metric>,
    /// The log event's timestamp, whenever it was ingested (recorded). Statistics are by the minute.
    pub timestamp: DateTime<Utc>,
    /// The value.
    pub value: f64,
}

impl Sample {
    /// When the sample can be read by whoever asks for statistics, if it is published at `published`.
    ///
    /// At once, unless it is back-dated: by three hours and more it may take two hours, by a day and more at least two
    /// days ([PutMetricData]). A sample of 23 hours before was recorded not to be there within seven minutes.
    ///
    /// [PutMetricData]: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html
    #[must_use]
    pub fn readable_at(&self, published: DateTime<Utc>) -> DateTime<Utc> {
        let age = published - self.timestamp;
        published
            + if age < TimeDelta::hours(3) {
                TimeDelta::zero()
            } else if age < TimeDelta::hours(24) {
                TimeDelta::hours(2)
            } else {
                TimeDelta::hours(48)
            }
    }
}
