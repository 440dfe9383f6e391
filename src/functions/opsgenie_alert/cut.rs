//! A field cut to its limit, as `vrl/limits.vrl` cuts it: in code points, with a mark where something is missing.

use vrl::value::{ObjectMap, Value};

use crate::opsgenie::limits;

/// Stands where something was cut.
const MARK: char = '…';

/// What tells an alert apart: it is kept longest when `details` are too much.
const FIRST: [&str; 14] = [
    "AlarmName",
    "AlarmArn",
    "AWSAccountId",
    "RegionCode",
    "NewStateValue",
    "StateChangeTime",
    "TopicArn",
    "MessageId",
    "AlarmContributorId",
    "Runbook",
    "MappingFailure",
    "NewStateReason",
    "AlarmUrl",
    "CloudTrailEventsUrl",
];
/// The most code points that a value of [`FIRST`], and any other value, keeps when `details` are too much.
const KEPT_OF_FIRST: usize = 512;
const KEPT_OF_OTHERS: usize = 1_000;
/// What is left for the record of what was cut: `DetailsCut`, and the most code points of its value.
const RECORD: usize = 200;
const RECORD_TEXT: usize = 80;

/// At most `limit` code points; whether it had more.
pub(super) fn text(text: String, limit: usize) -> (String, bool) {
    if text.len() <= limit {
        return (text, false);
    }
    if text.chars().nth(limit).is_none() {
        return (text, false);
    }
    let mut cut: String = text.chars().take(limit.saturating_sub(1)).collect();
    cut.push(MARK);
    (cut, true)
}

/// At most `items` texts, the first ones, of `each` code points at most; whether anything is missing.
pub(super) fn texts(texts: Vec<String>, items: usize, each: usize) -> (Vec<String>, bool) {
    let mut missing = texts.len() > items;
    let cut = texts.into_iter().take(items).map(|item| {
        let (item, cut) = text(item, each);
        missing |= cut;
        item
    });
    (cut.collect(), missing)
}

/// A map of texts whose JSON has at most `limit` code points; whether anything is missing. What was cut or left out is
/// named in `DetailsCut`.
pub(super) fn map(map: ObjectMap, limit: usize) -> (ObjectMap, bool) {
    let map: ObjectMap = map.into_iter().map(|(key, value)| (key, as_text(&value).into())).collect();
    if !exceeds(&map, limit) {
        return (map, false);
    }
    let mut left = limit.saturating_sub(RECORD);
    let mut kept = ObjectMap::new();
    let mut gone: Vec<&str> = Vec::new();
    let order = FIRST.iter().copied().chain(map.keys().map(vrl::value::KeyString::as_str));
    for (at, key) in order.enumerate() {
        let Some(value) = map.get(key) else { continue };
        if kept.contains_key(key) || gone.contains(&key) {
            continue;
        }
        let most = if at < FIRST.len() { KEPT_OF_FIRST } else { KEPT_OF_OTHERS };
        let (value, cut) = text(as_text(value), most);
        if cut {
            gone.push(key);
        }
        // Quotes are counted with the texts; a colon and a comma.
        let cost = json_length(&value) + json_length(key) + 2;
        if cost <= left {
            kept.insert(key.into(), value.into());
            left -= cost;
        } else if !cut {
            gone.push(key);
        }
    }
    let mut names = gone.join(" ");
    if let Some((end, _)) = names.char_indices().nth(RECORD_TEXT) {
        names.truncate(end);
        names.push(MARK);
    }
    kept.insert("DetailsCut".into(), names.into());
    if exceeds(&kept, limit) {
        kept.insert("DetailsCut".into(), MARK.to_string().into());
    }
    (kept, true)
}

/// A text as it is, anything else as JSON.
fn as_text(value: &Value) -> String {
    match value.to_str_lossy() {
        Some(text) => text.into_owned(),
        None => serde_json::to_string(value).unwrap_or_default(),
    }
}

fn exceeds(map: &ObjectMap, limit: usize) -> bool {
    let json = serde_json::to_string(map).unwrap_or_default();
    json.len() > limit && json.chars().count() > limit
}

fn json_length(text: &str) -> usize {
    serde_json::to_string(text).map_or(0, |json| json.chars().count())
}

/// The bound of a field in the one table of limits.
pub(super) fn bound(field: &str) -> Option<limits::Bound> {
    limits::TABLE.into_iter().find(|(name, _)| *name == field).map(|(_, bound)| bound)
}
