//! Who appears when: stories and single events by their names, laid out over the time.

use std::collections::VecDeque;
use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, TimeDelta, Utc};

use super::actor::Actor;
use super::event::{Kind, write};
use super::events;
use super::scene::Scene;
use super::stories::{STORIES, Story};

/// A story, or a single event.
#[derive(Clone, Copy)]
pub struct Part(Play);

#[derive(Clone, Copy)]
enum Play {
    Story(&'static Story),
    Event(&'static Kind),
}

impl Part {
    /// The story of this name.
    pub fn story(name: &str) -> Result<Self, CastError> {
        let story = STORIES.iter().find(|story| story.name == name);
        story.map(|story| Self(Play::Story(story))).ok_or_else(|| CastError::NoStory(name.to_owned()))
    }

    /// The event of this name: `StopLogging`, `iam:CreatePolicy` where several services have one, and with a variant
    /// `ConsoleLogin/failed`.
    pub fn event(name: &str) -> Result<Self, CastError> {
        let (service, rest) =
            name.split_once(':').map_or((None, name), |(service, rest)| (Some(service), rest));
        let (action, variant) = rest.split_once('/').unwrap_or((rest, ""));
        let mut found = events::all()
            .filter(|kind| kind.name == action && kind.variant == variant)
            .filter(|kind| service.is_none_or(|service| kind.service == service));
        let kind = found.next().ok_or_else(|| CastError::NoEvent(name.to_owned()))?;
        if let Some(other) = found.next() {
            return Err(CastError::Ambiguous(
                name.to_owned(),
                Self(Play::Event(kind)),
                Self(Play::Event(other)),
            ));
        }
        Ok(Self(Play::Event(kind)))
    }

    /// How long it goes on after its first event.
    #[must_use]
    pub fn length(&self) -> TimeDelta {
        match self.0 {
            Play::Story(story) => story.length(),
            Play::Event(_) => TimeDelta::zero(),
        }
    }
}

impl PartialEq for Part {
    fn eq(&self, other: &Self) -> bool {
        self.to_string() == other.to_string()
    }
}
impl Eq for Part {}

/// Its name, by which it can be found again.
impl fmt::Display for Part {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Play::Story(story) => formatter.write_str(story.name),
            Play::Event(Kind { service, name, variant: "", .. }) => write!(formatter, "{service}:{name}"),
            Play::Event(Kind { service, name, variant, .. }) => {
                write!(formatter, "{service}:{name}/{variant}")
            }
        }
    }
}

impl fmt::Debug for Part {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Part({self})")
    }
}

/// The stories: name and a sentence about each.
pub fn stories() -> impl Iterator<Item = (&'static str, &'static str)> {
    STORIES.iter().map(|story| (story.name, story.about))
}

/// The names of all events, as [`Part::event`] takes them, `service:Name/variant`.
pub fn event_names() -> impl Iterator<Item = String> {
    events::all().map(|kind| Part(Play::Event(kind)).to_string())
}

/// A part, and when it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appearance {
    /// What is played.
    pub part: Part,
    /// The time from the start; where none is given, the parts without one are spread evenly.
    pub after: Option<TimeDelta>,
}

/// A name that is none of a story or event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CastError {
    /// No story has this name.
    #[error("there is no story {0:?}; --list names them all")]
    NoStory(String),
    /// No event has this name.
    #[error("there is no event {0:?}; --list names them all")]
    NoEvent(String),
    /// Two services have such an event.
    #[error("{0:?} is an event of two services: say {1} or {2}")]
    Ambiguous(String, Part, Part),
}

impl FromStr for Part {
    type Err = CastError;

    /// A story's name, or else an event's.
    fn from_str(name: &str) -> Result<Self, CastError> {
        Self::story(name).or_else(|_| Self::event(name))
    }
}

/// An event that is going to happen.
pub(super) struct Planned {
    pub(super) time: DateTime<Utc>,
    pub(super) part: Part,
    /// Its number among all of them, by which it draws.
    pub(super) number: u64,
    kind: &'static Kind,
    by: fn(&mut Scene<'_>) -> Actor,
}

impl Planned {
    pub(super) fn write(&self, scene: &mut Scene<'_>) -> String {
        let body = (self.kind.body)(scene);
        let actor = body.actor.clone().unwrap_or_else(|| (self.by)(scene));
        write(self.kind, body, &actor, scene)
    }
}

/// The events of all parts in the order of time.
pub(super) fn plan(cast: &[Appearance], start: DateTime<Utc>, duration: TimeDelta) -> VecDeque<Planned> {
    let free = i32::try_from(cast.iter().filter(|appearance| appearance.after.is_none()).count())
        .unwrap_or(i32::MAX);
    let step = duration / free.saturating_add(1);
    let mut slot = TimeDelta::zero();
    let mut planned = Vec::new();
    for Appearance { part, after } in cast {
        let after = after.unwrap_or_else(|| {
            slot += step;
            slot
        });
        let begin = start + TimeDelta::seconds(after.num_seconds());
        let mut add = |seconds: i64, kind: &'static Kind, by: fn(&mut Scene<'_>) -> Actor| {
            let time = begin + TimeDelta::seconds(seconds);
            planned.push(Planned { time, part: *part, number: planned.len() as u64, kind, by });
        };
        match part.0 {
            Play::Story(story) => {
                for (seconds, service, name, variant) in story.steps {
                    if let Some(kind) = events::find(service, name, variant) {
                        add(*seconds, kind, story.by);
                    }
                }
            }
            Play::Event(kind) => add(0, kind, Actor::some_user),
        }
    }
    planned.sort_by_key(|planned| planned.time);
    planned.into()
}
