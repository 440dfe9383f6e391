//! What was delivered already. SNS delivers at least once, and a signature has no nonce: a copy of an
//! authentic message is authentic. Within the replay window, each message may act once.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use chrono::{DateTime, TimeDelta, Utc};

use super::topic_arn::TopicArn;

/// The memory of delivered messages, bounded in number and in time. Lost when the process ends.
pub struct Deliveries {
    states: HashMap<MessageKey, State>,
    /// Finished messages, the oldest first.
    expiry: VecDeque<(DateTime<Utc>, MessageKey)>,
    retention: TimeDelta,
    capacity: usize,
}

/// Enough of SHA-256 over topic and message id that no two can be made to agree, in little memory.
type MessageKey = [u8; 16];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    InProgress,
    Done,
}

/// What to do with a message that came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempt {
    /// The first of its kind: act, then say [`Deliveries::finish`] or [`Deliveries::abandon`].
    First,
    /// A copy of it is being worked on, with unknown outcome.
    InProgress,
    /// It has been delivered.
    Repeated,
}

impl Deliveries {
    /// Remembers up to `capacity` messages for `retention`, which should exceed the replay window.
    #[must_use]
    pub fn new(retention: Duration, capacity: usize) -> Self {
        Self {
            states: HashMap::new(),
            expiry: VecDeque::new(),
            retention: TimeDelta::from_std(retention).unwrap_or(TimeDelta::MAX),
            capacity,
        }
    }

    /// Asks whether a message is new, and takes it in hand if so.
    pub fn begin(&mut self, topic: &TopicArn, message_id: &str, now: DateTime<Utc>) -> Attempt {
        self.forget_expired(now);
        match self.states.entry(key(topic, message_id)) {
            std::collections::hash_map::Entry::Vacant(vacant) => {
                vacant.insert(State::InProgress);
                Attempt::First
            }
            std::collections::hash_map::Entry::Occupied(state) => match state.get() {
                State::InProgress => Attempt::InProgress,
                State::Done => Attempt::Repeated,
            },
        }
    }

    /// The message was delivered: copies of it are not to act again.
    pub fn finish(&mut self, topic: &TopicArn, message_id: &str, now: DateTime<Utc>) {
        let key = key(topic, message_id);
        self.states.insert(key, State::Done);
        self.expiry.push_back((now + self.retention, key));
        while self.expiry.len() > self.capacity {
            self.forget_oldest();
        }
    }

    /// The message was not delivered: its next copy is to be worked on.
    pub fn abandon(&mut self, topic: &TopicArn, message_id: &str) {
        self.states.remove(&key(topic, message_id));
    }

    /// How many messages are remembered or in progress.
    #[must_use]
    pub fn len(&self) -> usize {
        self.states.len()
    }

    /// Whether nothing is remembered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.states.is_empty()
    }

    fn forget_expired(&mut self, now: DateTime<Utc>) {
        while self.expiry.front().is_some_and(|(at, _)| *at < now) {
            self.forget_oldest();
        }
    }

    fn forget_oldest(&mut self) {
        if let Some((_, key)) = self.expiry.pop_front() {
            self.states.remove(&key);
        }
    }
}

fn key(topic: &TopicArn, message_id: &str) -> MessageKey {
    let hash = digest(&SHA256, format!("{topic}\n{message_id}").as_bytes());
    let mut key = MessageKey::default();
    key.copy_from_slice(&hash.as_ref()[..16]);
    key
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn topic(name: &str) -> TopicArn {
        TopicArn::parse(&format!("arn:aws:sns:us-east-1:123456789012:{name}")).unwrap()
    }

    fn at(minutes: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(minutes * 60, 0).unwrap()
    }

    fn memory(capacity: usize) -> Deliveries {
        Deliveries::new(Duration::from_hours(1), capacity)
    }

    #[test]
    fn a_message_acts_once() {
        let mut memory = memory(10);
        assert_eq!(memory.begin(&topic("a"), "1", at(0)), Attempt::First);
        assert_eq!(memory.begin(&topic("a"), "1", at(0)), Attempt::InProgress);
        memory.finish(&topic("a"), "1", at(0));
        assert_eq!(memory.begin(&topic("a"), "1", at(59)), Attempt::Repeated);
        assert_eq!(memory.begin(&topic("b"), "1", at(59)), Attempt::First, "another topic's message 1");
    }

    #[test]
    fn what_failed_may_come_again() {
        let mut memory = memory(10);
        memory.begin(&topic("a"), "1", at(0));
        memory.abandon(&topic("a"), "1");
        assert_eq!(memory.begin(&topic("a"), "1", at(1)), Attempt::First);
    }

    #[test]
    fn memory_ends_with_its_retention_and_its_capacity() {
        let mut memory = memory(2);
        for id in ["1", "2", "3"] {
            memory.begin(&topic("a"), id, at(0));
            memory.finish(&topic("a"), id, at(0));
        }
        assert_eq!(memory.len(), 2);
        assert_eq!(memory.begin(&topic("a"), "1", at(0)), Attempt::First, "the oldest gave way");
        assert_eq!(memory.begin(&topic("a"), "3", at(59)), Attempt::Repeated);
        assert_eq!(
            memory.begin(&topic("a"), "3", at(60)),
            Attempt::Repeated,
            "as long as the window, and no less"
        );
        assert_eq!(memory.begin(&topic("a"), "3", at(61)), Attempt::First);
    }
}
