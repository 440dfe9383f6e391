use serde_json::{Value, json};

use crate::support::{Answer, Service, as_it_is};

/// Thirty alerts, made a second apart; every third one closed, every fifth one with priority P1.
fn thirty() -> Service {
    let mut service = Service::empty(as_it_is);
    for number in 0..30 {
        let priority = if number % 5 == 0 { "P1" } else { "P4" };
        let create = json!({"message": format!("message {}", number % 7), "alias": format!("a{number:02}"),
            "priority": priority, "tags": [format!("t{}", number % 2)], "details": {"n": number.to_string()},
            "responders": [{"type": "team", "name": if number < 10 { "secops" } else { "platform" }}]});
        service.write("POST /v2/alerts", create);
        if number % 3 == 0 {
            service.write(&format!("POST /v2/alerts/a{number:02}/close?identifierType=alias"), Value::Null);
        }
        service.pass(1_000);
    }
    service
}

fn aliases(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, 200, "{answer:?}");
    let alerts = answer.json["data"].as_array().unwrap();
    alerts.iter().map(|alert| alert["alias"].as_str().unwrap().to_owned()).collect()
}

fn named(numbers: impl IntoIterator<Item = u32>) -> Vec<String> {
    numbers.into_iter().map(|number| format!("a{number:02}")).collect()
}

#[test]
fn the_newest_twenty_come_first() {
    let answer = thirty().call("GET /v2/alerts", Value::Null);
    assert_eq!(aliases(&answer), named((10..30).rev()));
    let first = &answer.json["data"][0];
    assert_eq!(
        (&first["description"], &first["details"], &first["entity"]),
        (&Value::Null, &Value::Null, &Value::Null)
    );
}

#[test]
fn queries_find_what_they_ask_for() {
    let mut service = thirty();
    let start = service.now.timestamp_millis() - 30_000;
    for (query, expected) in [
        ("status: open".to_owned(), named((0..30).filter(|n| n % 3 != 0))),
        ("status: closed AND priority: P1".to_owned(), named([0, 15])),
        ("alias: a04".to_owned(), named([4])),
        ("alias: a03".to_owned(), named([])),
        ("tag: t1 AND NOT status: closed".to_owned(), named((0..30).filter(|n| n % 2 == 1 && n % 3 != 0))),
        ("teams: secops".to_owned(), named(0..10)),
        ("recipients: ann@example.test".to_owned(), named(0..10)),
        ("details.value: 7 OR details.value: 8".to_owned(), named([7, 8])),
        (format!("createdAt >= {}", start + 28_000), named([28, 29])),
        ("message: \"message 6\"".to_owned(), named([6, 13, 20, 27])),
        ("count > 1".to_owned(), named([])),
        ("closedBy: \"Alert API\"".to_owned(), named((0..30).filter(|n| n % 3 == 0))),
    ] {
        let encoded: String = url::form_urlencoded::byte_serialize(query.as_bytes()).collect();
        let answer =
            service.call(&format!("GET /v2/alerts?limit=100&order=asc&query={encoded}"), Value::Null);
        assert_eq!(aliases(&answer), expected, "{query}");
        let count = service.call(&format!("GET /v2/alerts/count?query={encoded}"), Value::Null);
        assert_eq!(count.json["data"]["count"], expected.len(), "{query}");
    }
}

#[test]
fn pages_follow_each_other_in_every_order() {
    let mut service = thirty();
    for sort in [
        "createdAt",
        "updatedAt",
        "tinyId",
        "alias",
        "message",
        "status",
        "lastOccuredAt",
        "report.closeTime",
        "owner",
    ] {
        for order in ["asc", "desc"] {
            let whole =
                service.call(&format!("GET /v2/alerts?limit=100&sort={sort}&order={order}"), Value::Null);
            let whole = aliases(&whole);
            assert_eq!(whole.len(), 30);
            let mut seen = Vec::new();
            let mut call = format!("GET /v2/alerts?limit=7&sort={sort}&order={order}");
            loop {
                let answer = service.call(&call, Value::Null);
                seen.extend(aliases(&answer));
                let paging = &answer.json["paging"];
                let next = paging["next"].as_str();
                assert_eq!(answer.reply.header("X-Paging-Next"), next);
                let Some(next) = next else { break };
                call = format!("GET {}", next.strip_prefix("http://localhost").unwrap());
            }
            assert_eq!(seen, whole, "{sort} {order}");
            if order == "desc" {
                let ascending =
                    service.call(&format!("GET /v2/alerts?limit=100&sort={sort}&order=asc"), Value::Null);
                let mut ascending = aliases(&ascending);
                ascending.reverse();
                assert_eq!(whole, ascending, "{sort}");
            }
        }
    }
    let by_message = service.call("GET /v2/alerts?sort=message&order=asc&limit=5", Value::Null);
    assert_eq!(aliases(&by_message), named([0, 7, 14, 21, 28]));
}

#[test]
fn a_page_says_where_the_others_are() {
    let mut service = thirty();
    let key = format!("GenieKey {}", service.key);
    let headers = [("Authorization", key.as_str()), ("Host", "pager.test:8080")];
    let page =
        |offset: u32| format!("http://pager.test:8080/v2/alerts?query=tag%3At0&offset={offset}&limit=4");
    let answer = service.raw("GET /v2/alerts?query=tag%3At0&offset=8&limit=4", &headers, "");
    assert_eq!(
        answer.json["paging"],
        json!({"prev": page(4), "next": page(12), "first": page(0), "last": page(12)})
    );
    assert_eq!(answer.reply.header("X-Paging-Last"), Some(page(12).as_str()));
    let last = service.raw("GET /v2/alerts?query=tag%3At0&offset=12&limit=4", &headers, "");
    assert_eq!(last.json["data"].as_array().unwrap().len(), 3);
    assert_eq!(last.json["paging"]["next"], Value::Null);
}

#[test]
fn lists_that_cannot_be() {
    let mut service = thirty();
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("offset=-1", "offset"),
        ("offset=19999&limit=2", "offset"),
        ("sort=urgency", "sort"),
        ("order=up", "order"),
        ("query=status%3A", "query"),
        ("query=(", "query"),
        ("query=urgency%3A1", "query"),
    ] {
        let answer = service.call(&format!("GET /v2/alerts?{query}"), Value::Null);
        assert_eq!(answer.status, 422, "{query}");
        assert!(answer.json["errors"][field].is_string(), "{query}: {answer:?}");
    }
    assert_eq!(service.call("GET /v2/alerts?offset=19999&limit=1", Value::Null).json["data"], json!([]));
}
