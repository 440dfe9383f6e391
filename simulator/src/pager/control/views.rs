//! What the twin holds, as JSON.

use serde_json::{Map, Value, json};
use url::form_urlencoded;

use super::super::alert::{AlertJson, time};
use super::super::http::Reply;
use super::super::live::Live;
use super::super::query::{Listing, Order, Query, SortKey};
use super::super::recorded::Recorded;
use super::super::{Account, Alert, LogEntry, Note};
use super::refused;

/// How many requests or alerts are told unless `limit` says otherwise.
const TOLD: u32 = 100;

pub(super) fn overview(live: &Live) -> Reply {
    let shared = live.lock();
    let account = |account: &Account| {
        let alerts = account.alerts();
        json!({"name": account.name(), "alerts": alerts.len(), "open": alerts.open_count()})
    };
    Reply::json(
        200,
        &json!({
            "time": time(live.clock().now()),
            "speed": live.clock().speed(),
            "requests": shared.records.total(),
            "accounts": shared.twin.accounts().map(account).collect::<Vec<_>>(),
            "last_change": shared.twin.last_change(),
            "next_due": shared.twin.next_due().map(time),
            "faults": shared.faults.counts(),
        }),
    )
}

pub(super) fn clock(live: &Live) -> Reply {
    Reply::json(200, &json!({"time": time(live.clock().now()), "speed": live.clock().speed()}))
}

pub(super) fn faults(live: &Live) -> Reply {
    Reply::json(200, &json!({"faults": live.lock().faults.counts()}))
}

pub(super) fn confirmations(live: &Live) -> Reply {
    let shared = live.lock();
    let visits = shared.visits.iter().map(|visit| {
        let mut told = json!({"at": time(visit.at), "topic_arn": visit.topic_arn, "host": visit.host});
        match &visit.outcome {
            Ok(status) => told["status"] = json!(status),
            Err(error) => told["error"] = json!(error),
        }
        told
    });
    Reply::json(200, &json!({"confirmations": visits.collect::<Vec<_>>()}))
}

/// `?since=N` those after number N, oldest first; otherwise the newest. `?limit=N`.
pub(super) fn requests(live: &Live, query: &str) -> Result<Reply, Reply> {
    let (mut since, mut limit) = (None, TOLD);
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match &*name {
            "since" => since = Some(number(&name, &value)?),
            "limit" => limit = number(&name, &value)?,
            _ => return Err(unknown(&name, "since and limit")),
        }
    }
    let limit = limit as usize;
    let shared = live.lock();
    let records = &shared.records;
    // The number after which the newest ones come.
    let newest = records.total().saturating_sub(limit as u64);
    let after = since.unwrap_or(newest);
    let requests: Vec<&Recorded> = records.iter().filter(|it| it.number > after).take(limit).collect();
    Ok(Reply::json(
        200,
        &json!({"total": records.total(), "kept": records.iter().len(), "requests": requests}),
    ))
}

/// `?query=` in the list's language, `?account=NAME`, `?limit=N`; newest first.
pub(super) fn alerts(live: &Live, query: &str) -> Result<Reply, Reply> {
    let (mut filter, mut of, mut limit) = (None, None, TOLD);
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match &*name {
            "query" => filter = Some(value.into_owned()),
            "account" => of = Some(value.into_owned()),
            "limit" => limit = number(&name, &value)?,
            _ => return Err(unknown(&name, "query, account and limit")),
        }
    }
    let now = live.clock().now();
    let mut shared = live.lock();
    shared.twin.advance(now);
    let settings = shared.twin.settings();
    let filter = Query::parse_by(filter.as_deref().unwrap_or_default(), settings.query)
        .map_err(|error| refused(400, error))?;
    let listing = Listing { sort: SortKey::CreatedAt, order: Order::Descending, offset: 0, limit };
    let told = |alert: &Alert| {
        let json = AlertJson { alert, switches: &settings.switches, now, full: true };
        let mut told = serde_json::to_value(json).unwrap_or_default();
        let note = |note: &Note| json!({"note": note.note, "owner": note.owner, "at": time(note.created_at)});
        let line =
            |line: &LogEntry| json!({"log": line.log, "owner": line.owner, "at": time(line.created_at)});
        told["notes"] = alert.notes.iter().map(note).collect();
        told["log"] = alert.log.iter().map(line).collect();
        told["requests"] = alert.requests.iter().map(ToString::to_string).collect();
        told
    };
    let mut accounts = Vec::new();
    for account in shared.twin.accounts() {
        if of.as_deref().is_some_and(|of| of != account.name()) {
            continue;
        }
        let page = account.alerts().page(&filter, &listing, now);
        let alerts: Vec<Value> = page.alerts.into_iter().map(told).collect();
        accounts.push(json!({"name": account.name(), "total": page.total, "alerts": alerts}));
    }
    if let (Some(of), []) = (of, accounts.as_slice()) {
        return Err(refused(404, format!("there is no account \"{of}\"")));
    }
    Ok(Reply::json(200, &Map::from_iter([("accounts".to_owned(), Value::from(accounts))])))
}

fn number<T: std::str::FromStr>(name: &str, value: &str) -> Result<T, Reply> {
    value.parse().map_err(|_| refused(400, format!("{name} is a number from 0 on, not \"{value}\"")))
}

fn unknown(name: &str, known: &str) -> Reply {
    refused(400, format!("there is no parameter {name} here, but {known}"))
}
