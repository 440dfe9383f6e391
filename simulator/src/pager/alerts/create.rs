//! Raising alerts: new ones, and open ones once more.

use std::collections::VecDeque;
use std::sync::Arc;

use super::super::alert::{Alert, LogEntry, Note, Report, Responder, ResponderKind, Status};
use super::super::changes::ChangeKind;
use super::super::command::{By, Create};
use super::super::ids::{RequestId, alert_id};
use super::{Alerts, Done, Origin, Outcome, Rules, people};

/// The count stops here, and so does the log of repeats (Opsgenie's "What is alert de-duplication").
const MOST_COUNTED: u32 = 100;
/// The newest requests that an alert remembers.
const REQUESTS_KEPT: usize = 256;
/// Who did it, where nobody says.
pub(super) const NOBODY_NAMED: &str = "Alert API";
/// What is told of a create, whether the alert is new or was open.
const CREATED: &str = "Created alert";

impl Alerts {
    pub(super) fn create(&mut self, create: Create, origin: &Origin, rules: &Rules<'_>) -> Done {
        let (responders, visible_to) = match who(&create, origin, rules) {
            Ok(who) => who,
            Err(problem) => return Outcome::failure("Create", problem).unchanged(),
        };
        let open = create.alias.as_deref().and_then(|alias| self.open_by_alias.get(alias).copied());
        if let Some(alert) = open.and_then(|slot| self.slots.get_mut(slot)).and_then(Option::as_deref_mut) {
            repeat(alert, create, origin, rules);
            let outcome = Outcome::success("Create", CREATED, alert);
            return Done { outcome, change: Some(ChangeKind::Repeated) };
        }
        let alert = self.make(create, responders, visible_to, origin, rules);
        let outcome = Outcome::success("Create", CREATED, &alert);
        self.insert(alert);
        Done { outcome, change: Some(ChangeKind::Created) }
    }

    fn make(
        &mut self,
        create: Create,
        responders: Vec<Responder>,
        visible_to: Vec<Responder>,
        origin: &Origin,
        rules: &Rules<'_>,
    ) -> Alert {
        self.made += 1;
        let account = u32::try_from(rules.account).unwrap_or(u32::MAX);
        let id = alert_id(rules.seed, account, self.made, rules.at);
        let owner = named(&create.by);
        let mut alert = Alert {
            alias: create.alias.map_or_else(|| Arc::clone(&id), Arc::from),
            id,
            tiny_id: (self.made - 1) % rules.tiny_ids + 1,
            message: create.message,
            description: create.description,
            status: Status::Open,
            acknowledged: false,
            seen: false,
            snoozed_until: None,
            count: 1,
            created_at: rules.at,
            updated_at: rules.at,
            last_occurred_at: rules.at,
            source: create.by.source.unwrap_or_default(),
            owner: String::new(),
            owner_team: origin.team.as_ref().map_or_else(|| "".into(), |team| Arc::clone(&team.id)),
            priority: create.priority,
            responders: Vec::new(),
            visible_to,
            tags: create.tags,
            actions: create.actions,
            entity: create.entity,
            details: create.details,
            integration: Arc::clone(&origin.integration),
            report: Report::default(),
            notes: Vec::new(),
            log: Vec::with_capacity(1),
            recipients: Vec::new(),
            requests: VecDeque::with_capacity(1),
        };
        for responder in &responders {
            people::notify(&mut alert, responder, rules);
        }
        alert.responders = responders;
        let created = format!("Alert created via {} [{}]", origin.integration.kind, origin.integration.name);
        log(&mut alert, "system", created, &owner, rules);
        add_note(&mut alert, create.by.note, &owner, rules);
        touch(&mut alert, origin.request, rules);
        alert
    }
}

/// Responders and those who see it. The team that owns the integration takes the place of all responders.
fn who(
    create: &Create,
    origin: &Origin,
    rules: &Rules<'_>,
) -> Result<(Vec<Responder>, Vec<Responder>), String> {
    let responders = match &origin.team {
        Some(team) => vec![team.clone()],
        None => people::resolve(&create.responders, origin, rules)?,
    };
    let mut visible_to = people::resolve(&create.visible_to, origin, rules)?;
    for team in responders.iter().filter(|responder| responder.kind == ResponderKind::Team) {
        if !visible_to.contains(team) {
            visible_to.push(team.clone());
        }
    }
    Ok((responders, visible_to))
}

/// Raises an open alert once more. What the request says is not taken over, its note perhaps apart.
fn repeat(alert: &mut Alert, create: Create, origin: &Origin, rules: &Rules<'_>) {
    let owner = named(&create.by);
    alert.last_occurred_at = rules.at;
    if alert.count < MOST_COUNTED {
        alert.count += 1;
        let line = format!("Alert de-duplicated, count is {}: {}", alert.count, create.message);
        log(alert, "system", line, &owner, rules);
    }
    if rules.switches.repeat_adds_note {
        add_note(alert, create.by.note, &owner, rules);
    }
    touch(alert, origin.request, rules);
}

/// Who did it.
pub(super) fn named(by: &By) -> String {
    by.user.as_deref().filter(|user| !user.is_empty()).unwrap_or(NOBODY_NAMED).to_owned()
}

pub(super) fn log(alert: &mut Alert, kind: &'static str, line: String, owner: &str, rules: &Rules<'_>) {
    alert.log.push(LogEntry { log: line, kind, owner: owner.to_owned(), created_at: rules.at });
}

pub(super) fn add_note(alert: &mut Alert, note: Option<String>, owner: &str, rules: &Rules<'_>) {
    let Some(note) = note.filter(|note| !note.is_empty()) else { return };
    log(alert, "note", format!("Added note: {note}"), owner, rules);
    alert.notes.push(Note { note, owner: owner.to_owned(), created_at: rules.at });
}

/// Remembers that a request changed it.
pub(super) fn touch(alert: &mut Alert, request: RequestId, rules: &Rules<'_>) {
    alert.updated_at = rules.at;
    if alert.requests.len() == REQUESTS_KEPT {
        alert.requests.pop_front();
    }
    alert.requests.push_back(request);
}
