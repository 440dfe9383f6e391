//! What happened to an alert: notes, activity log, who was notified.

use chrono::{DateTime, Utc};

use super::super::alert::Alert;
use super::html::Html;
use super::times::write_time;

/// How many notes and lines of the log are shown: the newest.
const SHOWN: usize = 200;

pub(super) fn write(html: &mut Html, alert: &Alert, now: DateTime<Utc>) {
    if !alert.notes.is_empty() {
        html.raw("<h2>Notes</h2>\n");
        let notes = alert.notes.iter().map(|note| (note.created_at, &*note.owner, &*note.note));
        write_lines(html, notes, now);
    }
    html.raw("<h2>Activity log</h2>\n");
    let log = alert.log.iter().map(|line| (line.created_at, &*line.owner, &*line.log));
    write_lines(html, log, now);
    if alert.recipients.is_empty() {
        return;
    }
    html.raw("<h2>Notified</h2>\n<ol class=\"log\">\n");
    for user in &alert.recipients {
        html.raw("<li>");
        write_time(html, user.updated_at, now);
        html.raw(" <bdi>").text(&user.username).raw("</bdi><p>");
        html.text(user.action.unwrap_or("no action yet")).raw("</p></li>\n");
    }
    html.raw("</ol>\n");
}

/// When, who and what; the newest first.
fn write_lines<'a>(
    html: &mut Html,
    lines: impl DoubleEndedIterator<Item = (DateTime<Utc>, &'a str, &'a str)> + ExactSizeIterator,
    now: DateTime<Utc>,
) {
    let older = lines.len().saturating_sub(SHOWN);
    html.raw("<ol class=\"log\">\n");
    for (at, owner, text) in lines.rev().take(SHOWN) {
        html.raw("<li>");
        write_time(html, at, now);
        html.raw(" <bdi class=\"owner\">").text(owner).raw("</bdi><p dir=\"auto\">").text(text);
        html.raw("</p></li>\n");
    }
    html.raw("</ol>\n");
    if older > 0 {
        html.raw("<p class=\"faint\">").text(older).raw(" older ones are told by the API.</p>\n");
    }
}
