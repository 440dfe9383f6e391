//! The few fields of a record by which it is placed: all else is passed over, and by that checked to be JSON.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

/// When, where and whose an event is.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Head {
    /// `eventTime`, where it is a time.
    pub event_time: Option<DateTime<Utc>>,
    /// `eventID`.
    pub event_id: Option<Box<str>>,
    /// `awsRegion`.
    pub region: Option<Box<str>>,
    /// `recipientAccountId`.
    pub account: Option<Box<str>>,
}

/// What an object is.
pub(super) enum Kind {
    Record(Head),
    /// `{"Records": …}` where a record was expected.
    LogFile,
    Digest,
}

/// Any type is taken: odd values are no reason to refuse an event.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Raw {
    #[serde(default)]
    event_time: Value,
    #[serde(default, rename = "eventID")]
    event_id: Value,
    #[serde(default)]
    aws_region: Value,
    #[serde(default)]
    recipient_account_id: Value,
    #[serde(rename = "Records")]
    records: Option<IgnoredAny>,
    #[serde(rename = "digestS3Object")]
    digest: Option<IgnoredAny>,
}

impl Kind {
    pub(super) fn of(text: &str) -> Result<Self, serde_json::Error> {
        if !text.trim_ascii_start().starts_with('{') {
            // A derived struct would take an array.
            let _: IgnoredAny = serde_json::from_str(text)?;
            return Err(serde::de::Error::custom("not an object"));
        }
        // Two members of one name are no error for JSON, but are one for a derived struct: the slow way knows the last.
        let raw: Raw = match serde_json::from_str(text) {
            Ok(raw) => raw,
            Err(error) if error.is_data() => {
                let members: serde_json::Map<String, Value> = serde_json::from_str(text)?;
                serde_json::from_value(Value::Object(members))?
            }
            Err(error) => return Err(error),
        };
        if raw.records.is_some() {
            return Ok(Self::LogFile);
        }
        if raw.digest.is_some() {
            return Ok(Self::Digest);
        }
        let text = |value: Value| match value {
            Value::String(text) => Some(text.into_boxed_str()),
            _ => None,
        };
        Ok(Self::Record(Head {
            event_time: raw.event_time.as_str().and_then(time),
            event_id: text(raw.event_id),
            region: text(raw.aws_region),
            account: text(raw.recipient_account_id),
        }))
    }
}

fn time(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text).ok().map(|time| time.to_utc())
}
