//! CloudWatch Logs: groups with metric filters that turn log events into samples of metrics, and the trail that
//! delivers CloudTrail's records to a group.
//!
//! ```
//! use chrono::DateTime;
//! use trailbell_sim::logs::{LogEvent, LogGroup, Logs, MetricFilter};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let group: LogGroup = serde_json::from_str(r#"{"LogGroupName": "trail"}"#)?;
//! let filter: MetricFilter = serde_json::from_str(
//!     r#"{"FilterName": "stopped", "LogGroupName": "trail", "FilterPattern": "{ $.eventName = StopLogging }",
//!         "MetricTransformations": [{"MetricName": "Stopped", "MetricNamespace": "Trail", "MetricValue": "1"}]}"#,
//! )?;
//! let mut logs = Logs::new("123456789012", "us-east-1");
//! logs.create_log_group(&group)?;
//! logs.put_metric_filter(&filter)?;
//! logs.create_log_stream("trail", "stream")?;
//!
//! let now = DateTime::from_timestamp(1_790_105_220, 0).ok_or("no such time")?;
//! let event = LogEvent { timestamp: now, message: r#"{"eventName":"StopLogging"}"#.into() };
//! let mut samples = Vec::new();
//! logs.put_log_events("trail", "stream", now, &[event], &mut samples)?;
//! assert_eq!((samples[0].metric.name.as_str(), samples[0].value), ("Stopped", 1.0));
//! # Ok(())
//! # }
//! ```

mod criteria;
mod definition;
mod error;
mod filter;
mod group;
mod ingestion;
mod latency;
mod loose;
mod sample;
mod service;
mod trail;
mod unit;

pub use definition::{DimensionSelector, LogGroup, LogGroupClass, MetricFilter, MetricTransformation};
pub use error::{ErrorCode, LogsError};
pub use ingestion::{
    Ingested, LogEvent, MAX_BATCH_BYTES, MAX_BATCH_EVENTS, MAX_EVENT_BYTES, Rejected, Warning,
};
pub use latency::Latency;
pub use sample::{Metric, Sample};
pub use service::Logs;
pub use trail::{Batch, MAX_CLOUDTRAIL_EVENT_BYTES, TooLarge, Trail};
pub use unit::Unit;
