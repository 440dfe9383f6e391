//! The body of a create.

use serde_json::Value;

use super::super::alert::Priority;
use super::fields::{BodyProblem, Reader};
use super::recipients::{Allowed, read_list};
use super::{By, Create, limits};

/// Reads the body of a create.
pub(in super::super) fn read_create(mut reader: Reader) -> Result<Create, BodyProblem> {
    let policies = reader.policies;
    let create = Create {
        message: required_message(&mut reader),
        alias: reader.text("alias", limits::ALIAS, policies.alias).filter(|alias| !alias.is_empty()),
        description: optional(reader.text("description", limits::DESCRIPTION, policies.description)),
        responders: read_list(&mut reader, "responders", Allowed::All, policies.responders),
        visible_to: read_list(&mut reader, "visibleTo", Allowed::TeamsAndUsers, policies.visible_to),
        actions: reader.texts("actions", limits::MOST_ACTIONS, limits::ACTION, policies.actions),
        tags: distinct(reader.texts("tags", limits::MOST_TAGS, limits::TAG, policies.tags)),
        details: reader.details(),
        entity: optional(reader.text("entity", limits::ENTITY, policies.entity)),
        priority: priority(&mut reader).unwrap_or_default(),
        by: read_by(&mut reader),
    };
    reader.finish(create)
}

/// `user`, `source` and `note`, which every write may have.
pub(super) fn read_by(reader: &mut Reader) -> By {
    let policies = reader.policies;
    By {
        user: reader.text("user", limits::USER, policies.user),
        source: reader.text("source", limits::SOURCE, policies.source),
        note: reader.text("note", limits::NOTE, policies.note),
    }
}

/// `message`, which has to be there and not blank.
pub(super) fn required_message(reader: &mut Reader) -> String {
    let Some(message) = reader.take("message") else {
        return optional(reader.blame("message", "Message can not be empty."));
    };
    let Value::String(message) = message else {
        return optional(reader.blame("message", "should be a string"));
    };
    if message.trim().is_empty() {
        return optional(reader.blame("message", "Message can not be empty."));
    }
    let policy = reader.policies.message;
    optional(reader.bounded("message", message, limits::MESSAGE, policy))
}

/// `priority`, if it is there.
pub(super) fn priority(reader: &mut Reader) -> Option<Priority> {
    let value = reader.take("priority")?;
    match value.as_str().and_then(Priority::parse) {
        Some(priority) => Some(priority),
        None => reader.blame("priority", "should be one of [ P1, P2, P3, P4, P5 ]"),
    }
}

/// Each tag once.
pub(super) fn distinct(mut tags: Vec<String>) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    tags.retain(|tag| seen.insert(tag.clone()));
    tags
}

fn optional(text: Option<String>) -> String {
    text.unwrap_or_default()
}
