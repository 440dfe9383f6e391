//! Whether an action is plainly within Opsgenie's limits, so that `limits.vrl` has nothing to do.
//!
//! The rules are those of `vrl/limits.vrl`, and only that program cuts. This check saves running it on the common event
//! (a quarter of the whole mapping's time). It errs on one side: what it is not sure of goes through the program.

use vrl::value::{ObjectMap, Value};

/// Opsgenie's limit for all of `details`, as serialised.
const DETAILS: usize = 8_000;

pub(super) fn plainly_within(action: &Value) -> bool {
    let Value::Object(members) = action else { return false };
    let Some(Value::Object(request)) = members.get("request") else { return false };
    let Some(Value::Object(body)) = request.get("body") else { return false };
    text(members.get("alias"), 512)
        && body.iter().all(|(key, value)| field(key.as_str(), value))
        && headline(members, body)
}

fn field(key: &str, value: &Value) -> bool {
    match key {
        "message" => text(Some(value), 130),
        "alias" | "entity" => text(Some(value), 512),
        "description" => text(Some(value), 15_000),
        "note" => text(Some(value), 25_000),
        "source" | "user" => text(Some(value), 100),
        "tags" => value
            .as_array()
            .is_some_and(|tags| tags.len() <= 20 && tags.iter().all(|tag| text(Some(tag), 50))),
        "actions" => {
            value.as_array().is_some_and(|all| all.len() <= 10 && all.iter().all(|name| text(Some(name), 50)))
        }
        "responders" | "visibleTo" => value.as_array().is_some_and(|all| all.len() <= 50),
        "priority" => {
            value.to_str_lossy().is_some_and(|name| ["P1", "P2", "P3", "P4", "P5"].contains(&name.as_ref()))
        }
        "details" => details(value),
        _ => true,
    }
}

fn text(value: Option<&Value>, limit: usize) -> bool {
    let Some(text) = value.and_then(Value::to_str_lossy) else { return false };
    text.len() <= limit || text.chars().count() <= limit
}

/// A created alert needs one that says something; the program decides what does.
fn headline(members: &ObjectMap, body: &ObjectMap) -> bool {
    if members.get("action").and_then(Value::to_str_lossy).is_some_and(|action| action != "create") {
        return true;
    }
    let message = body.get("message").and_then(Value::to_str_lossy).unwrap_or_default();
    message.trim().len() > 1 && message != "null"
}

/// The size in bytes with every escape at its longest is never below the size in characters.
fn details(value: &Value) -> bool {
    let Value::Object(members) = value else { return false };
    let mut size = 2;
    for (key, value) in members {
        let Some(value) = value.to_str_lossy() else { return false };
        size += 6 + escaped(key.as_str()) + escaped(&value);
    }
    size <= DETAILS
}

fn escaped(text: &str) -> usize {
    let escapes = text.bytes().filter(|byte| *byte < b' ' || *byte == b'"' || *byte == b'\\').count();
    text.len() + 5 * escapes
}
