//! Texts that want to be more than text.

use serde_json::json;

use crate::support::{Client, KEY, standing};

/// Each field gets this with its own name, so that one that slipped through is known. It is an address, and
/// as short as a tag has to be.
fn hostile(field: &str) -> String {
    format!("{field}</b>'\"><img/src=x/onerror=a()>@<!--&lt;")
}

/// The same, escaped.
fn escaped(field: &str) -> String {
    let text = hostile(field).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', "&quot;").replace('\'', "&#39;")
}

/// One alert, hostile in every field that a client can fill.
async fn raise(client: &Client) {
    let h = hostile;
    let alert = json!({
        "message": h("message"), "alias": h("alias"), "description": h("description"),
        "source": h("source"), "entity": h("entity"), "user": h("user"), "note": h("note"),
        "tags": [h("tag")], "actions": [h("action")],
        "details": {h("key"): h("value")},
        "responders": [{"type": "team", "name": h("team")}, {"type": "user", "username": h("username")}],
        "priority": "P1",
    });
    client.create(KEY, alert).await;
}

#[tokio::test]
async fn every_text_stays_text() {
    let account = hostile("account").replace('\'', "’").replace('"', "\\\"");
    let settings = format!(
        "open = false\n[[accounts]]\nname = \"{account}\"\n\
         keys = [{{ key = \"{KEY}\", name = '''{}''' }}]\n[[accounts]]\nname = \"other\"",
        hostile("integration").replace('\'', "’"),
    );
    let (pager, client) = standing(&settings).await;
    raise(&client).await;
    let alert = pager.alerts().remove(0);
    let user = hostile("assigned");
    let headers = [("authorization", &*format!("GenieKey {KEY}")), ("x-hostile", "<i>header</i>")]
        .map(|(n, v)| (n, v.to_owned()));
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let assign = format!("/v2/alerts/{}/assign?x=%3Ci%3E'\"", alert.id).replace('"', "%22");
    let body = json!({"owner": {"username": user}, "user": hostile("closer")}).to_string();
    assert_eq!(client.call("POST", &assign, &headers, &body).await.status, 202);

    let list = client.get("/").await.text;
    let page = client.get(&format!("/alerts/{}", alert.id)).await.text;
    let filtered = client.get("/?query=%3Ci%3E%22'%3E%3A+x").await.text;
    let of_account = client.get(&format!("/?account={}", "%3Ci%3E")).await.text;
    for html in [&list, &page, &filtered, &of_account] {
        for markup in ["<img", "<i>", "<!--", "</b>"] {
            assert!(!html.contains(markup), "{markup} in {html}");
        }
    }
    for field in ["message", "alias", "source", "entity", "tag", "team", "username"] {
        assert!(list.contains(&escaped(field)), "{field} in {list}");
        assert!(page.contains(&escaped(field)), "{field} in {page}");
    }
    for field in ["description", "note", "action", "key", "value", "user", "assigned", "closer"] {
        assert!(page.contains(&escaped(field)), "{field} in {page}");
    }
    assert!(page.contains("x-hostile: &lt;i&gt;header&lt;/i&gt;"), "{page}");
    assert!(filtered.contains("value=\"&lt;i&gt;&quot;&#39;&gt;: x\""), "{filtered}");
}

/// Every opened element is closed, in order: whatever the texts are, they leave the structure as it is.
#[tokio::test]
async fn the_structure_is_the_same_whatever_the_texts_are() {
    let (pager, client) = standing("").await;
    raise(&client).await;
    let plain = |value: &str| {
        json!({
            "message": value, "alias": value, "description": value, "source": value, "entity": value, "user": value,
            "note": value, "tags": [value], "actions": [value], "details": {value: value},
            "responders": [{"type": "team", "name": value}, {"type": "user", "username": value}], "priority": "P1",
        })
    };
    client.create(KEY, plain("plain@acme.example")).await;
    let mut structures = Vec::new();
    for alert in pager.alerts() {
        structures.push(structure(&client.get(&format!("/alerts/{}", alert.id)).await.text));
    }
    assert_eq!(structures[0], structures[1]);
    assert!(structures[0].len() > 100);
}

/// The names of the elements that open and close.
fn structure(html: &str) -> Vec<String> {
    let name = |tag: &str| {
        let end = tag.find(|c: char| !c.is_ascii_alphanumeric() && c != '/' && c != '!');
        tag[..end.unwrap()].to_owned()
    };
    html.split('<').skip(1).map(name).collect()
}
