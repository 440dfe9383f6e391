//! What an alert may hold (Opsgenie's "Alert API", fields of the create request; JSM takes the same numbers), and
//! what to leave out after the pager found it too much.
//!
//! The mapping cuts every field to these limits in code points. [`shrink`] is the net below it: the pager may count
//! otherwise than its documentation says, and a user's program may have written a field after the cut.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// `message`: code points.
pub const MESSAGE: usize = 130;
/// `alias`: code points.
pub const ALIAS: usize = 512;
/// `description`: code points.
pub const DESCRIPTION: usize = 15_000;
/// `responders` and `visibleTo`: recipients in each.
pub const RECIPIENTS: usize = 50;
/// `actions`: items.
pub const ACTIONS: usize = 10;
/// One of the `actions`: code points.
pub const ACTION: usize = 50;
/// `tags`: items.
pub const TAGS: usize = 20;
/// One of the `tags`: code points.
pub const TAG: usize = 50;
/// `details`: code points of the whole map as JSON.
pub const DETAILS: usize = 8_000;
/// `entity`: code points.
pub const ENTITY: usize = 512;
/// `source`: code points.
pub const SOURCE: usize = 100;
/// `user`: code points.
pub const USER: usize = 100;
/// `note`: code points.
pub const NOTE: usize = 25_000;

/// How a field is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// A text of so many code points.
    Text(usize),
    /// So many texts, each of so many code points.
    Texts {
        /// Items.
        items: usize,
        /// Code points in each.
        each: usize,
    },
    /// So many recipients.
    Recipients(usize),
    /// A map whose JSON has so many code points.
    Map(usize),
}

/// Every limited field of a request's body.
pub const TABLE: [(&str, Bound); 12] = [
    ("message", Bound::Text(MESSAGE)),
    ("alias", Bound::Text(ALIAS)),
    ("description", Bound::Text(DESCRIPTION)),
    ("responders", Bound::Recipients(RECIPIENTS)),
    ("visibleTo", Bound::Recipients(RECIPIENTS)),
    ("actions", Bound::Texts { items: ACTIONS, each: ACTION }),
    ("tags", Bound::Texts { items: TAGS, each: TAG }),
    ("details", Bound::Map(DETAILS)),
    ("entity", Bound::Text(ENTITY)),
    ("source", Bound::Text(SOURCE)),
    ("user", Bound::Text(USER)),
    ("note", Bound::Text(NOTE)),
];

/// Stands where something was cut.
const MARK: char = '…';

/// The fields of a body that exceed their limit, counted as documented.
#[must_use]
pub fn exceeded(body: &Map<String, Value>) -> Vec<&'static str> {
    over(body, |text| text.chars().count())
}

/// A body of which less is left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shrunk {
    /// The body to send instead.
    pub body: Map<String, Value>,
    /// The fields that were cut or left out.
    pub fields: Vec<&'static str>,
}

