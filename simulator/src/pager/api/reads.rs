//! Everything that is answered at once.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::super::account::Account;
use super::super::alert::{Alert, AlertJson, time};
use super::super::http::{Received, Reply};
use super::super::ids::RequestId;
use super::super::query::{Listing, Query};
use super::super::settings::Settings;
use super::cursor::{self, Cursor};
use super::writes::identifier;
use super::{Call, Refusal, answer, listing};

/// What a read needs.
pub(in super::super) struct Reads<'a> {
    pub(in super::super) request: &'a Received,
    pub(in super::super) account: &'a Account,
    pub(in super::super) settings: &'a Settings,
    pub(in super::super) id: RequestId,
    pub(in super::super) now: DateTime<Utc>,
}

impl Reads<'_> {
    /// The answer; `None` if the call is no read.
    pub(in super::super) fn answer(&self, call: Call<'_>) -> Result<Option<Reply>, Refusal> {
        let reply = match call {
            Call::List => self.list()?,
            Call::Count => {
                let count = self.account.alerts.count(&self.query()?, self.now);
                answer::data(json!({ "count": count }), self.id)
            }
            Call::Status(id) => self.status(id)?,
            Call::Get(id) => answer::data(self.json(self.alert(id)?, true), self.id),
            Call::Notes(id) => self.notes(id)?,
            Call::Logs(id) => self.logs(id)?,
            Call::Recipients(id) => answer::data(recipients(self.alert(id)?), self.id),
            Call::Limits => answer::data(json!({ "rateLimits": self.account.limits.told() }), self.id),
            _ => return Ok(None),
        };
        Ok(Some(reply))
    }

    fn list(&self) -> Result<Reply, Refusal> {
        let query = self.query()?;
        let parameters = self.request.query.as_deref().unwrap_or_default().as_bytes();
        let parameters: Vec<_> = url::form_urlencoded::parse(parameters).collect();
        let given = parameters.iter().map(|(name, value)| (name.as_ref(), value.as_ref()));
        let listing = Listing::parse(given.filter(|(_, value)| !value.is_empty()))
            .map_err(|error| Refusal::field(error.parameter(), error.to_string()))?;
        let page = self.account.alerts.page(&query, &listing, self.now);
        let alerts: Vec<_> = page.alerts.iter().map(|alert| self.json(alert, false)).collect();
        let paging = listing::paging(self.request, &listing, page.total);
        let mut reply = answer::page(alerts, &paging, self.id);
        listing::paging_headers(&mut reply, &paging);
        Ok(reply)
    }

    fn query(&self) -> Result<Query, Refusal> {
        if self.request.parameter("searchIdentifier").is_some_and(|search| !search.is_empty()) {
            return Err(Refusal::not_built("saved searches"));
        }
        let text = self.request.parameter("query").unwrap_or_default();
        Query::parse_by(&text, self.settings.query)
            .map_err(|error| Refusal::field("query", error.to_string()))
    }

    fn status(&self, id: &str) -> Result<Reply, Refusal> {
        let seconds = self.settings.switches.outcome_seconds;
        let retention = (seconds > 0).then(|| TimeDelta::seconds(seconds.into()));
        let processed = RequestId::parse(id)
            .and_then(|request| self.account.outcomes.get(request, retention, self.now))
            .ok_or_else(Refusal::not_processed)?;
        let outcome = &processed.outcome;
        let told = json!({
            "success": outcome.success,
            "action": outcome.action,
            "processedAt": time(processed.processed_at),
            "integrationId": &*processed.integration.id,
            "isSuccess": outcome.success,
            "status": outcome.status,
            "alertId": &*outcome.alert_id,
            "alias": &*outcome.alias,
        });
        Ok(answer::data(told, self.id))
    }

    fn notes(&self, id: &str) -> Result<Reply, Refusal> {
        let notes = &self.alert(id)?.notes;
        let made: Vec<_> = notes.iter().map(|note| note.created_at).collect();
        self.cut(&made, |number| {
            let note = notes.get(number)?;
            let offset = cursor::offset(number, note.created_at);
            let at = time(note.created_at);
            Some(json!({"note": note.note, "owner": note.owner, "createdAt": at, "offset": offset}))
        })
    }

    fn logs(&self, id: &str) -> Result<Reply, Refusal> {
        let log = &self.alert(id)?.log;
        let made: Vec<_> = log.iter().map(|entry| entry.created_at).collect();
        self.cut(&made, |number| {
            let entry = log.get(number)?;
            let offset = cursor::offset(number, entry.created_at);
            let at = time(entry.created_at);
            let (text, kind) = (&entry.log, entry.kind);
            Some(json!({"log": text, "type": kind, "owner": entry.owner, "createdAt": at, "offset": offset}))
        })
    }

    fn cut(&self, made: &[DateTime<Utc>], item: impl Fn(usize) -> Option<Value>) -> Result<Reply, Refusal> {
        let cut = Cursor::read(self.request)?.cut(self.request, made);
        let items: Vec<Value> = cut.items.into_iter().filter_map(item).collect();
        Ok(answer::page(items, &cut.paging, self.id))
    }

    fn alert(&self, id: &str) -> Result<&Alert, Refusal> {
        let identifier = identifier(self.request, id, true)?;
        self.account.alerts.get(&identifier).ok_or_else(Refusal::no_such_alert)
    }

    fn json<'a>(&'a self, alert: &'a Alert, full: bool) -> AlertJson<'a> {
        AlertJson { alert, switches: &self.settings.switches, now: self.now, full }
    }
}

/// Users who were notified. The words of `state` are from the service's examples.
fn recipients(alert: &Alert) -> Vec<Value> {
    let told = alert.recipients.iter().map(|notified| {
        json!({
            "user": {"id": &*notified.id, "username": &*notified.username},
            "state": if notified.action.is_some() { "action" } else { "notactive" },
            "method": notified.action.unwrap_or_default(),
            "createdAt": time(notified.created_at),
            "updatedAt": time(notified.updated_at),
        })
    });
    told.collect()
}
