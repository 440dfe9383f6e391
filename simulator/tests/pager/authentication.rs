use serde_json::{Value, json};
use trailbell_sim::pager::settings::{Access, AccountSettings, KeyKind, KeySettings, Product};
use trailbell_sim::pager::{Settings, Twin};

use crate::support::{KEY, Service, as_it_is};

const OTHER: &str = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee";
const CREATE: &str = "POST /v2/alerts";
const WEBHOOK: &str = "POST /v1/json/cloudwatch?apiKey=";

fn message() -> Value {
    json!({"message": "m", "alias": "a"})
}

fn with_key(change: impl Fn(&mut KeySettings)) -> Service {
    Service::empty(|settings| {
        let mut key = KeySettings::new(OTHER, KeyKind::Api);
        change(&mut key);
        settings.accounts[0].keys.push(key);
    })
}

#[test]
fn without_a_key_that_is_known_nothing_is_answered() {
    let cases: [(&[(&str, &str)], &str); 10] = [
        (&[], "401 Could not authenticate"),
        (&[("Authorization", "")], "401 Could not authenticate"),
        (&[("Authorization", "GenieKey")], "401 Could not authenticate"),
        (&[("Authorization", "GenieKey ")], "401 Could not authenticate"),
        (&[("Authorization", &format!("Bearer {KEY}"))], "401 Could not authenticate"),
        (&[("Authorization", &format!("GenieKey {OTHER}"))], "401 Could not authenticate"),
        (&[("Authorization", "GenieKey abc")], "422 Key format is not valid!"),
        (&[("Authorization", &format!("GenieKey {KEY}0"))], "422 Key format is not valid!"),
        (&[("Authorization", &format!("GenieKey {}", KEY.replace('-', "")))], "422 Key format is not valid!"),
        (&[("Authorization", &format!("GenieKey {KEY} {KEY}"))], "422 Key format is not valid!"),
    ];
    for call in ["GET /v2/alerts", CREATE, "GET /v2/request-limits/", "POST /jsm/ops/integration/v2/alerts"] {
        for (headers, told) in cases {
            let mut service = Service::empty(as_it_is);
            let answer = service.raw(call, headers, "{}");
            assert_eq!(service.told(&answer), told, "{call} {headers:?}");
        }
    }
}

#[test]
fn the_header_is_read_as_http_says() {
    for header in
        [format!("GenieKey {KEY}"), format!("geniekey {KEY}"), format!("GenieKey  {}", KEY.to_uppercase())]
    {
        for name in ["Authorization", "authorization", "AUTHORIZATION"] {
            let mut service = Service::empty(as_it_is);
            assert_eq!(service.raw("GET /v2/alerts", &[(name, &header)], "").status, 200, "{name}: {header}");
        }
    }
}

#[test]
fn a_badly_formed_key_is_told_without_a_request_id() {
    let answer = Service::empty(as_it_is).raw(CREATE, &[("Authorization", "GenieKey abc")], "{}");
    assert_eq!(answer.json, json!({"message": "Key format is not valid!", "took": 0.001, "requestId": ""}));
}

#[test]
fn keys_of_the_wrong_kind_are_403() {
    for (kind, call, expected) in [
        (KeyKind::Management, CREATE, Some(40301)),
        (KeyKind::CloudWatch, CREATE, Some(40301)),
        (KeyKind::Api, CREATE, None),
        (KeyKind::Management, WEBHOOK, Some(40302)),
        (KeyKind::Api, WEBHOOK, Some(40302)),
        (KeyKind::CloudWatch, WEBHOOK, None),
    ] {
        let mut service = with_key(|key| key.kind = kind);
        service.key = OTHER.to_owned();
        let call = if call == WEBHOOK { format!("{WEBHOOK}{OTHER}") } else { call.to_owned() };
        let answer = service.call(&call, json!({"message": "m", "Type": "UnsubscribeConfirmation"}));
        let status = if expected.is_some() { 403 } else { 202 };
        assert_eq!((answer.status, answer.json["code"].as_u64()), (status, expected), "{kind:?} {call}");
    }
    let mut service = with_key(|key| key.kind = KeyKind::Management);
    service.key = OTHER.to_owned();
    let answer = service.call(CREATE, message());
    let words = "To perform this action, use an API key from an API integration.";
    assert_eq!(answer.json["message"], words);
}

#[test]
fn a_key_does_what_it_may() {
    let all = Access::default();
    for (access, read, write, delete) in [
        (all, 200, 202, 202),
        (Access { read: false, ..all }, 403, 202, 202),
        (Access { write: false, ..all }, 200, 403, 202),
        (Access { delete: false, ..all }, 200, 202, 403),
    ] {
        for (call, status) in [
            ("GET /v2/alerts", read),
            ("GET /v2/request-limits/", read),
            ("GET /v2/alerts/count", read),
            (CREATE, write),
            ("POST /v2/alerts/x/close", write),
            ("DELETE /v2/alerts/x/tags?tags=a", write),
            ("DELETE /v2/alerts/x", delete),
        ] {
            let mut service = with_key(|key| key.access = access);
            service.key = OTHER.to_owned();
            let answer = service.call(call, if call == CREATE { message() } else { Value::Null });
            assert_eq!(answer.status, status, "{access:?} {call}");
            assert_eq!(answer.json["code"], if status == 403 { json!(40302) } else { Value::Null });
        }
    }
}

