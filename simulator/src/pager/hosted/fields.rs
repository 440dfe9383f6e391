//! An alert's fields from a parsed record.

use std::collections::BTreeMap;

use super::super::alert::ResponderKind;
use super::super::command::limits::{
    ALIAS, DESCRIPTION, ENTITY, MESSAGE, MOST_TAGS, NOTE, SOURCE, TAG, USER, cut as cut_to, cut_details,
};
use super::super::command::{By, Create, Recipient, Reference};
use super::record::ParsedRecord;
use super::settings::{HostedSettings, Properties, Templates};

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
        tags: tags.take(MOST_TAGS).collect(),
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

/// All values, cut where they are more than an alert takes; what the service does beyond its limits is unknown.
fn details(record: &ParsedRecord) -> BTreeMap<String, String> {
    let mut details = record.iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
    cut_details(&mut details);
    details
}

fn cut(mut text: String, characters: usize) -> String {
    cut_to(&mut text, characters);
    text
}
