//! The requests that made and changed an alert, as they came.

use super::super::alert::{Alert, time};
use super::super::record::Records;
use super::super::recorded::Recorded;
use super::html::Html;

/// How many are shown: the newest.
const SHOWN: usize = 50;
/// How many characters of a body are shown.
const BODY: usize = 16_384;

pub(super) fn write(html: &mut Html, alert: &Alert, records: &Records) {
    html.raw("<h2>Requests</h2>\n");
    let kept: Vec<&Recorded> = alert.requests.iter().rev().filter_map(|id| records.by_id(*id)).collect();
    for recorded in kept.iter().take(SHOWN) {
        write_request(html, recorded);
    }
    let others = alert.requests.len() - kept.len().min(SHOWN);
    if others > 0 {
        html.raw("<p class=\"faint\">").text(others);
        html.raw(" more changed it: buttons of this inbox, or requests that are no longer kept.</p>\n");
    }
}

fn write_request(html: &mut Html, recorded: &Recorded) {
    let request = &recorded.request;
    html.raw("<details id=\"request-").text(recorded.number).raw("\"><summary><span class=\"faint\">");
    html.text(time(recorded.at)).raw("</span> <code>").text(&request.method).raw(" ").text(&request.path);
    html.raw("</code> <span class=\"faint\">answered ").text(recorded.answered).raw("</span>");
    for fault in &recorded.faults {
        html.raw(" <span class=\"state\">fault: ").text(fault).raw("</span>");
    }
    html.raw("</summary>\n<pre>").text(&request.method).raw(" ").text(&request.path);
    if let Some(query) = recorded.shown_query() {
        html.raw("?").text(query);
    }
    for (name, value) in recorded.shown_headers() {
        html.raw("\n").text(name).raw(": ").text(value);
    }
    let body = recorded.shown_body();
    let cut = body.char_indices().nth(BODY).map_or(body.len(), |(place, _)| place);
    html.raw("\n\n").text(body.get(..cut).unwrap_or_default()).raw("</pre>\n");
    if cut < body.len() {
        html.raw("<p class=\"faint\">The body has ").text(request.body.len());
        html.raw(" bytes; <code>GET /_twin/requests</code> tells all of them.</p>\n");
    }
    html.raw("</details>\n");
}