#[test]
fn a_disabled_integration_authenticates_nobody_in_the_open_mode_either() {
    let mut settings = crate::support::settings();
    settings.open = true;
    settings.accounts[0].keys[0].enabled = false;
    assert_eq!(Service::of(settings).call(CREATE, message()).status, 401);
}

#[test]
fn a_key_is_known_where_its_product_is() {
    for (product, opsgenie, jsm) in
        [(Product::Both, 202, 202), (Product::Opsgenie, 202, 401), (Product::Jsm, 401, 202)]
    {
        let mut service = with_key(|key| key.product = product);
        service.key = OTHER.to_owned();
        assert_eq!(service.call(CREATE, message()).status, opsgenie, "{product:?}");
        assert_eq!(service.call("POST /jsm/ops/integration/v2/alerts", message()).status, jsm, "{product:?}");
    }
}

#[test]
fn accounts_see_nothing_of_each_other() {
    let mut settings = crate::support::settings();
    settings.accounts.push(AccountSettings {
        name: "other".to_owned(),
        keys: vec![KeySettings::new(OTHER, KeyKind::Api)],
        directory: None,
        plan_lacks: Vec::new(),
    });
    let mut service = Service::of(settings);
    let accepted = service.call(CREATE, message());
    let id = accepted.json["requestId"].as_str().unwrap().to_owned();
    let alert = service.alert("a")["id"].as_str().unwrap().to_owned();

    service.key = OTHER.to_owned();
    for call in [
        format!("GET /v2/alerts/{alert}"),
        "GET /v2/alerts/a?identifierType=alias".to_owned(),
        format!("GET /v2/alerts/requests/{id}"),
    ] {
        assert_eq!(service.call(&call, Value::Null).status, 404, "{call}");
    }
    service.write(CREATE, message());
    assert_eq!(service.alert("a")["count"], 1);
    let counts: Vec<_> =
        service.twin.accounts().map(|account| (account.name().to_owned(), account.alerts().len())).collect();
    assert_eq!(counts, [("main".to_owned(), 1), ("other".to_owned(), 1)]);
}

#[test]
fn two_keys_of_an_account_share_its_alerts() {
    let mut service = with_key(|key| key.name = Some("second".to_owned()));
    service.write(CREATE, message());
    service.key = OTHER.to_owned();
    service.write(CREATE, message());
    let alert = service.alert("a");
    assert_eq!((&alert["count"], &alert["integration"]["name"]), (&json!(2), &json!("API")));
    service.write(CREATE, json!({"message": "m", "alias": "b"}));
    assert_eq!(service.alert("b")["integration"]["name"], "second");
}

#[test]
fn a_teams_integration_sends_everything_to_its_team() {
    let mut service = with_key(|key| key.team = Some("platform".to_owned()));
    service.key = OTHER.to_owned();
    let to = json!([{"type": "user", "username": "ann@example.test"}, {"type": "team", "name": "nobody"}]);
    service.write(CREATE, json!({"message": "m", "alias": "a", "responders": to}));
    let alert = service.alert("a");
    assert_eq!(alert["responders"], json!([{"type": "team", "id": "team-2"}]));
    assert_eq!(alert["ownerTeamId"], "team-2");
}

#[test]
fn in_the_open_mode_each_key_opens_an_account() {
    let mut service = Service::of(Settings { open_accounts: 2, ..Settings::default() });
    service.write(CREATE, message());
    service.key = OTHER.to_owned();
    service.write(CREATE, message());
    service.write(CREATE, message());
    let mut counts = Vec::new();
    for account in service.twin.accounts() {
        counts.push((account.name().to_owned(), account.alerts().open("a").unwrap().count));
    }
    assert_eq!(counts, [("account-1".to_owned(), 1), ("account-2".to_owned(), 2)]);
    service.key = OTHER.replace('a', "b");
    assert_eq!(service.call(CREATE, message()).status, 401, "no more accounts");
    service.key = "abc".to_owned();
    assert_eq!(service.call(CREATE, message()).status, 422, "the form counts in the open mode, too");
}

#[test]
fn without_a_directory_everybody_exists() {
    let mut service = Service::of(Settings::default());
    let to = json!([{"type": "team", "name": "whoever"}, {"type": "user", "username": "eve@example.test"},
        {"type": "team", "id": "some-id"}]);
    service.write(CREATE, json!({"message": "m", "alias": "a", "responders": to}));
    let alert = service.alert("a");
    assert_eq!(alert["responders"][2]["id"], "some-id");
    assert_eq!(alert["responders"].as_array().unwrap().len(), 3);
    let recipients = service.call("GET /v2/alerts/a/recipients?identifierType=alias", Value::Null);
    assert_eq!(recipients.json["data"][0]["user"]["username"], "eve@example.test");
}

#[test]
fn no_key_is_ever_printed() {
    let mut service = Service::of(Settings::default());
    service.write(CREATE, message());
    let printed = format!("{:?} {:?}", service.twin, crate::support::settings());
    assert!(!printed.contains(&KEY[..13]), "{printed}");
    let _: &Twin = &service.twin;
}
