//! The values of one event that selectors point at, as places in its text.

use std::hash::BuildHasher;
use std::ops::Range;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use super::condition::Value;
use super::string::{self, RawString};
use super::tree::SelectorId;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Raw {
    Null,
    Boolean(bool),
    Number(Range<usize>),
    String(RawString),
    Array {
        has_null: bool,
    },
    Object,
    /// Taken back: a later member of the same name came.
    Overridden,
}

#[derive(Debug, Clone)]
struct Record {
    selector: SelectorId,
    raw: Raw,
    /// The record before this one of the same selector.
    earlier: Option<usize>,
}

/// A member of an object to which only a wildcard leads.
#[derive(Debug, Clone)]
struct Member {
    object: usize,
    name: RawString,
    /// What was found in it.
    records: Range<usize>,
}

/// What a walk found. Reused for event after event.
#[derive(Debug, Clone, Default)]
pub(crate) struct Found {
    records: Vec<Record>,
    /// The last record of each selector.
    latest: Vec<Option<usize>>,
    /// Members that may have one name, until [`settle`](Self::settle) looks.
    members: Vec<Member>,
    names: Names,
    unicode_escapes: bool,
}

/// The members by object and name. The event chooses the names, so the seed is random.
#[derive(Debug, Clone, Default)]
struct Names {
    members: HashTable<usize>,
    seed: RandomState,
}

impl Found {
    /// Empties it for an event, of whose text `selectors` selectors are looked for.
    pub(crate) fn clear(&mut self, selectors: usize) {
        self.records.clear();
        self.members.clear();
        self.latest.clear();
        self.latest.resize(selectors, None);
    }

    /// How many records there are: what comes later is found between this and a later answer.
    pub(crate) fn mark(&self) -> usize {
        self.records.len()
    }

    #[inline]
    pub(crate) fn push(&mut self, selector: SelectorId, raw: Raw) {
        let record = self.records.len();
        if let Some(latest) = self.latest.get_mut(selector) {
            let earlier = latest.replace(record);
            self.records.push(Record { selector, raw, earlier });
        }
    }

    pub(crate) fn set_unicode_escapes(&mut self, there_are: bool) {
        self.unicode_escapes = there_are;
    }

    /// Whether any string of the event, found or not, has a `\u`.
    pub(crate) fn has_unicode_escapes(&self) -> bool {
        self.unicode_escapes
    }

    /// Notes a member to which only a wildcard leads, and what was found in it.
    #[inline]
    pub(crate) fn push_member(&mut self, object: usize, name: RawString, records: Range<usize>) {
        self.members.push(Member { object, name, records });
    }

    /// Takes back what was found through a wildcard in members whose name comes again in the same object. Until then
    /// selectors with a wildcard may have values too many, never too few. Whether anything was taken back.
    pub(crate) fn settle(&mut self, event: &str) -> bool {
        let members = std::mem::take(&mut self.members);
        let Names { members: table, seed } = &mut self.names;
        table.clear();
        let mut overridden = false;
        for (place, Member { object, name, .. }) in members.iter().enumerate() {
            let text = string::text_of(event, *name);
            let hash = |object: usize, text: &str| seed.hash_one((object, text));
            let is_same = |&other: &usize| {
                members.get(other).is_some_and(|other| {
                    other.object == *object && string::text_of(event, other.name) == text
                })
            };
            if let Some(earlier) = table.find_mut(hash(*object, &text), is_same) {
                let records = members.get(*earlier).map_or(0..0, |member| member.records.clone());
                overridden |= !records.is_empty();
                self.records
                    .get_mut(records)
                    .into_iter()
                    .flatten()
                    .for_each(|record| record.raw = Raw::Overridden);
                *earlier = place;
            } else {
                let rehash = |&other: &usize| {
                    members
                        .get(other)
                        .map_or(0, |other| hash(other.object, &string::text_of(event, other.name)))
                };
                table.insert_unique(hash(*object, &text), place, rehash);
            }
        }
        self.members = members;
        self.members.clear();
        overridden
    }

    /// Takes back what was found between two marks.
    pub(crate) fn override_records(&mut self, marks: Range<usize>) {
        self.records.get_mut(marks).into_iter().flatten().for_each(|record| record.raw = Raw::Overridden);
    }

    /// Says of the arrays between two marks that null is in them.
    pub(crate) fn set_null(&mut self, marks: Range<usize>) {
        for record in self.records.get_mut(marks).into_iter().flatten() {
            record.raw = Raw::Array { has_null: true };
        }
    }

    /// Every value with its selector, in the order of the text.
    pub(crate) fn all(&self) -> impl Iterator<Item = (SelectorId, &Raw)> {
        let live = self.records.iter().filter(|record| record.raw != Raw::Overridden);
        live.map(|record| (record.selector, &record.raw))
    }

    /// Whether anything was found for a selector, be it taken back.
    #[inline]
    pub(crate) fn has(&self, selector: SelectorId) -> bool {
        self.latest.get(selector).is_some_and(Option::is_some)
    }

    /// The values of one selector, the last first.
    pub(crate) fn of(&self, selector: SelectorId) -> impl Iterator<Item = &Raw> {
        let mut next = self.latest.get(selector).copied().flatten();
        let records = std::iter::from_fn(move || {
            let record = self.records.get(next?)?;
            next = record.earlier;
            Some(&record.raw)
        });
        records.filter(|raw| **raw != Raw::Overridden)
    }
}

impl Raw {
    /// The value, with the text that it was found in. Only overridden ones have none.
    pub(crate) fn value<'e>(&self, event: &'e str) -> Option<Value<'e>> {
        Some(match self {
            Self::Null => Value::Null,
            Self::Boolean(truth) => Value::Boolean(*truth),
            Self::Number(span) => Value::Number(event.get(span.clone())?),
            Self::String(raw) => Value::Text(string::text_of(event, *raw)),
            Self::Array { has_null } => Value::Array { has_null: *has_null },
            Self::Object => Value::Object,
            Self::Overridden => return None,
        })
    }
}
