mod reference;

use chrono::TimeDelta;
use proptest::prelude::*;
use serde_json::{Value, json};
use trailbell_sim::pager::Processing;
use trailbell_sim::pager::settings::{AccountSettings, KeyKind, KeySettings};

use crate::support::{Answer, KEY, Service, settings};
use reference::{ALIASES, Alert, DELAY, Model, Step, What, Which};

/// Three clients: two of the first account, one of the second.
const CLIENTS: [(&str, usize); 3] =
    [(KEY, 0), ("22222222-2222-4333-8444-555555555555", 0), ("33333333-2222-4333-8444-555555555555", 1)];

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
    key.clone_into(&mut service.key);
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
    CLIENTS[client].0.clone_into(&mut service.key);
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
        CLIENTS[*client].0.clone_into(&mut service.key);
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
