//! An alert's fields from a parsed record.

use std::collections::BTreeMap;

use super::super::alert::ResponderKind;
use super::super::command::{By, Create, Recipient, Reference};
use super::record::ParsedRecord;
use super::settings::{HostedSettings, Properties, Templates};

// The alert API's limits in characters (https://docs.opsgenie.com/docs/alert-api); what the integration does beyond
// them is unknown.
const ALIAS: usize = 512;
const MESSAGE: usize = 130;
const DESCRIPTION: usize = 15_000;
const ENTITY: usize = 512;
const SOURCE: usize = 100;
const USER: usize = 100;
const NOTE: usize = 25_000;
const TAGS: usize = 20;
const TAG: usize = 50;
const DETAILS: usize = 8_000;

pub(super) fn alias(record: &ParsedRecord, templates: &Templates) -> String {
    cut(templates.alias.render(record), ALIAS)
}

/// `None` if the message comes out empty, which no alert can have.
pub(super) fn create(record: &ParsedRecord, alias: String, settings: &HostedSettings) -> Option<Create> {
    let templates = &settings.templates;
    let message = cut(templates.message.render(record), MESSAGE);
    if message.is_empty() {
        return None;
    }
    let tags = templates.tags.iter().map(|tag| cut(tag.render(record), TAG)).filter(|tag| !tag.is_empty());
    let team = |name: &String| Recipient::One(ResponderKind::Team, Reference::Name(name.clone()));
    Some(Create {
        message,
        alias: Some(alias),
        description: cut(templates.description.render(record), DESCRIPTION),
        responders: settings.teams.iter().map(team).collect(),
        tags: tags.take(TAGS).collect(),
        details: match settings.properties {
            Properties::All => details(record),
            Properties::None => BTreeMap::new(),
        },
        entity: cut(templates.entity.render(record), ENTITY),
        priority: settings.priority,
        by: By { note: None, ..by(record, settings) },
        ..Create::default()
    })
}

pub(super) fn by(record: &ParsedRecord, settings: &HostedSettings) -> By {
    let some = |text: String| Some(text).filter(|text| !text.is_empty());
    By {
        user: some(cut(settings.user.clone(), USER)),
        source: some(cut(settings.templates.source.render(record), SOURCE)),
        note: some(cut(settings.templates.note.render(record), NOTE)),
    }
}

/// All values, cut where they are more than an alert takes.
fn details(record: &ParsedRecord) -> BTreeMap<String, String> {
    let mut left = DETAILS;
    let mut details = BTreeMap::new();
    for (key, value) in record.iter() {
        let Some(room) = left.checked_sub(key.chars().count()) else { break };
        let value = cut(value.to_owned(), room);
        left = room - value.chars().count();
        details.insert(key.to_owned(), value);
    }
    details
}

fn cut(mut text: String, characters: usize) -> String {
    if let Some((end, _)) = text.char_indices().nth(characters) {
        text.truncate(end);
    }
    text
}
