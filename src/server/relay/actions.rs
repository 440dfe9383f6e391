//! `POST /actions`: actions as the mapping makes them, one, a JSON array, or many behind each other.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{Method, StatusCode};
use serde::Serialize;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tracing::info;

use super::super::delivery::Errand;
use super::super::reply::{Reply, json};
use super::Desk;
use super::body::{log_refused, read};
use super::order::{Place, Spoiled};
use super::outcome::{Undone, come_again};
use super::resent::{ActionKey, key};
use crate::opsgenie::{Action, Call};

/// The most bytes of a request: Vector's `http` sink sends batches of up to 10 MB.
pub(super) const MAX_BYTES: usize = 10 * 1024 * 1024;

/// What became of one action.
#[derive(Debug, Serialize)]
struct Outcome {
    action: &'static str,
    alias: String,
    outcome: Kind,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    errors: BTreeMap<String, String>,
    #[serde(skip)]
    wait: Option<Duration>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    /// The pager has accepted it.
    Accepted,
    /// It was accepted when the same request came before, and failed for another of its actions.
    AcceptedBefore,
    /// It is older than a close of its alias that the pager has accepted, and was not sent.
    Stale,
    /// It never will be accepted as it is.
    Refused,
    /// It may be accepted later.
    Unavailable,
}

/// One action, with its place in the request.
struct Delivered {
    number: usize,
    outcome: Outcome,
}

#[derive(Serialize)]
struct Report {
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    outcomes: Vec<Outcome>,
}

/// Delivers what a body holds: all of it, or nothing if anything in it is no action.
pub(super) async fn answer(desk: &Arc<Desk>, method: &Method, body: &Bytes, deadline: Instant) -> Reply {
    if method != Method::POST {
        return super::post_only();
    }
    let actions = match read(body) {
        Ok(actions) => actions,
        Err(error) => {
            desk.metrics.refused("not_an_action");
            log_refused(body, &error);
            return super::error(StatusCode::BAD_REQUEST, &error.to_string());
        }
    };
    let keys: Vec<ActionKey> = actions.iter().map(key).collect();
    let (mut all, mut whole) = (Vec::with_capacity(actions.len()), true);
    let mut groups = JoinSet::new();
    for group in by_alias(actions) {
        let desk = Arc::clone(desk);
        // Places are taken here and now, so that the order of arrival counts.
        let place = desk.lanes.queue(&group.alias);
        groups.spawn(async move { group.deliver(&desk, place, deadline).await });
    }
    while let Some(done) = groups.join_next().await {
        // A group ends early only by a defect.
        whole &= done.is_ok();
        all.extend(done.unwrap_or_default());
    }
    all.sort_unstable_by_key(|delivered: &Delivered| delivered.number);
    let outcomes: Vec<Outcome> = all.into_iter().map(|delivered| delivered.outcome).collect();
    let has = |kind| outcomes.iter().any(|outcome: &Outcome| outcome.outcome == kind);
    let (status, message) = if has(Kind::Unavailable) || !whole {
        (StatusCode::SERVICE_UNAVAILABLE, Some("not every action was delivered: send all of them again"))
    } else if has(Kind::Refused) {
        (StatusCode::UNPROCESSABLE_ENTITY, Some("the pager refuses an action for good"))
    } else {
        (StatusCode::OK, None)
    };
    let wait = outcomes.iter().filter_map(|outcome| outcome.wait).max();
    let reply = json(status, &Report { message: message.map(str::to_owned), outcomes });
    if status == StatusCode::SERVICE_UNAVAILABLE {
        return come_again(reply, wait);
    }
    desk.resent.forget(&keys);
    reply
}

/// The actions of one alias, in their order.
struct Group {
    alias: String,
    actions: Vec<(usize, Action)>,
}

