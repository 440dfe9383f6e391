//! A generator of CloudTrail events: the same settings give the same bytes.
//!
//! Data flows from the account ([`world`]) and who acts in it ([`actor`]) over the kinds of events ([`events`]) to the
//! stories and the background, which [`Generator`] merges in the order of time.

mod actor;
mod background;
mod cast;
mod event;
mod events;
mod json;
mod scene;
mod stories;
mod world;

use std::collections::VecDeque;

use chrono::{DateTime, TimeDelta, Utc};

use self::background::Background;
pub use self::cast::{Appearance, CastError, Part, event_names, stories};
use self::cast::{Planned, plan};
use self::scene::Scene;
use self::world::World;
use crate::random::{Purpose, Random};

/// What is to be generated.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Decides everything that is drawn.
    pub seed: u64,
    /// The account's number.
    pub account: String,
    /// The region in which the account works. Global services log in us-east-1 all the same.
    pub region: String,
    /// The first second in which something may happen.
    pub start: DateTime<Utc>,
    /// How long it goes on. An appearance that begins within it is played to its end.
    pub duration: TimeDelta,
    /// Events a minute of background, as the average of a week: fewer by night, more by day.
    pub rate: f64,
    /// Whether the background has changes and refusals too, as real accounts have, some of which are what alarms
    /// look for. Without it, an alarm is the doing of an appearance.
    pub everyday_changes: bool,
    /// What happens besides. Those without a time are spread evenly.
    pub cast: Vec<Appearance>,
}

impl Default for Settings {
    /// An hour of a Tuesday morning with twenty events a minute.
    fn default() -> Self {
        Self {
            seed: 1,
            account: "123456789012".to_owned(),
            region: "us-east-1".to_owned(),
            // 2026-09-22T09:00:00Z
            start: DateTime::from_timestamp(1_790_067_600, 0).unwrap_or_default(),
            duration: TimeDelta::hours(1),
            rate: 20.0,
            everyday_changes: false,
            cast: Vec::new(),
        }
    }
}

/// A generated event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeneratedEvent {
    /// `eventTime`.
    pub time: DateTime<Utc>,
    /// The part that it belongs to; none for background.
    pub part: Option<Part>,
    /// The record's JSON, compact, as CloudTrail writes it.
    pub text: String,
}

/// Events in the order of their time.
pub struct Generator {
    world: World,
    background: Background,
    random: Random,
    next_second: DateTime<Utc>,
    end: DateTime<Utc>,
    planned: VecDeque<Planned>,
    ready: VecDeque<GeneratedEvent>,
    seed: u64,
}

impl Generator {
    /// Lays out the appearances; events are made when they are asked for.
    #[must_use]
    pub fn new(settings: &Settings) -> Self {
        let Settings { seed, account, region, start, duration, rate, everyday_changes, cast } = settings;
        let start = DateTime::from_timestamp(start.timestamp(), 0).unwrap_or(*start);
        Self {
            world: World::new(*seed, account, region),
            background: Background::new(*rate, *everyday_changes),
            random: Random::new(*seed, Purpose::Background, 0),
            next_second: start,
            end: start.checked_add_signed(*duration).unwrap_or(DateTime::<Utc>::MAX_UTC),
            planned: plan(cast, start, *duration),
            ready: VecDeque::new(),
            seed: *seed,
        }
    }

    /// Makes the events of one second.
    fn second(&mut self) {
        /// So many times a second it is asked whether something happens: the more, the more the numbers scatter.
        const DRAWS: u32 = 4;
        let time = self.next_second;
        self.next_second = time.checked_add_signed(TimeDelta::seconds(1)).unwrap_or(DateTime::<Utc>::MAX_UTC);
        if time < self.end {
            let (machines, people) = self.background.rates(time);
            for (by_machine, rate) in [(true, machines), (false, people)] {
                for _ in 0..DRAWS {
                    self.draw(time, by_machine, rate / f64::from(DRAWS));
                }
            }
        }
        while self.planned.front().is_some_and(|planned| planned.time <= time) {
            let Some(planned) = self.planned.pop_front() else { break };
            let random = Random::new(self.seed, Purpose::Appearance, planned.number);
            let text = planned.write(&mut Scene::new(&self.world, random, planned.time));
            self.ready.push_back(GeneratedEvent { time: planned.time, part: Some(planned.part), text });
        }
    }

    /// Makes the whole part of `rate` events, and one more with the chance of its fraction.
    fn draw(&mut self, time: DateTime<Utc>, by_machine: bool, mut rate: f64) {
        while rate > 0.0 && self.random.chance(rate.min(1.0)) {
            rate -= 1.0;
            let mut scene = Scene::new(&self.world, self.random.clone(), time);
            let text = self.background.event(by_machine, &mut scene);
            self.random = scene.random;
            self.ready.extend(text.map(|text| GeneratedEvent { time, part: None, text }));
        }
    }
}

impl Iterator for Generator {
    type Item = GeneratedEvent;

    fn next(&mut self) -> Option<GeneratedEvent> {
        while self.ready.is_empty() {
            if self.next_second >= self.end && self.planned.is_empty() {
                return None;
            }
            self.second();
        }
        self.ready.pop_front()
    }
}

#[cfg(test)]
mod tests;
