//! The control API of a world that follows a clock.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::{Chronicle, Inner, Live};
use crate::control::{Body, Call, Reply};
use crate::engine::timeline::state_name;
use crate::engine::when::When;
use crate::engine::world::WorldError;

impl Live {
    /// Answers a call to the control API. A clock that is moved on takes as long as the deliveries on its way.
    pub async fn control(&self, call: &Call) -> Reply {
        let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
        let reply = match (call.method.as_str(), path.as_slice()) {
            ("GET", ["state"]) => self.state(),
            ("GET", ["timeline"]) => self.timeline(&call.query),
            ("GET", ["authority.pem"]) => Ok(Reply {
                status: 200,
                body: Body::Text("application/x-pem-file", self.look(|world| world.sns().authority().pem())),
            }),
            ("POST", ["events"]) => self.events(&call.body),
            ("PUT", ["clock"]) => self.set_clock(&call.body).await,
            ("PUT", ["alarms", name, "state"]) => self.set_alarm(name, &call.body),
            ("POST", ["confirmations"]) => self.ask_again(),
            _ => Err(Reply::refused(
                404,
                "there are GET /state, GET /timeline?since=N, GET /authority.pem, POST /events, PUT /clock, \
                 PUT /alarms/NAME/state and POST /confirmations",
            )),
        };
        self.changed.notify_one();
        reply.unwrap_or_else(|refused| refused)
    }

    fn state(&self) -> Result<Reply, Reply> {
        let inner = self.now().map_err(broken)?;
        let world = &inner.world;
        let alarms: Vec<Value> = world
            .stages()
            .alarms()
            .map(|alarm| {
                let state = alarm.state();
                json!({
                    "name": alarm.definition().name(),
                    "state": state.value.as_str(),
                    "reason": state.reason,
                    "since": text(state.transitioned),
                })
            })
            .collect();
        let subscriptions: Vec<Value> = world
            .sns()
            .subscriptions()
            .into_iter()
            .map(|listed| {
                json!({"arn": listed.arn, "protocol": listed.protocol, "state": state_name(listed.state)})
            })
            .collect();
        let tally = world.tally();
        let faults: serde_json::Map<String, Value> =
            tally.faults.iter().map(|(name, count)| (name.to_owned(), json!(count))).collect();
        Ok(Reply::ok(json!({
            "time": text(world.now()),
            "speed": self.clock.speed(),
            "alarms": alarms,
            "topics": world.sns().topics().collect::<Vec<_>>(),
            "subscriptions": subscriptions,
            "notifications": tally.notifications,
            "attempts": tally.attempts,
            "delivered": tally.delivered,
            "dead_letters": tally.dead_letters,
            "lost": tally.lost,
            "under_way": world.under_way(),
            "faults": faults,
        })))
    }

    fn timeline(&self, query: &str) -> Result<Reply, Reply> {
        let since = url::form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == "since");
        let since = match since.map(|(_, value)| value.parse::<u64>()) {
            None => 0,
            Some(Ok(since)) => since,
            Some(Err(_)) => return Err(Reply::refused(400, "since is the number of an entry")),
        };
        let inner = self.now().map_err(broken)?;
        let Chronicle { kept, first, .. } = &inner.chronicle;
        let skip = usize::try_from(since.saturating_sub(*first)).unwrap_or(usize::MAX);
        let entries: Result<Vec<Value>, _> = kept.iter().skip(skip).map(serde_json::to_value).collect();
        let entries = entries.map_err(|error| Reply::refused(500, error))?;
        Ok(Reply::ok(json!({ "entries": entries, "next": first + kept.len() as u64 })))
    }

    /// CloudTrail records, which happen now, whatever their `eventTime`. Those that are too long for the logs are left
    /// out, as CloudTrail does.
    fn events(&self, body: &[u8]) -> Result<Reply, Reply> {
        let records: Result<Vec<_>, _> =
            crate::cloudtrail::Events::new(body, std::path::Path::new("the body")).collect();
        let records = records.map_err(|error| {
            // `curl -d @FILE` takes the line feeds out.
            let joined = !body.trim_ascii_end().contains(&b'\n');
            let hint = if joined { " (lines have to come as lines: curl --data-binary @FILE)" } else { "" };
            Reply::refused(400, format!("{error}{hint}"))
        })?;
        let mut inner = self.now().map_err(broken)?;
        let now = inner.world.now();
        let too_large: Vec<String> = records
            .iter()
            .filter_map(|record| inner.world.event(&record.text, now).err())
            .map(|error| error.to_string())
            .collect();
        let mut answer = json!({ "events": records.len() - too_large.len() });
        if !too_large.is_empty() {
            answer["left_out"] = json!(too_large);
        }
        Ok(Reply { status: 202, body: Body::Json(answer) })
    }

    /// An endpoint that came up late is asked again.
    fn ask_again(&self) -> Result<Reply, Reply> {
        let mut inner = self.now().map_err(broken)?;
        let now = inner.world.now();
        let asked = inner.world.ask_again(now).map_err(broken)?;
        Ok(Reply { status: 202, body: Body::Json(json!({ "asked": asked })) })
    }

    /// `{"speed": 60}`, `{"advance": "2026-09-22T19:30:00Z"}`, `{"advance": "+5m"}`.
    async fn set_clock(&self, body: &[u8]) -> Result<Reply, Reply> {
        #[derive(serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Wish {
            speed: Option<f64>,
            advance: Option<When>,
        }
        let wish: Wish = serde_json::from_slice(body).map_err(|error| Reply::refused(400, error))?;
        let now = self.clock.now();
        let to = wish.advance.map_or(now, |when| when.in_world(now));
        if to < now {
            let said = format!("the clock shows {} and does not go back to {}", text(now), text(to));
            return Err(Reply::refused(400, said));
        }
        if let Some(speed) = wish.speed {
            self.clock.set_speed(speed).map_err(|error| Reply::refused(400, error))?;
        }
        self.advance_to(to).await;
        Ok(Reply::ok(json!({ "time": text(self.clock.now()), "speed": self.clock.speed() })))
    }

    /// `{"state": "ALARM", "reason": "a test"}`.
    fn set_alarm(&self, name: &str, body: &[u8]) -> Result<Reply, Reply> {
        #[derive(serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Wish {
            state: String,
            reason: String,
        }
        let wish: Wish = serde_json::from_slice(body).map_err(|error| Reply::refused(400, error))?;
        let mut inner = self.now().map_err(broken)?;
        let Inner { world, chronicle, .. } = &mut *inner;
        let now = world.now();
        world
            .set_alarm_state(name, &wish.state, &wish.reason, now, chronicle)
            .map_err(|error| Reply::refused(400, error))?;
        Ok(Reply::ok(json!({ "alarm": name, "state": wish.state })))
    }
}

fn text(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// The world does not go on: SNS cannot sign.
fn broken(error: WorldError) -> Reply {
    Reply::refused(500, error)
}
