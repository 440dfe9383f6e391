//! Whom a request means: recipients become responders of the directory.

use std::sync::Arc;

use super::super::alert::{Alert, Recipient as Notified, Responder, ResponderKind};
use super::super::command::{Recipient, Reference};
use super::{Origin, Rules};

/// Finds everybody, or says in the service's words who does not exist.
pub(super) fn resolve(
    recipients: &[Recipient],
    origin: &Origin,
    rules: &Rules<'_>,
) -> Result<Vec<Responder>, String> {
    let mut responders = Vec::with_capacity(recipients.len());
    for recipient in recipients {
        match recipient {
            Recipient::None => {}
            Recipient::All => responders.extend_from_slice(rules.people.everybody()),
            Recipient::One(kind, reference) => responders.push(find(*kind, reference, origin, rules)?),
        }
    }
    let mut seen = std::collections::HashSet::new();
    responders.retain(|responder| seen.insert((responder.kind, Arc::clone(&responder.id))));
    Ok(responders)
}

/// Finds one, or says in the service's words that it does not exist. Recorded is the sentence for teams.
pub(super) fn find(
    kind: ResponderKind,
    reference: &Reference,
    origin: &Origin,
    rules: &Rules<'_>,
) -> Result<Responder, String> {
    let named = matches!(reference, Reference::Name(_));
    let found = if named && !origin.names { None } else { rules.people.find(kind, reference) };
    found.ok_or_else(|| format!("Responder {} does not exist", kind.as_str()))
}

/// Puts the users whom a responder stands for among the alert's recipients.
pub(super) fn notify(alert: &mut Alert, responder: &Responder, rules: &Rules<'_>) {
    for user in rules.people.users_of(responder) {
        if alert.recipients.iter().any(|notified| notified.id == user.id) {
            continue;
        }
        alert.recipients.push(Notified {
            id: Arc::clone(&user.id),
            username: Arc::clone(&user.name),
            action: None,
            created_at: rules.at,
            updated_at: rules.at,
        });
    }
}

/// Notes that a user did something, if it is one of the recipients.
pub(super) fn acted(alert: &mut Alert, username: &str, action: &'static str, rules: &Rules<'_>) {
    let of_user = |notified: &&mut Notified| notified.username.eq_ignore_ascii_case(username);
    if let Some(notified) = alert.recipients.iter_mut().find(of_user) {
        notified.action = Some(action);
        notified.updated_at = rules.at;
    }
}
