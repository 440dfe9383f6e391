//! Pages of the alert list.

use super::super::http::{Received, Reply};
use super::super::query::{Listing, MAX_REACH};
use super::answer::Paging;

/// The furthest that pages reach.
const REACH: usize = MAX_REACH as usize;

/// Where the other pages are.
pub(super) fn paging(request: &Received, listing: &Listing, total: usize) -> Paging {
    let (offset, limit) = (listing.offset as usize, listing.limit as usize);
    let at = |offset: usize| {
        absolute(request, &[("offset", Some(offset.to_string())), ("limit", Some(limit.to_string()))])
    };
    let next = offset + limit;
    let reachable = total.min(REACH);
    Paging {
        prev: (offset > 0).then(|| at(offset.saturating_sub(limit))),
        next: (next < total && next + limit <= REACH).then(|| at(next)),
        first: Some(at(0)),
        last: Some(at(reachable.saturating_sub(1) / limit * limit)),
    }
}

/// The same as headers.
pub(super) fn paging_headers(reply: &mut Reply, paging: &Paging) {
    let pages = [
        ("X-Paging-Prev", &paging.prev),
        ("X-Paging-Next", &paging.next),
        ("X-Paging-First", &paging.first),
        ("X-Paging-Last", &paging.last),
    ];
    reply.headers.extend(pages.into_iter().filter_map(|(name, url)| Some((name, url.clone()?))));
}

/// The URL of this request with other parameters. One without a value is left out.
pub(super) fn absolute(request: &Received, changed: &[(&str, Option<String>)]) -> String {
    let query = request.query.as_deref().unwrap_or_default();
    let mut written = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        if changed.iter().all(|(other, _)| *other != name) {
            written.append_pair(&name, &value);
        }
    }
    for (name, value) in changed {
        if let Some(value) = value {
            written.append_pair(name, value);
        }
    }
    let scheme = request.header("x-forwarded-proto").unwrap_or("http");
    let host = request.header("host").unwrap_or("localhost");
    let query = written.finish();
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{scheme}://{host}{}{mark}{query}", request.path)
}
