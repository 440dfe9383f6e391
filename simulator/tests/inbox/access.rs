//! What is taken, and from whom.

use crate::support::standing;

#[tokio::test]
async fn pages_load_nothing_from_elsewhere_and_are_in_no_frame() {
    let (pager, client) = standing("").await;
    client.raise("a").await;
    let alert = format!("/alerts/{}", pager.expect_open("a").id);
    for (target, content_type) in [
        ("/", "text/html; charset=utf-8"),
        (alert.as_str(), "text/html; charset=utf-8"),
        ("/alerts/none", "text/html; charset=utf-8"),
        ("/inbox/inbox.css", "text/css; charset=utf-8"),
        ("/inbox/inbox.js", "text/javascript; charset=utf-8"),
        ("/inbox/icon.svg", "image/svg+xml"),
        ("/favicon.ico", "image/svg+xml"),
    ] {
        let answer = client.get(target).await;
        assert_eq!(answer.header("content-type"), content_type, "{target}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{target}");
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; "), "{target}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{target}: {policy}");
        assert!(!policy.contains("unsafe") && !policy.contains("http"), "{target}: {policy}");
        let is_page = content_type.starts_with("text/html");
        assert_eq!(answer.header("cache-control"), if is_page { "no-store" } else { "" }, "{target}");
        for elsewhere in ["src=\"http", "href=\"http", "src=\"//", "@import", "url("] {
            assert!(!answer.text.contains(elsewhere), "{target}: {elsewhere}");
        }
    }
    // Looking is no call of the API.
    pager.expect_calls(1);
}

#[tokio::test]
async fn only_what_is_the_inboxs_is_taken_from_the_api() {
    let (pager, client) = standing("").await;
    for (method, target, status, allow) in [
        ("HEAD", "/", 200, ""),
        ("GET", "/inbox/other", 404, ""),
        ("GET", "/alerts/none", 404, ""),
        ("HEAD", "/alerts/none", 404, ""),
        ("POST", "/alerts/none", 405, "GET, HEAD"),
        ("GET", "/alerts/none/close", 405, "POST"),
        ("POST", "/alerts/none/close", 404, ""),
        ("POST", "/alerts/none/delete", 404, ""),
        ("GET", "/?sort=count", 400, ""),
        ("GET", "/?offset=x", 400, ""),
        ("GET", "/?account=nobody", 404, ""),
        ("GET", "/?query=(", 400, ""),
    ] {
        let answer = client.call(method, target, &[], "").await;
        assert_eq!((answer.status, answer.header("allow")), (status, allow), "{method} {target}");
    }
    pager.expect_calls(0);
    for (method, target) in [("POST", "/"), ("GET", "/v2/alerts"), ("GET", "/alerts"), ("GET", "/robots.txt")]
    {
        let answer = client.call(method, target, &[], "").await;
        assert_eq!(answer.header("content-type"), "application/json", "{method} {target}");
    }
    pager.expect_calls(4);
}

#[tokio::test]
async fn other_names_and_other_sites_are_refused() {
    let (pager, client) = standing("").await;
    client.raise("a").await;
    let close = format!("/alerts/{}/close", pager.expect_open("a").id);
    let own = pager.base_url();
    for (method, target, headers) in [
        ("GET", "/", [("host", "attacker.example")].as_slice()),
        ("POST", &close, &[("host", "attacker.example"), ("origin", "http://attacker.example")]),
        ("POST", &close, &[("origin", "https://attacker.example")]),
        ("POST", &close, &[("origin", "null")]),
        ("POST", &close, &[("origin", &own), ("sec-fetch-site", "cross-site")]),
        ("POST", &close, &[("sec-fetch-site", "same-site")]),
    ] {
        let answer = client.call(method, target, headers, "").await;
        assert_eq!(answer.status, 403, "{method} {target} {headers:?}");
        assert!(!answer.text.contains("about a"));
    }
    pager.expect_open("a");
    // By a terminal, which sends neither.
    assert_eq!(client.call("POST", &close, &[], "").await.status, 303);
    pager.expect_closed("a");
}
