//! A trail that sends CloudTrail's records to a log group.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::ingestion::{EVENT_OVERHEAD, LogEvent, MAX_BATCH_BYTES, MAX_BATCH_EVENTS};
use super::latency::Latency;
use crate::cloudtrail::{InTimeOrder, compact};
use crate::random::{Purpose, Random};

/// Longer records are not sent to CloudWatch Logs, in bytes.
pub const MAX_CLOUDTRAIL_EVENT_BYTES: usize = 256 * 1024;

/// Holds records until they are delivered: each for a time of its own, so that they come out of order, as they do.
///
/// Memory holds the records of one latency.
#[derive(Debug)]
pub struct Trail {
    account: String,
    region: String,
    latency: Latency,
    random: Random,
    held: InTimeOrder<Held>,
    dropped: u64,
}

#[derive(Debug)]
struct Held {
    stream: String,
    message: String,
}

/// Events for one stream, within the limits of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// When it is put: the timestamp of its last event.
    pub time: DateTime<Utc>,
    /// `<account>_CloudTrail_<region>`.
    pub stream: String,
    /// One event a record, as compact JSON, with the time of its delivery, not of the call (recorded).
    pub events: Vec<LogEvent<'static>>,
}

/// A record that is not sent for its length.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "a record of {bytes} bytes from {event_time} is not sent to CloudWatch Logs: the limit is 262144 bytes"
)]
pub struct TooLarge {
    /// When it happened.
    pub event_time: DateTime<Utc>,
    /// Its length.
    pub bytes: usize,
}

impl Trail {
    /// A trail of `account` in `region`; `seed` decides how the latency scatters.
    #[must_use]
    pub fn new(account: &str, region: &str, latency: Latency, seed: u64) -> Self {
        Self {
            account: account.to_owned(),
            region: region.to_owned(),
            latency,
            random: Random::new(seed, Purpose::Latency, 0),
            held: InTimeOrder::new(chrono::TimeDelta::zero()),
            dropped: 0,
        }
    }

    /// Takes a record of a call at `event_time`. `account` and `region` are those of the record, where it says them
    /// (`recipientAccountId`, `awsRegion`), and name its stream.
    pub fn record(
        &mut self,
        event_time: DateTime<Utc>,
        account: Option<&str>,
        region: Option<&str>,
        text: &str,
    ) -> Result<(), TooLarge> {
        let latency = self.latency.draw(&mut self.random);
        let delivered_at = event_time.checked_add_signed(latency).unwrap_or(DateTime::<Utc>::MAX_UTC);
        self.deliver_at(delivered_at, event_time, account, region, text)
    }

    /// Takes a record whose delivery is known, as by the name of its log file.
    pub fn deliver_at(
        &mut self,
        delivered_at: DateTime<Utc>,
        event_time: DateTime<Utc>,
        account: Option<&str>,
        region: Option<&str>,
        text: &str,
    ) -> Result<(), TooLarge> {
        let message = compact(text).into_owned();
        if message.len() > MAX_CLOUDTRAIL_EVENT_BYTES {
            self.dropped += 1;
            return Err(TooLarge { event_time, bytes: message.len() });
        }
        let name = |part: &str| part.replace([':', '*'], "-");
        let account = name(account.unwrap_or(&self.account));
        let region = name(region.unwrap_or(&self.region));
        let stream = format!("{account}_CloudTrail_{region}");
        self.held.push(delivered_at, Held { stream, message });
        Ok(())
    }

    /// When the next record is delivered.
    #[must_use]
    pub fn next_delivery(&self) -> Option<DateTime<Utc>> {
        self.held.next_time()
    }

    /// How many records were not sent for their length.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// What is delivered up to and with `until`, streams by name, and in each the batches in the order of time. All
    /// records of calls up to `until` have to be taken before.
    pub fn due(&mut self, until: DateTime<Utc>) -> Vec<Batch> {
        let mut streams: BTreeMap<String, Vec<LogEvent<'static>>> = BTreeMap::new();
        while let Some((timestamp, Held { stream, message })) = self.held.pop_until(until) {
            streams.entry(stream).or_default().push(LogEvent { timestamp, message: message.into() });
        }
        streams.into_iter().flat_map(|(stream, events)| batches(&stream, events)).collect()
    }
}

