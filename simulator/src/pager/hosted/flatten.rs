//! JSON values as text, the way the parsed record has them.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::envelope::Members;

/// How arrays and objects are written, such as the dimensions in a trigger. The documented sample has only an empty
/// array, which is `[]` either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Collections {
    /// As Java prints its lists and maps: `[{value=i-1, name=InstanceId}]`. The record's order of keys is that of a
    /// Java map.
    #[default]
    Java,
    /// As they stand in the message.
    Json,
}

/// Deeper values stand as they are in the message.
const DEPTH: usize = 32;

/// A member of the message: text as it is, all else as JSON spells it.
pub(super) fn text(value: &RawValue, collections: Collections) -> String {
    let mut out = String::new();
    push(&mut out, value, collections, DEPTH);
    out
}

/// `Trigger`: a line `key : value` for each member in the document's order, without white space at the end of the whole.
pub(super) fn trigger(value: &RawValue, collections: Collections) -> String {
    let Ok(Members(members)) = serde_json::from_str(value.get()) else {
        return text(value, collections);
    };
    let lines: Vec<String> =
        members.iter().map(|(key, value)| format!("{key} : {}", text(value, collections))).collect();
    lines.join("\n").trim_end().to_owned()
}

fn push(out: &mut String, value: &RawValue, collections: Collections, depth: usize) {
    let json = value.get();
    match json.as_bytes().first() {
        Some(b'"') => match serde_json::from_str::<String>(json) {
            Ok(text) => out.push_str(&text),
            // An escape that is no character, such as half a surrogate pair.
            Err(_) => out.push_str(json),
        },
        Some(b'[') if collections == Collections::Java && depth > 0 => {
            let items: Vec<Box<RawValue>> = serde_json::from_str(json).unwrap_or_default();
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index == 0 { "" } else { ", " });
                push(out, item, collections, depth - 1);
            }
            out.push(']');
        }
        Some(b'{') if collections == Collections::Java && depth > 0 => {
            let members: Vec<_> = serde_json::from_str::<Members>(json).map(|it| it.0).unwrap_or_default();
            out.push('{');
            for (index, (key, member)) in members.iter().enumerate() {
                out.push_str(if index == 0 { "" } else { ", " });
                out.push_str(key);
                out.push('=');
                push(out, member, collections, depth - 1);
            }
            out.push('}');
        }
        _ => out.push_str(json),
    }
}
