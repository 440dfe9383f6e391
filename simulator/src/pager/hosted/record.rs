//! The parsed record: the names that the integration's filters and templates know.

use std::collections::BTreeMap;

use serde::Serialize;

use super::super::ids::RequestId;
use super::envelope::{Envelope, Members};
use super::flatten::{self, Collections};
use super::settings::HostedSettings;

/// What the integration makes of a notification: `Type`, `TopicArn` and `Subject` of the envelope, each member of the
/// alarm in `Message`, `alertSource` and `delayIfDoesNotExists`. All values are texts, and the order means nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(transparent)]
pub struct ParsedRecord(BTreeMap<String, String>);

impl ParsedRecord {
    pub(super) fn of(envelope: &Envelope, collections: Collections) -> Self {
        let members = [
            ("Type", envelope.kind.as_ref()),
            ("TopicArn", envelope.topic_arn.as_ref()),
            ("Subject", envelope.subject.as_ref()),
        ];
        let from_envelope =
            members.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?.clone())));
        let mut record: BTreeMap<_, _> = from_envelope.collect();
        let message = envelope.message.as_deref().unwrap_or_default();
        if let Ok(Members(members)) = serde_json::from_str(message) {
            record.extend(members.into_iter().map(|(key, value)| {
                let text = match key.as_str() {
                    "Trigger" => flatten::trigger(&value, collections),
                    _ => flatten::text(&value, collections),
                };
                (key, text)
            }));
        }
        Self(record)
    }

    /// Adds the two members that come from no message.
    pub(super) fn add_provenance(
        &mut self,
        settings: &HostedSettings,
        integration: &str,
        id: RequestId,
        action: Option<&str>,
    ) {
        let user = &settings.user;
        let action = action.unwrap_or("<null>");
        let source = format!(
            "{user}[domain=integration,sourceType=CloudWatch,sourceName={integration},incomingDataId={id},\
             sourceSubName={action},customSourceName=<null>,actorUserId=<null>]"
        );
        self.0.insert("alertSource".to_owned(), source);
        self.0.insert("delayIfDoesNotExists".to_owned(), "true".to_owned());
    }

    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    /// Keys and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }
}