/// What to send instead of a body that the pager found unprocessable (422), if a limit was the cause.
///
/// `errors` is the reply's map of field to complaint. Each field that it names has to be one that shrinking can
/// cure: it is over its limit in UTF-8 bytes, the strictest way to count, or the complaint is about a length. It is
/// then cut to its limit in bytes; what was within already is halved; tags and actions that were within are left out.
/// If it names no field, those over their limit in bytes are taken.
///
/// Never shrunk: the alias, by which the close has to find the alert, and the responders but for those above the 50th,
/// so that nobody is left unpaged silently.
#[must_use]
pub fn shrink(body: &Map<String, Value>, errors: &BTreeMap<String, String>) -> Option<Shrunk> {
    let mut named: Vec<(&'static str, Bound, &str)> = Vec::new();
    for (key, complaint) in errors {
        let (field, bound) = field_of(key)?;
        named.push((field, bound, complaint));
    }
    if named.is_empty() {
        let fields = over(body, str::len);
        named.extend(TABLE.into_iter().filter(|(field, _)| fields.contains(field)).map(|(f, b)| (f, b, "")));
    }
    let mut shrunk = Shrunk { body: body.clone(), fields: Vec::new() };
    for (field, bound, complaint) in named {
        if shrunk.fields.contains(&field) {
            continue;
        }
        let value = shrunk.body.get(field)?;
        if field == "alias" || !(is_over(value, bound, str::len) || is_about_length(complaint)) {
            return None;
        }
        match smaller(value, bound, stated_limit(complaint))? {
            Some(less) => shrunk.body.insert(field.to_owned(), less),
            None => shrunk.body.remove(field),
        };
        shrunk.fields.push(field);
    }
    (!shrunk.fields.is_empty()).then_some(shrunk)
}

/// `tags[3]`, `details.eventName` and `responders#type` are about `tags`, `details` and `responders`.
fn field_of(key: &str) -> Option<(&'static str, Bound)> {
    let name = key.split(['[', '.', '#']).next()?.trim();
    TABLE.into_iter().find(|(field, _)| *field == name)
}

/// The words of the complaints that were recorded ("should not exceed 130 characters", "length exceeds the maximum
/// value [250]") and their relatives. A false guess costs one more refused request.
fn is_about_length(complaint: &str) -> bool {
    let complaint = complaint.to_ascii_lowercase();
    ["exceed", "length", "long", "max", "limit", "size"].iter().any(|word| complaint.contains(word))
}

/// The number in a complaint: the limit that the pager holds the field to.
fn stated_limit(complaint: &str) -> Option<usize> {
    let mut numbers = complaint.split(|character: char| !character.is_ascii_digit());
    numbers.find_map(|digits| digits.parse().ok()).filter(|limit| *limit > 0)
}

fn over(body: &Map<String, Value>, measure: fn(&str) -> usize) -> Vec<&'static str> {
    let is_over =
        |(field, bound): &(&str, Bound)| body.get(*field).is_some_and(|v| is_over(v, *bound, measure));
    TABLE.into_iter().filter(is_over).map(|(field, _)| field).collect()
}

fn is_over(value: &Value, bound: Bound, measure: fn(&str) -> usize) -> bool {
    match (bound, value) {
        (Bound::Text(limit), Value::String(text)) => measure(text) > limit,
        (Bound::Texts { items, each }, Value::Array(texts)) => {
            texts.len() > items
                || texts.iter().any(|text| text.as_str().is_some_and(|text| measure(text) > each))
        }
        (Bound::Recipients(items), Value::Array(recipients)) => recipients.len() > items,
        (Bound::Map(limit), Value::Object(_)) => measure(&value.to_string()) > limit,
        // Of another type than it should be: no matter of size.
        (Bound::Text(_) | Bound::Texts { .. } | Bound::Recipients(_) | Bound::Map(_), _) => false,
    }
}

/// Less of a value: `Some(None)` leaves the field out, `None` says that nothing can be taken away.
#[allow(clippy::option_option)]
fn smaller(value: &Value, bound: Bound, stated: Option<usize>) -> Option<Option<Value>> {
    match (bound, value) {
        (Bound::Text(limit), Value::String(text)) if text.len() > 1 => {
            Some(Some(cut(text, allowed(text.len(), limit, stated)).into()))
        }
        (Bound::Texts { items, each }, Value::Array(texts)) => {
            let less: Vec<Value> = texts
                .iter()
                .take(items)
                .map(|text| text.as_str().map_or_else(|| text.clone(), |text| cut(text, each).into()))
                .collect();
            Some((&less != texts).then_some(Value::Array(less)))
        }
        (Bound::Recipients(items), Value::Array(recipients)) if recipients.len() > items => {
            Some(Some(recipients.iter().take(items).cloned().collect()))
        }
        (Bound::Map(limit), Value::Object(map)) => {
            let limit = allowed(value.to_string().len(), limit, stated);
            Some(Some(smaller_map(map, limit)))
        }
        (Bound::Text(_) | Bound::Texts { .. } | Bound::Recipients(_) | Bound::Map(_), _) => None,
    }
}

