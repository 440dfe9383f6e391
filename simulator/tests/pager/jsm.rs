use serde_json::{Value, json};

use crate::support::{Service, as_it_is};

const BASE: &str = "/jsm/ops/integration/v2/alerts";

#[test]
fn its_five_calls_are_those_of_opsgenie() {
    let mut service = Service::empty(as_it_is);
    let create = json!({"message": "m", "alias": "a", "details": {"k": "v"}, "tags": ["t"]});
    let accepted = service.call(&format!("POST {BASE}"), create);
    assert_eq!((accepted.status, &accepted.json["result"]), (202, &json!("Request will be processed")));
    let id = accepted.json["requestId"].as_str().unwrap();
    let status = service.call(&format!("GET {BASE}/requests/{id}"), Value::Null);
    assert_eq!(status.json["data"]["status"], "Created alert");
    for (action, body) in
        [("acknowledge", json!({"user": "u"})), ("notes", json!({"note": "n"})), ("close", Value::Null)]
    {
        let accepted = service.call(&format!("POST {BASE}/a/{action}?identifierType=alias"), body);
        assert_eq!(service.outcome(&accepted)["isSuccess"], true, "{action}");
    }
    let alert = service.call("GET /v2/alerts/1?identifierType=tiny", Value::Null).json["data"].clone();
    assert_eq!((&alert["status"], &alert["acknowledged"]), (&json!("closed"), &json!(true)));
}

#[test]
fn it_refuses_as_opsgenie_does() {
    let mut service = Service::with_alerts(as_it_is);
    for (call, body, told) in [
        (format!("POST {BASE}"), json!({"message": ""}), "422 message: Message can not be empty."),
        (format!("POST {BASE}/{{open}}/notes"), json!({}), "422 note: note can not be empty."),
        (
            format!("POST {BASE}/none/close?identifierType=alias"),
            Value::Null,
            "202 failed: There is no open alert",
        ),
        (
            format!("POST {BASE}/{{open}}/close?identifierType=name"),
            Value::Null,
            "422 identifierType: should be one of [ id, alias, tiny ]",
        ),
    ] {
        let answer = service.call(&call, body);
        assert_eq!(service.told(&answer), told, "{call}");
    }
}

#[test]
fn it_has_no_other_calls() {
    let mut service = Service::with_alerts(as_it_is);
    for call in [
        "GET /{open}",
        "GET /count",
        "DELETE /{open}",
        "POST /{open}/unacknowledge",
        "POST /{open}/snooze",
        "POST /{open}/tags",
        "POST /{open}/details",
        "PUT /{open}/priority",
        "PUT /{open}/message",
        "PUT /{open}/description",
        "POST /{open}/responders",
        "POST /{open}/actions/Restart",
        "GET /{open}/logs",
        "GET /saved-searches",
    ] {
        let call = call.replacen(" /", &format!(" {BASE}/"), 1);
        assert_eq!(service.call(&call, Value::Null).status, 404, "{call}");
    }
    for call in
        [format!("GET {BASE}"), format!("GET {BASE}/{{open}}/notes"), format!("PUT {BASE}/{{open}}/close")]
    {
        assert_eq!(service.call(&call, Value::Null).status, 405, "{call}");
    }
}
