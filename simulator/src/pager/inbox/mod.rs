//! The inbox: pages for people, at `/`.
//!
//! | Path | What |
//! |---|---|
//! | `GET /` | open and closed alerts; `?query=` in the list's language, `?account=NAME`, `?offset=N` |
//! | `GET /alerts/{id}` | one alert, and the requests that made it; it is seen by that |
//! | `POST /alerts/{id}/acknowledge`, `POST /alerts/{id}/close` | the buttons, which lead back to where they were |
//! | `GET /inbox/…` | the style sheet, the script and the icon: nothing is loaded from elsewhere |
//!
//! Pages are whole without the script, which renews them when something happens. They have no password, so they are for
//! this machine alone, and the buttons for their own forms alone.

mod access;
mod act;
mod alert;
mod files;
mod frame;
mod history;
mod html;
mod list;
mod requests;
mod row;
mod times;
mod view;

use bytes::Bytes;
use hyper::Method;
use hyper::http::request::Parts;
use percent_encoding::percent_decode_str;
use url::form_urlencoded;

use self::frame::Problem;
use self::view::View;
use super::ends::Ends;
use super::http::Reply;
use super::live::Live;

/// Whether a request is for the inbox. All that it does not take is the API's.
pub(super) fn is_inbox(head: &Parts) -> bool {
    let path = head.uri.path();
    match path {
        "/" => head.method == Method::GET || head.method == Method::HEAD,
        "/favicon.ico" => true,
        _ => path.starts_with("/alerts/") || path.starts_with("/inbox/"),
    }
}

/// Answers a request. `body` is an error if it was too long.
pub(super) fn answer(live: &Live, ends: Ends, head: &Parts, body: Result<Bytes, ()>) -> Reply {
    let answer = if ends.are_this_machine(head) { route(live, head, body) } else { Err(Problem::Elsewhere) };
    answer.unwrap_or_else(|problem| frame::problem(&problem))
}

fn route(live: &Live, head: &Parts, body: Result<Bytes, ()>) -> Result<Reply, Problem> {
    let body = body.map_err(|()| Problem::TooLong)?;
    let path = head.uri.path();
    let segments = path.split('/').filter(|segment| !segment.is_empty());
    let segments: Vec<_> = segments.map(|segment| percent_decode_str(segment).decode_utf8_lossy()).collect();
    let segments: Vec<&str> = segments.iter().map(|segment| &**segment).collect();
    let is_read = head.method == Method::GET || head.method == Method::HEAD;
    match segments.as_slice() {
        [] if is_read => list::page(live, &view(head.uri.query().unwrap_or_default())?),
        ["alerts", id] if is_read => {
            if head.method == Method::GET {
                alert::seen(live, id);
            }
            alert::page(live, id)
        }
        ["alerts", id, button @ ("acknowledge" | "close")] if head.method == Method::POST => {
            if !access::is_own_form(head) {
                return Err(Problem::ForeignForm);
            }
            act::press(live, id, button, &body)
        }
        [] | ["alerts", _] => Err(Problem::Method("GET, HEAD")),
        ["alerts", _, "acknowledge" | "close"] => Err(Problem::Method("POST")),
        _ => files::file(path).ok_or(Problem::NoPage),
    }
}

/// The view of a query.
fn view(query: &str) -> Result<View, Problem> {
    let parameters: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
    View::parse(parameters.iter().map(|(name, value)| (name.as_ref(), value.as_ref())))
        .map_err(Problem::Parameter)
}
