use serde_json::{Value, json};
use trailbell_sim::pager::Settings;
use trailbell_sim::pager::settings::{Domain, RateLimit};

use crate::support::{Service, as_it_is};

fn limited(domain: Domain, per_second: Option<u32>, per_minute: Option<u32>) -> impl Fn(&mut Settings) {
    move |settings| settings.rate_limits = vec![RateLimit { domain, per_second, per_minute }]
}

fn message() -> Value {
    json!({"message": "m", "alias": "a"})
}

#[test]
fn every_answer_has_its_headers() {
    let mut service = Service::with_alerts(as_it_is);
    for (call, status) in [
        ("GET /v2/alerts", 200),
        ("POST /v2/alerts/{open}/close", 202),
        ("POST /v2/alerts", 400),
        ("GET /v2/alerts/nobody", 404),
        ("GET /nowhere", 404),
        ("PATCH /v2/alerts", 405),
        ("GET /v2/alerts?limit=0", 422),
    ] {
        let answer = service.call(call, Value::Null);
        assert_eq!(answer.status, status, "{call}");
        assert_eq!(answer.reply.header("X-Request-Id"), answer.json["requestId"].as_str(), "{call}");
        assert_eq!(answer.reply.header("X-Response-Time"), Some("0.001"), "{call}");
        assert_eq!(answer.reply.header("X-RateLimit-State"), Some("OK"), "{call}");
        assert_eq!(answer.reply.header("X-RateLimit-Period-In-Sec"), None, "{call}");
    }
    let unknown = service.raw("GET /v2/alerts", &[], "");
    assert_eq!((unknown.status, unknown.reply.header("X-RateLimit-State")), (401, Some("OK")));
}

#[test]
fn over_the_limit_is_429_with_the_period_of_the_empty_bucket() {
    for (per_second, per_minute, period) in
        [(Some(2), Some(100), "1"), (Some(100), Some(2), "60"), (None, Some(2), "60")]
    {
        let mut service = Service::empty(limited(Domain::Alert, per_second, per_minute));
        assert_eq!(service.call("POST /v2/alerts", message()).status, 202);
        assert_eq!(service.call("POST /v2/alerts", json!({})).status, 422, "what is refused costs, too");
        let refused = service.call("POST /v2/alerts", message());
        assert_eq!(
            (refused.status, &refused.json["message"]),
            (429, &json!("You are making too many requests!"))
        );
        for (header, value) in [
            ("X-RateLimit-State", "THROTTLED"),
            ("X-RateLimit-Reason", "ACCOUNT"),
            ("X-RateLimit-Period-In-Sec", period),
            ("X-Request-Id", refused.json["requestId"].as_str().unwrap()),
        ] {
            assert_eq!(refused.reply.header(header), Some(value), "{header}");
        }
        service.pass(period.parse::<i64>().unwrap() * 1_000);
        assert_eq!(service.call("POST /v2/alerts", message()).status, 202);
        assert_eq!(service.alert("a")["count"], 2);
    }
}

#[test]
fn each_call_takes_of_its_domain_alone() {
    let calls = [
        (Domain::Alert, "GET /v2/alerts/x"),
        (Domain::Alert, "POST /v2/alerts"),
        (Domain::Alert, "GET /v2/alerts/requests/x"),
        (Domain::Alert, "POST /jsm/ops/integration/v2/alerts"),
        (Domain::Search, "GET /v2/alerts"),
        (Domain::Search, "GET /v2/alerts/count"),
        (Domain::Configuration, "GET /v2/request-limits/"),
    ];
    for limited_domain in [Domain::Alert, Domain::Search, Domain::Configuration, Domain::Integration] {
        for (domain, call) in calls {
            let mut service = Service::empty(limited(limited_domain, Some(0), None));
            let throttled = service.call(call, Value::Null).status == 429;
            assert_eq!(throttled, domain == limited_domain, "{call} with {limited_domain:?} exhausted");
        }
    }
    let mut service = Service::of(Settings {
        rate_limits: vec![RateLimit { domain: Domain::Integration, per_second: Some(0), per_minute: None }],
        ..Settings::default()
    });
    let webhook = format!("POST /v1/json/cloudwatch?apiKey={}", service.key);
    assert_eq!(service.call(&webhook, json!({})).status, 429);
}

#[test]
fn limits_are_told_as_they_are_set() {
    let mut service = Service::empty(limited(Domain::Alert, Some(20), Some(600)));
    for call in ["GET /v2/request-limits/", "GET /v2/request-limits"] {
        let answer = service.call(call, Value::Null);
        assert_eq!(
            answer.json["data"],
            json!({"rateLimits": [{"domain": "alert", "limits": [
                {"limit": 600, "periodInSeconds": 60}, {"limit": 20, "periodInSeconds": 1}]}]})
        );
    }
    let none = Service::empty(as_it_is).call("GET /v2/request-limits/", Value::Null);
    assert_eq!(none.json["data"], json!({"rateLimits": []}));
}
