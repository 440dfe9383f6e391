use serde_json::{Value, json};

use crate::support::{as_it_is, check, row};

const UNKNOWN: &str = "202 failed: Alert does not exist";

#[test]
fn add_tags() {
    let call = "POST /v2/alerts/{open}/tags";
    let many: Vec<String> = (0..19).map(|n| format!("t{n}")).collect();
    check(
        as_it_is,
        [
            row(call, json!({"tags": ["two", "three", "three"]}), "202 Added tags three").then(
                "open",
                "/tags",
                json!(["one", "two", "three"]),
            ),
            row("POST /v2/alerts/{closed}/tags", json!({"tags": ["x"]}), "202 Added tags x")
                .then("closed", "/tags/2", "x"),
            row(call, json!({"tags": many}), "202 failed: tags should not exceed 20 items"),
            row(call, json!({}), "422 tags: tags can not be empty."),
            row(call, json!({"tags": []}), "422 tags: tags can not be empty."),
            row(call, json!({"tags": "a"}), "422 tags: should be an array"),
            row("POST /v2/alerts/nobody/tags", json!({"tags": ["x"]}), UNKNOWN),
        ],
    );
}

#[test]
fn remove_tags() {
    let call = "DELETE /v2/alerts/{open}/tags?tags=one,none&note=n&user=u&source=s";
    check(
        as_it_is,
        [
            row(call, Value::Null, "202 Removed tags one, none").then("open", "/tags", json!(["two"])),
            row(
                "DELETE /v2/alerts/open/tags?identifierType=alias&tags=two%2C%20one",
                Value::Null,
                "202 Removed tags two, one",
            )
            .then("open", "/tags", json!([])),
            row("DELETE /v2/alerts/{open}/tags", Value::Null, "422 tags: tags can not be empty."),
            row("DELETE /v2/alerts/{open}/tags?tags=,", Value::Null, "422 tags: tags can not be empty."),
            row("DELETE /v2/alerts/nobody/tags?tags=one", Value::Null, UNKNOWN),
        ],
    );
}

#[test]
fn add_details() {
    let call = "POST /v2/alerts/{open}/details";
    check(
        as_it_is,
        [
            row(call, json!({"details": {"k": "new", "l": "w"}}), "202 Added details").then(
                "open",
                "/details",
                json!({"k": "new", "l": "w", "region": "eu-west-1"}),
            ),
            row(call, json!({}), "422 details: details can not be empty."),
            row(call, json!({"details": {"k": 1}}), "422 details: values should be strings"),
            row("POST /v2/alerts/nobody/details", json!({"details": {"k": "v"}}), UNKNOWN),
        ],
    );
}

#[test]
fn remove_details() {
    check(
        as_it_is,
        [
            row("DELETE /v2/alerts/{open}/details?keys=k,none", Value::Null, "202 Removed details k, none")
                .then("open", "/details", json!({"region": "eu-west-1"})),
            row("DELETE /v2/alerts/{open}/details", Value::Null, "422 keys: keys can not be empty."),
            row("DELETE /v2/alerts/nobody/details?keys=k", Value::Null, UNKNOWN),
        ],
    );
}
