//! The log groups of an account in a region.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::definition::{LogGroup, MetricFilter};
use super::error::LogsError;
use super::group::Group;
use super::ingestion::{Ingested, LogEvent};
use super::sample::Sample;
use super::trail::Batch;

/// CloudWatch Logs of one account in one region.
#[derive(Debug)]
pub struct Logs {
    account: String,
    region: String,
    groups: BTreeMap<String, Group>,
}

impl Logs {
    /// Without groups.
    #[must_use]
    pub fn new(account: &str, region: &str) -> Self {
        Self { account: account.to_owned(), region: region.to_owned(), groups: BTreeMap::new() }
    }

    fn group(&mut self, name: &str) -> Result<&mut Group, LogsError> {
        self.groups.get_mut(name).ok_or_else(LogsError::no_group)
    }

    /// Makes a group.
    pub fn create_log_group(&mut self, definition: &LogGroup) -> Result<(), LogsError> {
        let group = Group::new(definition)?;
        if self.groups.contains_key(&definition.log_group_name) {
            return Err(LogsError::exists("log group"));
        }
        self.groups.insert(definition.log_group_name.clone(), group);
        Ok(())
    }

    /// Makes a stream in a group.
    pub fn create_log_stream(&mut self, group: &str, stream: &str) -> Result<(), LogsError> {
        self.group(group)?.create_stream(stream)
    }

    /// Adds a metric filter to its group, or replaces the one of its name; gives its name. Only events that come
    /// afterwards are looked at. A definition that is refused leaves the old one in place.
    pub fn put_metric_filter(&mut self, definition: &MetricFilter) -> Result<String, LogsError> {
        let Self { account, region, groups } = self;
        let group = groups.get_mut(&definition.log_group_name).ok_or_else(LogsError::no_group)?;
        group.put_filter(definition, account, region)
    }

    /// Takes a metric filter away. What it published stays.
    pub fn delete_metric_filter(&mut self, group: &str, filter: &str) -> Result<(), LogsError> {
        self.group(group)?.delete_filter(filter)
    }

    /// The names of all groups.
    pub fn log_groups(&self) -> impl Iterator<Item = &str> {
        self.groups.keys().map(String::as_str)
    }

    /// Names and definitions of a group's filters, by name; none of a group that does not exist.
    pub fn metric_filters(&self, group: &str) -> impl Iterator<Item = (&str, &MetricFilter)> {
        self.groups.get(group).into_iter().flat_map(Group::filters)
    }

    /// Names of a group's streams, and how many events each was given; none of a group that does not exist.
    pub fn log_streams(&self, group: &str) -> impl Iterator<Item = (&str, u64)> {
        self.groups.get(group).into_iter().flat_map(Group::streams)
    }

    /// Puts a batch into a stream at `now`, and appends what the group's filters make of it to `samples`, event by
    /// event, filters by name.
    pub fn put_log_events(
        &mut self,
        group: &str,
        stream: &str,
        now: DateTime<Utc>,
        events: &[LogEvent<'_>],
        samples: &mut Vec<Sample>,
    ) -> Result<Ingested, LogsError> {
        self.group(group)?.put_events(stream, now, events, samples)
    }

    /// Puts a trail's batch into its stream, which is made where it is missing.
    pub fn deliver(
        &mut self,
        group: &str,
        batch: &Batch,
        samples: &mut Vec<Sample>,
    ) -> Result<Ingested, LogsError> {
        let group = self.group(group)?;
        if !group.streams().any(|(name, _)| name == batch.stream) {
            group.create_stream(&batch.stream)?;
        }
        group.put_events(&batch.stream, batch.time, &batch.events, samples)
    }
}
