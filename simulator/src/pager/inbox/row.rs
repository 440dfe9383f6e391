//! One alert in the list, and what the list and the alert's own page show alike.

use chrono::{DateTime, Utc};

use super::super::alert::{Alert, Priority, Responder};
use super::alert::href;
use super::html::Html;
use super::times::{span, write_age};
use super::view::View;

/// The state in words: color alone tells nobody.
pub(super) fn state(alert: &Alert, now: DateTime<Utc>) -> &'static str {
    match (alert.is_open(), alert.is_snoozed(now), alert.acknowledged) {
        (false, ..) => "closed",
        (true, true, _) => "snoozed",
        (true, false, true) => "acknowledged",
        (true, false, false) => "open",
    }
}

pub(super) fn write_priority(html: &mut Html, priority: Priority) {
    let meaning = match priority {
        Priority::P1 => "critical",
        Priority::P2 => "high",
        Priority::P3 => "moderate",
        Priority::P4 => "low",
        Priority::P5 => "informational",
    };
    html.raw("<span class=\"badge ").text(priority).raw("\" title=\"").text(meaning).raw("\">");
    html.text(priority).raw("</span>");
}

pub(super) fn write_state(html: &mut Html, alert: &Alert, now: DateTime<Utc>) {
    let state = state(alert, now);
    html.raw("<span class=\"state ").text(state).raw("\">").text(state).raw("</span>");
}

pub(super) fn write_tags(html: &mut Html, tags: &[String]) {
    if tags.is_empty() {
        return;
    }
    html.raw("<ul class=\"tags\" aria-label=\"Tags\">");
    for tag in tags {
        html.raw("<li><bdi>").text(tag).raw("</bdi></li>");
    }
    html.raw("</ul>");
}

pub(super) fn write_responders(html: &mut Html, responders: &[Responder]) {
    if responders.is_empty() {
        html.raw("<span class=\"faint\">nobody</span>");
        return;
    }
    html.raw("<ul class=\"responders\">");
    for responder in responders {
        html.raw("<li><bdi>").text(&responder.name).raw("</bdi> <span class=\"faint\">");
        html.text(responder.kind.as_str()).raw("</span></li>");
    }
    html.raw("</ul>");
}

/// Acknowledge and close, as far as there is something to be acknowledged and closed. With a view they lead back to the
/// list, else to the alert.
pub(super) fn write_buttons(html: &mut Html, alert: &Alert, view: Option<&View>) {
    if !alert.is_open() {
        return;
    }
    html.raw("<form class=\"buttons\" method=\"post\" action=\"").text(href(&alert.id)).raw("/close\">");
    if let Some(view) = view {
        html.raw("<input type=\"hidden\" name=\"to\" value=\"list\">");
        for (name, value) in view.parameters() {
            html.raw("<input type=\"hidden\" name=\"").text(name).raw("\" value=\"").text(value).raw("\">");
        }
    }
    if !alert.acknowledged {
        write_button(html, alert, "acknowledge", "Acknowledge");
    }
    write_button(html, alert, "close", "Close");
    html.raw("</form>");
}

fn write_button(html: &mut Html, alert: &Alert, action: &'static str, label: &'static str) {
    html.raw("<button id=\"").text(action).raw("-").text(&alert.id).raw("\" formaction=\"");
    html.text(href(&alert.id)).raw("/").text(action).raw("\" aria-label=\"").text(label);
    html.raw(" alert ").text(alert.tiny_id).raw("\">").text(label).raw("</button>");
}

/// A row of the list's table. `account` is its account's name, if there are several.
pub(super) fn write_row(
    html: &mut Html,
    alert: &Alert,
    account: Option<&str>,
    view: &View,
    now: DateTime<Utc>,
) {
    html.raw("<tr class=\"").text(alert.priority).raw(" ").text(state(alert, now));
    html.raw(if alert.seen { "\">\n<td>" } else { " unseen\">\n<td>" });
    write_priority(html, alert.priority);
    html.raw("</td>\n<td class=\"what\"><a class=\"message\" id=\"a-").text(&alert.id).raw("\" href=\"");
    html.text(href(&alert.id)).raw("\"><bdi>").text(&alert.message).raw("</bdi></a>");
    write_state(html, alert, now);
    html.raw("<div class=\"sub\"><span>#").text(alert.tiny_id).raw("</span>");
    if let Some(account) = account {
        html.raw("<bdi class=\"account\">").text(account).raw("</bdi>");
    }
    for part in [&alert.source, &alert.entity] {
        if !part.is_empty() {
            html.raw("<bdi title=\"").text(part).raw("\">").text(part).raw("</bdi>");
        }
    }
    write_tags(html, &alert.tags);
    if alert.alias != alert.id {
        html.raw("<bdi class=\"alias\" title=\"")
            .text(&alert.alias)
            .raw("\">")
            .text(&alert.alias)
            .raw("</bdi>");
    }
    html.raw("</div>");
    html.raw("</td>\n<td class=\"count\"");
    if alert.count > 1 {
        html.raw(" title=\"raised ").text(alert.count).raw(" times, last ");
        html.text(span(now - alert.last_occurred_at)).raw(" ago\"");
    }
    html.raw(">").text(alert.count).raw("×</td>\n<td class=\"who\">");
    write_responders(html, &alert.responders);
    html.raw("</td>\n<td class=\"age\">");
    write_age(html, alert.created_at, now);
    html.raw("</td>\n<td class=\"do\">");
    write_buttons(html, alert, Some(view));
    html.raw("</td>\n</tr>\n");
}
