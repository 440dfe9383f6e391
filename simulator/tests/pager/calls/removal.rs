use serde_json::{Value, json};

use crate::support::{Service, as_it_is, check, row};

#[test]
fn delete() {
    let done = "202 Deleted alert";
    check(
        as_it_is,
        [
            row("DELETE /v2/alerts/{open}?user=u&source=s", Value::Null, done),
            row("DELETE /v2/alerts/{closed}", Value::Null, done),
            row("DELETE /v2/alerts/open?identifierType=alias", Value::Null, done),
            row("DELETE /v2/alerts/2?identifierType=tiny", Value::Null, done),
            row(
                "DELETE /v2/alerts/closed?identifierType=alias",
                Value::Null,
                "202 failed: There is no open alert",
            ),
            row("DELETE /v2/alerts/nobody", Value::Null, "202 failed: Alert does not exist"),
            row(
                "DELETE /v2/alerts/open?identifierType=name",
                Value::Null,
                "422 identifierType: should be one of [ id, alias, tiny ]",
            ),
        ],
    );
}

#[test]
fn what_is_deleted_is_gone_and_its_alias_free() {
    let mut service = Service::with_alerts(as_it_is);
    let id = service.alert("open")["id"].as_str().unwrap().to_owned();
    service.write("DELETE /v2/alerts/open?identifierType=alias", Value::Null);
    for call in [
        format!("GET /v2/alerts/{id}"),
        "GET /v2/alerts/open?identifierType=alias".to_owned(),
        "GET /v2/alerts/1?identifierType=tiny".to_owned(),
    ] {
        assert_eq!(service.call(&call, Value::Null).status, 404, "{call}");
    }
    assert_eq!(service.call("GET /v2/alerts/count", Value::Null).json["data"]["count"], 1);
    service.write("POST /v2/alerts", json!({"message": "again", "alias": "open"}));
    let again = service.alert("open");
    assert_eq!((&again["count"], &again["tinyId"]), (&json!(1), &json!("3")));
}
