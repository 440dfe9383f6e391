//! Recipients: who is to be notified or to see an alert.

use serde_json::{Map, Value};

use super::super::alert::ResponderKind;
use super::super::settings::OverLimit;
use super::fields::Reader;
use super::{Recipient, Reference, limits};

/// The sentence, as Kibana's connector quotes it.
const NO_ADDRESS: &str = "must be a well-formed email address";

/// Who may stand in a list.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Allowed {
    /// Anybody.
    All,
    /// Teams and users alone.
    TeamsAndUsers,
}

/// `responders` or `visibleTo`.
pub(super) fn read_list(
    reader: &mut Reader,
    name: &str,
    allowed: Allowed,
    policy: OverLimit,
) -> Vec<Recipient> {
    let items = reader.list(name, limits::MOST_RESPONDERS, policy);
    items.into_iter().filter_map(|item| read(reader, name, item, allowed)).collect()
}

/// The field of this name: one recipient with its type. The field has to be there.
pub(super) fn read_one(reader: &mut Reader, name: &str, allowed: Allowed) -> Option<Recipient> {
    match reader.take(name) {
        Some(item) => read(reader, name, item, allowed),
        None => reader.blame(name, format!("{name} can not be empty.")),
    }
}

/// The field of this name: something of one kind. The field has to be there.
pub(super) fn read_reference(reader: &mut Reader, name: &str, kind: ResponderKind) -> Option<Reference> {
    match reader.take(name) {
        Some(Value::Object(object)) => reference(reader, name, &object, kind),
        Some(_) => reader.blame(name, "should be an object"),
        None => reader.blame(name, format!("{name} can not be empty.")),
    }
}

fn read(reader: &mut Reader, name: &str, item: Value, allowed: Allowed) -> Option<Recipient> {
    let Value::Object(object) = item else {
        return reader.blame(name, "should be an array of objects");
    };
    let kind = object.get("type").and_then(Value::as_str).unwrap_or_default();
    match (allowed, kind) {
        (Allowed::All, "all") => return Some(Recipient::All),
        (Allowed::All, "none") => return Some(Recipient::None),
        _ => {}
    }
    let known = ResponderKind::parse(kind)
        .filter(|kind| allowed == Allowed::All || matches!(kind, ResponderKind::Team | ResponderKind::User));
    let Some(known) = known else {
        // Key and sentence are from a fixture of the Go SDK.
        return reader.blame("recipients#type", format!("Invalid recipient type '{kind}'"));
    };
    reference(reader, name, &object, known).map(|reference| Recipient::One(known, reference))
}

/// An id, or else a name.
fn reference(
    reader: &mut Reader,
    name: &str,
    object: &Map<String, Value>,
    kind: ResponderKind,
) -> Option<Reference> {
    let text = |key: &str| object.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
    if let Some(id) = text("id") {
        return Some(Reference::Id(id.to_owned()));
    }
    if kind != ResponderKind::User {
        return match text("name") {
            Some(name) => Some(Reference::Name(name.to_owned())),
            None => reader.blame(name, "id or name should be given"),
        };
    }
    match text("username") {
        Some(address) if is_address(address) => Some(Reference::Name(address.to_owned())),
        Some(_) => reader.blame("username", NO_ADDRESS),
        None => reader.blame(name, "id or username should be given"),
    }
}

/// Something before and after one `@`, and no space.
fn is_address(text: &str) -> bool {
    let parts = text.split_once('@');
    parts.is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty() && !domain.contains('@'))
        && !text.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_one_at_sign_and_no_space() {
        for (text, is) in [
            ("ann@example.test", true),
            ("ann", false),
            ("@x", false),
            ("a@", false),
            ("a@b@c", false),
            ("a b@c", false),
        ] {
            assert_eq!(is_address(text), is, "{text}");
        }
    }
}
