//! What is measured: the whole of `serve`, its way to a next hop, or the relay.

use std::net::SocketAddr;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::json;
use trailbell_sim::sns::Delivery;

/// Where a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// `serve`: verified, mapped, delivered.
    Pager,
    /// `serve --forward`: verified, posted on.
    Forward,
    /// `relay`: a ready action, delivered.
    Relay,
}

impl Way {
    pub(crate) const fn command(self) -> &'static str {
        match self {
            Self::Pager | Self::Forward => "serve",
            Self::Relay => "relay",
        }
    }

    /// Where the load is posted to.
    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::Pager | Self::Forward => "/",
            Self::Relay => "/actions",
        }
    }

    /// The part of the configuration that says where messages go, which is the stand-in.
    pub(crate) fn settings(self, stand_in: SocketAddr) -> String {
        let pager = format!(
            "[pager]\nbase_url = \"http://{stand_in}\"\napi_key = \"00000000-1111-2222-3333-444444444444\""
        );
        match self {
            Self::Pager => pager,
            Self::Forward => {
                format!("[forward]\nurl = \"http://{stand_in}/next\"\ndead_letters = \"dead.ndjson\"")
            }
            Self::Relay => format!("{pager}\n[relay]\nlisten = \"127.0.0.1:0\""),
        }
    }
}

/// Actions that create an alert each.
pub(crate) fn actions(count: usize, now: DateTime<Utc>) -> Vec<Delivery> {
    let occurred_at = now.to_rfc3339_opts(SecondsFormat::Millis, true);
    let action = |number: usize| {
        let alias = format!("arn:aws:cloudwatch:us-east-1:123456789012:alarm:{occurred_at}-{number}");
        let body = json!({
            "message": "ALARM: \"CloudTrailChanges\" in us-east-1, account 123456789012",
            "alias": alias,
            "description": "Threshold Crossed: 1 datapoint [1.0] was greater than or equal to the threshold (1.0).",
            "details": {"AlarmName": "CloudTrailChanges", "RegionCode": "us-east-1"},
            "tags": ["account:123456789012", "region:us-east-1"],
            "priority": "P3",
        });
        let request = json!({"method": "POST", "path": "/v2/alerts", "query": {}, "body": body});
        json!({"action": "create", "alias": alias, "occurred_at": occurred_at, "request": request})
            .to_string()
    };
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    (0..count).map(|number| Delivery { headers: headers.clone(), body: action(number).into() }).collect()
}
