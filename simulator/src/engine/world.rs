//! The world: everything that a template makes, moved through time. No I/O.

use chrono::{DateTime, TimeDelta, Utc};
use thiserror::Error;

use super::build::{self, BuildError, Subscribing};
use super::deliveries::{DeadLetter, Deliveries, Reported};
use super::fault::Fault;
use super::faults::Faults;
use super::scenario::Tally;
use super::stages::Stages;
use super::subscriber::{Answer, Simulated, Subscriber};
use super::timeline::{Entry, Then, What};
use crate::alarms::{Outcome, StateChange};
use crate::cloudformation::{Environment, Stack};
use crate::logs::{LogsError, TooLarge};
use crate::sns::{ApiAnswer, Attempt, Sns, SnsError};

/// From an alarm's change of state to its publication (the seed's sample has 80 ms).
const PUBLISHING: TimeDelta = TimeDelta::milliseconds(80);

/// How a world is made.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Region, account, parameters.
    pub environment: Environment,
    /// Everything random comes from it.
    pub seed: u64,
    /// How long CloudTrail takes; by the seed without it.
    pub latency: Option<TimeDelta>,
    /// Who is subscribed, and how.
    pub subscribing: Subscribing,
    /// Whether anything is delivered at all.
    pub deliver: bool,
    /// What goes wrong.
    pub faults: Vec<Fault>,
}

/// Receives what happens, as it happens.
pub trait Sink {
    /// Something happened.
    fn entry(&mut self, entry: Entry);
    /// A notification went to its dead-letter queue.
    fn dead_letter(&mut self, _letter: DeadLetter) {}
}

impl<F: FnMut(Entry)> Sink for F {
    fn entry(&mut self, entry: Entry) {
        self(entry);
    }
}

