//! Everything that is done with an alert that exists.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::super::alert::{Alert, Responder, ResponderKind, Status};
use super::super::changes::ChangeKind;
use super::super::command::limits::{DETAILS_CHARACTERS, MOST_TAGS, cut_details, details_length};
use super::super::command::{Action, By, Identifier};
use super::super::settings::{CustomActions, OverLimit};
use super::create::{add_note, log, named, touch};
use super::{Alerts, Done, Origin, Outcome, Rules, people};

/// What an action did, or why it did nothing.
type Effect = Result<(Cow<'static, str>, ChangeKind), Cow<'static, str>>;

const NOTED: &str = "Added note";
const CLOSED: &str = "Alert is already closed";

impl Alerts {
    pub(super) fn act(
        &mut self,
        on: &Identifier,
        action: Action,
        by: By,
        origin: &Origin,
        rules: &Rules<'_>,
    ) -> Done {
        let name = action.name();
        if let Some(lacking) = action.plan_action().filter(|action| rules.plan_lacks.contains(action)) {
            let words = lacking.refusal();
            return Outcome::failure(name, words).unchanged();
        }
        let slot = self.slot(on);
        let found = slot.and_then(|slot| Some((slot, self.slots.get_mut(slot)?.as_deref_mut()?)));
        let Some((slot, alert)) = found else {
            return Outcome::failure(name, does_not_exist(on)).unchanged();
        };
        let owner = named(&by);
        let (status, change) = match carry_out(alert, action, &owner, origin, rules) {
            Ok(effect) => effect,
            Err(problem) => return Outcome::failure_of(name, problem, alert).unchanged(),
        };
        // A note tells of itself.
        if status != NOTED {
            log(alert, "alertAction", format!("{status} via {}", origin.integration.kind), &owner, rules);
        }
        add_note(alert, by.note, &owner, rules);
        people::acted(alert, &owner, name, rules);
        touch(alert, origin.request, rules);
        let outcome = Outcome::success(name, status, alert);
        match change {
            ChangeKind::Closed => drop(self.open_by_alias.remove(&outcome.alias)),
            ChangeKind::Deleted => self.remove(slot),
            _ => {}
        }
        Done { outcome, change: Some(change) }
    }
}

/// Both sentences were seen; that the second one is for an alias alone is a guess.
pub(in super::super) const fn does_not_exist(on: &Identifier) -> &'static str {
    match on {
        Identifier::Alias(_) => "There is no open alert",
        Identifier::Id(_) | Identifier::Tiny(_) => "Alert does not exist",
    }
}

