//! The page of one alert.

use chrono::{DateTime, Utc};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::super::account::Account;
use super::super::alert::Alert;
use super::super::http::Reply;
use super::super::live::{Live, Shared};
use super::frame::{Page, Problem};
use super::html::Html;
use super::row::{write_buttons, write_priority, write_responders, write_state, write_tags};
use super::times::{span, write_time};
use super::{history, requests};

/// Where an alert is shown.
pub(super) fn href(id: &str) -> String {
    format!("/alerts/{}", utf8_percent_encode(id, NON_ALPHANUMERIC)).replace("%2D", "-")
}

/// The number of the account that has this alert.
pub(super) fn account_of(shared: &Shared, id: &str) -> Option<usize> {
    shared.twin.accounts().find(|account| account.alerts().by_id(id).is_some()).map(Account::number)
}

/// Somebody looks at it.
pub(super) fn seen(live: &Live, id: &str) {
    let account = account_of(&live.lock(), id);
    if let Some(account) = account {
        live.mark_seen(account, id);
    }
}

/// The page.
pub(super) fn page(live: &Live, id: &str) -> Result<Reply, Problem> {
    let now = live.clock().now();
    let mut shared = live.lock();
    shared.twin.advance(now);
    let found = shared.twin.accounts().find_map(|account| Some((account, account.alerts().by_id(id)?)));
    let (account, alert) = found.ok_or(Problem::NoAlert)?;
    let mut main = Html::default();
    main.raw("<article id=\"alert\" data-live class=\"").text(alert.priority).raw(" ");
    main.text(super::row::state(alert, now)).raw("\">\n<h1>");
    write_priority(&mut main, alert.priority);
    main.raw(" <bdi>").text(&alert.message).raw("</bdi></h1>\n<div class=\"bar\">");
    write_state(&mut main, alert, now);
    write_buttons(&mut main, alert, None);
    main.raw("</div>\n");
    write_tags(&mut main, &alert.tags);
    if !alert.description.is_empty() {
        main.raw("<h2>Description</h2>\n<pre class=\"text\" dir=\"auto\">").text(&alert.description);
        main.raw("</pre>\n");
    }
    write_facts(&mut main, account, alert, now);
    if !alert.details.is_empty() {
        main.raw("<h2>Details</h2>\n<dl class=\"details\">\n");
        for (key, value) in &alert.details {
            main.raw("<dt><bdi>").text(key).raw("</bdi></dt><dd><bdi>").text(value).raw("</bdi></dd>\n");
        }
        main.raw("</dl>\n");
    }
    history::write(&mut main, alert, now);
    requests::write(&mut main, alert, &shared.records);
    main.raw("</article>\n");
    let title = format!("#{} {}: pager inbox", alert.tiny_id, alert.message);
    Ok(Page { status: 200, title, state: Some((now, shared.twin.last_change())), main }.reply())
}

fn write_facts(html: &mut Html, account: &Account, alert: &Alert, now: DateTime<Utc>) {
    html.raw("<dl class=\"facts\">\n<dt>Raised</dt><dd>");
    write_time(html, alert.created_at, now);
    html.raw("</dd>\n<dt>Count</dt><dd>").text(alert.count);
    if alert.count > 1 {
        html.raw(", last ");
        write_time(html, alert.last_occurred_at, now);
    }
    html.raw("</dd>\n<dt>Changed</dt><dd>");
    write_time(html, alert.updated_at, now);
    html.raw("</dd>\n");
    if let Some(until) = alert.snoozed_until.filter(|_| alert.is_snoozed(now)) {
        html.raw("<dt>Snoozed until</dt><dd>");
        write_time(html, until, now);
        html.raw("</dd>\n");
    }
    let report = &alert.report;
    for (label, by, after) in [
        ("Acknowledged", &report.acknowledged_by, report.ack_time),
        ("Closed", &report.closed_by, report.close_time),
    ] {
        if let (Some(by), Some(after)) = (by, after) {
            html.raw("<dt>").raw(label).raw("</dt><dd>by <bdi>").text(by).raw("</bdi> after ");
            html.text(span(after)).raw("</dd>\n");
        }
    }
    html.raw("<dt>Responders</dt><dd>");
    write_responders(html, &alert.responders);
    html.raw("</dd>\n");
    let actions = alert.actions.join(", ");
    let tiny_id = alert.tiny_id.to_string();
    let Alert { owner, source, entity, alias, id, integration, .. } = alert;
    for (label, value) in [
        ("Owner", owner.as_str()),
        ("Source", source),
        ("Entity", entity),
        ("Alias", alias),
        ("Actions", &actions),
        ("Tiny id", &tiny_id),
        ("Id", id),
        ("Integration", &integration.name),
        ("Account", account.name()),
    ] {
        if !value.is_empty() {
            html.raw("<dt>").raw(label).raw("</dt><dd><bdi>").text(value).raw("</bdi></dd>\n");
        }
    }
    html.raw("</dl>\n");
}