/// Why a world does not go on.
#[derive(Debug, Error)]
pub enum WorldError {
    /// A call that a stage refuses, in AWS's words where they are known.
    #[error("{0}")]
    Refused(String),
    /// The logs refuse a batch.
    #[error(transparent)]
    Logs(#[from] LogsError),
    /// SNS cannot sign, or cannot make a key.
    #[error(transparent)]
    Sns(#[from] SnsError),
}

/// A world.
#[derive(Debug)]
pub struct World {
    now: DateTime<Utc>,
    stages: Stages,
    deliveries: Deliveries,
    deliver: bool,
    pace: Simulated,
    tally: Tally,
}

impl World {
    /// The world of `stack` at `start`.
    pub fn new(stack: &Stack, settings: &Settings, start: DateTime<Utc>) -> Result<Self, BuildError> {
        let Settings { environment, seed, subscribing, faults, deliver, .. } = settings;
        let (sns, confirmations) = build::sns(stack, environment, subscribing, *seed, start)?;
        let mut deliveries = Deliveries::new(sns, Faults::new(faults, *seed, start), *seed);
        for parcel in confirmations {
            deliveries.send_as_is(parcel, start);
        }
        Ok(Self {
            now: start,
            stages: Stages::new(stack, settings, start)?,
            deliveries,
            deliver: *deliver,
            pace: Simulated::new(*seed),
            tally: Tally::default(),
        })
    }

    /// The world's time.
    #[must_use]
    pub const fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// Topics and subscriptions.
    #[must_use]
    pub const fn sns(&self) -> &Sns {
        self.deliveries.sns()
    }

    /// The stages before SNS.
    #[must_use]
    pub const fn stages(&self) -> &Stages {
        &self.stages
    }

    /// What came of it so far.
    #[must_use]
    pub fn tally(&self) -> Tally {
        Tally { faults: self.deliveries.fault_counts().clone(), ..self.tally.clone() }
    }

    /// A CloudTrail record happens at `at`, which is not before the world's time; the logs get it some minutes later.
    /// A record over 256 KB is not sent to the logs.
    pub fn event(&mut self, record: &str, at: DateTime<Utc>) -> Result<(), TooLarge> {
        self.stages.event(record, at.max(self.now))
    }

    /// When something is due next.
    #[must_use]
    pub fn next_due(&self) -> Option<DateTime<Utc>> {
        [self.stages.next_due(), self.deliveries.next_due()].into_iter().flatten().min()
    }

    /// Moves the world on to `now`, and does what is due by then, but attempts to deliver.
    pub fn advance(&mut self, now: DateTime<Utc>, sink: &mut dyn Sink) -> Result<(), WorldError> {
        self.now = self.now.max(now);
        for change in self.stages.advance(self.now)? {
            self.changed(&change, sink)?;
        }
        for entry in self.deliveries.tick(self.now)? {
            sink.entry(entry);
        }
        Ok(())
    }

    /// Moves the world on to `until`, step by step, with `subscriber` at the other end.
    pub fn run(
        &mut self,
        until: DateTime<Utc>,
        subscriber: &mut dyn Subscriber,
        sink: &mut dyn Sink,
    ) -> Result<(), WorldError> {
        let mut served = 0;
        while let Some(due) = self.next_due().filter(|due| *due <= until) {
            self.advance(due, sink)?;
            let certificates = self.sns().certificates();
            if certificates.len() != served {
                served = certificates.len();
                subscriber.served(certificates);
            }
            while let Some(attempt) = self.attempt() {
                let began = self.now;
                let answer = match self.answer_by_fault(&attempt) {
                    Some(answer) => answer,
                    None => subscriber.receive(&attempt, began),
                };
                self.report(&attempt, answer, began, sink);
            }
        }
        self.now = self.now.max(until);
        Ok(())
    }

    /// The next attempt that is due. Its outcome is to be reported.
    pub fn attempt(&mut self) -> Option<Attempt> {
        self.deliveries.attempt(self.now)
    }

    /// The answer that a fault gives in the subscriber's place.
    pub fn answer_by_fault(&mut self, attempt: &Attempt) -> Option<Answer> {
        self.deliveries.answer_by_fault(self.now, self.pace.took(attempt))
    }

    /// Takes note of what came of an attempt that began at `began`.
    pub fn report(&mut self, attempt: &Attempt, answer: Answer, began: DateTime<Utc>, sink: &mut dyn Sink) {
        let answer = self.deliveries.delay_by_fault(began, answer);
        let Reported { entries, dead_letter } = self.deliveries.report(attempt, &answer, began);
        for entry in entries {
            if let What::Delivery { then, .. } = &entry.what {
                self.tally.attempts += 1;
                match then {
                    Then::Delivered => self.tally.delivered += 1,
                    Then::DeadLetter { .. } => self.tally.dead_letters += 1,
                    Then::Dropped => self.tally.lost += 1,
                    Then::Retry { .. } => {}
                }
            }
            sink.entry(entry);
        }
        if let Some(letter) = dead_letter {
            sink.dead_letter(letter);
        }
    }

    /// Answers a call of an endpoint to SNS, `GET /?query`.
    pub fn answer(&mut self, query: &str, sink: &mut dyn Sink) -> Result<ApiAnswer, WorldError> {
        let (answer, entries) = self.deliveries.answer(query, self.now)?;
        for entry in entries {
            sink.entry(entry);
        }
        Ok(answer)
    }

    /// Asks every endpoint that has not confirmed its subscription once more: how many.
    pub fn ask_again(&mut self, now: DateTime<Utc>) -> Result<usize, WorldError> {
        self.now = self.now.max(now);
        Ok(self.deliveries.ask_again(self.now)?)
    }

    /// `SetAlarmState`: the alarm is in `state` until its next evaluation says otherwise. Its actions run.
    pub fn set_alarm_state(
        &mut self,
        name: &str,
        state: &str,
        reason: &str,
        now: DateTime<Utc>,
        sink: &mut dyn Sink,
    ) -> Result<(), WorldError> {
        self.now = self.now.max(now);
        let changes =
            self.stages.set_alarm_state(name, state, reason, self.now).map_err(WorldError::Refused)?;
        for change in changes {
            self.changed(&change, sink)?;
        }
        Ok(())
    }

    /// How many deliveries are under way.
    #[must_use]
    pub fn under_way(&self) -> usize {
        self.deliveries.under_way()
    }

    /// An alarm changed its state: this is told, and its actions run.
    fn changed(&mut self, change: &StateChange, sink: &mut dyn Sink) -> Result<(), WorldError> {
        let alarm = change.name().to_owned();
        let (from, to) = (change.from.value, change.to.value);
        if change.is_transition() {
            self.tally.states.entry(alarm.clone()).or_default().push(to.to_string());
            let reason = change.to.reason.clone();
            let what = What::StateChange {
                alarm: alarm.clone(),
                from: from.to_string(),
                to: to.to_string(),
                reason,
            };
            sink.entry(Entry { time: change.time(), what });
        }
        if change.actions.is_empty() {
            return Ok(());
        }
        let notification = change.notification();
        let at = change.time() + PUBLISHING;
        for action in &change.actions {
            let (subject, message) = (notification.subject.as_str(), notification.message.as_str());
            let failure = if self.deliveries.sns().topics().any(|topic| topic == action) {
                match self.deliveries.publish(action, Some(subject), message, at, self.deliver) {
                    Ok(entry) => {
                        self.tally.notifications += 1;
                        sink.entry(entry);
                        None
                    }
                    Err(error @ SnsError::Sign(_)) => return Err(error.into()),
                    Err(error) => Some(error.to_string()),
                }
            } else if action.split(':').nth(2) == Some("sns") {
                Some("the template has no such topic".to_owned())
            } else {
                Some("only topics of the template are played".to_owned())
            };
            let outcome = failure.as_deref().map_or(Outcome::Succeeded, Outcome::Failed);
            self.stages.record_action(change, action, Some(message), outcome, at);
            if let Some(reason) = failure {
                let what = What::ActionFailed { alarm: alarm.clone(), action: action.clone(), reason };
                sink.entry(Entry { time: at, what });
            }
        }
        Ok(())
    }
}
