//! From the programs' value to the typed [`Action`].

use std::collections::BTreeMap;

use serde_json::{Map, Number};
use vrl::value::{ObjectMap, Value};

use crate::opsgenie::{Action, Request, Verb};

/// Why the result of a program is no action of the contract.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAnAction {
    /// A member is missing or of another kind.
    #[error("the action's {member} must be {expected}, got {got}")]
    Member {
        /// Its path: `request.method`.
        member: &'static str,
        /// What the contract asks for.
        expected: &'static str,
        /// The kind or value that was there.
        got: String,
    },
    /// A member that the contract does not have: a slip, or something meant for `request.body`.
    #[error("the action has an unknown member {member:?}: fields of the alert belong into request.body")]
    Unknown {
        /// Its path.
        member: String,
    },
}

/// Reads an action from JSON, as strictly as what the programs make is read: `vrl/README.md` describes it.
pub fn parse_action(value: serde_json::Value) -> Result<Action, NotAnAction> {
    from_value(Value::from(value))
}

pub(super) fn from_value(value: Value) -> Result<Action, NotAnAction> {
    let mut members = object(value, "value")?;
    let action = text(&mut members, "action", "action")?;
    let verb = match action.as_str() {
        "create" => Verb::Create,
        "close" => Verb::Close,
        "note" => Verb::Note,
        "update" => Verb::Update,
        _ => return Err(wrong("action", "create, close, note or update", format!("{action:?}"))),
    };
    let alias = text(&mut members, "alias", "alias")?;
    if alias.is_empty() {
        return Err(wrong("alias", "a string that is not empty", "an empty one".to_owned()));
    }
    let occurred_at = text(&mut members, "occurred_at", "occurred_at")?;
    if !is_time(&occurred_at) {
        return Err(wrong(
            "occurred_at",
            "RFC 3339 in UTC, such as 2018-07-03T14:23:28.949Z",
            format!("{occurred_at:?}"),
        ));
    }
    let mut request = object(members.remove("request").unwrap_or(Value::Null), "request")?;
    unknown(members, "")?;
    let method = text(&mut request, "method", "request.method")?;
    if method != "POST" && method != "PUT" {
        return Err(wrong("request.method", "POST or PUT", format!("{method:?}")));
    }
    let path = text(&mut request, "path", "request.path")?;
    if !path.starts_with('/') {
        return Err(wrong("request.path", "a path that begins with /", format!("{path:?}")));
    }
    let mut query = BTreeMap::new();
    for (name, value) in
        object(request.remove("query").unwrap_or(Value::Object(ObjectMap::new())), "request.query")?
    {
        let Some(value) = value.to_str_lossy() else {
            return Err(wrong("request.query", "an object of strings", value.kind_str().to_owned()));
        };
        query.insert(name.into(), value.into_owned());
    }
    let body = object(request.remove("body").unwrap_or(Value::Null), "request.body")?;
    unknown(request, "request.")?;
    Ok(Action {
        action: verb,
        alias,
        occurred_at,
        request: Request { method, path, query, body: json_object(body) },
    })
}

