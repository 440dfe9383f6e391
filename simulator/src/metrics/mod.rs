//! Samples → aggregates: the metrics that alarms read.
//!
//! [`Metrics`] keeps one [`Aggregate`] for each minute of a metric (each second where it has high resolution) and forgets
//! what no alarm can look back to. A [`Statistic`] makes one number of an aggregate.

mod aggregate;
mod distribution;
mod sample;
mod series;
mod statistic;
mod store;

pub use aggregate::Aggregate;
pub use distribution::Distribution;
pub use sample::{Dimension, MetricId, Resolution, Sample};
pub use statistic::{Bounds, NotAStatistic, Statistic};
pub use store::{BucketQuery, Metrics};