/// The limit to hold now, in bytes: the documented one or the one that the pager states, and less than it is.
fn allowed(length: usize, limit: usize, stated: Option<usize>) -> usize {
    let limit = stated.map_or(limit, |stated| stated.min(limit));
    if length > limit { limit } else { length / 2 }
}

/// Cuts the longest values first, and leaves out the last entries only if that is not enough.
fn smaller_map(map: &Map<String, Value>, limit: usize) -> Value {
    let mut less = map.clone();
    let mut longest = less.values().filter_map(Value::as_str).map(str::len).max().unwrap_or_default();
    while json_length(&less) > limit && longest > 16 {
        longest = longest * 3 / 4;
        for value in less.values_mut() {
            if let Value::String(text) = value {
                *text = cut(text, longest);
            }
        }
    }
    let mut length = json_length(&less);
    while length > limit {
        let Some(last) = less.keys().next_back().cloned() else { break };
        let before = less.remove(&last);
        // Quotes and colon around the key, a comma behind the value: at least this much is gone.
        length -= last.len() + 3 + before.map_or(0, |value| value.to_string().len());
    }
    Value::Object(less)
}

fn json_length(map: &Map<String, Value>) -> usize {
    serde_json::to_string(map).map_or(0, |json| json.len())
}

/// At most `limit` bytes of a text, whole characters, with a mark if something is missing.
fn cut(text: &str, limit: usize) -> String {
    if text.len() <= limit {
        return text.to_owned();
    }
    let end = text.floor_char_boundary(limit.saturating_sub(MARK.len_utf8()));
    let mut cut = text.get(..end).unwrap_or_default().to_owned();
    if end + MARK.len_utf8() <= limit {
        cut.push(MARK);
    }
    cut
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn body(value: Value) -> Map<String, Value> {
        serde_json::from_value(value).unwrap()
    }

    fn errors(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(field, text)| ((*field).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn a_text_is_cut_to_its_limit_in_bytes() {
        let of = body(json!({"message": "ä".repeat(130), "alias": "a"}));
        assert_eq!(exceeded(&of), Vec::<&str>::new());
        let shrunk =
            shrink(&of, &errors(&[("message", "message should not exceed 130 characters")])).unwrap();
        assert_eq!(shrunk.fields, ["message"]);
        assert_eq!(shrunk.body["message"], format!("{}…", "ä".repeat(63)));
        assert_eq!(shrunk.body["alias"], "a");
    }

    #[test]
    fn a_limit_that_the_pager_states_is_held() {
        let of = body(json!({"source": "s".repeat(90)}));
        let shrunk = shrink(&of, &errors(&[("source", "length exceeds the maximum value [40]")])).unwrap();
        assert_eq!(shrunk.body["source"], format!("{}…", "s".repeat(37)));
    }

    #[test]
    fn a_text_within_its_limit_is_halved_if_the_complaint_is_about_length() {
        let of = body(json!({"message": "m".repeat(100)}));
        let shrunk = shrink(&of, &errors(&[("message", "message is too long")])).unwrap();
        assert_eq!(shrunk.body["message"], format!("{}…", "m".repeat(47)));
    }

    #[test]
    fn tags_are_cut_and_where_that_changes_nothing_left_out() {
        let too_much = json!({"tags": (0..25).map(|n| format!("{n}{}", "t".repeat(60))).collect::<Vec<_>>()});
        let shrunk = shrink(&body(too_much), &errors(&[("tags[0]", "must not exceed")])).unwrap();
        let tags = shrunk.body["tags"].as_array().unwrap();
        assert_eq!((tags.len(), tags[0].as_str().unwrap().len()), (20, 50));
        let within = json!({"message": "m", "tags": ["a"]});
        let shrunk = shrink(&body(within), &errors(&[("tags", "size must be at most 0")])).unwrap();
        assert_eq!(Value::Object(shrunk.body), json!({"message": "m"}));
    }

    #[test]
    fn details_lose_their_longest_values_first() {
        let of = body(json!({"details": {"a": "short", "b": "x".repeat(9000), "c": "y".repeat(20)}}));
        let shrunk = shrink(&of, &errors(&[("details.b", "too large")])).unwrap();
        let details = &shrunk.body["details"];
        assert_eq!((&details["a"], &details["c"]), (&json!("short"), &json!("y".repeat(20))));
        assert!(details["b"].as_str().unwrap().len() > 6000);
        assert!(details.to_string().len() <= DETAILS);
        // Thousands of small entries: cutting values is not enough.
        let many: Map<String, Value> = (0..2000).map(|n| (format!("key{n:04}"), json!("v"))).collect();
        let shrunk = shrink(&body(json!({"details": many})), &errors(&[("details", "")])).unwrap();
        assert!(shrunk.body["details"].as_object().unwrap().len() > 400);
        assert_eq!(exceeded(&shrunk.body), Vec::<&str>::new());
    }

    #[test]
    fn responders_above_the_fiftieth_go_and_others_stay() {
        let recipients = |n: usize| json!({"responders": vec![json!({"type": "team", "name": "t"}); n]});
        let complaint = errors(&[("responders", "exceeds the maximum")]);
        let shrunk = shrink(&body(recipients(60)), &complaint).unwrap();
        assert_eq!(shrunk.body["responders"].as_array().unwrap().len(), 50);
        assert_eq!(shrink(&body(recipients(50)), &complaint), None);
    }

    #[test]
    fn what_no_limit_caused_is_left_alone() {
        let of = body(
            json!({"message": "", "priority": "P9", "tags": "a", "entity": "e", "alias": "a".repeat(600)}),
        );
        for complaint in [
            ("message", "Message can not be empty."),
            ("priority", "should be one of [ P1, P2, P3, P4, P5 ]"),
            ("tags", "should be an array"),
            ("entity", "is not allowed"),
            ("alias", "alias should not exceed 512 characters"),
            ("note", "note should not exceed 25000 characters"),
            ("recipients#type", "Invalid recipient type"),
            ("username", "must be a well-formed email address"),
        ] {
            assert_eq!(shrink(&of, &errors(&[complaint])), None, "{complaint:?}");
        }
    }

    #[test]
    fn one_field_that_cannot_be_cured_makes_the_second_try_pointless() {
        let of = body(json!({"message": "m".repeat(131), "priority": "P9"}));
        let both = [("message", "should not exceed 130 characters"), ("priority", "should be one of [ P1 ]")];
        assert_eq!(shrink(&of, &errors(&both)), None);
    }

    #[test]
    fn without_named_fields_those_over_their_limit_are_taken() {
        let of = body(json!({"message": "ä".repeat(100), "source": "s"}));
        assert_eq!(shrink(&of, &errors(&[])).unwrap().fields, ["message"]);
        assert_eq!(shrink(&body(json!({"message": "m"})), &errors(&[])), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_shrunk_body_is_smaller_and_within_every_named_limit(
            message in "\\PC{0,200}", note in "\\PC{0,40}", tags in prop::collection::vec("\\PC{0,60}", 0..25),
            details in prop::collection::btree_map("[a-z]{1,9}", "\\PC{0,400}", 0..30),
            named in prop::sample::subsequence(vec!["message", "note", "tags", "details"], 1..4),
        ) {
            let of = body(json!({"message": message, "note": note, "tags": tags, "details": details}));
            let complaints: Vec<_> = named.iter().map(|field| (*field, "is too long")).collect();
            if let Some(shrunk) = shrink(&of, &errors(&complaints)) {
                prop_assert!(!exceeded(&shrunk.body).iter().any(|field| named.contains(field)));
                prop_assert!(json!(shrunk.body).to_string().len() < json!(of).to_string().len());
            }
        }
    }
}
