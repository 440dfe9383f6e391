//! Who may press the buttons.

use hyper::header::{HOST, ORIGIN};
use hyper::http::request::Parts;

/// Whether a request that changes something was sent by a page of this inbox, or by no page at all. Browsers say from
/// where a form comes (`Origin`, `Sec-Fetch-Site`), and no page can make them say otherwise.
pub(super) fn is_own_form(head: &Parts) -> bool {
    let header = |name: &str| head.headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let host = header(HOST.as_str()).unwrap_or_default();
    let origin_fits = match header(ORIGIN.as_str()) {
        None => true,
        Some(origin) => origin.strip_prefix("http://").is_some_and(|of| of.eq_ignore_ascii_case(host)),
    };
    origin_fits && header("sec-fetch-site").is_none_or(|site| site == "same-origin")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use hyper::Request;

    use super::*;

    #[test]
    fn forms_of_other_sites_are_told_apart() {
        for (origin, site, is) in [
            (None, None, true),
            (Some("http://127.0.0.1:4567"), Some("same-origin"), true),
            (Some("http://127.0.0.1:4567"), None, true),
            (None, Some("same-origin"), true),
            (Some("http://127.0.0.1:8080"), Some("same-site"), false),
            (Some("http://127.0.0.1:8080"), None, false),
            (Some("https://attacker.example"), Some("cross-site"), false),
            (Some("http://127.0.0.1:4567.attacker.example"), None, false),
            (Some("null"), None, false),
            (Some(""), None, false),
            (None, Some("cross-site"), false),
            (None, Some("none"), false),
        ] {
            let mut request = Request::post("/alerts/x/close").header(HOST, "127.0.0.1:4567");
            for (name, value) in [("origin", origin), ("sec-fetch-site", site)] {
                if let Some(value) = value {
                    request = request.header(name, value);
                }
            }
            let head = request.body(()).unwrap().into_parts().0;
            assert_eq!(is_own_form(&head), is, "{origin:?} {site:?}");
        }
    }
}
