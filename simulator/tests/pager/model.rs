//! The model is a list of alerts and a list of what waits, both searched from one end to the other.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use proptest::prelude::*;
use serde_json::{Value, json};
use trailbell_sim::pager::Processing;
use trailbell_sim::pager::settings::{AccountSettings, KeyKind, KeySettings};

use crate::support::{Answer, KEY, Service, settings};

const DELAY: i64 = 100;
/// Three clients: two of the first account, one of the second.
const CLIENTS: [(&str, usize); 3] =
    [(KEY, 0), ("22222222-2222-4333-8444-555555555555", 0), ("33333333-2222-4333-8444-555555555555", 1)];
const ALIASES: [&str; 3] = ["a", "b", "c/d e"];

#[derive(Debug, Clone)]
enum What {
    Create { note: bool },
    Close,
    Acknowledge,
    Unacknowledge,
    Note,
    Tag(u8),
    Untag(u8),
    Priority(u8),
    Delete,
}

#[derive(Debug, Clone)]
enum Which {
    Alias(usize),
    Tiny(u32),
    /// The id of the alert of this tiny id, if it exists at the time of the call.
    Id(u32),
}

#[derive(Debug, Clone)]
struct Step {
    client: usize,
    which: Which,
    what: What,
    processing: Processing,
    pause: i64,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let what = prop_oneof![
        4 => any::<bool>().prop_map(|note| What::Create { note }),
        3 => Just(What::Close),
        2 => Just(What::Acknowledge),
        1 => Just(What::Unacknowledge),
        1 => Just(What::Note),
        1 => (0..4_u8).prop_map(What::Tag),
        1 => (0..4_u8).prop_map(What::Untag),
        1 => (1..=5_u8).prop_map(What::Priority),
        1 => Just(What::Delete),
    ];
    let which = prop_oneof![
        4 => (0..ALIASES.len()).prop_map(Which::Alias),
        1 => (1..8_u32).prop_map(Which::Tiny),
        2 => (1..8_u32).prop_map(Which::Id),
    ];
    let processing = prop_oneof![
        8 => Just(Processing::Normal),
        1 => Just(Processing::Lost),
        1 => (0..400_i64).prop_map(|millis| Processing::Late(TimeDelta::milliseconds(millis))),
        1 => Just(Processing::Overtaking),
    ];
    let step = (0..CLIENTS.len(), which, what, processing, prop_oneof![Just(0), 0..250_i64])
        .prop_map(|(client, which, what, processing, pause)| Step { client, which, what, processing, pause });
    prop::collection::vec(step, 1..60)
}

#[derive(Debug, Clone, PartialEq)]
struct Alert {
    tiny: u32,
    alias: String,
    open: bool,
    acknowledged: bool,
    count: u32,
    priority: u8,
    tags: BTreeSet<u8>,
    notes: usize,
}

#[derive(Debug, Clone)]
struct Waiting {
    due: i64,
    /// Smaller ones first among those of the same time.
    place: i64,
    request: usize,
    account: usize,
    /// `None` for an id that did not exist.
    which: Option<Which>,
    what: What,
}

#[derive(Default)]
struct Model {
    accounts: [Vec<Alert>; 2],
    made: [u32; 2],
    waiting: Vec<Waiting>,
    outcomes: Vec<Option<(bool, &'static str)>>,
}

impl Model {
    fn accept(&mut self, step: &Step, which: Option<Which>, account: usize, now: i64) {
        let request = self.outcomes.len();
        self.outcomes.push(None);
        let place = i64::try_from(request).unwrap();
        let (due, place) = match step.processing {
            Processing::Lost => return,
            Processing::Normal => (now + DELAY, place),
            Processing::Late(late) => (now + DELAY + late.num_milliseconds(), place),
            Processing::Overtaking => {
                let others = self.waiting.iter().filter(|other| other.account == account);
                (others.map(|other| other.due).chain([now + DELAY]).min().unwrap(), -place - 1)
            }
        };
        let what = step.what.clone();
        self.waiting.push(Waiting { due, place, request, account, which, what });
    }

    fn advance(&mut self, now: i64) {
        loop {
            let due = self.waiting.iter().enumerate().filter(|(_, waiting)| waiting.due <= now);
            let Some((first, _)) = due.min_by_key(|(_, waiting)| (waiting.due, waiting.place)) else {
                return;
            };
            let waiting = self.waiting.remove(first);
            self.outcomes[waiting.request] = Some(self.carry_out(&waiting));
        }
    }