/// Texts and labels can be changed for ever, the rest only while the alert is open.
fn carry_out(alert: &mut Alert, action: Action, owner: &str, origin: &Origin, rules: &Rules<'_>) -> Effect {
    if action.needs_open() && !alert.is_open() {
        return Err(CLOSED.into());
    }
    let status: Cow<'static, str> = match action {
        Action::Delete => return Ok(("Deleted alert".into(), ChangeKind::Deleted)),
        Action::Close => {
            alert.status = Status::Closed;
            alert.report.close_time = Some(rules.at - alert.created_at);
            alert.report.closed_by = Some(owner.to_owned());
            return Ok(("Closed alert".into(), ChangeKind::Closed));
        }
        Action::Acknowledge => {
            if alert.acknowledged {
                return Err("Alert is already acknowledged".into());
            }
            acknowledge(alert, owner, rules);
            "Acknowledged alert".into()
        }
        Action::Unacknowledge => {
            if !alert.acknowledged {
                return Err("Alert is already unacknowledged".into());
            }
            alert.acknowledged = false;
            "Unacknowledged alert".into()
        }
        Action::Snooze(until) => {
            if until <= rules.at {
                return Err("Snooze end time is in the past".into());
            }
            alert.snoozed_until = Some(until);
            if rules.switches.snooze_acknowledges && !alert.acknowledged {
                acknowledge(alert, owner, rules);
            }
            "Snoozed alert".into()
        }
        Action::Escalate(escalation) => {
            let found = people::find(ResponderKind::Escalation, &escalation, origin, rules)?;
            format!("Escalated alert to {}", found.name).into()
        }
        Action::Assign(user) => {
            let user = people::find(ResponderKind::User, &user, origin, rules)?;
            alert.owner = user.name.to_string();
            format!("Assigned alert to {}", user.name).into()
        }
        Action::AddTeam(team) => {
            let team = people::find(ResponderKind::Team, &team, origin, rules)?;
            let status = format!("Added team {}", team.name);
            add_responder(alert, team, rules);
            status.into()
        }
        Action::AddResponder(recipient) => {
            let mut added = String::from("Added responder");
            for responder in people::resolve(&[recipient], origin, rules)? {
                added.push(' ');
                added.push_str(&responder.name);
                add_responder(alert, responder, rules);
            }
            added.into()
        }
        Action::AddTags(tags) => add_tags(alert, tags, rules)?,
        Action::RemoveTags(tags) => {
            alert.tags.retain(|tag| !tags.contains(tag));
            format!("Removed tags {}", tags.join(", ")).into()
        }
        Action::AddDetails(details) => add_details(alert, details, rules)?,
        Action::RemoveDetails(keys) => {
            alert.details.retain(|key, _| !keys.contains(key));
            format!("Removed details {}", keys.join(", ")).into()
        }
        Action::AddNote => NOTED.into(),
        Action::SetPriority(priority) => {
            alert.priority = priority;
            format!("Updated priority to {priority}").into()
        }
        Action::SetMessage(message) => {
            alert.message = message;
            "Updated message".into()
        }
        Action::SetDescription(description) => {
            alert.description = description;
            "Updated description".into()
        }
        Action::Custom(name) => {
            if rules.switches.custom_actions == CustomActions::Listed && !alert.actions.contains(&name) {
                return Err(format!("Action {name} does not exist").into());
            }
            format!("Executed action {name}").into()
        }
    };
    Ok((status, ChangeKind::Updated))
}

fn acknowledge(alert: &mut Alert, owner: &str, rules: &Rules<'_>) {
    alert.acknowledged = true;
    alert.report.ack_time.get_or_insert(rules.at - alert.created_at);
    alert.report.acknowledged_by.get_or_insert_with(|| owner.to_owned());
}

fn add_responder(alert: &mut Alert, responder: Responder, rules: &Rules<'_>) {
    people::notify(alert, &responder, rules);
    if !alert.responders.contains(&responder) {
        alert.responders.push(responder);
    }
}

/// The union, of at most 20.
fn add_tags(
    alert: &mut Alert,
    tags: Vec<String>,
    rules: &Rules<'_>,
) -> Result<Cow<'static, str>, Cow<'static, str>> {
    let new: Vec<String> = tags.into_iter().filter(|tag| !alert.tags.contains(tag)).collect();
    if alert.tags.len() + new.len() > MOST_TAGS && rules.switches.over_limit.tags == OverLimit::Reject {
        return Err(format!("tags should not exceed {MOST_TAGS} items").into());
    }
    let status = format!("Added tags {}", new.join(", "));
    alert.tags.extend(new);
    alert.tags.truncate(MOST_TAGS);
    Ok(status.into())
}

/// Merges; what was there under a key is replaced.
fn add_details(
    alert: &mut Alert,
    details: BTreeMap<String, String>,
    rules: &Rules<'_>,
) -> Result<Cow<'static, str>, Cow<'static, str>> {
    let mut merged = alert.details.clone();
    merged.extend(details);
    if details_length(&merged) > DETAILS_CHARACTERS {
        if rules.switches.over_limit.details == OverLimit::Reject {
            return Err(format!("details should not exceed {DETAILS_CHARACTERS} characters").into());
        }
        cut_details(&mut merged);
    }
    alert.details = merged;
    Ok("Added details".into())
}
