use serde_json::{Value, json};

use crate::support::{Service, as_it_is, check, row};

#[test]
fn get_by_every_identifier() {
    let none = Value::Null;
    check(
        as_it_is,
        [
            row("GET /v2/alerts/{open}", none.clone(), "200"),
            row("GET /v2/alerts/{closed}?identifierType=id", none.clone(), "200"),
            row("GET /v2/alerts/open?identifierType=alias", none.clone(), "200"),
            row("GET /v2/alerts/2?identifierType=tiny", none.clone(), "200"),
            row("GET /v2/alerts/closed?identifierType=alias", none.clone(), "404 Alert not found"),
            row("GET /v2/alerts/open", none.clone(), "404 Alert not found"),
            row("GET /v2/alerts/3?identifierType=tiny", none.clone(), "404 Alert not found"),
            row(
                "GET /v2/alerts/open?identifierType=x",
                none,
                "422 identifierType: should be one of [ id, alias, tiny ]",
            ),
        ],
    );
}

#[test]
fn an_alias_is_found_under_its_percent_encoding() {
    for (alias, encoded) in [
        ("a/b c", "a%2Fb%20c"),
        ("100%", "100%25"),
        ("a?b#c", "a%3Fb%23c"),
        (
            "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:Überlast",
            "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:%C3%9Cberlast",
        ),
        ("a+b", "a+b"),
    ] {
        let mut service = Service::empty(as_it_is);
        service.write("POST /v2/alerts", json!({"message": "m", "alias": alias}));
        assert_eq!(service.alert(encoded)["alias"], alias);
        let close = format!("POST /v2/alerts/{encoded}/close?identifierType=alias");
        assert_eq!(service.write(&close, Value::Null), "Closed alert");
    }
}

#[test]
fn without_an_alias_the_id_is_one() {
    let mut service = Service::empty(as_it_is);
    let first = service.call("POST /v2/alerts", json!({"message": "m", "alias": ""}));
    let outcome = service.outcome(&first);
    assert_eq!(outcome["alias"], outcome["alertId"]);
    let id = outcome["alertId"].as_str().unwrap().to_owned();
    assert_eq!(service.alert(&id)["id"], id);
    service.write("POST /v2/alerts", json!({"message": "m"}));
    assert_eq!(service.ids().len(), 2);
}

#[test]
fn notes_and_logs_are_cut_into_pages_at_their_items() {
    let mut service = Service::with_alerts(as_it_is);
    for number in 0..7 {
        service.pass(10);
        service.write("POST /v2/alerts/{open}/notes", json!({"note": number.to_string()}));
    }
    for (order, all) in [
        ("desc", ["6", "5", "4", "3", "2", "1", "0", "first"]),
        ("asc", ["first", "0", "1", "2", "3", "4", "5", "6"]),
    ] {
        let mut call = format!("GET /v2/alerts/{{open}}/notes?limit=3&order={order}");
        let mut seen = Vec::new();
        loop {
            let answer = service.call(&call, Value::Null);
            assert_eq!(answer.status, 200, "{answer:?}");
            let items = answer.json["data"].as_array().unwrap().clone();
            assert!(items.len() <= 3);
            seen.extend(items.iter().map(|item| item["note"].as_str().unwrap().to_owned()));
            let Some(next) = answer.json["paging"]["next"].as_str() else { break };
            call = format!("GET {}", next.strip_prefix("http://localhost").unwrap());
        }
        assert_eq!(seen, all, "{order}");

        let whole = service.call(&format!("GET /v2/alerts/{{open}}/notes?order={order}"), Value::Null);
        let offset = whole.json["data"][4]["offset"].as_str().unwrap().to_owned();
        let before =
            format!("GET /v2/alerts/{{open}}/notes?limit=3&order={order}&direction=prev&offset={offset}");
        let before = service.call(&before, Value::Null);
        let before: Vec<_> =
            before.json["data"].as_array().unwrap().iter().map(|item| item["note"].clone()).collect();
        assert_eq!(before, all[1..4], "{order}");
    }
    let logs = service.call("GET /v2/alerts/{open}/logs?limit=100", Value::Null);
    assert_eq!(logs.json["data"].as_array().unwrap().len(), 9);
    assert_eq!(logs.json["paging"]["next"], Value::Null);
}

#[test]
fn pages_of_notes_and_logs_that_cannot_be() {
    for what in ["notes", "logs"] {
        for (query, words) in [
            ("limit=0", "limit: should be a number from 1 to 100"),
            ("limit=101", "limit: should be a number from 1 to 100"),
            ("order=up", "order: should be one of [ asc, desc ]"),
            ("direction=back", "direction: should be one of [ next, prev ]"),
            ("offset=x", "offset: should be the offset of an item"),
        ] {
            let mut service = Service::with_alerts(as_it_is);
            let answer = service.call(&format!("GET /v2/alerts/{{open}}/{what}?{query}"), Value::Null);
            assert_eq!(service.told(&answer), format!("422 {words}"), "{what} {query}");
        }
        let mut service = Service::with_alerts(as_it_is);
        let far =
            service.call(&format!("GET /v2/alerts/{{open}}/{what}?offset=1_999&order=asc"), Value::Null);
        assert_eq!((far.status, far.json["data"].clone()), (200, json!([])));
        assert_eq!(service.call(&format!("GET /v2/alerts/nobody/{what}"), Value::Null).status, 404);
    }
}

#[test]
fn count() {
    let mut service = Service::with_alerts(as_it_is);
    for (query, count) in
        [("", 2), ("query=status%3Aopen", 1), ("query=tag%3Aone", 2), ("query=message%3Anothing", 0)]
    {
        let answer = service.call(&format!("GET /v2/alerts/count?{query}"), Value::Null);
        assert_eq!(answer.json["data"], json!({ "count": count }), "{query}");
    }
    let wrong = service.call("GET /v2/alerts/count?query=status%3A", Value::Null);
    assert_eq!(wrong.status, 422);
    assert!(
        wrong.json["errors"]["query"].as_str().unwrap().starts_with("a value is missing here"),
        "{wrong:?}"
    );
}

#[test]
fn what_the_service_has_and_the_twin_does_not_is_501() {
    let none = Value::Null;
    check(
        as_it_is,
        [
            row("GET /v2/alerts/saved-searches", none.clone(), "501 This twin does not have saved searches"),
            row("POST /v2/alerts/saved-searches", json!({}), "501 This twin does not have saved searches"),
            row(
                "GET /v2/alerts?searchIdentifier=x",
                none.clone(),
                "501 This twin does not have saved searches",
            ),
            row("GET /v2/alerts/{open}/attachments", none.clone(), "501 This twin does not have attachments"),
            row("GET /v2/alerts/{open}/attachments/1", none, "501 This twin does not have attachments"),
        ],
    );
}

#[test]
fn paths_and_methods_that_are_none() {
    let none = Value::Null;
    check(
        as_it_is,
        [
            row("GET /", none.clone(), "404 No such path"),
            row("GET /v1/alerts", none.clone(), "404 No such path"),
            row("POST /v2/alerts/{open}/reopen", none.clone(), "404 No such path"),
            row("PATCH /v2/alerts", none.clone(), "405 Method is not supported"),
            row("PUT /v2/alerts/{open}/close", none.clone(), "405 Method is not supported"),
            row("DELETE /v2/alerts/{open}/notes", none.clone(), "405 Method is not supported"),
            row("POST /v2/alerts/{open}/logs", none.clone(), "405 Method is not supported"),
            row("POST /v2/request-limits/", none, "405 Method is not supported"),
        ],
    );
}
