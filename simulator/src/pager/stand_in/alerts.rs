//! What the pager holds: at most one open alert an alias.

use std::collections::HashMap;

use serde_json::{Value, json};

/// One alert.
#[derive(Debug, Clone, PartialEq)]
pub struct Alert {
    /// The de-duplication key.
    pub alias: String,
    /// Whether somebody is still being paged.
    pub open: bool,
    /// How often it was raised while it was open, at most 100 (Opsgenie's cap).
    pub count: u32,
    /// The body of the request that raised it.
    pub body: Value,
    /// Notes, the one of its close among them.
    pub notes: Vec<String>,
}

/// All alerts, and the outcomes of the requests that made them.
#[derive(Debug, Default)]
pub struct Alerts {
    alerts: Vec<Alert>,
    outcomes: HashMap<String, Value>,
    requests: u64,
}

impl Alerts {
    /// Every alert, in the order in which they were raised.
    #[must_use]
    pub fn all(&self) -> &[Alert] {
        &self.alerts
    }

    /// Raises an alert or counts once more on the open one; the id of the request. Without an alias the
    /// request's id serves as one.
    pub fn create(&mut self, body: &Value) -> String {
        let id = self.next_id();
        let alias = body["alias"].as_str().unwrap_or(&id).to_owned();
        if let Some(alert) = self.open(&alias) {
            alert.count = (alert.count + 1).min(100);
        } else {
            let alert =
                Alert { alias: alias.clone(), open: true, count: 1, body: body.clone(), notes: vec![] };
            self.alerts.push(alert);
        }
        self.record(id, "Create", true, "Created alert", &alias)
    }

    /// Closes the open alert of an alias; the id of the request.
    pub fn close(&mut self, alias: &str, body: &Value) -> String {
        self.act(alias, "Close", "Closed alert", |alert| {
            alert.open = false;
            alert.notes.extend(body["note"].as_str().map(str::to_owned));
        })
    }

    /// Adds a note to the open alert of an alias; the id of the request.
    pub fn note(&mut self, alias: &str, body: &Value) -> String {
        self.act(alias, "AddNote", "Added note", |alert| {
            alert.notes.extend(body["note"].as_str().map(str::to_owned));
        })
    }

    /// What became of a request.
    #[must_use]
    pub fn outcome(&self, request_id: &str) -> Option<&Value> {
        self.outcomes.get(request_id)
    }

    fn act(&mut self, alias: &str, action: &str, done: &str, change: impl FnOnce(&mut Alert)) -> String {
        let id = self.next_id();
        let Some(alert) = self.open(alias) else {
            return self.record(id, action, false, "Alert does not exist", "");
        };
        change(alert);
        self.record(id, action, true, done, alias)
    }

    fn open(&mut self, alias: &str) -> Option<&mut Alert> {
        self.alerts.iter_mut().find(|alert| alert.open && alert.alias == alias)
    }

    fn next_id(&mut self) -> String {
        self.requests += 1;
        format!("00000000-0000-4000-8000-{:012}", self.requests)
    }

    fn record(&mut self, id: String, action: &str, success: bool, status: &str, alias: &str) -> String {
        let outcome = json!({
            "success": success, "isSuccess": success, "action": action, "status": status, "alias": alias,
            "alertId": if success { alias } else { "" }, "processedAt": "1970-01-01T00:00:00Z",
        });
        self.outcomes.insert(id.clone(), outcome);
        id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_alias_has_one_open_alert() {
        let mut alerts = Alerts::default();
        alerts.create(&json!({"alias": "a", "message": "first"}));
        alerts.create(&json!({"alias": "a", "message": "second"}));
        alerts.close("a", &json!({"note": "over"}));
        alerts.create(&json!({"alias": "a", "message": "third"}));
        let seen: Vec<_> =
            alerts.all().iter().map(|a| (a.open, a.count, a.body["message"].clone())).collect();
        assert_eq!(seen, [(false, 2, json!("first")), (true, 1, json!("third"))]);
    }

    #[test]
    fn closing_what_is_not_open_fails_later() {
        let mut alerts = Alerts::default();
        let id = alerts.close("nobody", &json!({}));
        let outcome = alerts.outcome(&id).map(|outcome| outcome["isSuccess"].clone());
        assert_eq!(outcome, Some(json!(false)));
    }
}