fn by_alias(actions: Vec<Action>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for (number, action) in actions.into_iter().enumerate() {
        let place = *places.entry(action.alias.clone()).or_insert(groups.len());
        if place == groups.len() {
            groups.push(Group { alias: action.alias.clone(), actions: Vec::new() });
        }
        if let Some(group) = groups.get_mut(place) {
            group.actions.push((number, action));
        }
    }
    groups
}

impl Group {
    /// One after the other, in one turn. After one that may succeed later the rest is not tried: it must not overtake
    /// that one.
    async fn deliver(self, desk: &Desk, place: Place, deadline: Instant) -> Vec<Delivered> {
        let turn = desk.turn(place, deadline).await;
        let mut held = turn.as_ref().err().map(ToString::to_string);
        let mut all = Vec::with_capacity(self.actions.len());
        for (number, action) in self.actions {
            let delivered = match held {
                None => desk.act(number, &action, deadline).await,
                Some(ref reason) => {
                    let reason = Some(reason.clone());
                    let outcome = Outcome { reason, ..Outcome::new(&action, Kind::Unavailable) };
                    Delivered { number, outcome }
                }
            };
            if delivered.outcome.outcome == Kind::Unavailable && held.is_none() {
                held = Some(Spoiled.to_string());
            }
            all.push(delivered);
        }
        if let (Ok(turn), None) = (turn, held) {
            turn.done();
        }
        all
    }
}

impl Desk {
    /// Delivers one action, unless the pager has it already.
    async fn act(&self, number: usize, action: &Action, deadline: Instant) -> Delivered {
        let (key, verb, alias) = (key(action), action.action.as_str(), action.alias.as_str());
        if self.resent.knows(&key) {
            self.metrics.repeated();
            info!(alias, verb, "accepted before");
            return Delivered { number, outcome: Outcome::new(action, Kind::AcceptedBefore) };
        }
        let (call, occurred_at) = (Call::of(&action.request).ok(), time(&action.occurred_at));
        if matches!(call, Some(Call::Create | Call::AddNote))
            && let Some(closed_at) = occurred_at.and_then(|occurred_at| self.closed.after(alias, occurred_at))
        {
            self.metrics.stale();
            let (occurred_at, closed_at) = (action.occurred_at.as_str(), closed_at.to_rfc3339());
            info!(alias, verb, occurred_at, closed_at, "not sent: the pager has accepted a newer close");
            return Delivered { number, outcome: Outcome::new(action, Kind::Stale) };
        }
        let errand = Errand { verb, alias, request: &action.request, cause: None };
        let outcome = match self.deliver(&errand, deadline).await {
            Ok(receipt) => {
                self.resent.remember(key);
                if let (Some(Call::Close), Some(occurred_at)) = (call, occurred_at) {
                    self.closed.remember(alias, occurred_at);
                }
                let request_id = receipt.request_id.map(|id| id.to_string());
                Outcome { request_id, ..Outcome::new(action, Kind::Accepted) }
            }
            Err(undone) => Outcome::undone(action, &undone),
        };
        Delivered { number, outcome }
    }
}

/// When an action's event happened. The mapping puts 1970 where it knows no time: nothing can be said to be older then.
fn time(occurred_at: &str) -> Option<DateTime<Utc>> {
    let time = DateTime::parse_from_rfc3339(occurred_at).ok()?;
    (time.timestamp() > 0).then(|| time.to_utc())
}

impl Outcome {
    fn new(action: &Action, outcome: Kind) -> Self {
        Self {
            action: action.action.as_str(),
            alias: action.alias.clone(),
            outcome,
            request_id: None,
            reason: None,
            errors: BTreeMap::new(),
            wait: None,
        }
    }

    fn undone(action: &Action, undone: &Undone) -> Self {
        let kind = if undone.passes() { Kind::Unavailable } else { Kind::Refused };
        let (reason, errors, wait) = (Some(undone.to_string()), undone.errors(), undone.wait());
        Self { reason, errors, wait, ..Self::new(action, kind) }
    }
}
