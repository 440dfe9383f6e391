//! Changes of alerts as server-sent events (<https://html.spec.whatwg.org/multipage/server-sent-events.html>).

use std::fmt::Write;
use std::sync::{Arc, Weak};
use std::time::Duration;

use bytes::Bytes;
use hyper::Response;
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use hyper::http::request::Parts;
use serde_json::json;
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;
use url::form_urlencoded;

use super::super::alert::time;
use super::super::body::Outgoing;
use super::super::http::Reply;
use super::super::live::{Live, Shared};
use super::super::{Account, Change, ChangeKind};
use super::refused;

/// How often a comment goes out while nothing happens, so that a client that has gone is noticed.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// How many parts wait for a slow client. What it misses beyond that it gets in one part when it is ready.
const WAITING: usize = 4;

/// A stream that begins after `Last-Event-ID` or `?since=N`, or else with the next change.
pub(super) fn answer(live: &Arc<Live>, head: &Parts) -> Result<Response<Outgoing>, Reply> {
    let from_header = head.headers.get("last-event-id").map(|id| id.to_str().unwrap_or_default().to_owned());
    let query = head.uri.query().unwrap_or_default();
    let from_query = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "since");
    let since = match from_header.or_else(|| from_query.map(|(_, since)| since.into_owned())) {
        Some(text) => {
            text.parse().map_err(|_| refused(400, "since and Last-Event-ID are numbers of changes"))?
        }
        None => live.lock().twin.last_change(),
    };
    let (sender, receiver) = mpsc::channel(WAITING);
    let changes = live.changes();
    tokio::spawn(send(Arc::downgrade(live), changes, since, sender));
    let mut response = Response::new(Outgoing::Parts(receiver));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// Ends when the client or the twin has gone.
async fn send(
    live: Weak<Live>,
    mut changes: watch::Receiver<u64>,
    mut since: u64,
    sender: mpsc::Sender<Bytes>,
) {
    let mut text = ": changes of alerts\n\n".to_owned();
    loop {
        changes.borrow_and_update();
        match live.upgrade() {
            Some(live) => since = push_changes(&mut text, &live.lock(), since),
            None => return,
        }
        if !text.is_empty() && sender.send(Bytes::from(std::mem::take(&mut text))).await.is_err() {
            return;
        }
        tokio::select! {
            () = sender.closed() => return,
            changed = timeout(KEEP_ALIVE, changes.changed()) => match changed {
                Ok(Ok(())) => {}
                Ok(Err(_)) => return,
                Err(_) => text.push_str(":\n\n"),
            }
        }
    }
}

/// The events after number `since`; the number of the last one.
fn push_changes(text: &mut String, shared: &Shared, since: u64) -> u64 {
    let new = shared.twin.changes_since(since);
    if new.missed {
        text.push_str("event: missed\ndata: {}\n\n");
    }
    for change in &new.changes {
        let Change { sequence, at, account, alert_id, alias, kind } = change;
        let name = shared.twin.accounts().nth(*account).map(Account::name);
        let data = json!({
            "sequence": sequence,
            "at": time(*at),
            "account": name,
            "alertId": &**alert_id,
            "alias": &**alias,
        });
        // JSON has no line breaks outside of texts, and escapes those within.
        let _ = write!(text, "id: {sequence}\nevent: {}\ndata: {data}\n\n", event(*kind));
    }
    shared.twin.last_change()
}

const fn event(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Created => "created",
        ChangeKind::Repeated => "repeated",
        ChangeKind::Updated => "updated",
        ChangeKind::Closed => "closed",
        ChangeKind::Deleted => "deleted",
        ChangeKind::Reset => "reset",
    }
}