/// Cuts events of one stream, which are in the order of time, into batches.
fn batches(stream: &str, events: Vec<LogEvent<'static>>) -> Vec<Batch> {
    let mut batches: Vec<Batch> = Vec::new();
    let (mut bytes, mut first) = (0, DateTime::<Utc>::MIN_UTC);
    for event in events {
        let size = event.message.len() + EVENT_OVERHEAD;
        let fits = |batch: &&mut Batch| {
            batch.events.len() < MAX_BATCH_EVENTS
                && bytes + size <= MAX_BATCH_BYTES
                && event.timestamp - first <= chrono::TimeDelta::hours(24)
        };
        if let Some(batch) = batches.last_mut().filter(fits) {
            bytes += size;
            batch.time = event.timestamp;
            batch.events.push(event);
        } else {
            (bytes, first) = (size, event.timestamp);
            batches.push(Batch { time: event.timestamp, stream: stream.to_owned(), events: vec![event] });
        }
    }
    batches
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use chrono::TimeDelta;

    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(second)
    }

    fn trail(latency: Latency) -> Trail {
        Trail::new("123456789012", "us-east-1", latency, 1)
    }

    #[test]
    fn a_record_is_a_log_event_of_the_time_of_its_delivery() {
        let mut trail = trail(Latency::Fixed(TimeDelta::minutes(5)));
        trail.record(at(0), Some("210987654321"), Some("eu-west-1"), "{ \"a\" : 1 }").unwrap();
        trail.record(at(10), None, None, "{}").unwrap();
        assert_eq!(trail.next_delivery(), Some(at(300)));
        assert_eq!(trail.due(at(299)), []);
        let batches = trail.due(at(310));
        let seen: Vec<_> = batches
            .iter()
            .map(|batch| {
                (batch.stream.as_str(), batch.time, batch.events[0].timestamp, &*batch.events[0].message)
            })
            .collect();
        assert_eq!(
            seen,
            [
                ("123456789012_CloudTrail_us-east-1", at(310), at(310), "{}"),
                ("210987654321_CloudTrail_eu-west-1", at(300), at(300), "{\"a\":1}"),
            ]
        );
        assert_eq!(trail.next_delivery(), None);
    }

    #[test]
    fn deliveries_scatter_by_the_seed_alone() {
        let deliver = |seed: u64| {
            let mut trail = Trail::new("1", "r", Latency::default(), seed);
            (0..100).for_each(|second| trail.record(at(second), None, None, &format!("{second}")).unwrap());
            trail.due(at(10_000))
        };
        assert_eq!(deliver(1), deliver(1));
        assert_ne!(deliver(1), deliver(2));
        let [batch] = &deliver(1)[..] else { panic!("one batch") };
        assert!(batch.events.is_sorted_by_key(|event| event.timestamp));
        assert!(
            !batch.events.is_sorted_by_key(|event| event.message.parse::<u32>().unwrap()),
            "out of order"
        );
    }

    #[test]
    fn records_over_256_kb_are_dropped_with_a_warning() {
        let mut trail = trail(Latency::default());
        let text = |length: usize| format!("{{\"a\":\"{}\"}}", "x".repeat(length - 8));
        trail.record(at(0), None, None, &text(262_144)).unwrap();
        let error = trail.record(at(1), None, None, &text(262_145)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "a record of 262145 bytes from 1970-01-01 00:00:01 UTC is not sent to CloudWatch Logs: the limit is 262144 bytes"
        );
        assert_eq!(trail.dropped(), 1);
    }

    #[test]
    fn batches_keep_within_the_limits() {
        let mut trail = trail(Latency::Fixed(TimeDelta::zero()));
        for second in 0..10_001 {
            trail.record(at(second), None, None, "{}").unwrap();
        }
        let large = format!("\"{}\"", "x".repeat(200_000));
        for _ in 0..6 {
            trail.record(at(20_000), None, None, &large).unwrap();
        }
        trail.record(at(20_000 + 86_401), None, None, "{}").unwrap();
        let batches = trail.due(at(1_000_000));
        assert_eq!(batches.iter().map(|batch| batch.events.len()).collect::<Vec<_>>(), [10_000, 6, 1, 1]);
        for batch in batches {
            super::super::ingestion::check(&batch.events).unwrap();
        }
    }
}