    fn carry_out(&mut self, waiting: &Waiting) -> (bool, &'static str) {
        let alerts = &mut self.accounts[waiting.account];
        if let (What::Create { note }, Some(Which::Alias(alias))) = (&waiting.what, &waiting.which) {
            let alias = ALIASES[*alias];
            if let Some(alert) = alerts.iter_mut().find(|alert| alert.open && alert.alias == alias) {
                alert.count += 1;
                alert.notes += usize::from(*note);
            } else {
                self.made[waiting.account] += 1;
                alerts.push(Alert {
                    tiny: self.made[waiting.account],
                    alias: alias.to_owned(),
                    open: true,
                    acknowledged: false,
                    count: 1,
                    priority: 3,
                    tags: BTreeSet::new(),
                    notes: usize::from(*note),
                });
            }
            return (true, "Created alert");
        }
        let place = alerts.iter().position(|alert| match &waiting.which {
            Some(Which::Alias(alias)) => alert.open && alert.alias == ALIASES[*alias],
            Some(Which::Tiny(tiny) | Which::Id(tiny)) => alert.tiny == *tiny,
            None => false,
        });
        let Some(place) = place else {
            let by_alias = matches!(waiting.which, Some(Which::Alias(_)));
            return (false, if by_alias { "There is no open alert" } else { "Alert does not exist" });
        };
        let alert = &mut alerts[place];
        match waiting.what {
            What::Close | What::Acknowledge | What::Unacknowledge if !alert.open => {
                return (false, "Alert is already closed");
            }
            What::Acknowledge if alert.acknowledged => return (false, "Alert is already acknowledged"),
            What::Unacknowledge if !alert.acknowledged => return (false, "Alert is already unacknowledged"),
            What::Close => alert.open = false,
            What::Acknowledge => alert.acknowledged = true,
            What::Unacknowledge => alert.acknowledged = false,
            What::Note => alert.notes += 1,
            What::Tag(tag) => drop(alert.tags.insert(tag)),
            What::Untag(tag) => drop(alert.tags.remove(&tag)),
            What::Priority(priority) => alert.priority = priority,
            What::Delete => drop(alerts.remove(place)),
            What::Create { .. } => {}
        }
        (true, "")
    }
}

fn service() -> Service {
    let mut settings = settings();
    settings.processing_delay_ms = u32::try_from(DELAY).unwrap();
    settings.accounts[0].keys.push(KeySettings::new(CLIENTS[1].0, KeyKind::Api));
    settings.accounts.push(AccountSettings {
        name: "second".to_owned(),
        keys: vec![KeySettings::new(CLIENTS[2].0, KeyKind::Api)],
        directory: None,
        plan_lacks: Vec::new(),
    });
    Service::of(settings)
}

/// Makes the call of a step; what it names, if that exists.
fn call(service: &mut Service, step: &Step) -> (Answer, Option<Which>) {
    let (key, account) = CLIENTS[step.client];
    service.key = key.to_owned();
    service.processing = step.processing;
    if let What::Create { note } = step.what {
        let Which::Alias(alias) = step.which else {
            // A create has an alias; any other name stands for the first one.
            let body = json!({"message": "m", "alias": ALIASES[0], "note": if note { "n" } else { "" }});
            return (service.call("POST /v2/alerts", body), Some(Which::Alias(0)));
        };
        let body = json!({"message": "m", "alias": ALIASES[alias], "note": if note { "n" } else { "" }});
        return (service.call("POST /v2/alerts", body), Some(step.which.clone()));
    }
    service.twin.advance(service.now);
    let (name, kind, which) = match &step.which {
        Which::Alias(alias) => {
            (ALIASES[*alias].replace('/', "%2F").replace(' ', "%20"), "alias", Some(step.which.clone()))
        }
        Which::Tiny(tiny) => (tiny.to_string(), "tiny", Some(step.which.clone())),
        Which::Id(tiny) => {
            let account = service.twin.accounts().nth(account).unwrap();
            let id = account.alerts().by_tiny(*tiny).map(|alert| alert.id.to_string());
            let which = id.as_ref().map(|_| step.which.clone());
            (id.unwrap_or_else(|| "nobody".to_owned()), "id", which)
        }
    };
    let (method, rest, body) = match step.what {
        What::Close => ("POST", "/close", Value::Null),
        What::Acknowledge => ("POST", "/acknowledge", Value::Null),
        What::Unacknowledge => ("POST", "/unacknowledge", Value::Null),
        What::Note => ("POST", "/notes", json!({"note": "n"})),
        What::Tag(tag) => ("POST", "/tags", json!({"tags": [tag.to_string()]})),
        What::Untag(tag) => {
            let call = format!("DELETE /v2/alerts/{name}/tags?identifierType={kind}&tags={tag}");
            return (service.call(&call, Value::Null), which);
        }
        What::Priority(priority) => ("PUT", "/priority", json!({"priority": format!("P{priority}")})),
        What::Delete | What::Create { .. } => ("DELETE", "", Value::Null),
    };
    (service.call(&format!("{method} /v2/alerts/{name}{rest}?identifierType={kind}"), body), which)
}

/// What the API tells of an account's alerts.
fn told(service: &mut Service, client: usize) -> Vec<Alert> {
    service.key = CLIENTS[client].0.to_owned();
    let list = service.call("GET /v2/alerts?limit=100&order=asc", Value::Null);
    let list = list.json["data"].as_array().unwrap().clone();
    list.iter()
        .map(|alert| {
            let tiny = alert["tinyId"].as_str().unwrap();
            let notes = service
                .call(&format!("GET /v2/alerts/{tiny}/notes?identifierType=tiny&limit=100"), Value::Null);
            let tags = alert["tags"].as_array().unwrap();
            Alert {
                tiny: tiny.parse().unwrap(),
                alias: alert["alias"].as_str().unwrap().to_owned(),
                open: alert["status"] == "open",
                acknowledged: alert["acknowledged"].as_bool().unwrap(),
                count: u32::try_from(alert["count"].as_u64().unwrap()).unwrap(),
                priority: alert["priority"].as_str().unwrap()[1..].parse().unwrap(),
                tags: tags.iter().map(|tag| tag.as_str().unwrap().parse().unwrap()).collect(),
                notes: notes.json["data"].as_array().unwrap().len(),
            }
        })
        .collect()
}

fn compare(service: &mut Service, model: &Model, accepted: &[(usize, Answer)]) -> Result<(), TestCaseError> {
    for (client, account) in [(0, 0), (2, 1)] {
        prop_assert_eq!(&told(service, client), &model.accounts[account]);
    }
    for account in service.twin.accounts() {
        let open: Vec<_> = account.alerts().iter().filter(|alert| alert.is_open()).collect();
        prop_assert_eq!(open.len(), account.alerts().open_count());
        for alert in open {
            prop_assert_eq!(account.alerts().open(&alert.alias).map(|found| &found.id), Some(&alert.id));
        }
    }
    for ((client, answer), expected) in accepted.iter().zip(&model.outcomes) {
        service.key = CLIENTS[*client].0.to_owned();
        let id = answer.json["requestId"].as_str().unwrap();
        let status = service.call(&format!("GET /v2/alerts/requests/{id}"), Value::Null);
        let Some((success, words)) = expected else {
            prop_assert_eq!(status.status, 404);
            continue;
        };
        prop_assert_eq!(status.status, 200);
        prop_assert_eq!(&status.json["data"]["isSuccess"], &json!(success));
        if !words.is_empty() {
            prop_assert_eq!(&status.json["data"]["status"], &json!(words));
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn the_twin_does_what_the_model_does(steps in steps()) {
        let mut service = service();
        let start = service.now;
        let mut model = Model::default();
        let mut accepted = Vec::new();
        for (number, step) in steps.iter().enumerate() {
            service.pass(step.pause);
            let now = (service.now - start).num_milliseconds();
            model.advance(now);
            let (answer, which) = call(&mut service, step);
            prop_assert_eq!(answer.status, 202);
            model.accept(step, which, CLIENTS[step.client].1, now);
            accepted.push((step.client, answer));
            if number % 8 == 0 {
                compare(&mut service, &model, &accepted)?;
            }
        }
        service.pass(10_000);
        model.advance((service.now - start).num_milliseconds());
        compare(&mut service, &model, &accepted)?;
        prop_assert_eq!(service.twin.next_due(), None);
    }
}
