use serde_json::Value;

use crate::support::{KEY, Service, as_it_is};

/// Calls with a body, and whether it can be left out.
const CALLS: [(&str, bool); 17] = [
    ("POST /v2/alerts", false),
    ("POST /v2/alerts/{open}/close", true),
    ("POST /v2/alerts/{open}/acknowledge", true),
    ("POST /v2/alerts/{open}/unacknowledge", true),
    ("POST /v2/alerts/{open}/actions/Restart", true),
    ("POST /v2/alerts/{open}/snooze", false),
    ("POST /v2/alerts/{open}/escalate", false),
    ("POST /v2/alerts/{open}/assign", false),
    ("POST /v2/alerts/{open}/teams", false),
    ("POST /v2/alerts/{open}/responders", false),
    ("POST /v2/alerts/{open}/tags", false),
    ("POST /v2/alerts/{open}/details", false),
    ("POST /v2/alerts/{open}/notes", false),
    ("PUT /v2/alerts/{open}/priority", false),
    ("PUT /v2/alerts/{open}/message", false),
    ("PUT /v2/alerts/{open}/description", false),
    ("POST /jsm/ops/integration/v2/alerts", false),
];

#[test]
fn only_what_cannot_be_parsed_is_400_and_all_else_that_is_wrong_422() {
    let authorization = format!("GenieKey {KEY}");
    for (call, optional) in CALLS {
        let answer = |body: &'static str| {
            Service::with_alerts(as_it_is).raw(call, &[("Authorization", &authorization)], body)
        };
        for broken in ["{", "{\"message\": \"m\",}", "message=m", "{} {}"] {
            let answer = answer(broken);
            let message = answer.json["message"].as_str();
            assert_eq!(
                (answer.status, message),
                (400, Some("Request body is not processable JSON")),
                "{call} {broken}"
            );
        }
        assert_eq!(answer("").status, if optional { 202 } else { 400 }, "{call} without a body");
        for other in ["[]", "\"text\"", "5", "true"] {
            let answer = answer(other);
            assert_eq!(answer.status, 422, "{call} {other}");
            assert_eq!(answer.json["errors"]["body"], "should be an object", "{call} {other}");
        }
    }
}

#[test]
fn the_go_sdks_empty_content_type_is_no_media_type() {
    let authorization = format!("GenieKey {KEY}");
    let mut service = Service::with_alerts(|settings| {
        settings.switches.media_types = trailbell_sim::pager::settings::MediaTypes::Strict;
    });
    let headers = [("Authorization", authorization.as_str()), ("Content-Type", "")];
    assert_eq!(service.raw("GET /v2/alerts", &headers, "").status, 200);
    assert_eq!(service.raw("DELETE /v2/alerts/{open}", &headers, "").status, 202);
    assert_eq!(service.call("GET /v2/alerts", Value::Null).status, 200);
}
