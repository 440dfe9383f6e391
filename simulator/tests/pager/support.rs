//! A twin with a few alerts, on a clock that is moved by hand, and calls that are easy to read.

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use trailbell_sim::pager::settings::{AccountSettings, KeyKind, KeySettings};
use trailbell_sim::pager::{
    Directory, Escalation, Processing, Received, Reply, Schedule, Settings, Team, Twin, User,
};

/// The key that calls use unless they say otherwise.
pub(crate) const KEY: &str = "11111111-2222-4333-8444-555555555555";

/// A twin and its time.
pub(crate) struct Service {
    pub(crate) twin: Twin,
    pub(crate) now: DateTime<Utc>,
    pub(crate) key: String,
    pub(crate) processing: Processing,
}

/// An answer, its body read.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) json: Value,
    pub(crate) reply: Reply,
}

pub(crate) fn settings() -> Settings {
    let key = KeySettings::new(KEY, KeyKind::Api);
    let account =
        AccountSettings { name: "main".to_owned(), keys: vec![key], directory: None, plan_lacks: Vec::new() };
    Settings { seed: 7, open: false, accounts: vec![account], directory: directory(), ..Settings::default() }
}

fn directory() -> Directory {
    let text = str::to_owned;
    let members = vec![text("ann@example.test"), text("bob@example.test")];
    let user = |name: &str| User { id: None, username: text(name) };
    Directory {
        teams: vec![
            Team { id: None, name: text("secops"), members: members.clone() },
            Team { id: Some(text("team-2")), name: text("platform"), members: Vec::new() },
        ],
        users: members.iter().map(|name| user(name)).collect(),
        schedules: vec![Schedule { id: None, name: text("nights"), on_call: vec![text("bob@example.test")] }],
        escalations: vec![Escalation { id: None, name: text("managers") }],
    }
}

impl Service {
    /// A twin without alerts, with [`settings`].
    pub(crate) fn empty(change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = settings();
        change(&mut settings);
        Self::of(settings)
    }

    pub(crate) fn of(settings: Settings) -> Self {
        let now = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
        let processing = Processing::Normal;
        Self { twin: Twin::new(settings, now), now, key: KEY.to_owned(), processing }
    }

    /// A twin with an alert of alias `open` and one of alias `closed`, each with a note.
    pub(crate) fn with_alerts(change: impl FnOnce(&mut Settings)) -> Self {
        let mut service = Self::empty(change);
        for alias in ["open", "closed"] {
            let create = json!({
                "message": format!("The {alias} one"), "alias": alias, "tags": ["one", "two"],
                "details": {"k": "v", "region": "eu-west-1"}, "actions": ["Restart"], "source": "test",
                "responders": [{"type": "team", "name": "secops"}], "note": "first",
            });
            service.write("POST /v2/alerts", create);
            service.pass(1_000);
        }
        service.write("POST /v2/alerts/closed/close?identifierType=alias", Value::Null);
        service.pass(1_000);
        service
    }

    /// Lets time pass.
    pub(crate) fn pass(&mut self, millis: i64) {
        self.now += TimeDelta::milliseconds(millis);
    }

    /// `call` is a method, a space, and a path with its query. `{open}` and `{closed}` in it stand for the ids of these
    /// alerts. A `null` body is none.
    // Bodies are written where they are used.
    #[allow(clippy::needless_pass_by_value)]
    pub(crate) fn call(&mut self, call: &str, body: Value) -> Answer {
        let body = if body.is_null() { Bytes::new() } else { Bytes::from(body.to_string()) };
        self.raw(call, &[("Authorization", &format!("GenieKey {}", self.key))], body)
    }

