//! Batches of log events, and the rules by which they are taken (`PutLogEvents`).

use std::borrow::Cow;
use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};

use super::error::LogsError;

/// The most bytes of a batch: its messages in UTF-8, and 26 for each event.
pub const MAX_BATCH_BYTES: usize = 1_048_576;
/// The most events of a batch.
pub const MAX_BATCH_EVENTS: usize = 10_000;
/// The most bytes of an event: its message in UTF-8, and 26.
pub const MAX_EVENT_BYTES: usize = 1_048_576;
/// What an event counts besides its message, in bytes.
pub(super) const EVENT_OVERHEAD: usize = 26;
/// The longest time between the first and the last event of a batch.
const MAX_SPAN: TimeDelta = TimeDelta::hours(24);
/// Events further ahead are rejected.
const MAX_AHEAD: TimeDelta = TimeDelta::hours(2);
/// Events of a longer time ago are rejected, whatever the group keeps.
const MAX_AGE: TimeDelta = TimeDelta::days(14);

/// An event that is put into a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEvent<'m> {
    /// When it happened, as its source says; by this time its samples are counted.
    pub timestamp: DateTime<Utc>,
    /// Its text.
    pub message: Cow<'m, str>,
}

/// What became of a batch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ingested {
    /// How many events were taken.
    pub accepted: usize,
    /// Which were not.
    pub rejected: Rejected,
    /// What somebody should know.
    pub warnings: Vec<Warning>,
}

/// Events that were left out for their time: `rejectedLogEventsInfo`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rejected {
    /// From this index on, events lie more than two hours ahead.
    pub too_new_start: Option<usize>,
    /// Before this index, events are older than 14 days.
    pub too_old_end: Option<usize>,
    /// Before this index, events are older than what the group keeps.
    pub expired_end: Option<usize>,
}

/// What somebody should know about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Warning {
    /// A filter has published more than a thousand different dimensions within an hour and is disabled.
    FilterDisabled {
        /// The filter's name.
        filter: String,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::FilterDisabled { filter } = self;
        write!(
            formatter,
            "metric filter {filter:?} is disabled: over 1000 different dimensions within an hour"
        )
    }
}

/// Checks a batch as a whole.
pub(super) fn check(events: &[LogEvent<'_>]) -> Result<(), LogsError> {
    let (Some(first), Some(last)) = (events.first(), events.last()) else {
        return Err(LogsError::constraint("logEvents", "have length greater than or equal to 1"));
    };
    if events.len() > MAX_BATCH_EVENTS {
        let rule = format!("have length less than or equal to {MAX_BATCH_EVENTS}");
        return Err(LogsError::constraint("logEvents", &rule));
    }
    let mut bytes = 0;
    for (place, event) in events.iter().enumerate() {
        if event.message.is_empty() {
            let member = format!("logEvents.{}.member.message", place + 1);
            return Err(LogsError::constraint(&member, "have length greater than or equal to 1"));
        }
        let size = event.message.len() + EVENT_OVERHEAD;
        if size > MAX_EVENT_BYTES {
            return Err(LogsError::invalid(format!(
                "Log event too large: {size} bytes exceeds limit of {MAX_EVENT_BYTES}"
            )));
        }
        bytes += size;
    }
    if bytes > MAX_BATCH_BYTES {
        return Err(LogsError::invalid(format!(
            "Upload too large: {bytes} bytes exceeds limit of {MAX_BATCH_BYTES}"
        )));
    }
    if !events.is_sorted_by_key(|event| event.timestamp) {
        return Err(LogsError::invalid(
            "Log events in a single PutLogEvents request must be in chronological order.",
        ));
    }
    if last.timestamp - first.timestamp > MAX_SPAN {
        return Err(LogsError::invalid(
            "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.",
        ));
    }
    Ok(())
}

/// Tells events by their time; they are in its order.
pub(super) fn reject(events: &[LogEvent<'_>], now: DateTime<Utc>, retention: Option<TimeDelta>) -> Rejected {
    let before = |limit: DateTime<Utc>| {
        let end = events.partition_point(|event| event.timestamp < limit);
        (end > 0).then_some(end)
    };
    let ahead = events.partition_point(|event| event.timestamp <= now + MAX_AHEAD);
    Rejected {
        too_new_start: (ahead < events.len()).then_some(ahead),
        too_old_end: before(now - MAX_AGE),
        expired_end: retention.and_then(|retention| before(now - retention)),
    }
}
