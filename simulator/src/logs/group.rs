//! One log group: its filters and streams. Events are looked at and not kept.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use cloudwatch_filter_pattern::PatternSet;

use super::criteria::Origin;
use super::definition::{LogGroup, LogGroupClass, MetricFilter};
use super::error::{LogsError, check_characters, check_length};
use super::filter::{ActiveFilter, TooManyDimensions};
use super::ingestion::{Ingested, LogEvent, Warning, check, reject};
use super::sample::Sample;

/// The most metric filters of a group.
const MAX_FILTERS: usize = 100;
/// The most filters of a group whose patterns have regular expressions (recorded).
const MAX_REGEX_FILTERS: usize = 5;
/// Retentions that AWS allows, in days.
const RETENTIONS: [u32; 22] =
    [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

#[derive(Debug)]
pub(super) struct Group {
    definition: LogGroup,
    /// By name.
    filters: Vec<ActiveFilter>,
    /// The patterns of `filters`, in their order.
    patterns: PatternSet,
    streams: BTreeMap<String, u64>,
    /// How many filters got a made-up name.
    unnamed: u64,
}

impl Group {
    pub(super) fn new(definition: &LogGroup) -> Result<Self, LogsError> {
        check_name("logGroupName", &definition.log_group_name)?;
        if let Some(days) = definition.retention_in_days
            && !RETENTIONS.contains(&days)
        {
            let allowed = RETENTIONS.map(|days| days.to_string()).join(", ");
            return Err(LogsError::constraint(
                "retentionInDays",
                &format!("satisfy enum value set: [{allowed}]"),
            ));
        }
        Ok(Self {
            definition: definition.clone(),
            filters: Vec::new(),
            patterns: PatternSet::new([]),
            streams: BTreeMap::new(),
            unnamed: 0,
        })
    }

    /// Adds a filter, or replaces the one of its name. Where it is refused, what was there stays as it was.
    pub(super) fn put_filter(
        &mut self,
        definition: &MetricFilter,
        account: &str,
        region: &str,
    ) -> Result<String, LogsError> {
        let made_up = format!("metric-filter-{}", self.unnamed + 1);
        let name = definition.filter_name.as_deref().unwrap_or(&made_up);
        if self.definition.log_group_class != LogGroupClass::Standard {
            return Err(LogsError::invalid(
                "Metric filters are supported for log groups of the STANDARD class only",
            ));
        }
        let origin = Origin { account, region, source: &self.definition.log_group_name };
        let filter = ActiveFilter::new(name, definition, origin)?;
        let others = || self.filters.iter().filter(|other| other.name != filter.name);
        let with_regex = others().filter(|other| other.pattern.regexes() > 0).count();
        if others().count() >= MAX_FILTERS || filter.pattern.regexes() > 0 && with_regex >= MAX_REGEX_FILTERS
        {
            return Err(LogsError::limit());
        }
        self.unnamed += u64::from(definition.filter_name.is_none());
        let name = filter.name.clone();
        match self.filters.binary_search_by(|other| other.name.cmp(&name)) {
            Ok(place) => self.filters[place] = filter,
            Err(place) => self.filters.insert(place, filter),
        }
        self.compile();
        Ok(name)
    }

    pub(super) fn delete_filter(&mut self, name: &str) -> Result<(), LogsError> {
        let place = self.filters.iter().position(|filter| filter.name == name);
        self.filters.remove(place.ok_or_else(LogsError::no_filter)?);
        self.compile();
        Ok(())
    }

    fn compile(&mut self) {
        self.patterns = PatternSet::new(self.filters.iter().map(|filter| filter.pattern.clone()));
    }

    /// Names and definitions of its filters, by name.
    pub(super) fn filters(&self) -> impl Iterator<Item = (&str, &MetricFilter)> {
        self.filters.iter().map(|filter| (filter.name.as_str(), &filter.definition))
    }

    pub(super) fn create_stream(&mut self, name: &str) -> Result<(), LogsError> {
        check_length("logStreamName", name, 1, 512)?;
        check_characters("logStreamName", name, |character| !":*".contains(character), "[^:*]*")?;
        if self.streams.contains_key(name) {
            return Err(LogsError::exists("log stream"));
        }
        self.streams.insert(name.to_owned(), 0);
        Ok(())
    }

    /// Names of its streams, and how many events each was given.
    pub(super) fn streams(&self) -> impl Iterator<Item = (&str, u64)> {
        self.streams.iter().map(|(name, count)| (name.as_str(), *count))
    }

    pub(super) fn put_events(
        &mut self,
        stream: &str,
        now: DateTime<Utc>,
        events: &[LogEvent<'_>],
        samples: &mut Vec<Sample>,
    ) -> Result<Ingested, LogsError> {
        let count = self.streams.get_mut(stream).ok_or_else(LogsError::no_stream)?;
        check(events)?;
        let retention = self.definition.retention_in_days.map(|days| TimeDelta::days(i64::from(days)));
        let rejected = reject(events, now, retention);
        let begin = rejected.too_old_end.max(rejected.expired_end).unwrap_or(0);
        let end = rejected.too_new_start.unwrap_or(events.len()).max(begin);
        let accepted = &events[begin..end];
        *count += accepted.len() as u64;
        let mut warnings = Vec::new();
        let mut matcher = self.patterns.matcher();
        for LogEvent { timestamp, message } in accepted {
            let mut matched = matcher.matches(message).iter().copied().peekable();
            for (place, filter) in self.filters.iter_mut().enumerate() {
                if matched.next_if_eq(&place).is_none() {
                    // Nearly all samples are of this kind; `extend` would take them by way of the stack.
                    if let Some(sample) = filter.sample_of_other(*timestamp) {
                        samples.push(sample);
                    }
                    continue;
                }
                match filter.sample_of_match(*timestamp, message) {
                    Ok(sample) => samples.extend(sample),
                    Err(TooManyDimensions) => {
                        warnings.push(Warning::FilterDisabled { filter: filter.name.clone() });
                    }
                }
            }
        }
        Ok(Ingested { accepted: accepted.len(), rejected, warnings })
    }
}

fn check_name(place: &str, name: &str) -> Result<(), LogsError> {
    check_length(place, name, 1, 512)?;
    let allowed = |character: char| character.is_ascii_alphanumeric() || ".-_/#".contains(character);
    check_characters(place, name, allowed, r"[\.\-_/#A-Za-z0-9]+")
}