/// The names that `limits.vrl` (and the mapping) left in `%trailbell.cut`.
pub(super) fn cut_fields(metadata: &Value) -> Vec<String> {
    let names = metadata.get(vrl::path!("trailbell", "cut")).and_then(Value::as_array).unwrap_or_default();
    let mut names: Vec<String> =
        names.iter().filter_map(|name| name.to_str_lossy().map(Into::into)).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// What is left if even the plain alert cannot be made.
pub(super) fn last_resort(reason: &str) -> Action {
    let mut body = Map::new();
    let alias = "trailbell#unmapped";
    body.insert("alias".to_owned(), alias.into());
    body.insert("message".to_owned(), "a notification could not be mapped".into());
    body.insert("description".to_owned(), reason.chars().take(15_000).collect::<String>().into());
    Action {
        action: Verb::Create,
        alias: alias.to_owned(),
        occurred_at: "1970-01-01T00:00:00.000Z".to_owned(),
        request: Request {
            method: "POST".to_owned(),
            path: "/v2/alerts".to_owned(),
            query: BTreeMap::new(),
            body,
        },
    }
}

fn is_time(text: &str) -> bool {
    text.ends_with('Z') && chrono::DateTime::parse_from_rfc3339(text).is_ok()
}

fn wrong(member: &'static str, expected: &'static str, got: String) -> NotAnAction {
    NotAnAction::Member { member, expected, got }
}

fn object(value: Value, member: &'static str) -> Result<ObjectMap, NotAnAction> {
    match value {
        Value::Object(members) => Ok(members),
        other => Err(wrong(member, "an object", other.kind_str().to_owned())),
    }
}

fn text(members: &mut ObjectMap, key: &str, member: &'static str) -> Result<String, NotAnAction> {
    match members.remove(key) {
        Some(value) => match value.to_str_lossy() {
            Some(text) => Ok(text.into_owned()),
            None => Err(wrong(member, "a string", value.kind_str().to_owned())),
        },
        None => Err(wrong(member, "a string", "nothing".to_owned())),
    }
}

fn unknown(members: ObjectMap, prefix: &str) -> Result<(), NotAnAction> {
    match members.into_keys().next() {
        Some(key) => Err(NotAnAction::Unknown { member: format!("{prefix}{key}") }),
        None => Ok(()),
    }
}

fn json_object(members: ObjectMap) -> Map<String, serde_json::Value> {
    members.into_iter().map(|(key, value)| (key.into(), json(value))).collect()
}

fn json(value: Value) -> serde_json::Value {
    match value {
        Value::Null => serde_json::Value::Null,
        Value::Boolean(flag) => flag.into(),
        Value::Integer(number) => number.into(),
        Value::Float(number) => {
            Number::from_f64(number.into_inner()).map_or(serde_json::Value::Null, Into::into)
        }
        Value::Array(items) => items.into_iter().map(json).collect(),
        Value::Object(members) => serde_json::Value::Object(json_object(members)),
        other => other.to_string_lossy().into_owned().into(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;

    fn good() -> serde_json::Value {
        serde_json::json!({
            "action": "close", "alias": "a", "occurred_at": "2018-07-03T14:23:28.949Z",
            "request": {"method": "POST", "path": "/v2/alerts/a/close", "query": {"identifierType": "alias"}, "body": {}},
        })
    }

    #[test]
    fn what_the_contract_says_is_taken() {
        let action = from_value(Value::from(good())).unwrap();
        assert_eq!(serde_json::to_value(action).unwrap(), good());
    }

    #[test]
    fn every_deviation_is_named() {
        let cases: &[(&str, serde_json::Value, &str)] = &[
            (
                "/action",
                "destroy".into(),
                "the action's action must be create, close, note or update, got \"destroy\"",
            ),
            ("/action", 1.into(), "the action's action must be a string, got integer"),
            ("/alias", "".into(), "the action's alias must be a string that is not empty, got an empty one"),
            (
                "/occurred_at",
                "yesterday".into(),
                "the action's occurred_at must be RFC 3339 in UTC, such as 2018-07-03T14:23:28.949Z, got \"yesterday\"",
            ),
            ("/request", serde_json::Value::Null, "the action's request must be an object, got null"),
            ("/request/method", "GET".into(), "the action's request.method must be POST or PUT, got \"GET\""),
            (
                "/request/path",
                "v2".into(),
                "the action's request.path must be a path that begins with /, got \"v2\"",
            ),
            (
                "/request/query",
                serde_json::json!({"a": 1}),
                "the action's request.query must be an object of strings, got integer",
            ),
            (
                "/request/body",
                serde_json::json!([]),
                "the action's request.body must be an object, got array",
            ),
        ];
        for (pointer, value, expected) in cases {
            let mut action = good();
            *action.pointer_mut(pointer).unwrap() = value.clone();
            assert_eq!(from_value(Value::from(action)).unwrap_err().to_string(), *expected);
        }
    }

    #[test]
    fn an_unknown_member_is_an_error_not_a_loss() {
        let mut action = good();
        action["priority"] = "P1".into();
        assert_eq!(
            from_value(Value::from(action)).unwrap_err(),
            NotAnAction::Unknown { member: "priority".to_owned() }
        );
    }
}