    /// The same with headers and a body as they are.
    pub(crate) fn raw(&mut self, call: &str, headers: &[(&str, &str)], body: impl Into<Bytes>) -> Answer {
        let call = self.filled_in(call);
        let (method, target) = call.split_once(' ').unwrap();
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query.to_owned())),
            None => (target, None),
        };
        let request = Received {
            method: method.to_owned(),
            path: path.to_owned(),
            query,
            headers: headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            body: body.into(),
        };
        let reply = self.twin.handle(&request, self.processing, self.now);
        let json = serde_json::from_slice(&reply.body).unwrap_or_default();
        Answer { status: reply.status, json, reply }
    }

    /// A write that has to be accepted; its outcome's `status`, which has to be there.
    pub(crate) fn write(&mut self, call: &str, body: Value) -> String {
        let answer = self.call(call, body);
        assert_eq!(answer.status, 202, "{call}: {answer:?}");
        self.outcome(&answer)["status"].as_str().unwrap().to_owned()
    }

    /// The outcome of a write that was accepted.
    pub(crate) fn outcome(&mut self, accepted: &Answer) -> Value {
        let id = accepted.json["requestId"].as_str().unwrap();
        let answer = self.call(&format!("GET /v2/alerts/requests/{id}"), Value::Null);
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json["data"].clone()
    }

    /// The open alert of an alias, or the closed one of alias `closed`.
    pub(crate) fn alert(&mut self, alias: &str) -> Value {
        let call = match alias {
            "closed" => "GET /v2/alerts/{closed}".to_owned(),
            _ => format!("GET /v2/alerts/{alias}?identifierType=alias"),
        };
        let answer = self.call(&call, Value::Null);
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json["data"].clone()
    }

    /// The ids of alerts, in the order in which they were made.
    pub(crate) fn ids(&self) -> Vec<String> {
        let account = self.twin.accounts().next().unwrap();
        account.alerts().iter().map(|alert| alert.id.to_string()).collect()
    }

    fn filled_in(&self, call: &str) -> String {
        if !call.contains('{') {
            return call.to_owned();
        }
        let ids = self.ids();
        call.replace("{open}", &ids[0]).replace("{closed}", &ids[1])
    }

    /// An answer in a line: `202 Closed alert`, `202 failed: …`, `422 message: …`, `404 …`, `200`.
    pub(crate) fn told(&mut self, answer: &Answer) -> String {
        let status = answer.status;
        if status == 202 {
            let outcome = self.outcome(answer);
            let failed = if outcome["isSuccess"] == true { "" } else { "failed: " };
            return format!("202 {failed}{}", outcome["status"].as_str().unwrap());
        }
        let errors = answer.json["errors"].as_object();
        let errors = errors.map(|errors| {
            let told = errors.iter().map(|(field, words)| format!("{field}: {}", words.as_str().unwrap()));
            told.collect::<Vec<_>>().join("; ")
        });
        let words = errors.unwrap_or_else(|| answer.json["message"].as_str().unwrap_or_default().to_owned());
        format!("{status} {words}").trim_end().to_owned()
    }
}

/// A call, the answer that it gets, and what is then true of the alert.
pub(crate) struct Row {
    call: &'static str,
    body: Value,
    answer: String,
    then: Vec<(&'static str, &'static str, Value)>,
}

/// A row of a table of calls.
pub(crate) fn row(call: &'static str, body: Value, answer: impl Into<String>) -> Row {
    Row { call, body, answer: answer.into(), then: Vec::new() }
}

impl Row {
    /// What is then at a JSON pointer of the alert of this alias.
    pub(crate) fn then(
        mut self,
        alias: &'static str,
        pointer: &'static str,
        value: impl Into<Value>,
    ) -> Self {
        self.then.push((alias, pointer, value.into()));
        self
    }
}

/// Makes each call on a fresh twin with alerts.
pub(crate) fn check(change: impl Fn(&mut Settings), rows: impl IntoIterator<Item = Row>) {
    for Row { call, body, answer, then } in rows {
        let mut service = Service::with_alerts(&change);
        let got = service.call(call, body.clone());
        assert_eq!(service.told(&got), answer, "{call} {body}");
        for (alias, pointer, value) in then {
            let alert = service.alert(alias);
            let got = alert.pointer(pointer).cloned().unwrap_or_default();
            assert_eq!(got, value, "{call} {body}: {pointer} of {alert}");
        }
    }
}

/// Nothing to change.
pub(crate) fn as_it_is(_: &mut Settings) {}
